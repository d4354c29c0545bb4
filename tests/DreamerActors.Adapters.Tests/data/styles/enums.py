from enum import Enum, Flag, IntEnum, auto


class Color(Enum):
    RED = "r"
    GREEN = "g"

    @property
    def other(self):
        return Color.GREEN if self is Color.RED else Color.RED


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Right(Flag):
    READ = auto()
    WRITE = auto()


def parse(letter):
    return Color(letter)


def raised(level):
    return Level(min(level + 1, Level.HIGH))


def rights(text):
    found = Right(0)
    for letter in text:
        found |= Right.READ if letter == "r" else Right.WRITE
    return found


# --- tests ---
import pytest

from solution import Color, Level, Right, parse, raised, rights


def test_members():
    assert parse("r") is Color.RED
    assert parse("g") == Color.GREEN
    assert parse("r") != Color.GREEN
    assert parse("r").name == "RED"
    assert parse("r").value == "r"
    assert Color.RED.other is Color.GREEN
    assert Color["GREEN"] is Color.GREEN
    assert [each.name for each in Color] == ["RED", "GREEN"]
    assert len(Color) == 2
    assert isinstance(parse("g"), Color)
    assert {Color.RED: 1}[parse("r")] == 1
    assert repr(Color.RED) == "<Color.RED: 'r'>"


def test_unknown():
    with pytest.raises(ValueError):
        parse("x")


def test_numbers():
    assert raised(Level.LOW) is Level.HIGH
    assert raised(Level.HIGH) == 2
    assert Level.LOW < Level.HIGH
    assert Level.LOW + 1 == 2
    assert isinstance(Level.LOW, int)


def test_flags():
    assert rights("rw") == Right.READ | Right.WRITE
    assert Right.WRITE in rights("rw")
    assert not rights("r") & Right.WRITE
    assert rights("") == Right(0)


# --- wrong: found |= Right.READ if --> found |= Right.WRITE if
