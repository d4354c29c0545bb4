import base64
import hashlib
import json
import re


def slug(text):
    return "-".join(re.findall(r"[a-z0-9]+", text.lower()))


def digest(data):
    return hashlib.sha256(data).hexdigest()[:8]


def encoded(data):
    return base64.b64encode(data)


def pretty(value):
    return json.dumps(value, indent=2, sort_keys=True)


def shout(text, *, marks=1, **options):
    return text.upper() + "!" * marks + options.get("end", "")


def special():
    return [float("inf"), float("nan"), 2 ** 70, -0.0, 1 + 2j, b"\x00\xff", None, ..., frozenset({1})]


# --- tests ---
import math

from solution import digest, encoded, pretty, shout, slug, special


def test_text():
    assert slug("Hello, Wörld 42!") == "hello-w-rld-42"
    assert pretty({"b": 1, "a": [True]}) == '{\n  "a": [\n    true\n  ],\n  "b": 1\n}'


def test_bytes():
    assert digest(b"abc") == "ba7816bf"
    assert encoded(b"\x00\x01") == b"AAE="


def test_keywords():
    assert shout("a") == "A!"
    assert shout("a", marks=3) == "A!!!"
    assert shout("a", end="?") == "A!?"


def test_special_values():
    infinite, missing, large, zero, number, raw, nothing, dots, frozen = special()
    assert infinite == math.inf
    assert math.isnan(missing)
    assert large == 1180591620717411303424
    assert math.copysign(1, zero) == -1.0
    assert number == 1 + 2j
    assert raw == b"\x00\xff"
    assert nothing is None
    assert dots is ...
    assert frozen == frozenset({1})


# --- wrong: text.lower() --> text
