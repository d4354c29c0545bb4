def fold(values, combine, start):
    result = start
    for value in values:
        result = combine(result, value)
    return result


def every(values, holds):
    seen = []
    for value in values:
        seen.append(value)
        if not holds(value):
            return False, seen
    return True, seen


def compose(*functions):
    def composed(value):
        for function in reversed(functions):
            value = function(value)
        return value
    return composed


# --- tests ---
from solution import compose, every, fold


def test_fold():
    assert fold([1, 2, 3], lambda a, b: a + b, 10) == 16
    assert fold("abc", lambda a, b: b + a, "") == "cba"


def test_every():
    asked = []

    def positive(value):
        asked.append(value)
        return value > 0

    assert every([3, -1, 4], positive) == (False, [3, -1])
    assert asked == [3, -1]


def test_compose():
    assert compose(lambda x: x + 1, lambda x: x * 2)(5) == 11
    assert compose(str, len)("four") == "4"


def test_error_in_a_callback_comes_back():
    def broken(a, b):
        raise KeyError("mine")

    try:
        fold([1], broken, 0)
    except KeyError as error:
        assert error.args == ("mine",)
    else:
        assert False, "nothing was raised"


# --- wrong: reversed(functions) --> functions
