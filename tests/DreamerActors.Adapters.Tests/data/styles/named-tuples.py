from collections import namedtuple
from typing import NamedTuple

Point = namedtuple("Point", ["x", "y"])


class Match(NamedTuple):
    start: int
    size: int = 1


def middle(first, second):
    return Point((first.x + second.x) / 2, (first.y + second.y) / 2)


def matches(text, word):
    found, start = [], text.find(word)
    while start >= 0:
        found.append(Match(start, len(word)))
        start = text.find(word, start + 1)
    return found


# --- tests ---
from solution import Match, Point, matches, middle


def test_fields_and_places():
    point = middle(Point(0, 0), Point(2, 4))
    assert point.x == 1.0
    assert point[1] == 2.0
    x, y = point
    assert (x, y) == (1.0, 2.0)
    assert point == (1.0, 2.0)
    assert point == Point(1.0, 2.0)
    assert point != Point(2.0, 1.0)


def test_is_a_tuple():
    point = Point(1, 2)
    assert isinstance(point, tuple)
    assert isinstance(point, Point)
    assert len(point) == 2
    assert list(point) == [1, 2]
    assert point + (3,) == (1, 2, 3)
    assert 2 in point
    assert point._fields == ("x", "y")
    assert point._asdict() == {"x": 1, "y": 2}
    assert point._replace(x=5) == Point(5, 2)
    assert repr(point) == "Point(x=1, y=2)"


def test_formatting():
    point = Point(1, 2)
    assert "%d/%d" % point == "1/2"
    assert "{}/{}".format(*point) == "1/2"
    assert "%s-%s" % matches("abc", "c")[0] == "2-1"


def test_typed():
    assert matches("ababa", "aba") == [Match(0, 3), Match(2, 3)]
    assert matches("x", "x")[0].size == 1
    assert Match(4) == (4, 1)
    assert sorted([Match(3), Match(1)])[0].start == 1
    assert {Match(1): "one"}[Match(1)] == "one"
    assert max(matches("aXbX", "X")).start == 3


# --- wrong: start + 1 --> start + len(word)
