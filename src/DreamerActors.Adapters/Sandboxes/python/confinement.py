"""What a fork loses before any untrusted code runs: namespaces, capabilities, system calls, resources, descriptors."""
import ctypes
import os
import resource
import signal

from guard.syscalls import filter_program

NEWNS, NEWIPC, NEWPID = 0x00020000, 0x08000000, 0x20000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 1, 2, 4, 8, 0x4000, 0x40000
MNT_DETACH = 2
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, PR_CAP_AMBIENT = 1, 38, 22, 47
WORK = "/tmp"
INODES = 4096

_libc = ctypes.CDLL(None, use_errno=True)
_PROGRAM = filter_program(os.uname().machine)


class _Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def _check(result, what):
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def _mount(kind, target, flags, data):
    _check(_libc.mount(b"none", target.encode(), kind, flags, data), f"mount {target}")


class Jail:
    """The zygote's side: it alone may still create namespaces and mounts."""

    def __init__(self):
        _become_owner_of_pids()
        self.own_pids = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
        _check(_libc.unshare(NEWNS), "unshare mounts")
        _check(_libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None), "private mounts")
        for place in ("/proc", "/dev/shm", "/dev/mqueue"):
            if os.path.isdir(place):
                _mount(b"tmpfs", place, MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, b"size=4k,nr_inodes=2")

    def fresh_work(self, size):
        """An empty work folder for one job, shared by its two sides: tests may hand files to the candidate."""
        os.chdir("/")
        _libc.umount2(WORK.encode(), MNT_DETACH)
        _mount(b"tmpfs", WORK, MS_NOSUID | MS_NODEV, f"size={size},nr_inodes={INODES},mode=700".encode())

    def fork(self):
        """Forks into a new PID namespace, whose every process ends with the fork itself."""
        _check(_libc.setns(self.own_pids, NEWPID), "setns")
        _check(_libc.unshare(NEWPID), "unshare pids")
        return os.fork()


def _become_owner_of_pids():
    """Moves on into a PID namespace of our own user namespace: only its owner may return to it between forks."""
    _check(_libc.unshare(NEWPID), "unshare pids")
    pid = os.fork()
    if pid:
        close_all_but()
        os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 0xFF)
    _check(_libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0), "pdeathsig")


def close_all_but(*kept):
    low = 0
    for fd in sorted(kept):
        if low < fd:                                         # closerange(0, 0) would close everything
            os.closerange(low, fd)
        low = fd + 1
    os.closerange(low, 4096)


def leave_jail(kept):
    """First steps of every fork: own session, own mounts and IPC, no descriptors but those kept, 0-2 on /dev/null."""
    os.setsid()
    _check(_libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0), "pdeathsig")
    _check(_libc.unshare(NEWNS | NEWIPC), "unshare")
    null = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1, 2):
        if fd not in kept and fd != null:
            os.dup2(null, fd)
    close_all_but(0, 1, 2, *kept)
    os.chdir(WORK)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    os.environ.clear()
    os.environ.update(HOME=WORK, TMPDIR=WORK, PATH="/usr/bin:/bin", LANG="C.UTF-8", TZ="UTC")


def drop_everything(limits):
    """Resources, capabilities, system calls: irrevocable. Afterwards untrusted code may run."""
    cpu = max(1, int(limits["cpu_seconds"] + 0.999))
    for which, value in ((resource.RLIMIT_CPU, cpu), (resource.RLIMIT_AS, limits["memory_bytes"]), (resource.RLIMIT_FSIZE, limits["file_bytes"]),
                         (resource.RLIMIT_NPROC, limits["processes"]), (resource.RLIMIT_NOFILE, limits["open_files"]), (resource.RLIMIT_CORE, 0),
                         (resource.RLIMIT_MEMLOCK, 0)):
        hard = resource.getrlimit(which)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (value, value))
    _check(_libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    _check(_libc.prctl(PR_CAP_AMBIENT, 4, 0, 0, 0), "ambient capabilities")
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    _check(_libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")
    _check(_libc.prctl(PR_SET_SECCOMP, 2, ctypes.byref(_Filter(len(_PROGRAM) // 8, _PROGRAM)), 0, 0), "seccomp")
