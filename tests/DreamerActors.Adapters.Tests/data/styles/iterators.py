import itertools


def pairs(values):
    values = iter(values)
    for first in values:
        yield first, next(values, None)


def take(n, values):
    return list(itertools.islice(values, n))


class Countdown:
    def __init__(self, start):
        self.left = start

    def __iter__(self):
        return self

    def __next__(self):
        if self.left == 0:
            raise StopIteration
        self.left -= 1
        return self.left + 1


def consume(values):
    return sum(values)


# --- tests ---
import itertools
import types

import pytest

from solution import Countdown, consume, pairs, take


def test_pairs():
    assert list(pairs("abc")) == [("a", "b"), ("c", None)]
    assert isinstance(pairs([]), types.GeneratorType)


def test_lazy():
    assert take(3, itertools.count(10)) == [10, 11, 12]
    assert take(2, pairs(itertools.count())) == [(0, 1), (2, 3)]


def test_iterator():
    countdown = Countdown(3)
    assert next(countdown) == 3
    assert list(countdown) == [2, 1]
    with pytest.raises(StopIteration):
        next(countdown)


def test_generator_argument():
    assert consume(x * x for x in range(4)) == 14
    assert consume(iter([])) == 0
    assert consume(map(len, ["a", "bb"])) == 3


# --- wrong: self.left + 1 --> self.left
