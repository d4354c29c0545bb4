"""How long a job stood in line for a processor: time that the machine took, not the candidate."""
import os
import time

LOOK_SECONDS = 0.25
PATIENCE = 4                                                 # a job that took so many times the time it may use is given up
TICKS = os.sysconf("SC_CLK_TCK")


def owed(elapsed, ready, used, waited, open=0.0):
    """How much of the elapsed seconds was taken from a job, whose processes used so much processor time, whose threads waited so long for some,
    and of whose processes so many were ready to run. Who used the whole time lacks nothing, however long its threads waited for each other. Tester and
    candidate take turns: three processes keep each other waiting and are owed nothing, not even if they end before what they used can be seen.
    The kernel tells a wait when it is over. So who is ready and has neither run nor been told a wait stands in line still: that time stays open, and is owed once the wait is told."""
    if ready > 2:
        return 0.0, 0.0
    room = open + max(0.0, elapsed - used)
    return min(waited, room), room if ready and not used and not waited else 0.0


class Waits:
    """Looks at the processes of this jail, at most a few times a second: a job that ends soon pays nothing."""

    def __init__(self):
        self.proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self.own = os.readlink("self", dir_fd=self.proc)
        self.used, self.waited, self.history, self.open = {}, {}, [(0.0, 0.0)], 0.0

    def begin(self):
        self.history, self.open = [(time.monotonic(), 0.0)], 0.0

    def left(self, since, seconds):
        """What is left of so many seconds that began then, if waiting does not count."""
        now = time.monotonic()
        if now - self.history[-1][0] >= LOOK_SECONDS:
            self._look(now)
        before = next((total for at, total in reversed(self.history) if at <= since), 0.0)
        return seconds - max(0.0, now - since - (self.history[-1][1] + self.open - before))

    def _look(self, now):
        at, total = self.history[-1]
        ready, used, waited = 0, {}, {}
        for pid in os.listdir(self.proc):
            if pid.isdigit() and pid != self.own:
                try:
                    ready += self._see(pid, used, waited)
                except (FileNotFoundError, ProcessLookupError):
                    pass                                     # it ended meanwhile
        more, self.open = owed(now - at, ready, _more(used, self.used), _more(waited, self.waited), self.open)
        self.history.append((now, total + more))
        self.used, self.waited = used, waited

    def _see(self, pid, used, waited):
        """Notes processor time and waiting of one process; tells whether it is ready to run."""
        ready = False
        used[pid] = sum(map(int, _fields(self._read(f"{pid}/stat"))[11:13])) / TICKS
        for thread in self._entries(f"{pid}/task"):
            ready |= _fields(self._read(f"{pid}/task/{thread}/stat"))[0] == b"R"
            waited[thread] = int(self._read(f"{pid}/task/{thread}/schedstat").split()[1]) / 1e9
        return ready

    def _read(self, path):
        fd = os.open(path, os.O_RDONLY, dir_fd=self.proc)
        try:
            return os.read(fd, 4096)
        finally:
            os.close(fd)

    def _entries(self, path):
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY, dir_fd=self.proc)
        try:
            return os.listdir(fd)
        finally:
            os.close(fd)


def _fields(stat):
    """From the state on; the name before it may hold anything."""
    return stat.rpartition(b") ")[2].split()


def _more(now, before):
    """By how much the sum has grown. A number may belong to another process by now: what is less than before is new."""
    return sum(value - before.get(key, 0.0) if value >= before.get(key, 0.0) else value for key, value in now.items())
