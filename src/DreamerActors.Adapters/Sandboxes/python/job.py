"""One job: its two sides from the fork to the answer, watched by the zygote. Runs no untrusted code."""
import array
import json
import os
import select
import sys
import time
import _socket
from functools import partial

from guard import pages, tester
from guard.child import Child
from guard.confinement import Confinement
from guard.frames import Closed, Garbled, read_frame, write_frame
from guard.waits import LOOK_SECONDS, PATIENCE

LIMITS = {"wall_seconds": 10.0, "cpu_seconds": 10.0, "memory_bytes": 512 << 20, "output_bytes": 1 << 20, "file_bytes": 16 << 20,
          "processes": 64, "open_files": 256}
STRICT_RUNS_OF_WALL = 8
GRACE_SECONDS, ENDING_SECONDS = 1.0, 1.0
KILLED = {"how": "signal", "code": 9}


class Become(BaseException):
    """Raised in a fork, with its role: unwinds to the trampoline, so that no frame of the zygote is left below untrusted code. Made before the fork, which would
    have to copy all that making it writes to."""


class Job:
    """Both sides of one job, from the fork to the answer."""

    def __init__(self, jail, sides, siblings, header, source):
        self.jail, self.sides, self.siblings, self.header, self.source = jail, sides, siblings, header, source
        self.limits = {**LIMITS, **{k: v for k, v in (header.get("limits") or {}).items() if k in LIMITS and v}}
        self.candidates, self.tester, self.drained, self.report, self.overrun, self.starved = [], None, False, None, False, False
        self.waits, self.held, self.trouble, self.heavy = jail.waits, [], None, False

    def run(self):
        self.waits.begin()
        self.jail.fresh_work(self.limits["file_bytes"])
        self.oom_kills, self.refusals = self.jail.oom_kills(), self.jail.refusals()
        self.control, theirs = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_STREAM)
        ours, first = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_STREAM)
        self.held = [theirs, ours, first]                    # Python warns of sockets that a fork lets go of unclosed, at length
        settings = {key: self.header.get(key) for key in ("mode", "seed", "mutants", "runs")}
        settings["limits"] = self.limits
        self.told, telling = os.pipe()
        os.set_blocking(self.told, False)
        kept = 0, theirs.fileno(), ours.fileno(), telling
        cpu_seconds = self.limits["cpu_seconds"] * (STRICT_RUNS_OF_WALL if settings["mode"] == "strict" else 1)
        confined = Confinement(kept, {**self.limits, "cpu_seconds": cpu_seconds}, self.jail.alone)
        tester, first = Become(partial(self.sides[0].serve, *kept, settings, confined)), self.candidate(first)
        # The tester first: where ids are shared, candidates cannot signal who is older. Nothing between the two: what is written to then is copied twice.
        pid = self.jail.fork()
        if pid == 0:
            raise tester
        self.start(first)
        pages.own()                                          # what comes now writes to as much as a fork does
        self.tester = Child(pid, cpu_seconds)
        os.close(telling)
        for each in self.held:
            each.close()
        self.watch()
        return self.close()

    def spawn(self, run):
        """Forks one more candidate; returns the tester's end of its socket."""
        ours, theirs = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_STREAM)
        self.held += [ours, theirs]
        if run is None:
            self.start(self.candidate(theirs))
        else:
            self.candidates.append(self.siblings[run].spawn(theirs, self.source, self.limits))
        theirs.close()
        return ours

    def candidate(self, end):
        fd = end.fileno()
        return Become(partial(self.sides[1].serve, fd, self.source, self.limits, Confinement([fd], self.limits, self.jail.alone)))

    def start(self, become):
        pid = self.jail.fork()
        if pid == 0:
            raise become
        self.candidates.append(Child(pid, self.limits["cpu_seconds"]))

    def watch(self):
        begun, limit = time.monotonic(), GRACE_SECONDS + self.limits["wall_seconds"] * (STRICT_RUNS_OF_WALL if self.header.get("mode") == "strict" else 1)
        poll = select.poll()
        poll.register(self.control.fileno(), select.POLLIN)
        looked = begun
        while self.report is None:
            if time.monotonic() - looked >= LOOK_SECONDS:
                looked = time.monotonic()
                if self.jail.too_heavy(2 * self.limits["memory_bytes"]):    # as much as tester and candidate may use
                    self.heavy = True
                    self.tester.stop("lost")
                    return
            left = self.left(begun, limit)
            if left <= 0:
                if not self.starved:
                    self.tester.stop("wall")
                return
            if not poll.poll(min(left, LOOK_SECONDS) * 1000):
                continue
            try:
                self.obey(*read_frame(self.control.fileno()))
            except (Closed, Garbled, ValueError, OSError):
                return

    def left(self, begun, seconds):
        """What is left of the time for something, in which waiting for a processor does not count. That ends somewhere too: then nothing can be said of the candidate."""
        self.starved |= time.monotonic() - begun > PATIENCE * seconds
        return 0.0 if self.starved else self.waits.left(begun, seconds)

    def end_of(self, child, seconds):
        """How it ended, if it does so in time."""
        begun = time.monotonic()
        while child.look() is None and (left := self.left(begun, seconds)) > 0:
            child.look(wait_seconds=min(left, LOOK_SECONDS))
        return child.ended

    def _has_read(self):
        """Whether the tester has taken all of the job from the host's pipe: before it runs anything, and without waking the zygote up for it."""
        try:
            return self.report is not None or os.read(self.told, 1) != b""
        except BlockingIOError:
            return False
        finally:
            os.close(self.told)

    def end_candidates(self):
        for child in self.candidates:
            child.stop("alive")

    def obey(self, kind, payload):
        if kind == "V":
            self.report = json.loads(payload)
        elif kind == "W":
            write_frame(self.control.fileno(), "W", json.dumps(self.waits.left(*json.loads(payload))).encode())
        elif kind == "K":
            self.candidates[-1].stop("alive")
            write_frame(self.control.fileno(), "A", b"")
        elif kind == "S":
            self.end_candidates()
            self.overrun = not self.jail.clear(spared=self.tester.pid)
            if self.overrun:
                raise Closed
            try:
                end = self.spawn(json.loads(payload)["run"])
            except (Closed, OSError) as error:
                self.trouble = f"no further candidate can be started: {error}"[:300]
                raise Closed from None
            handed = array.array("i", [end.fileno()])
            self.control.sendmsg([b"F"], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, handed)])
            end.close()

    def close(self):
        report = self.report if isinstance(self.report, dict) else {}
        # Once the tester has its report, only an end of the candidate that it missed an answer for tells something. Left alone, the candidate would wake up to end by itself.
        served = self.report is not None and not report.get("gone")
        if served:
            self.end_candidates()
        waited = None if self.trouble else self.end_of(self.tester, ENDING_SECONDS)
        tester_end = waited or self.tester.stop("lost" if self.overrun or self.trouble else "wall")
        first = None if served else self.end_of(self.candidates[0], ENDING_SECONDS) if report else self.candidates[0].look()
        first = first or {"how": "alive", "code": None}
        full = "processes" in (report.get("limits") or []) and self.jail.machine_is_full(self.refusals)
        self.end_candidates()
        self.drained = self._has_read()
        self.control.close()
        self.jail.clear()
        report.pop("gone", None)
        ended = {"candidate": first, "tester": tester_end}
        limits = set(report.get("limits") or [])
        limits.update(end["how"] for end in ended.values() if end["how"] in ("wall", "cpu", "output"))
        if self.overrun:
            limits.add("processes")
        stumbled = report.pop("stumbled", True) and self.candidates[0].filled(self.limits["memory_bytes"])
        if self.heavy or stumbled or self.jail.oom_kills() > self.oom_kills:
            limits.add("memory")
        observed = {**tester.nothing_observed(), **report, "id": self.header.get("id"), "mode": self.header.get("mode"), "ended": ended}
        observed["limits"] = sorted(limits)
        observed["python"] = "%d.%d.%d" % sys.version_info[:3]
        # Nobody inside can do that to the first process of a PID namespace, not even itself; but when the memory of the machine is full, it is whoever has filled it that the kernel kills.
        shot = self.jail.alone and KILLED in (tester_end, *(child.ended for child in self.candidates if not stumbled))
        troubles = ((not self.drained, "the tester ended before it had read the tests"), (self.trouble, self.trouble), (shot, "an interpreter was killed from outside"), (full, "this machine starts no more processes"),
                    (self.starved, "it waited for a processor for so long that nothing can be said"))
        observed["error"] = observed["error"] or next((told for happened, told in troubles if happened), None)
        return observed
