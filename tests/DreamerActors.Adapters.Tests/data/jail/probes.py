import ctypes
import errno
import os
import resource
import signal
import socket
import sys

libc = ctypes.CDLL(None, use_errno=True)


def refused(action, *args):
    """The error's name, or None when it worked."""
    try:
        result = action(*args)
    except OSError as error:
        return errno.errorcode.get(error.errno, "OSError")
    if isinstance(result, int) and result < 0:
        return errno.errorcode.get(ctypes.get_errno(), "?")
    return None


def environment():
    return sorted(os.environ)


def identity():
    return {"uid": os.getuid(), "euid": os.geteuid(), "parent": os.getppid(), "group": os.getpgrp() == os.getpid(), "root": refused(os.setuid, 0)}


def leaves_session():
    """Whether a process that it starts can: outside containers sessions of their own would take a share of the processors each."""
    pid = os.fork()
    if pid == 0:
        os._exit(0 if refused(os.setsid) is None else 1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def writable(places):
    return [place for place in places if refused(lambda: open(os.path.join(place, "probe"), "w")) is None]


def there(places):
    return [place for place in places if os.path.lexists(place) and (not os.path.isdir(place) or refused(os.listdir, place) is None and os.listdir(place))]


def processes_seen():
    return [name for name in os.listdir("/proc") if name.isdigit()] if os.path.isdir("/proc") else []


def devices():
    return sorted(name for name in os.listdir("/dev") if os.path.exists("/dev/" + name) and not os.path.isdir("/dev/" + name))


def network():
    found = {}
    for name in ("AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK", "AF_PACKET", "AF_VSOCK"):
        found[name] = refused(lambda: socket.socket(getattr(socket, name), socket.SOCK_STREAM if name != "AF_NETLINK" else socket.SOCK_RAW))
    return found


def resolves():
    return refused(socket.getaddrinfo, "localhost", 80)


def capabilities():
    header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    return list(data) if libc.capget(header, data) == 0 else None


def hardening():
    return {"no_new_privs": libc.prctl(39, 0, 0, 0, 0), "seccomp": libc.prctl(21, 0, 0, 0, 0)}


def system_calls():
    numbers = {"x86_64": {"ptrace": 101, "mount": 165, "umount2": 166, "chroot": 161, "pivot_root": 155, "unshare": 272, "setns": 308, "keyctl": 250, "add_key": 248, "bpf": 321,
                          "perf_event_open": 298, "userfaultfd": 323, "io_uring_setup": 425, "memfd_create": 319, "shmget": 29, "execve": 59, "execveat": 322,
                          "process_vm_readv": 310, "kexec_load": 246, "init_module": 175, "open_by_handle_at": 304},
               "aarch64": {"ptrace": 117, "mount": 40, "umount2": 39, "chroot": 51, "pivot_root": 41, "unshare": 97, "setns": 268, "keyctl": 219, "add_key": 217, "bpf": 280,
                           "perf_event_open": 241, "userfaultfd": 282, "io_uring_setup": 425, "memfd_create": 279, "shmget": 194, "execve": 221, "execveat": 281,
                           "process_vm_readv": 270, "kexec_load": 104, "init_module": 105, "open_by_handle_at": 265}}[os.uname().machine]
    zero = ctypes.c_long(0)
    return {name: refused(libc.syscall, ctypes.c_long(number), zero, zero, zero, zero, zero) for name, number in numbers.items()}


def limits():
    names = ("RLIMIT_CORE", "RLIMIT_NPROC", "RLIMIT_NOFILE", "RLIMIT_AS", "RLIMIT_FSIZE", "RLIMIT_MEMLOCK", "RLIMIT_CPU")
    return {name: list(resource.getrlimit(getattr(resource, name))) for name in names}


def raised_limit():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard + 1))
    except (ValueError, OSError):
        return False
    return True


def children():
    """How many processes it can start."""
    made = []
    try:
        while len(made) < 1000:
            pid = os.fork()
            if pid == 0:
                signal.pause()
                os._exit(0)
            made.append(pid)
    except OSError:
        pass
    for pid in made:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return len(made)


def descriptors():
    return [fd for fd in range(256) if refused(os.fstat, fd) is None]


def standard_input():
    return os.read(0, 10)


def fill_bytes():
    made = []
    try:
        for number in range(64):
            made.append(f"big{number}")
            with open(made[-1], "wb") as out:
                for _ in range(8):
                    out.write(bytes(1 << 20))
    except OSError as error:
        return errno.errorcode[error.errno], len(made) * 8
    finally:
        for name in made:
            os.unlink(name)
    return None, len(made) * 8


def fill_inodes():
    made = 0
    try:
        for made in range(100_000):
            os.mkdir(f"d{made}")
    except OSError as error:
        return errno.errorcode[error.errno], made
    finally:
        for number in range(made):
            os.rmdir(f"d{number}")
    return None, made


def leftovers():
    found = [os.path.join(folder, name) for folder in (".", "/tmp", "/dev/shm") if os.path.isdir(folder) for name in os.listdir(folder)]
    for folder in (".", "/dev/shm"):
        refused(lambda: open(os.path.join(folder, "left-behind.py"), "w"))
    refused(os.symlink, "/etc/passwd", "result.json")
    return found
