import functools


@functools.lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


class memo:
    def __init__(self, function):
        self.function, self.known = function, {}

    def __call__(self, *args):
        if args not in self.known:
            self.known[args] = self.function(*args)
        return self.known[args]


@memo
def ways(n):
    return 1 if n < 2 else ways(n - 1) + ways(n - 2)


# --- tests ---
from solution import fib, memo, ways


def test_fib():
    assert [fib(n) for n in range(8)] == [0, 1, 1, 2, 3, 5, 8, 13]
    assert fib(80) == 23416728348467685


def test_ways():
    assert ways(10) == 89
    assert ways(1) == 1


def test_memo_calls_once():
    calls = []

    @memo
    def square(x):
        calls.append(x)
        return x * x

    assert (square(3), square(3), square(4)) == (9, 9, 16)
    assert calls == [3, 4]


# --- wrong: ways(n - 1) + ways(n - 2) --> ways(n - 1) + ways(n - 1)
