import weakref
from functools import singledispatch, singledispatchmethod, wraps
from typing import Protocol


class Positive:
    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, instance, owner=None):
        return self if instance is None else getattr(instance, self.name)

    def __set__(self, instance, value):
        if value <= 0:
            raise ValueError(f"{self.name[1:]} must be positive")
        setattr(instance, self.name, value)


class Account:
    rate = 0.5
    balance = Positive()
    __slots__ = ("_balance", "owner", "__weakref__")

    def __init__(self, owner, balance):
        self.owner, self.balance = owner, balance

    @property
    def interest(self):
        return self.balance * self.rate

    @interest.setter
    def interest(self, value):
        self.balance = value / self.rate

    def __iadd__(self, amount):
        self.balance += amount
        return self


class Registry(type):
    known = {}

    def __new__(meta, name, bases, namespace):
        made = super().__new__(meta, name, bases, namespace)
        meta.known[name] = made
        return made


class Plugin(metaclass=Registry):
    pass


class Loud(Plugin):
    def run(self, text):
        return text.upper()


class Base:
    children = []

    def __init_subclass__(cls, tag=None, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.tag = tag
        Base.children.append(cls.__name__)


class First(Base, tag="one"):
    pass


class Proxy:
    def __init__(self, target):
        self._target = target

    def __getattr__(self, name):
        return getattr(self._target, name)


class Walker:
    @singledispatchmethod
    def walk(self, node):
        return "?"

    @walk.register
    def _(self, node: int):
        return "i"

    @walk.register
    def _(self, node: list):
        return "[" + "".join(self.walk(each) for each in node) + "]"


@singledispatch
def show(value):
    return "any"


@show.register
def _(value: str):
    return "text"


class Sized(Protocol):
    def size(self) -> int:
        ...


def twice(function):
    @wraps(function)
    def run(*args, **kwargs):
        return function(function(*args, **kwargs))
    run.calls = 2
    return run


@twice
def inc(number):
    """Adds one."""
    return number + 1


class Meter:
    def __init__(self):
        self.log = []

    def __enter__(self):
        self.log.append("in")
        return self

    def __exit__(self, kind, error, trace):
        self.log.append(kind.__name__ if kind else "out")
        return kind is KeyError


def owner_of(account):
    return weakref.ref(account)().owner


def failing():
    try:
        {}["k"]
    except KeyError as error:
        raise RuntimeError("no k") from error


# --- tests ---
import unittest

from solution import Account, Base, First, Loud, Meter, Plugin, Proxy, Registry, Walker, failing, inc, owner_of, show


class ClassFeatures(unittest.TestCase):
    def setUp(self):
        self.account = Account("ann", 10)

    def test_descriptors_and_properties(self):
        self.assertEqual(self.account.interest, 5.0)
        self.account.interest = 10
        self.assertEqual(self.account.balance, 20.0)
        self.account += 5
        self.assertEqual(self.account.balance, 25.0)
        with self.assertRaisesRegex(ValueError, "balance must be"):
            self.account.balance = -1
        with self.assertRaises(AttributeError):
            self.account.unknown = 1
        self.assertEqual(owner_of(self.account), "ann")

    def test_metaclasses(self):
        self.assertIn("Loud", Registry.known)
        self.assertIs(Registry.known["Plugin"], Plugin)
        self.assertEqual(Loud().run("a"), "A")
        self.assertEqual(First.tag, "one")
        self.assertEqual(Base.children, ["First"])
        self.assertTrue(issubclass(First, Base))

    def test_delegation(self):
        self.assertEqual(Proxy([3, 1, 2]).index(2), 2)
        self.assertEqual(Proxy(self.account).owner, "ann")
        self.assertFalse(hasattr(Proxy("x"), "nothing"))

    def test_dispatch(self):
        self.assertEqual(Walker().walk([1, [2, "x"]]), "[i[i?]]")
        self.assertEqual(show("a"), "text")
        self.assertEqual(show(1), "any")

    def test_decorated(self):
        self.assertEqual(inc(1), 3)
        self.assertEqual(inc.__name__, "inc")
        self.assertEqual(inc.__doc__, "Adds one.")
        self.assertEqual(inc.calls, 2)

    def test_contexts(self):
        with Meter() as meter:
            self.assertEqual(meter.log, ["in"])
        self.assertEqual(meter.log, ["in", "out"])
        with meter:
            raise KeyError("swallowed")
        self.assertEqual(meter.log[-1], "KeyError")
        with self.assertRaises(ZeroDivisionError):
            with meter:
                1 / 0

    def test_causes(self):
        with self.assertRaises(RuntimeError) as caught:
            failing()
        self.assertIsInstance(caught.exception.__cause__, KeyError)
        self.assertEqual(str(caught.exception), "no k")


# --- wrong: "".join(self.walk(each) for each in node) --> "".join("i" for each in node)
