"""Finds the tests of a loaded module and runs one: functions, Test classes, unittest classes, fixtures, parametrised cases."""
import contextlib
import sys
import types

from guard import pytest_shim
from guard.mirror import MirrorMeta
from guard.wire import Gone, Refused, Uncarried


class Deadline(BaseException):
    """The time for this run is over."""


STOPPING = (Gone, Refused, Uncarried, Deadline)


class Test:
    """One runnable case."""

    def __init__(self, name, run):
        self.name, self.run = name, run


class Outcome:
    def __init__(self, outcome, message=None):
        self.outcome, self.message = outcome, message


def collect(namespace):
    """The tests of an executed test module, in the order they are written."""
    tests, fixtures = [], {}
    own = [value for value in namespace.values() if getattr(value, "__module__", None) == namespace["__name__"]]
    for value in own:
        told = getattr(value, "dreamer_fixture", None) if isinstance(value, types.FunctionType) else None
        if told:
            fixtures[told["name"]] = value
    for name, value in list(namespace.items()):
        if isinstance(type(value), MirrorMeta) or type(value) is MirrorMeta:
            continue
        if type(value) is types.FunctionType and name.startswith("test") and _written_in(namespace, value) and not hasattr(value, "dreamer_fixture"):
            tests += _cases(name, value, fixtures, lambda value=value: value)
        elif isinstance(value, type) and value.__module__ == namespace["__name__"]:
            unit = sys.modules.get("unittest")
            if unit and issubclass(value, unit.TestCase):
                tests += _unittest_cases(value, unit)
            elif name.startswith("Test"):
                tests += _class_cases(name, value, fixtures)
    return tests


def _written_in(namespace, function):
    """Whether it stands in the tests themselves, behind a decorator of whatever module."""
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return getattr(function, "__globals__", None) is namespace


def _cases(name, function, fixtures, bound):
    cases = getattr(function, "dreamer_cases", [{}])
    made = []
    for number, case in enumerate(cases):
        label = f"{name}[{number}]" if len(cases) > 1 or case else name
        for suffix, chosen in _fixture_rows(function, fixtures):
            made.append(Test(label + suffix, lambda case=case, chosen=chosen: _run_function(bound(), case, fixtures, chosen)))
    return made


def _fixture_rows(function, fixtures):
    """Parametrised fixtures multiply the tests that use them."""
    rows = [("", {})]
    for name in _arguments(function):
        params = fixtures[name].dreamer_fixture["params"] if name in fixtures else None
        if params:
            rows = [(f"{suffix}[{name}{number}]", {**chosen, name: value}) for suffix, chosen in rows for number, value in enumerate(params)]
    return rows


def _arguments(function):
    function = getattr(function, "__func__", function)
    while hasattr(function, "__wrapped__"):
        if hasattr(function, "patchings"):
            return []
        function = function.__wrapped__
    code = function.__code__
    return [name for name in code.co_varnames[:code.co_argcount + code.co_kwonlyargcount] if name != "self"]


def _run_function(function, case, fixtures, chosen):
    skipped = getattr(function, "dreamer_skip", None)
    if skipped:
        raise pytest_shim.Skipped(skipped)
    with contextlib.ExitStack() as stack:
        ready = {}

        def value_of(name):
            if name not in ready:
                ready[name] = _fixture_value(name, fixtures, value_of, chosen, stack)
            return ready[name]
        for name, each in fixtures.items():
            if each.dreamer_fixture["autouse"]:
                value_of(name)
        defaults = getattr(function, "__defaults__", None) or ()
        wanted = _arguments(function)
        optional = set(wanted[len(wanted) - len(defaults):]) if defaults else set()
        values = {name: case[name] if name in case else value_of(name) for name in wanted if name in case or name not in optional}
        _finish(function(**values))


def _fixture_value(name, fixtures, value_of, chosen, stack):
    function = fixtures.get(name)
    if function is None:
        if name == "request":
            raise Uncarried("the fixture request without parameters")
        return stack.enter_context(pytest_shim.builtin_fixture(name))
    values = {each: types.SimpleNamespace(param=chosen.get(name)) if each == "request" else value_of(each) for each in _arguments(function)}
    made = function(**values)
    if isinstance(made, types.GeneratorType):
        value = next(made)
        stack.callback(next, made, None)
        return value
    return made


def _finish(result):
    if isinstance(result, types.CoroutineType):
        import asyncio
        asyncio.run(result)
    elif isinstance(result, types.GeneratorType):
        raise Uncarried("a test that is a generator")


def _class_cases(name, kind, fixtures):
    made = []
    own = dict(fixtures)
    for each, value in vars(kind).items():
        if isinstance(value, types.FunctionType) and hasattr(value, "dreamer_fixture"):
            raise Uncarried("a fixture inside a class")
    for each in [each for base in reversed(kind.__mro__) for each in vars(base) if each.startswith("test")]:
        function = getattr(kind, each)
        if not callable(function):
            continue

        def bound(kind=kind, each=each):
            instance = kind()
            for hook in ("setup_class", "setup_method"):
                if hasattr(instance, hook):
                    method = getattr(instance, hook)
                    method(*([None] if _arguments(method) and hook == "setup_method" else []))
            return getattr(instance, each)
        made += _cases(f"{name}.{each}", function, own, bound)
    return made


def _unittest_cases(kind, unit):
    names = unit.TestLoader().getTestCaseNames(kind)
    return [Test(f"{kind.__name__}.{name}", lambda name=name: _run_unittest(kind, name, unit)) for name in names]


def _run_unittest(kind, name, unit):
    errors = []

    class Result(unit.TestResult):
        def addError(self, test, error):
            errors.append(error[1])

        def addFailure(self, test, error):
            errors.append(error[1])

        def addSubTest(self, test, subtest, error):
            if error is not None:
                errors.append(error[1])

        def addSkip(self, test, reason):
            errors.append(pytest_shim.Skipped(reason))

        def addUnexpectedSuccess(self, test):
            errors.append(AssertionError("an unexpected success"))
    if getattr(kind, "__unittest_skip__", False):
        raise pytest_shim.Skipped(getattr(kind, "__unittest_skip_why__", ""))
    kind.setUpClass()
    try:
        kind(name).run(Result())
    finally:
        kind.tearDownClass()
        kind.doClassCleanups()
    if errors:
        raise next((each for each in errors if isinstance(each, STOPPING)), errors[0])


def run(test):
    """Runs one test; what ends the whole run passes through."""
    try:
        test.run()
    except STOPPING:
        raise
    except pytest_shim.Skipped as error:
        return Outcome("skipped", str(error))
    except AssertionError as error:
        return Outcome("failed", describe(error))
    except BaseException as error:
        return Outcome("error", describe(error))
    return Outcome("passed")


def describe(error):
    name = type(error).__name__
    try:
        text = str(error)
    except Exception:
        text = ""
    if isinstance(error, AssertionError) and text:
        return text[:300]
    return f"{name}: {text}"[:300] if text else name
