import contextlib


class Transaction:
    def __init__(self, store):
        self.store, self.backup = store, None

    def __enter__(self):
        self.backup = dict(self.store)
        return self.store

    def __exit__(self, kind, error, trace):
        if kind is not None:
            self.store.clear()
            self.store.update(self.backup)
        return kind is KeyError


@contextlib.contextmanager
def tag(name, out):
    out.append(f"<{name}>")
    try:
        yield out
    finally:
        out.append(f"</{name}>")


# --- tests ---
import pytest

from solution import Transaction, tag


def test_commit():
    store = {"a": 1}
    with Transaction(store) as inside:
        inside["b"] = 2
    assert store == {"a": 1, "b": 2}


def test_rollback():
    store = {"a": 1}
    with pytest.raises(ValueError):
        with Transaction(store) as inside:
            inside["b"] = 2
            raise ValueError("no")
    assert store == {"a": 1}


def test_swallow():
    store = {}
    with Transaction(store) as inside:
        inside["x"] = 1
        raise KeyError("ignored")
    assert store == {}


def test_tag():
    out = []
    with tag("b", out):
        out.append("bold")
    assert out == ["<b>", "bold", "</b>"]


# --- wrong: self.store.clear() --> pass
