"""Another zygote of the same jail, with another hash seed: the hashes of texts, and so the order of sets, are fixed when an interpreter starts."""
import array
import functools
import marshal
import os
import select
import sys
import _signal
import _socket

from guard.confinement import libc
from guard.frames import Closed, read_frame, write_frame

RANDOM_PLACES = 0
SEEDS = (1, 42, 1009, 65537, 7, 314159, 2, 99991, 27, 1 << 31)   # one for each repeated run


class Sibling:
    """The zygote's end. It is started when first needed, and anew when it is gone."""

    def __init__(self, jail, run, preloaded):
        self.jail, self.seed, self.preloaded, self.line = jail, SEEDS[run], preloaded, None

    def spawn(self, socket, source, limits):
        """A candidate in a fork of the sibling."""
        for again in (True, False):
            try:
                self.line = self.line or self._start()
                return Fork(self._ask(socket, source, limits))
            except (Closed, OSError):
                self.line = None
                if not again:
                    raise

    def _ask(self, socket, source, limits):
        self.line.sendmsg([b"F"], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, array.array("i", [socket.fileno()]))])
        write_frame(self.line.fileno(), "J", marshal.dumps((source, limits)))
        return _received(self.line)

    def _start(self):
        ours, theirs = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_STREAM)
        delivered = next(finder for finder in sys.meta_path if type(finder).__name__ == "Delivered")
        if self.jail.fork_beside() == 0:
            for each in (delivered.file, theirs.fileno(), self.jail.own_pids):
                if each is not None:
                    os.set_inheritable(each, True)
            libc.personality(RANDOM_PLACES)                  # addresses, too, order what has no other order
            os.execve(sys.executable, [*delivered.command, "sibling", str(delivered.file), str(delivered.end), str(theirs.fileno())],
                      {**os.environ, "PYTHONHASHSEED": str(self.seed), "PYTHONSAFEPATH": "1", "PYTHONDONTWRITEBYTECODE": "1"})
        theirs.close()
        write_frame(ours.fileno(), "S", marshal.dumps((self.jail.own_pids, sys.path, self.preloaded)))
        return ours


class Fork:
    """A fork of a sibling, known by its descriptor: how it ended is nobody's question."""

    def __init__(self, fd):
        self.fd, self.ended = fd, None

    def stop(self, reason):
        """Ends it with every process of its namespace."""
        if self.ended is None:
            _signal.pidfd_send_signal(self.fd, _signal.SIGKILL)
            poll = select.poll()
            poll.register(self.fd, select.POLLIN)
            poll.poll()
            os.close(self.fd)
            self.ended = {"how": reason, "code": None}
        return self.ended


def _received(line):
    """The descriptor that came with one byte."""
    data, ancillary, _, _ = line.recvmsg(1, _socket.CMSG_SPACE(4))
    if not data or not ancillary:
        raise Closed
    fds = array.array("i")
    fds.frombytes(ancillary[0][2][:4])
    return fds[0]


def _reap():
    """Takes the forks that have ended from the kernel's list."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass                                                 # there is none


def serve(fd):
    """In the sibling: forks a candidate for each request of the zygote. Returns in the fork, with what that fork is to be."""
    from guard import candidate, confinement, heap, jails
    confinement.prctl(confinement.PR_SET_PDEATHSIG, confinement.SIGKILL)
    confinement.prctl(confinement.PR_SET_DUMPABLE, 0)
    own_pids, sys.path[:], preloaded = marshal.loads(read_frame(fd)[1])
    for name in preloaded:
        __import__(name)
    os.environ.clear()
    os.environ.update(confinement.ENVIRONMENT)
    line, fork, side, alone = _socket.socket(fileno=fd), jails.forking(own_pids), candidate.Side(), own_pids is not None
    heap.settle()
    while True:
        try:
            wanted = _received(line)
            source, limits = marshal.loads(read_frame(fd)[1])
        except Closed:
            os._exit(0)
        role = functools.partial(side.serve, wanted, source, limits, confinement.Confinement([wanted], limits, alone))
        pid = fork()
        if pid == 0:
            return role
        os.close(wanted)
        end = os.pidfd_open(pid)
        line.sendmsg([b"F"], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, array.array("i", [end]))])
        os.close(end)
        _reap()
