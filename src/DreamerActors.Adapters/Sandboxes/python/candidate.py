"""The candidate's side: loads the solution (plain, stubbed, mutated, traced) when the tester asks and serves its objects."""
import builtins
import gc
import io
import os
import sys
import types

from guard import confinement, entropy, mutate, second, stubs
from guard.bridge import Peer
from guard.service import Service
from guard.wire import Gone, Refused

NAME = "solution"
OUTPUT_LIMIT = 72


class Output(io.BytesIO):
    """What the candidate prints: handed to the tests with the next message, up to a cap."""

    def __init__(self, most):
        super().__init__()
        self.most, self.total = most, 0

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

    def __init__(self, source, limits):
        super().__init__()
        self.source, self.limits, self.tree, self.code = source, limits, None, None
        self.mutants, self.covered, self.module, self.called = None, set(), None, set()
        self.forgetful, self.blank = False, {}
        self.ambient = {}

    def do_parse(self):
        """Compiles; a SyntaxError (or what stands for one) crosses as text."""
        try:
            self.code = compile(self.source, "solution.py", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError, UnicodeError) as error:
            line = getattr(error, "lineno", None)
            return f"{type(error).__name__}: {getattr(error, 'msg', error)}" + (f" (line {line})" if line else "")
        return None

    def do_call(self, target, args, kwargs):
        if self.forgetful and type(target) is types.FunctionType and target.__globals__ is self.module.__dict__:
            self._forget()
        return target(*args, **kwargs)

    def _forget(self):
        """The module as it was when it had just been loaded; functions that the tests already hold see the same namespace."""
        namespace = self.module.__dict__
        namespace.clear()
        namespace.update(self.blank)
        exec(self.code, namespace)

    def do_classes(self):
        return any(isinstance(value, type) and value.__module__ == NAME for value in self.module.__dict__.values())

    def do_load(self, how):
        """Runs the module body once more in a new module. `how` is a dict of: entropy, stub, mutant, trace, zone, forgetful."""
        if how.get("entropy") is not None:
            entropy.disturb(how["entropy"], how.get("zone"))
        code = self.code
        if how.get("mutant") is not None:
            code = self.mutants[how["mutant"]].compile(self.source)
        module = types.ModuleType(NAME)
        module.__file__ = "solution.py"
        module.__dict__["__builtins__"] = builtins
        sys.modules[NAME] = self.module = module
        self.forgetful, self.blank = bool(how.get("forgetful")), dict(module.__dict__)
        if how.get("trace"):
            self.covered, self.called = set(), set()
            sys.settrace(self._trace)
        try:
            exec(code, module.__dict__)
        finally:
            if sys.exc_info()[0] is not None:
                sys.settrace(None)
        if how.get("stub") is not None:
            stubs.place(module, *how["stub"])

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

    def do_root(self):
        return self.module

    def do_names(self):
        """What `from solution import *` binds."""
        names = getattr(self.module, "__all__", None)
        if names is None:
            names = [name for name in self.module.__dict__ if not name.startswith("_")]
        return [(name, type(getattr(self.module, name, None)) is types.ModuleType) for name in names if type(name) is str]

    def do_coverage(self):
        sys.settrace(None)
        lines = mutate.lines_of(self.code)
        return sorted(lines), sorted(self.covered & lines)

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
        import random
        random.seed(value)


def serve(fd, source, limits, options):
    """Never returns. Confines itself first, then answers until the tester closes the socket."""
    try:
        if options.get("hash_seed") is not None:
            second.start(fd, source, limits, options["hash_seed"])
        confinement.leave_jail([fd])
        policy = Candidate(source, limits)
        peer = Peer(fd, policy, 1)
        out, err = Output(limits["output_bytes"]), Output(limits["output_bytes"])
        sys.stdout, sys.stderr = (io.TextIOWrapper(each, "utf-8", "replace", newline="\n", write_through=True) for each in (out, err))
        sys.__stdout__, sys.__stderr__ = sys.stdout, sys.stderr
        sys.stdin = io.StringIO()

        def notes():
            return [out.take(), err.take()] if out.tell() or err.tell() else None
        peer.side_notes = notes
        sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "Delivered"]
        for name in [name for name in sys.modules if name == "guard" or name.startswith("guard.")]:
            del sys.modules[name]
        main = sys.modules.get("__main__")
        if main is not None:
            sys.modules["__main__"] = types.ModuleType("__main__")
        gc.collect()
        confinement.drop_everything(limits)
        _answer(peer, policy)
    except (Gone, Refused):
        os._exit(0)
    finally:
        os._exit(71)


def _answer(peer, policy):
    peer.send("ready", ())
    while True:
        operation, arguments = peer.receive()
        try:
            peer.answer(operation, arguments)
        except OutputLimit:
            os._exit(OUTPUT_LIMIT)
