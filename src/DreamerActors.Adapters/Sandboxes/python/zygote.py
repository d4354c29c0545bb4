"""The warm parent: reads jobs, forks their two sides, watches them, answers with observations. Runs no untrusted code."""
import json
import os
import sys
import time
import _socket
from functools import partial

from guard import candidate, called, confinement, heap, jails, pages, rehearsal, sibling, tester
from guard.child import Child
from guard.confinement import Confinement
from guard.frames import Closed, Garbled, read_frame, skip_to_end, write_frame
from guard.job import LIMITS, Become, Job

PRELOADED = ("math", "re", "collections", "typing", "functools", "itertools", "string", "operator", "random")
CALLS_OF_READER = 64


# What a fork does not need any more it keeps: letting go of it would write to all of its pages.
_kept = []


class Zygote:
    def __init__(self, jail, reads):
        self.jail, self.reader, self.job = jail, None, None
        self.sides = None if reads else (tester.Side(), candidate.Side())
        self.siblings = [sibling.Sibling(jail, run, PRELOADED) for run in range(len(sibling.SEEDS))]

    def step(self):
        """Takes one frame; returns False when the host has closed the pipe or the stream cannot be followed any more."""
        try:
            kind, payload = read_frame(0)
        except (Closed, Garbled):
            return False
        if kind == "E":
            return True
        if kind not in ("X" if self.sides is None else "JX"):
            return False
        header = json.loads(payload)
        kind_of_source, source = read_frame(0)
        if kind_of_source != "C":
            return False
        started = time.monotonic()
        if kind == "X":
            skip_to_end(0)
            answer, in_step = self.call(header, source), True
        else:
            self.job = Job(self.jail, self.sides, self.siblings, header, source)
            answer = self.job.run()
            in_step = self.job.drained
            answer.setdefault("timings", {})["total_ms"] = round((time.monotonic() - started) * 1000, 1)
        write_frame(1, "V", json.dumps(answer).encode())
        return in_step

    def call(self, header, payload):
        """One function of a delivered module, called in a fork that does nothing else. A warm one answers more calls of the same function:
        what it is given is read, never run, and if one call ends it the next begins with a new one."""
        names = header["module"], header["function"]
        if self.reader is None or self.reader.names != names:
            self.read_anew(header, names)
        answer = self.reader.ask(payload)
        if answer is None and self.reader.served > 1:
            self.read_anew(header, names)
            answer = self.reader.ask(payload)
        if answer is None or not header.get("warm") or self.reader.served >= CALLS_OF_READER:
            ended = self.end_reader()
            answer = answer or {"error": f"no answer: {ended['how']} {ended['code']}"}
        return {"id": header["id"], **answer}

    def read_anew(self, header, names):
        self.end_reader()
        limits = {**LIMITS, **{k: v for k, v in (header.get("limits") or {}).items() if k in LIMITS and v}}
        self.jail.fresh_work(limits["file_bytes"])
        ours, theirs = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_STREAM)
        fd = theirs.detach()
        become = Become(partial(called.serve, fd, names, Confinement([fd], limits, self.jail.alone)))
        pid = self.jail.fork()
        if pid == 0:
            raise become
        os.close(fd)
        self.reader = Reader(names, Child(pid, limits["cpu_seconds"]), ours, limits["wall_seconds"])

    def end_reader(self):
        reader, self.reader = self.reader, None
        if reader is None:
            return None
        ended = reader.end()
        self.jail.clear()
        return ended


class Reader:
    """A fork that answers calls of one function."""

    def __init__(self, names, child, socket, seconds):
        self.names, self.child, self.socket, self.seconds, self.served = names, child, socket, seconds, 0

    def ask(self, payload):
        self.served += 1
        return called.ask(self.socket.fileno(), payload, self.seconds)

    def end(self):
        self.socket.close()
        return self.child.look(wait_seconds=0.2) or self.child.stop("wall")


def serve():
    """Answers jobs until the host closes the pipe. Returns in a fork, with what that fork is to be."""
    sys.path += os.environ.pop("DREAMER_LIBRARIES", "").split()
    for name in PRELOADED:
        __import__(name)
    preloaded = os.environ.pop("DREAMER_PRELOAD", "").split()
    for name in preloaded:
        __import__("guard." + name)
    confinement.deny_early()
    if not preloaded:
        rehearsal.rehearse()
    zygote = Zygote(jails.here(), reads=bool(preloaded))
    os.environ.clear()
    os.environ.update(confinement.ENVIRONMENT)
    heap.settle()
    pages.settle()
    pages.share_text()
    write_frame(1, "R", json.dumps({"python": sys.version.split()[0], "hash": hash("dreamer") & 0xFFFF}).encode())
    _kept.append(zygote)
    try:
        while zygote.step():
            pass
    except Become as become:
        _kept.append(become)                                 # with the frames that it was raised through
        return become.args[0]
    return lambda: None
