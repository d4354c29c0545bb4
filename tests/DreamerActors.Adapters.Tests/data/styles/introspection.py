import inspect
from typing import List, Optional


def describe(value: int, *, unit: str = "m") -> str:
    """A length."""
    return f"{value} {unit}"


def defaults(function):
    return {name: p.default for name, p in inspect.signature(function).parameters.items() if p.default is not inspect.Parameter.empty}


def find(values: List[int], wanted: int) -> Optional[int]:
    return values.index(wanted) if wanted in values else None


VERSION = (1, 2)
NAMES = {"one": 1}


# --- tests ---
import inspect

import solution
from solution import NAMES, VERSION, defaults, describe, find


def test_signature():
    assert describe(3) == "3 m"
    assert list(inspect.signature(describe).parameters) == ["value", "unit"]
    assert describe.__name__ == "describe"
    assert describe.__doc__ == "A length."
    assert callable(describe)


def test_defaults_of_ours():
    def mine(a, b=2, *, c="x"):
        return a

    assert defaults(mine) == {"b": 2, "c": "x"}


def test_module_level():
    assert VERSION == (1, 2)
    assert NAMES["one"] == 1
    assert solution.find([4, 5], 5) == 1
    assert find([], 1) is None
    assert hasattr(solution, "describe")
    assert not hasattr(solution, "missing")


# --- wrong: "m" --> "cm"
