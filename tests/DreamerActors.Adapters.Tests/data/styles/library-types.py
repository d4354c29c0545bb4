import datetime
import re
from collections import ChainMap, Counter, OrderedDict, UserDict, defaultdict, deque
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import partial
from pathlib import PurePosixPath
from types import MappingProxyType, SimpleNamespace


def count(words):
    return Counter(words)


def grouped(words):
    found = defaultdict(list)
    for word in words:
        found[word[0]].append(word)
    return found


def last(values, most):
    return deque(values, maxlen=most)


def ordered(pairs):
    return OrderedDict(sorted(pairs))


def price(text, percent):
    return (Decimal(text) * (100 + percent) / 100).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def third(value):
    return Fraction(value, 3)


def next_day(day):
    return day + datetime.timedelta(days=1)


def pattern(word):
    return re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE)


def words_of(text):
    return re.match(r"(?P<first>\w+)\s+(?P<second>\w+)", text)


def layered(over, under):
    return ChainMap(over, under)


def settings(**values):
    return SimpleNamespace(**values)


def frozen(values):
    return MappingProxyType(dict(values))


def adder(number):
    return partial(lambda a, b: a + b, number)


def parent(path):
    return PurePosixPath(path).parent


class Lower(UserDict):
    def __setitem__(self, key, value):
        super().__setitem__(key.lower(), value)


# --- tests ---
import datetime
from collections import Counter, OrderedDict, defaultdict, deque
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePosixPath

from solution import (Lower, adder, count, frozen, grouped, last, layered, next_day, ordered, parent, pattern, price, settings, third, words_of)


def test_counters():
    found = count(["a", "b", "a"])
    assert found == Counter({"a": 2, "b": 1})
    assert found["a"] == 2
    assert found["z"] == 0
    assert found.most_common(1) == [("a", 2)]
    assert sum(found.values()) == 3
    assert dict(found) == {"a": 2, "b": 1}
    assert isinstance(found, Counter)
    assert found + Counter("b") == Counter({"a": 2, "b": 2})


def test_containers():
    found = grouped(["apple", "ant", "bee"])
    assert found["a"] == ["apple", "ant"]
    assert found["q"] == []
    assert isinstance(found, defaultdict)
    queue = last([1, 2, 3], 2)
    assert queue == deque([2, 3])
    assert queue.maxlen == 2
    queue.append(4)
    assert list(queue) == [3, 4]
    assert ordered([("b", 2), ("a", 1)]) == OrderedDict([("a", 1), ("b", 2)])
    assert list(ordered([("b", 2), ("a", 1)])) == ["a", "b"]


def test_numbers():
    assert price("10.00", 23) == Decimal("12.30")
    assert str(price("0.05", 10)) == "0.06"
    assert third(2) == Fraction(2, 3)
    assert third(2) + third(1) == 1
    assert float(third(1)) < 0.34


def test_days():
    assert next_day(datetime.date(2024, 2, 28)) == datetime.date(2024, 2, 29)
    assert next_day(datetime.datetime(2024, 12, 31, 12, 30)).year == 2025
    assert (next_day(datetime.date(2024, 1, 1)) - datetime.date(2024, 1, 1)).days == 1


def test_patterns():
    assert pattern("cat").search("The Cat sat")
    assert pattern("cat").search("concat") is None
    assert pattern("a.b").findall("a.b axb") == ["a.b"]
    found = words_of("hello world again")
    assert found.group("first") == "hello"
    assert found["second"] == "world"
    assert found.groups() == ("hello", "world")
    assert found.span() == (0, 11)
    assert words_of("one") is None


def test_views():
    assert layered({"a": 1}, {"a": 2, "b": 3})["b"] == 3
    assert dict(layered({"a": 1}, {"a": 2})) == {"a": 1}
    assert settings(debug=True).debug is True
    assert settings(a=1) == settings(a=1)
    assert frozen([("a", 1)])["a"] == 1
    assert adder(2)(3) == 5
    assert parent("/a/b/c") == PurePosixPath("/a/b")
    assert str(parent("/a")) == "/"
    lower = Lower()
    lower["ABC"] = 1
    assert lower["abc"] == 1
    assert list(lower) == ["abc"]


# --- wrong: ROUND_HALF_UP) --> "ROUND_DOWN")
