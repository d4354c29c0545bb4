def running_mean():
    total, count, mean = 0, 0, None
    while True:
        value = yield mean
        total += value
        count += 1
        mean = total / count


def guarded(log):
    try:
        while True:
            try:
                yield len(log)
            except ValueError:
                log.append("value")
    finally:
        log.append("closed")


def flatten(values):
    for value in values:
        if isinstance(value, list):
            yield from flatten(value)
        else:
            yield value


def accumulate(values):
    total = 0
    for value in values:
        total += value
        yield total
    return total


# --- tests ---
from solution import accumulate, flatten, guarded, running_mean


def test_send():
    mean = running_mean()
    assert next(mean) is None
    assert mean.send(10) == 10
    assert mean.send(20) == 15


def test_throw_and_close():
    log = []
    generator = guarded(log)
    assert next(generator) == 0
    assert generator.throw(ValueError("x")) == 1
    generator.close()
    assert log == ["value", "closed"]


def test_yield_from():
    assert list(flatten([1, [2, [3, []]], 4])) == [1, 2, 3, 4]


def test_return_value():
    generator = accumulate([1, 2])
    assert [next(generator), next(generator)] == [1, 3]
    try:
        next(generator)
    except StopIteration as stop:
        assert stop.value == 3
    else:
        assert False


# --- wrong: yield from flatten(value) --> yield from value
