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

    @classmethod
    def of(cls, text):
        return cls(len(text) // 8, text)


def _checked(result, function, arguments):
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{function.__name__}{arguments}: {os.strerror(code)}")
    return result


# Found once: a fork that looks them up makes them anew.
mount, unshare, setns, _prctl, _capset = libc.mount, libc.unshare, libc.setns, libc.prctl, libc.capset
for each in (mount, unshare, setns, _prctl, _capset):
    each.errcheck = _checked
_NULL = os.open("/dev/null", os.O_RDWR)
_FOR_FIRST = _Program.of(_FILTER.for_process(1))


def prctl(option, argument, more=0):
    _prctl(option, argument, more, 0, 0)


class Confinement:
    """The steps into one fork's confinement, made ready before it: each name that a fork looks up and each tuple that it makes is a page of the zygote's that it
    writes to, and so copies. `alone`: is the fork the first process of a PID namespace of its own? In a container it shares the container's."""

    def __init__(self, kept, limits, alone):
        self._leaving = [*_apart(alone), *((os.dup2, (_NULL, fd)) for fd in (0, 1, 2) if fd not in kept), *_closing({0, 1, 2, *kept}), (os.chdir, (WORK,))]
        self._dropping = [*_bounds(limits, alone), (_prctl, (PR_SET_DUMPABLE, 0, 0, 0, 0)), (_prctl, (PR_CAP_AMBIENT, 4, 0, 0, 0)),
                          (_capset, (_SELF, _NO_CAPABILITIES)), (_deny, (_FOR_FIRST,)) if alone else (_deny_shared, ())]

    def leave_jail(self):
        """First steps of every fork: own process group, no descriptors but those kept, 0-2 on /dev/null."""
        for step, arguments in self._leaving:
            step(*arguments)

    def drop_everything(self):
        """Resources, capabilities, system calls: irrevocable. Afterwards untrusted code may run."""
        for step, arguments in self._dropping:
            step(*arguments)


def _apart(alone):
    # Not a session of its own: outside containers the kernel gives each session the same share of the processors, whatever its nice values.
    return [(os.setpgid, (0, 0))] if alone else [(os.setsid, ()), (_first_to_go, ())]


def _closing(kept):
    low = 0
    for fd in sorted(kept):
        if low < fd:                                         # closerange(0, 0) would close everything
            yield os.closerange, (low, fd)
        low = fd + 1
    yield os.closerange, (low, 4096)


def _first_to_go():
    """When the container's memory is used up the kernel takes a fork, never the zygote."""
    prctl(PR_SET_DUMPABLE, 1)                                # while it is not dumpable, its entry in /proc is root's
    fd = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
    os.write(fd, b"1000")
    os.close(fd)
    prctl(PR_SET_DUMPABLE, 0)


def _bounds(limits, alone):
    cpu = max(1, int(limits["cpu_seconds"] + 0.999))
    # Past the soft limit of the processor the kernel says why it ends the process (SIGXCPU); whoever ignores that is killed a second later.
    bounds = [(resource.RLIMIT_CPU, cpu, 1), (resource.RLIMIT_AS, limits["memory_bytes"], 0), (resource.RLIMIT_FSIZE, limits["file_bytes"], 0),
              (resource.RLIMIT_NOFILE, limits["open_files"], 0), (resource.RLIMIT_CORE, 0, 0), (resource.RLIMIT_MEMLOCK, 0, 0)]
    if alone:                                                # it counts per user: containers share theirs, and have a counter of their own
        bounds.append((resource.RLIMIT_NPROC, limits["processes"], 0))
    for which, value, grace in bounds:
        inherited = _INHERITED[which]
        hard = value + grace if inherited == resource.RLIM_INFINITY else min(value + grace, inherited)
        yield resource.setrlimit, (which, (min(value, hard), hard))


def deny_early():
    """The zygote's first step, which its forks inherit: no new privileges, and none of the system calls that nobody in the jail needs."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    _deny(_Program.of(_FILTER.of_zygote))


def _deny_shared():
    _deny(_Program.of(_FILTER.for_process(os.getpid())))


def _deny(program):
    _prctl(PR_SET_SECCOMP, 2, ctypes.byref(program), 0, 0)
