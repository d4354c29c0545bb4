_items = []
_settings = {"limit": 3}


def register(name):
    if len(_items) >= _settings["limit"]:
        raise OverflowError("full")
    _items.append(name)
    return len(_items)


def registered():
    return list(_items)


def configure(limit):
    _settings["limit"] = limit


# --- tests ---
import pytest

from solution import configure, register, registered


def test_registry():
    configure(2)
    assert registered() == []
    assert register("a") == 1
    assert register("b") == 2
    assert registered() == ["a", "b"]
    with pytest.raises(OverflowError):
        register("c")


# --- wrong: return len(_items) --> return len(_items) - 1
