"""Where the zygote forks: in namespaces that it makes for each job, or in a container that was made for it alone."""
import os
import signal
import time
from posix import urandom                                # what nobody can repeat

from guard import weights
from guard.confinement import MOUNTS, PIDS, PR_SET_DUMPABLE, WORK, libc, mount, prctl, setns, unshare
from guard.waits import Waits

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 1, 2, 4, 8, 0x4000, 0x40000
MNT_DETACH = 2
INODES = 4096
CLEARING_SECONDS = 2.0
OOM_COUNTERS = ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control")
REFUSAL_COUNTERS = ("/sys/fs/cgroup/pids.events", "/sys/fs/cgroup/pids/pids.events")


def here():
    return Container() if os.environ.pop("DREAMER_CONTAINER", None) else Namespaces()


def forking(own_pids):
    """How a sibling of the zygote forks."""
    return os.fork if own_pids is None else lambda: _fork_apart(own_pids)


class Namespaces:
    """bubblewrap's: the zygote and its siblings alone may still create namespaces and mounts."""

    alone = True

    def __init__(self):
        self.own_pids, self.waits, self.fresh = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC), Waits(), None
        unshare(MOUNTS)
        mount(None, b"/", None, MS_REC | MS_PRIVATE, None)
        for place in ("/proc", "/dev/shm", "/dev/mqueue"):
            if os.path.isdir(place):
                _mount(b"tmpfs", place, MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, b"size=4k,nr_inodes=2")

    def fresh_work(self, size):
        """An empty work folder for one job, shared by its two sides: tests may hand files to the candidate. One that nobody has come near since it was made is as good as new."""
        if self.fresh == (size, *_traces(WORK)):
            return
        os.chdir("/")
        libc.umount2(WORK.encode(), MNT_DETACH)
        _mount(b"tmpfs", WORK, MS_NOSUID | MS_NODEV, f"size={size},nr_inodes={INODES},mode=700".encode())
        self.fresh = size, *_traces(WORK)

    def fork(self):
        """Forks into a new PID namespace, whose every process ends with the fork itself."""
        return _fork_apart(self.own_pids)

    def fork_beside(self):
        """Forks into the zygote's own PID namespace."""
        setns(self.own_pids, PIDS)
        return os.fork()

    def clear(self, spared=None):
        """Everything that the ended forks had started is dead. Tells whether it is."""
        return True

    def oom_kills(self):
        """How often the kernel killed for want of memory."""
        return 0

    def too_heavy(self, most):
        """Whether all processes together hold more than so many bytes."""
        return weights.too_heavy(self.waits.proc, self.waits.own, most)

    def refusals(self):
        """How often the bound of this jail as a whole kept somebody from starting a process: the bound of a candidate does not bind the zygote."""
        return 0

    def machine_is_full(self, refusals):
        """Whether nobody can start a process, though no bound of this jail was reached: asked while a candidate lives that could not either."""
        return not _can_fork(self.fork_beside) and self.refusals() == refusals


class Container:
    """Docker's: no capability is left to make namespaces with, but the zygote is the container's first process. Nobody inside can signal it,
    its memory cannot be opened, and one call of its kills all others, even while they fork."""

    own_pids, alone = None, False

    def __init__(self):
        if os.getpid() != 1:
            raise OSError("not the first process of a container")
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        prctl(PR_SET_DUMPABLE, 0)
        self.waits = Waits()

    def fresh_work(self, size):
        """Empties the work folder, a small tmpfs of the container."""
        self.clear()
        os.chdir("/")
        empty(os.fsencode(WORK))

    def fork(self):
        return os.fork()

    fork_beside = fork

    def clear(self, spared=None):
        if spared is not None:
            return self._clear_but(spared)
        try:
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            pass                                             # none was left
        while _reap(0):
            pass
        return True

    def _clear_but(self, spared):
        """All but one cannot be killed by one call: round by round, until a round finds nobody alive. Who was killed may need a while to get a
        processor and end; only who is born meanwhile uses up the time."""
        until, killed = time.monotonic() + CLEARING_SECONDS, set()
        while True:
            others = [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if pid not in (1, spared)]
            alive = {(pid, born) for pid in others if (born := _born(pid))}
            if not alive <= killed and time.monotonic() > until:
                return False
            killed |= alive
            for pid, _ in alive:
                os.kill(pid, signal.SIGKILL)                 # an ended one keeps its id until it is taken below
            for pid in others:
                _reap(pid)
            if not alive:
                return True

    def refusals(self):
        return _counted(REFUSAL_COUNTERS, "max ")

    def machine_is_full(self, refusals):
        """Where the container's own counter cannot be read, nobody can tell whose bound it was."""
        return any(map(os.path.exists, REFUSAL_COUNTERS)) and Namespaces.machine_is_full(self, refusals)

    def oom_kills(self):
        return _counted(OOM_COUNTERS, "oom_kill ")

    def too_heavy(self, most):
        """The container's own bound sees to that."""
        return False


def _traces(folder):
    """All by which a folder shows what was done with it. The kernel's clock for files is coarse, so what a moment may have changed without moving it is looked at, too."""
    seen = os.stat(folder)
    return seen.st_ino, seen.st_mode, seen.st_uid, seen.st_gid, seen.st_nlink, seen.st_size, seen.st_atime_ns, seen.st_mtime_ns, seen.st_ctime_ns, *os.listxattr(folder)


def empty(folder):
    """Deletes what untrusted code left there. However deep its folders are, this goes no deeper than two: what is inside moves up first."""
    number = 0
    while entries := list(os.scandir(folder)):
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                os.unlink(entry.path)
                continue
            os.chmod(entry.path, 0o700)
            for inner in list(os.scandir(entry.path)):
                if inner.is_dir(follow_symlinks=False):
                    os.chmod(inner.path, 0o700)              # a folder that is not writable cannot move
                number += 1
                os.rename(inner.path, b"%s/.%s-%d" % (folder, urandom(8).hex().encode(), number))
            os.rmdir(entry.path)


def _counted(counters, name):
    for counter in counters:
        if os.path.exists(counter):
            with open(counter) as lines:
                return sum(int(line.split()[1]) for line in lines if line.startswith(name))
    return 0


def _can_fork(fork):
    """Whether two processes can be started: the first takes the place that the tester has just left."""
    started = []
    try:
        for _ in range(2):
            pid = fork()
            if pid == 0:
                os._exit(0)
            started.append(pid)
    except OSError:
        pass
    for pid in started:                                      # an ended process has its place until it is waited for
        os.waitpid(pid, 0)
    return len(started) == 2


def _born(pid):
    """When it was started; None if it has ended."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:
            fields = stat.read().rpartition(b") ")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return fields[19] if fields and fields[0] not in (b"Z", b"X") else None


def _reap(pid):
    """Takes one ended child from the kernel's list: any (0 waits for one) or this one if it has ended. False when there is none."""
    try:
        return os.waitpid(pid or -1, os.WNOHANG if pid else 0)[0] != 0
    except ChildProcessError:
        return False


def _fork_apart(own_pids):
    setns(own_pids, PIDS)
    unshare(PIDS)
    return os.fork()


def _mount(kind, target, flags, data):
    mount(b"none", target.encode(), kind, flags, data)
