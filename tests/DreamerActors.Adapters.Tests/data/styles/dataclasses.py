import copy
import json
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property, total_ordering
from typing import Generic, List, Optional, TypeVar

T = TypeVar("T")


@dataclass(order=True)
class Task:
    priority: int
    name: str = field(compare=False)
    tags: List[str] = field(default_factory=list, compare=False)

    def tagged(self, tag):
        return replace(self, tags=[*self.tags, tag])


@dataclass(frozen=True)
class Money:
    amount: int
    currency: str = "EUR"

    def __post_init__(self):
        if self.amount < 0:
            raise ValueError("negative")

    def __add__(self, other):
        return Money(self.amount + other.amount, self.currency)


class Stack(Generic[T]):
    def __init__(self):
        self._items: List[T] = []

    def push(self, item: T) -> "Stack[T]":
        self._items.append(item)
        return self

    def pop(self) -> Optional[T]:
        return self._items.pop() if self._items else None

    def __iter__(self):
        return reversed(self._items)


class Shape(ABC):
    @abstractmethod
    def area(self):
        ...

    @classmethod
    def unit(cls):
        return cls(1)


class Square(Shape):
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side ** 2

    @cached_property
    def diagonal(self):
        return round(self.side * 2 ** 0.5, 3)

    @staticmethod
    def sides():
        return 4


@total_ordering
class Version:
    def __init__(self, text):
        self.parts = tuple(int(part) for part in text.split("."))

    def __eq__(self, other):
        return isinstance(other, Version) and self.parts == other.parts

    def __lt__(self, other):
        return self.parts < other.parts

    def __hash__(self):
        return hash(self.parts)


def to_json(task):
    return json.dumps(asdict(task), sort_keys=True)


def twin(stack):
    return copy.deepcopy(stack)


# --- tests ---
import copy
import dataclasses

import pytest

from solution import Money, Shape, Square, Stack, Task, Version, to_json, twin


def test_tasks():
    assert Task(1, "b") < Task(2, "a")
    assert Task(1, "a") == Task(1, "b")
    assert sorted([Task(2, "x"), Task(1, "y")])[0].name == "y"
    assert Task(1, "a").tagged("t").tags == ["t"]
    assert Task(1, "a").tags == []
    assert repr(Task(1, "a")) == "Task(priority=1, name='a', tags=[])"
    assert to_json(Task(1, "a", ["t"])) == '{"name": "a", "priority": 1, "tags": ["t"]}'
    assert dataclasses.asdict(Task(3, "n")) == {"priority": 3, "name": "n", "tags": []}


def test_money():
    assert Money(1) + Money(2) == Money(3)
    assert Money(1) != Money(1, "USD")
    assert len({Money(1), Money(1), Money(2)}) == 2
    with pytest.raises(ValueError, match="neg"):
        Money(-1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        Money(1).amount = 2


def test_stack():
    stack = Stack().push(1).push(2)
    assert list(stack) == [2, 1]
    other = twin(stack)
    assert stack.pop() == 2
    assert list(other) == [2, 1]
    assert Stack().pop() is None
    assert list(copy.copy(stack)) == [1]


def test_shapes():
    assert Square(3).area() == 9
    assert Square.unit().area() == 1
    assert Square.sides() == 4
    assert Square(2).diagonal == 2.828
    assert isinstance(Square(1), Shape)
    assert issubclass(Square, Shape)
    with pytest.raises(TypeError):
        Shape()


def test_versions():
    assert Version("1.10") > Version("1.9")
    assert Version("1.0") >= Version("1.0")
    assert max(Version("1.2"), Version("1.3")) == Version("1.3")
    assert not Version("2.0") <= Version("1.9")


# --- wrong: int(part) for part --> str(part) for part
