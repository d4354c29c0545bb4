import math


def root(x):
    if x < 0:
        raise ValueError("negative")
    guess = x or 1.0
    for _ in range(60):
        guess = (guess + x / guess) / 2
    return guess if x else 0.0


def stats(values):
    mean = math.fsum(values) / len(values)
    return {"mean": mean, "stdev": math.sqrt(math.fsum((v - mean) ** 2 for v in values) / len(values))}


# --- tests ---
import math
import unittest

import pytest

from solution import root, stats


def test_abs():
    assert abs(root(2) - 1.4142135623730951) < 1e-9
    assert abs(root(0)) <= 1e-12


def test_isclose():
    assert math.isclose(root(10), 3.1622776601683795, rel_tol=1e-9)


def test_approx():
    assert root(9) == pytest.approx(3)
    assert stats([1, 2, 3, 4]) == pytest.approx({"mean": 2.5, "stdev": 1.118033988749895})
    assert [root(4), root(16)] == pytest.approx([2, 4], abs=1e-6)


def test_round():
    assert round(root(5), 4) == 2.2361


class Almost(unittest.TestCase):
    def test_almost(self):
        self.assertAlmostEqual(root(7), 2.6457513, places=6)
        self.assertAlmostEqual(root(7), 2.64, delta=0.01)


# --- wrong: range(60) --> range(3)
