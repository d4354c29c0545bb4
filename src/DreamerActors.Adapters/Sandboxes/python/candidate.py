"""The candidate's side: loads the solution (plain, stubbed, mutated, traced) when the tester asks and serves its objects."""
import builtins
import gc
import io
import os
import sys
import types
import _signal

from guard import byheart, entropy, memory, mutate, stubs, wire
from guard.bridge import Peer
from guard.service import Service
from guard.wire import Gone, Refused

NAME = "solution"
OUTPUT_LIMIT = 72


class Output(io.BytesIO):
    """What the candidate prints: handed to the tests with the next message, up to a cap."""

    def __init__(self):
        super().__init__()
        self.most, self.total = 0, 0

    def write(self, data):
        self.total += len(data)
        if self.total > self.most:
            raise OutputLimit
        return super().write(data)

    def fileno(self):
        raise io.UnsupportedOperation("fileno")

    def take(self):
        text = self.getvalue().decode("utf-8", "replace")
        self.seek(0)
        self.truncate()
        return text


class OutputLimit(BaseException):
    """More was printed than the limit allows."""


class Candidate(Service):
    """Serves the tester; between two loads nothing of the solution is kept but what it hid from Python itself."""

    not_to_cross = (OutputLimit,)

    def __init__(self):
        super().__init__()
        self.source, self.code, self.mutants, self.covered, self.module = None, None, None, set(), None
        self.forgetful, self.memory, self.blank = False, None, {}
        self.ambient, self.undrawn = {}, None

    def parse(self, source):
        """Compiles; a SyntaxError (or what stands for one) is told as text."""
        self.source = source
        try:
            self.code = compile(self.source, "solution.py", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError, UnicodeError) as error:
            line = getattr(error, "lineno", None)
            return f"{type(error).__name__}: {getattr(error, 'msg', error)}" + (f" (line {line})" if line else "")
        return None

    def do_call(self, target, args, kwargs=types.MappingProxyType({})):
        if self.forgetful and self._is_of_solution(target):
            self._forget()
        return target(*args, **kwargs)

    def do_method(self, kind, name, target, args, kwargs):
        if self.forgetful:
            self._forget()
        return super().do_method(kind, name, target, args, kwargs)

    def _is_of_solution(self, target):
        function = getattr(target, "__func__", target)
        return isinstance(target, type) or type(function) is types.FunctionType and function.__globals__ is self.module.__dict__

    def _forget(self):
        """The module as it was when it had just been loaded; functions that the tests already hold see the same namespace."""
        if self.memory is not None:
            self.memory.give_back()
            return
        namespace = self.module.__dict__
        namespace.clear()
        namespace.update(self.blank)
        exec(self.code, namespace)

    def _defines_classes(self):
        return any(isinstance(value, type) and value.__module__ == NAME for value in self.module.__dict__.values())

    def do_load(self, how):
        """Runs the module body once more, in a new module, which is the answer. `how` is a dict of: entropy, stub, mutant, spin, trace, zone, forgetful."""
        self._end_after(how.get("spin"))
        if how.get("entropy") is not None:
            entropy.disturb(how["entropy"], how.get("zone"))
            self.undrawn = entropy.state()
        code = self.code
        if how.get("mutant") is not None:
            code = self.mutants[how["mutant"]].compile(self.source)
        module = types.ModuleType(NAME)
        module.__file__ = "solution.py"
        module.__dict__["__builtins__"] = builtins
        sys.modules[NAME] = self.module = module
        self.forgetful, self.memory, self.blank = bool(how.get("forgetful")), None, dict(module.__dict__)
        if how.get("trace"):
            self.covered = set()
            sys.settrace(self._trace)
        try:
            exec(code, module.__dict__)
        finally:
            if sys.exc_info()[0] is not None:
                sys.settrace(None)
        if self.forgetful and self._defines_classes():
            self.memory = memory.Memory(module)
        if how.get("stub") is not None:
            stubs.place(module, *how["stub"])
        return module

    def _end_after(self, seconds):
        """Ends this interpreter once it has used so much processor time. A namespace's first process gets no signal that it does not handle."""
        if seconds:
            _signal.signal(_signal.SIGPROF, _end)
        _signal.setitimer(_signal.ITIMER_PROF, seconds or 0)

    def _trace(self, frame, event, argument):
        code = frame.f_code
        if code.co_filename != "solution.py":
            return None
        self.covered.add(frame.f_lineno)
        covered = self.covered

        def lines(frame, event, argument):
            covered.add(frame.f_lineno)
            return lines
        return lines

    def do_names(self):
        """What `from solution import *` binds."""
        names = getattr(self.module, "__all__", None)
        if names is None:
            names = [name for name in self.module.__dict__ if not name.startswith("_")]
        return [(name, *self._seen_from_outside(getattr(self.module, name, None))) for name in names if type(name) is str]

    @staticmethod
    def _seen_from_outside(value):
        """Whether it is a module; and what can always cross, so that the tests need not ask for it: one tuple for a value, none for everything else."""
        carried = type(value) is types.FunctionType or type(value).__module__ == "typing" and wire.name_of(value) is not None
        return type(value) is types.ModuleType, (value,) if carried else ()

    def do_coverage(self):
        sys.settrace(None)
        lines = mutate.lines_of(self.code)
        return sorted(lines), sorted(self.covered & lines)

    def do_drawn(self):
        """Whether anything random has been asked for since the disturbed load."""
        return entropy.state() != self.undrawn

    def do_constants(self):
        try:
            return byheart.constants(self.source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return []

    def do_functions(self):
        return stubs.functions_of(self.module)

    def do_mutants(self, covered, most):
        self.mutants = mutate.choose(self.source, set(covered), most)
        return [(each.line, each.what) for each in self.mutants]

    def do_ambient(self, module, name, value, original):
        """The tests replaced something of the standard library that the solution uses too."""
        target = sys.modules.get(module) or __import__(module)
        key = (module, name)
        if original:
            if key in self.ambient:
                setattr(target, name, self.ambient.pop(key))
            return
        self.ambient.setdefault(key, getattr(target, name, None))
        setattr(target, name, value)

    def do_environ(self, items):
        os.environ.clear()
        os.environ.update(items)

    def do_seed(self, value):
        entropy.random.seed(value)


def _end(*_):
    os._exit(0)


class Side:
    """Made ahead by the zygote, after everything else: a fork finds all of it ready and nothing of the harness among its modules, and pays only for what
    its candidate needs."""

    def __init__(self):
        self.policy = Candidate()
        self.peer = Peer(self.policy, 1)
        self.out, self.err = Output(), Output()
        self.printed = [io.TextIOWrapper(each, "utf-8", "replace", newline="\n", write_through=True) for each in (self.out, self.err)]
        self.typed, self.main = io.StringIO(), types.ModuleType("__main__")
        self.peer.side_notes = self._notes
        self.finders = [finder for finder in sys.meta_path if type(finder).__name__ != "Delivered"]
        self.harness = [sys.modules.pop(name) for name in list(sys.modules) if name == "guard" or name.startswith("guard.")]

    def _notes(self):
        return [self.out.take(), self.err.take()] if self.out.tell() or self.err.tell() else None

    def serve(self, fd, source, limits, confinement):
        """Never returns. Confines itself first, then answers until the tester closes the socket."""
        try:
            confinement.leave_jail()
            self._hide(limits)
            confinement.drop_everything()
            self.peer.line.fd = fd
            self.peer.send("ready", (self.policy.parse(source),))
            self._answer()
        except (Gone, Refused):
            os._exit(0)
        finally:
            os._exit(71)

    def _hide(self, limits):
        """What a module sees of the interpreter it runs in: nothing of the harness, no terminal."""
        self.out.most = self.err.most = limits["output_bytes"]
        self.hidden = sys.stdin, sys.stdout, sys.stderr      # letting go of them would take time for nothing
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__ = self.printed
        sys.stdin = self.typed
        sys.meta_path[:] = self.finders
        if "__main__" in sys.modules:
            sys.modules["__main__"] = self.main
        gc.freeze()                                              # out of reach of whoever asks the collector for objects

    def _answer(self):
        while True:
            operation, arguments = self.peer.receive()
            try:
                self.peer.answer(operation, arguments)
            except OutputLimit:
                os._exit(OUTPUT_LIMIT)
