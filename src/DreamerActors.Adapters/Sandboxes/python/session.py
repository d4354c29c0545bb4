"""The tester's view of the candidate: its peer, the `solution` module the tests import, and one run of the tests."""
import builtins
import os
import sys
import types
import _signal

from guard import collect, mirror
from guard.bridge import Peer
from guard.collect import Deadline, Outcome
from guard.control import clean_work, now
from guard.entropy import random
from guard.instrument import GUARD
from guard.service import Guarded
from guard.sites import Sites
from guard.wire import Gone, Refused, Uncarried

AMBIENT = (("builtins", "input"), ("builtins", "print"), ("builtins", "open"), ("time", "sleep"), ("time", "time"), ("time", "monotonic"),
           ("time", "perf_counter"), ("random", "random"), ("random", "randint"), ("random", "choice"), ("random", "uniform"), ("random", "shuffle"),
           ("random", "sample"), ("random", "randrange"), ("sys", "stdin"), ("sys", "argv"), ("os", "getenv"), ("uuid", "uuid4"))

# What the harness itself asks for; everything else means that the tests use the solution.
NOT_USES = frozenset(("ambient", "seed", "environ", "names", "load", "constants", "coverage", "drawn", "functions", "mutants"))


class Policy(Guarded):
    """Counts what the candidate's operators decide and hands comparisons to the lie check."""

    not_to_cross = (Deadline,)

    def __init__(self, session):
        super().__init__()
        self.session, self.decisions = session, 0

    def compared(self, peer, handle, name, other, result):
        self.decisions += 1
        again = lambda value: peer.request("dunder", handle, name, (value,))
        return self.session.sites.compared(handle, name, other, result, again)

    def uncarried(self, reason):
        self.session.refuse(reason)
        return Uncarried(reason)


class Solution(types.ModuleType):
    """What the tests import as `solution`."""

    def __init__(self, session, root):
        super().__init__("solution")
        self.__dict__["_dreamer"] = session, root
        self.__dict__["__file__"] = "solution.py"

    def __getattr__(self, name):
        if name.startswith("__") and name not in ("__all__", "__doc__", "__version__", "__author__"):
            raise AttributeError(name)
        session, root = self.__dict__["_dreamer"]
        value = session.peer.request("get", root, name)
        session.fetched(name, value)
        return value

    def __setattr__(self, name, value):
        if name.startswith("__"):
            return super().__setattr__(name, value)
        session, root = self.__dict__["_dreamer"]
        session.peer.request("set", root, name, value)

    def __delattr__(self, name):
        session, root = self.__dict__["_dreamer"]
        session.peer.request("del", root, name)

    def __dir__(self):
        session, root = self.__dict__["_dreamer"]
        return [name for name, *_ in session.peer.request("names")]


class Watched(Peer):
    """A peer that notes which functions of the solution the tests call and forwards what they replaced in the library."""

    def __init__(self, session):
        super().__init__(Policy(session), 2)
        self.session, self.take_notes = session, session.print

    def request(self, operation, *values):
        session = self.session
        if session.forwards and self.depth == 0 and operation not in ("ambient", "seed", "environ"):
            session.forward_ambient(self)
        if operation not in NOT_USES and not (operation == "get" and values[0] is session.root):
            session.uses += 1
        call = None
        if operation == "call" and session.names:
            name = session.names.get(id(values[0]))
            if name is not None:
                session.called.add(name)
                if session.heard is not None:
                    call = session.heard.ask(name, values[1:])
        try:
            answer = super().request(operation, *values)
            if call is not None:
                session.heard.tell(call, answer)
            return answer
        except Gone:
            session.gone = True
            raise
        except Refused as error:
            session.broken = str(error)
            raise
        except Uncarried as error:
            session.refuse(str(error))
            raise


class Session:
    """One tester with its current candidate. Made ahead of the job, like the peer for the first candidate."""

    def __init__(self):
        self.control, self.tests, self.limits, self.timed, self.forwards = None, None, None, None, False
        self.peer, self.next_peer, self.policy = None, Watched(self), None
        self.root, self.sites, self.solution = None, None, None
        self.gone, self.broken, self.unsupported, self.limits_hit = False, None, None, set()
        self.names, self.kept, self.called, self.uses, self.heard = {}, [], set(), 0, None
        self.library, self.environ, self.replaced = {}, {}, {}

    def begin(self, control, tests, limits):
        self.control, self.tests, self.limits = control, tests, limits
        self.forwards = any(word in tests.text for word in ("patch", "stdin", "environ", "seed", "argv", "monkey"))
        _signal.signal(_signal.SIGALRM, self._late)

    def _late(self, *_):
        left = self.control.left(*self.timed)
        if left <= 0:
            raise Deadline
        _signal.setitimer(_signal.ITIMER_REAL, left)

    def refuse(self, reason):
        self.unsupported = self.unsupported or reason[:300]

    # -- candidates -------------------------------------------------------------------------------------------------

    def attach(self, fd):
        """Waits for a candidate that is ready; tells why its source does not compile, or None."""
        self.gone, self.broken = False, None
        self.peer, self.next_peer = self.next_peer or Watched(self), None
        self.peer.line.fd, self.policy = fd, self.peer.policy
        greeting, told = self.peer.receive()
        if greeting != "ready" or len(told) != 1 or not isinstance(told[0], (str, type(None))):
            raise Refused("no greeting")
        return told[0]

    def fresh(self, run=None):
        """A new candidate, that has run nothing yet; the one before is gone with all it left in the work folder."""
        if self.peer is not None:
            os.close(self.peer.line.fd)
            self.peer = None
        fd = self.control.spawn(run)
        clean_work()
        self.attach(fd)

    @staticmethod
    def print(notes):
        for stream, text in zip((sys.stdout, sys.stderr), notes):
            if type(text) is str and text:
                stream.write(text)

    def load(self, **how):
        """Runs the solution's module body anew and makes it what the tests import. Raises what the body raised."""
        self.names, self.kept, self.replaced, self.uses = {}, [], {}, 0
        self.root = self.peer.request("load", how)
        self.solution = sys.modules["solution"] = Solution(self, self.root)

    def fetched(self, name, value):
        if isinstance(value, (mirror.Handle, mirror.MirrorMeta)):
            self.names[id(value)] = name
            self.kept.append(value)

    def star(self, namespace):
        """`from solution import *`: never replaces what the tests already have, nor a builtin."""
        for name, is_module, carried in self.peer.request("names"):
            if type(name) is not str or name in namespace or hasattr(builtins, name):
                continue
            if is_module:
                if name in sys.stdlib_module_names if hasattr(sys, "stdlib_module_names") else True:
                    namespace[name] = __import__(name)
            elif carried:
                self.fetched(name, carried[0])
                namespace[name] = carried[0]
            else:
                namespace[name] = getattr(self.solution, name)

    # -- ambient ----------------------------------------------------------------------------------------------------

    def remember_library(self):
        """What the tests may replace, as it is before they run."""
        self.environ = dict(os.environ)
        self.library = {key: getattr(sys.modules[key[0]], key[1]) for key in AMBIENT if key[0] in sys.modules}
        if "random" in sys.modules and not getattr(random.seed, "dreamer", False):
            plain = random.seed

            def seed(*args, **kwargs):
                plain(*args, **kwargs)
                if self.peer is not None and args:
                    self.peer.request("seed", args[0])
            seed.dreamer = True
            random.seed = seed

    def forward_ambient(self, peer):
        for key, original in self.library.items():
            now = getattr(sys.modules[key[0]], key[1], original)
            if now is not self.replaced.get(key, original):
                if now is original:
                    self.replaced.pop(key)
                else:
                    self.replaced[key] = now
                peer.request("ambient", key[0], key[1], None if now is original else now, now is original)
        now = dict(os.environ)
        if now != self.environ:
            self.environ = now
            peer.request("environ", now)

    # -- runs -------------------------------------------------------------------------------------------------------

    def run(self, active=None, only=None, order=None, until_failure=False, seconds=None, each=None):
        """Executes the test module and its tests: a list of (name, Outcome). Time runs out for the whole of it."""
        self.sites = Sites(self.tests.instrumented.sites, self.star)
        self.sites.active = active
        self.timed = now(), seconds or self.limits["wall_seconds"]
        _signal.setitimer(_signal.ITIMER_REAL, self.timed[1])
        done = []
        try:
            found = self.prepare(only, order)
            for test in found:
                done.append((test.name, self._one(test)))
                if each:
                    each(test.name)
                if until_failure and done[-1][1].outcome != "passed":
                    break
        except collect.STOPPING as error:
            done.append((getattr(error, "place", "(module)"), self._stopped(error)))
        except BaseException as error:
            done.append(("(module)", Outcome("failed" if isinstance(error, AssertionError) else "error", collect.describe(error))))
        finally:
            _signal.setitimer(_signal.ITIMER_REAL, 0)
        return done

    def prepare(self, only, order):
        self.sites.place = "(module)"
        namespace = {"__name__": "test_solution", GUARD: self.sites, "__builtins__": builtins, "__file__": "test_solution.py"}
        module = types.ModuleType("test_solution")
        module.__dict__.update(namespace)
        sys.modules["test_solution"] = module
        exec(self.tests.instrumented.code, module.__dict__)
        found = collect.collect(module.__dict__)
        self.planned = [test.name for test in found]
        if only is not None:
            found = [test for test in found if test.name == only]
        if order is not None:
            order.shuffle(found)
        return found

    def _one(self, test):
        self.sites.place = test.name
        try:
            outcome = collect.run(test)
        except collect.STOPPING as error:
            error.place = test.name
            raise
        if self.gone or self.broken:
            raise_again = Gone() if self.gone else Refused(self.broken)
            raise_again.place = test.name
            raise raise_again
        self._note_limits(outcome)
        return outcome

    def _note_limits(self, outcome):
        text = outcome.message or ""
        if outcome.outcome == "error":
            for start, name in (("MemoryError", "memory"), ("BlockingIOError: [Errno 11]", "processes"), ("RuntimeError: can't start new thread", "processes"),
                                ("OSError: [Errno 27]", "file"), ("OSError: [Errno 28]", "file")):
                if text.startswith(start):
                    self.limits_hit.add(name)

    def _stopped(self, error):
        if isinstance(error, Deadline):
            self.limits_hit.add("wall")
            return Outcome("timeout", "the time for this run is over")
        if isinstance(error, Uncarried):
            self.refuse(str(error))
            return Outcome("error", f"UNSUPPORTED: {error}"[:300])
        return Outcome("error", "the candidate is gone" if isinstance(error, Gone) else f"outside the protocol: {error}"[:300])
