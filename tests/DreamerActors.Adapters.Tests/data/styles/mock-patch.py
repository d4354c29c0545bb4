import os
import random
import time


def fetch(name):
    return f"real {name}"


def greeting(name):
    return "Hello, " + fetch(name)


def stamp():
    return int(time.time())


def roll():
    return random.randint(1, 6)


def home():
    return os.environ.get("HOME_OF_DREAMS", "nowhere")


# --- tests ---
import os
from unittest import mock
from unittest.mock import Mock, patch

import solution
from solution import greeting, home, roll, stamp


def test_patched_helper():
    with mock.patch("solution.fetch", return_value="fake") as fake:
        assert greeting("bob") == "Hello, fake"
        fake.assert_called_once_with("bob")
    assert greeting("bob") == "Hello, real bob"


@patch.object(solution, "fetch")
def test_patched_object(fake):
    fake.side_effect = lambda name: name.upper()
    assert greeting("eve") == "Hello, EVE"


def test_patched_clock():
    with patch("time.time", return_value=1234.5):
        assert stamp() == 1234


def test_patched_random():
    with patch("random.randint", Mock(return_value=4)):
        assert roll() == 4


def test_environment():
    with patch.dict(os.environ, {"HOME_OF_DREAMS": "/sleep"}):
        assert home() == "/sleep"
    assert home() == "nowhere"


# --- wrong: "Hello, " + fetch(name) --> "Hello, real " + name
