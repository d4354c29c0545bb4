"""The part of pytest that generated tests use. Anything else of it is refused by name."""
import contextlib
import io
import os
import re
import types

from guard.wire import Uncarried


class Skipped(Exception):
    """pytest.skip."""


class Failed(AssertionError):
    """pytest.fail."""


class RaisesContext:
    def __init__(self, expected, match=None):
        self.expected, self.match, self.value, self.type = expected, match, None, None

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind is None:
            raise Failed(f"DID NOT RAISE {self.expected!r}")
        if not issubclass(kind, self.expected):
            return False
        self.value, self.type, self.tb = error, kind, trace
        if self.match is not None and not re.search(self.match, str(error)):
            raise Failed(f"{str(error)!r} does not match {self.match!r}")
        return True

    def matches(self, pattern):
        return bool(re.search(pattern, str(self.value)))


def raises(expected, *call, match=None, **kwargs):
    if not call:
        return RaisesContext(expected, match)
    with RaisesContext(expected, match) as context:
        call[0](*call[1:], **kwargs)
    return context


class Approx:
    def __init__(self, expected, rel=None, abs=None, nan_ok=False):
        self.expected, self.rel, self.abs, self.nan_ok = expected, rel, abs, nan_ok

    def altered_value(self, altered):
        return Approx(altered(self.expected), self.rel, self.abs, self.nan_ok)

    def _near(self, actual, expected):
        if isinstance(expected, (list, tuple)):
            return len(actual) == len(expected) and all(self._near(a, e) for a, e in zip(actual, expected))
        if isinstance(expected, dict):
            return set(actual) == set(expected) and all(self._near(actual[key], expected[key]) for key in expected)
        if isinstance(expected, (str, bytes, type(None), bool)) or actual is None:
            return actual == expected
        if actual == expected:
            return True
        if expected != expected:
            return self.nan_ok and actual != actual
        if abs(expected) == float("inf"):
            return False
        floor = 1e-12 if self.abs is None else self.abs
        share = (1e-6 if self.rel is None else self.rel) if self.rel is not None or self.abs is None else 0
        return bool(abs(actual - expected) <= max(floor, share * abs(expected)))

    def __eq__(self, actual):
        return self._near(actual, self.expected)

    def __ne__(self, actual):
        return not self._near(actual, self.expected)

    __hash__ = None

    def __repr__(self):
        return f"approx({self.expected!r})"


class Param:
    def __init__(self, values, marks=(), id=None):
        self.values, self.marks, self.id = values, marks, id


def param(*values, marks=(), id=None):
    return Param(values, marks, id)


class Mark:
    """`pytest.mark`: parametrize, skip, skipif, asyncio; other names only label."""

    def parametrize(self, names, rows, ids=None, **_):
        names = [each.strip() for each in names.split(",") if each.strip()] if isinstance(names, str) else list(names)
        cases = []
        for row in rows:
            values = row.values if isinstance(row, Param) else (row,) if len(names) == 1 else tuple(row)
            cases.append(dict(zip(names, values)))

        def decorate(target):
            target.dreamer_cases = [{**old, **new} for new in cases for old in getattr(target, "dreamer_cases", [{}])]
            return target
        return decorate

    def skip(self, reason=""):
        if callable(reason):
            reason.dreamer_skip = "skipped"
            return reason
        return self.skipif(True, reason=reason)

    def skipif(self, condition, reason=""):
        def decorate(target):
            if condition:
                target.dreamer_skip = reason or "skipped"
            return target
        return decorate

    def __getattr__(self, name):
        if name in ("xfail", "usefixtures") or name.startswith("__"):
            raise Uncarried(f"pytest.mark.{name}")

        def label(*args, **_):
            return args[0] if len(args) == 1 and callable(args[0]) else lambda target: target
        return label


def fixture(target=None, *, params=None, autouse=False, name=None, scope="function", ids=None):
    def decorate(function):
        function.dreamer_fixture = {"params": params, "autouse": autouse, "name": name or function.__name__}
        return function
    return decorate(target) if target is not None else decorate


def skip(reason="", **_):
    raise Skipped(str(reason))


def fail(reason="", **_):
    raise Failed(str(reason))


def importorskip(name, **_):
    try:
        return __import__(name)
    except ImportError:
        raise Skipped(f"no {name}") from None


class MonkeyPatch:
    def __init__(self):
        self.undos = []

    def setattr(self, target, name, value=None, raising=True):
        if isinstance(target, str):
            target, name, value = *_resolve(target), name
        old = getattr(target, name)
        self.undos.append(lambda: setattr(target, name, old))
        setattr(target, name, value)

    def setitem(self, mapping, key, value):
        missing = object()
        old = mapping.get(key, missing)
        self.undos.append(lambda: mapping.pop(key, None) if old is missing else mapping.__setitem__(key, old))
        mapping[key] = value

    def delitem(self, mapping, key, raising=True):
        if key in mapping:
            old = mapping.pop(key)
            self.undos.append(lambda: mapping.__setitem__(key, old))

    def setenv(self, name, value, prepend=None):
        self.setitem(os.environ, name, str(value))

    def delenv(self, name, raising=True):
        self.delitem(os.environ, name)

    def chdir(self, path):
        raise Uncarried("monkeypatch.chdir")

    def undo(self):
        while self.undos:
            self.undos.pop()()


def _resolve(dotted):
    path, _, name = dotted.rpartition(".")
    found = __import__(path.partition(".")[0])
    for part in path.split(".")[1:]:
        found = getattr(found, part)
    return found, name


class Capture:
    def __init__(self):
        self.out, self.err = io.StringIO(), io.StringIO()

    def readouterr(self):
        taken = types.SimpleNamespace(out=self.out.getvalue(), err=self.err.getvalue())
        for each in (self.out, self.err):
            each.seek(0)
            each.truncate()
        return taken


@contextlib.contextmanager
def builtin_fixture(name):
    """tmp_path, capsys, monkeypatch."""
    if name == "monkeypatch":
        patch = MonkeyPatch()
        try:
            yield patch
        finally:
            patch.undo()
    elif name == "capsys":
        capture = Capture()
        with contextlib.redirect_stdout(capture.out), contextlib.redirect_stderr(capture.err):
            yield capture
    elif name in ("tmp_path", "tmpdir"):
        import pathlib
        import tempfile
        yield pathlib.Path(tempfile.mkdtemp())
    else:
        raise Uncarried(f"the fixture {name}")


def module():
    """What `import pytest` gives the tests."""
    made = types.ModuleType("pytest")
    made.__dict__.update(raises=raises, approx=Approx, param=param, mark=Mark(), fixture=fixture, skip=skip, fail=fail, importorskip=importorskip,
                         MonkeyPatch=MonkeyPatch, ExceptionInfo=RaisesContext)

    def missing(name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise Uncarried(f"pytest.{name}")
    made.__getattr__ = missing
    return made
