import sys


def report(values):
    for name, value in sorted(values.items()):
        print(f"{name:<5}{value:>4}")
    print("done", file=sys.stderr)


def ask():
    name = input("Name? ")
    print("Hi " + name)


# --- tests ---
import builtins
import contextlib
import io
import sys
from unittest.mock import patch

from solution import ask, report


def test_redirected():
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        report({"b": 2, "a": 10})
    assert out.getvalue() == "a      10\nb       2\n"
    assert err.getvalue() == "done\n"


def test_capsys(capsys):
    report({"x": 1})
    captured = capsys.readouterr()
    assert captured.out == "x       1\n"
    assert captured.err == "done\n"


def test_patched_stdout():
    with patch("sys.stdout", new=io.StringIO()) as out:
        report({"y": 7})
    assert out.getvalue() == "y       7\n"


def test_input():
    out = io.StringIO()
    with patch("builtins.input", return_value="Ann"), contextlib.redirect_stdout(out):
        ask()
    assert out.getvalue() == "Hi Ann\n"


# --- wrong: {value:>4} --> {value:>5}
