def bubble(values):
    for end in range(len(values) - 1, 0, -1):
        for i in range(end):
            if values[i] > values[i + 1]:
                values[i], values[i + 1] = values[i + 1], values[i]


def rotate(matrix):
    matrix[:] = [list(row) for row in zip(*matrix[::-1])]


def merge_into(target, source):
    for key, value in source.items():
        if isinstance(value, dict) and isinstance(target.get(key), dict):
            merge_into(target[key], value)
        else:
            target[key] = value
    return target


def remember(value, seen):
    fresh = value not in seen
    seen.add(value)
    return fresh


# --- tests ---
from solution import bubble, merge_into, remember, rotate


def test_list():
    values = [3, 1, 2]
    assert bubble(values) is None
    assert values == [1, 2, 3]


def test_nested_list():
    matrix = [[1, 2], [3, 4]]
    rotate(matrix)
    assert matrix == [[3, 1], [4, 2]]


def test_dict():
    target = {"a": {"x": 1}, "b": 2}
    inner = target["a"]
    result = merge_into(target, {"a": {"y": 2}, "c": 3})
    assert target == {"a": {"x": 1, "y": 2}, "b": 2, "c": 3}
    assert result is target
    assert inner == {"x": 1, "y": 2}


def test_set():
    seen = set()
    assert remember("a", seen) is True
    assert remember("a", seen) is False
    assert seen == {"a"}


# --- wrong: values[i] > values[i + 1] --> values[i] < values[i + 1]
