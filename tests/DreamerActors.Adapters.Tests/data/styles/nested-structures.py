def invert(mapping):
    found = {}
    for key, value in mapping.items():
        found.setdefault(value, []).append(key)
    return found


def flatten(nested):
    for each in nested:
        if isinstance(each, (list, tuple)):
            yield from flatten(each)
        else:
            yield each


def matrix(rows, columns):
    return [[row * columns + column for column in range(columns)] for row in range(rows)]


def transpose(rows):
    return [list(row) for row in zip(*rows)]


def tree(depth):
    return None if depth == 0 else {"left": tree(depth - 1), "right": tree(depth - 1), "depth": depth}


def pipeline(*functions):
    def run(value):
        for function in functions:
            value = function(value)
        return value
    return run


def curry(function):
    return lambda a: lambda b: function(a, b)


def counter():
    count = 0

    def step(by=1):
        nonlocal count
        count += by
        return count
    return step


def bits(number):
    return number.bit_length(), bin(number).count("1"), number.to_bytes(4, "big")


def edges():
    return float("inf"), -0.0, complex(1, -1), 10 ** 40, b"\x00\xff", frozenset({1, 2}), range(0, 6, 2), None, ...


# --- tests ---
import math

from solution import bits, counter, curry, edges, flatten, invert, matrix, pipeline, transpose, tree


def test_structures():
    assert invert({"a": 1, "b": 2, "c": 1}) == {1: ["a", "c"], 2: ["b"]}
    assert list(flatten([1, [2, (3, [4])], []])) == [1, 2, 3, 4]
    assert next(flatten([[7]])) == 7
    assert matrix(2, 3) == [[0, 1, 2], [3, 4, 5]]
    assert transpose(matrix(2, 3)) == [[0, 3], [1, 4], [2, 5]]
    assert transpose([]) == []
    assert tree(2)["left"]["right"] is None
    assert tree(2)["left"]["depth"] == 1
    assert tree(0) is None


def test_functions():
    assert pipeline(str, len, lambda n: n + 1)(1234) == 5
    assert pipeline()(3) == 3
    assert curry(lambda a, b: a - b)(5)(2) == 3
    step = counter()
    assert [step(), step(), step(by=5)] == [1, 2, 7]
    assert counter()() == 1


def test_values():
    assert bits(5) == (3, 2, b"\x00\x00\x00\x05")
    infinity, zero, number, large, data, frozen, numbers, nothing, dots = edges()
    assert math.isinf(infinity)
    assert math.copysign(1, zero) == -1
    assert number.conjugate() == 1 + 1j
    assert large == 10 ** 40
    assert data[1] == 255
    assert 2 in frozen
    assert list(numbers) == [0, 2, 4]
    assert nothing is None
    assert dots is ...


# --- wrong: row * columns + column for --> row + columns * column for
