"""What a fork loses before any untrusted code runs: namespaces, capabilities, system calls, resources, descriptors."""
import ctypes
import os
import resource
import _signal

from guard.syscalls import Filter

MOUNTS, PIDS = 0x00020000, 0x20000000
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, PR_CAP_AMBIENT = 1, 4, 38, 22, 47
WORK = "/tmp"
ENVIRONMENT = {"HOME": WORK, "TMPDIR": WORK, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC"}

libc = ctypes.CDLL(None, use_errno=True)
SIGKILL = _signal.SIGKILL
_FILTER = Filter(os.uname().machine)
# Made once: a type of arrays costs more than all calls below together.
_SELF, _NO_CAPABILITIES = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
_INHERITED = {which: resource.getrlimit(which)[1] for which in (
    resource.RLIMIT_CPU, resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE, resource.RLIMIT_CORE, resource.RLIMIT_MEMLOCK, resource.RLIMIT_NPROC)}


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def check(result, what):
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def prctl(option, argument, more=0):
    check(libc.prctl(option, argument, more, 0, 0), f"prctl {option}")


def close_all_but(*kept):
    low = 0
    for fd in sorted(kept):
        if low < fd:                                         # closerange(0, 0) would close everything
            os.closerange(low, fd)
        low = fd + 1
    os.closerange(low, 4096)


def _alone():
    """Is this fork the first process of a PID namespace of its own? In a container it shares the container's."""
    return os.getpid() == 1


def leave_jail(kept):
    """First steps of every fork: own process group, no descriptors but those kept, 0-2 on /dev/null."""
    if _alone():
        # Not a session of its own: outside containers the kernel gives each session the same share of the processors, whatever its nice values.
        os.setpgid(0, 0)
    else:
        os.setsid()
        _first_to_go()
    null = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1, 2):
        if fd not in kept and fd != null:
            os.dup2(null, fd)
    close_all_but(0, 1, 2, *kept)
    os.chdir(WORK)


def _first_to_go():
    """When the container's memory is used up the kernel takes a fork, never the zygote."""
    prctl(PR_SET_DUMPABLE, 1)                                # while it is not dumpable, its entry in /proc is root's
    fd = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
    os.write(fd, b"1000")
    os.close(fd)
    prctl(PR_SET_DUMPABLE, 0)


def drop_everything(limits):
    """Resources, capabilities, system calls: irrevocable. Afterwards untrusted code may run."""
    cpu = max(1, int(limits["cpu_seconds"] + 0.999))
    # Past the soft limit of the processor the kernel says why it ends the process (SIGXCPU); whoever ignores that is killed a second later.
    bounds = [(resource.RLIMIT_CPU, cpu, 1), (resource.RLIMIT_AS, limits["memory_bytes"], 0), (resource.RLIMIT_FSIZE, limits["file_bytes"], 0),
              (resource.RLIMIT_NOFILE, limits["open_files"], 0), (resource.RLIMIT_CORE, 0, 0), (resource.RLIMIT_MEMLOCK, 0, 0)]
    if _alone():                                             # it counts per user: containers share theirs, and have a counter of their own
        bounds.append((resource.RLIMIT_NPROC, limits["processes"], 0))
    for which, value, grace in bounds:
        inherited = _INHERITED[which]
        hard = value + grace if inherited == resource.RLIM_INFINITY else min(value + grace, inherited)
        resource.setrlimit(which, (min(value, hard), hard))
    prctl(PR_SET_DUMPABLE, 0)
    prctl(PR_CAP_AMBIENT, 4)
    check(libc.capset(_SELF, _NO_CAPABILITIES), "capset")
    _deny(_FILTER.for_process(os.getpid()))


def deny_early():
    """The zygote's first step, which its forks inherit: no new privileges, and none of the system calls that nobody in the jail needs."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    _deny(_FILTER.of_zygote)


def _deny(program):
    check(libc.prctl(PR_SET_SECCOMP, 2, ctypes.byref(_Program(len(program) // 8, program)), 0, 0), "seccomp")
