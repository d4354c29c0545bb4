"""One fork of the zygote and how it ended, as the kernel tells it."""
import os
import select
import signal

from guard import candidate, pages

NEARLY_ALL = 0.9                                             # of the memory: the rest is mapped and never touched


class Child:
    """Ended at most once: an end of its own that came first is kept."""

    def __init__(self, pid, cpu_seconds):
        self.pid, self.cpu_seconds, self.ended, self.most_bytes = pid, cpu_seconds, None, 0

    def look(self, wait_seconds=0.0):
        if self.ended is None and not self._has_ended() and wait_seconds:
            end = os.pidfd_open(self.pid)
            poll = select.poll()
            poll.register(end, select.POLLIN)
            poll.poll(wait_seconds * 1000)
            os.close(end)
            self._has_ended()
        return self.ended

    def _has_ended(self):
        pid, status, usage = os.wait4(self.pid, os.WNOHANG)
        if pid:
            self._note(usage)
            self.ended = self._tell(status, usage.ru_utime + usage.ru_stime)
        return pid != 0

    def _note(self, usage):
        self.most_bytes = usage.ru_maxrss << 10

    def filled(self, memory_bytes):
        """Whether it once had as much memory as it can get. What comes of that takes its time: an exception from the depth of a recursion, a crash meanwhile, or no end in time."""
        return self.most_bytes >= NEARLY_ALL * memory_bytes - pages.spare()

    def _tell(self, status, used):
        if os.WIFEXITED(status):
            if os.WEXITSTATUS(status) == candidate.OUTPUT_LIMIT:
                return {"how": "output", "code": None}
            return {"how": "exit", "code": os.WEXITSTATUS(status)}
        # The kernel counts the limit in ticks: what it killed for ignoring SIGXCPU may have used less than the limit by the clock of `rusage`.
        if os.WTERMSIG(status) == signal.SIGXCPU or os.WTERMSIG(status) == signal.SIGKILL and used >= 0.5 * self.cpu_seconds:
            return {"how": "cpu", "code": os.WTERMSIG(status)}
        return {"how": "signal", "code": os.WTERMSIG(status)}

    def stop(self, reason):
        """Ends it with every process of its namespace; an end of its own that came first is kept."""
        if self.look() is None:
            os.kill(self.pid, 9)
            self._note(os.wait4(self.pid, 0)[2])
            self.ended = {"how": reason, "code": None}
        return self.ended
