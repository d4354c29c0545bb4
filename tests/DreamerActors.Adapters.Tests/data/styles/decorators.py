import functools


def counted(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return function(*args, **kwargs)
    wrapper.calls = 0
    return wrapper


def retry(times):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            for attempt in range(times):
                try:
                    return function(*args, **kwargs)
                except ValueError:
                    if attempt == times - 1:
                        raise
        return wrapper
    return decorate


# --- tests ---
import pytest

from solution import counted, retry


def test_counted():
    @counted
    def double(x):
        """Twice."""
        return 2 * x

    assert double(4) == 8
    assert double(x=5) == 10
    assert double.calls == 2
    assert double.__name__ == "double"
    assert double.__doc__ == "Twice."


def test_retry():
    failures = []

    @retry(3)
    def flaky(limit):
        failures.append(1)
        if len(failures) < limit:
            raise ValueError("again")
        return len(failures)

    assert flaky(3) == 3


def test_retry_gives_up():
    @retry(2)
    def broken():
        raise ValueError("never")

    with pytest.raises(ValueError, match="never"):
        broken()


# --- wrong: wrapper.calls += 1 --> wrapper.calls += 2
