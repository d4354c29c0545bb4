"""A job of the zygote's own, both sides in one interpreter. What Python makes of a function when it has been called a few times (specialised code, caches)
is then made once, not anew in every fork, and is not written over by each of them."""
import json
import sys
import _signal

from guard import candidate, tester

TIMES = 12                                                   # after eight calls Python specialises a function, a few calls later it is done
SOLUTION = b'''
from typing import List

def total(numbers: List[int], start=0):
    """The sum."""
    for number in numbers:
        start += number
    if start < 0:
        raise ValueError("below zero")
    return start

def parts(text, most=None):
    return {word: [len(word), 1.5, None, True] for word in text.split()}, (text, most)
'''
TESTS = b'''
from solution import *

METADATA = {'author': 'nobody'}

def check(candidate):
    assert candidate([1, 2, 3]) == 6
    assert candidate([], 2) == 2, "start"
    assert not candidate([0])
    for n in range(3):
        assert candidate([n]) == n

def test_check():
    check(total)

def test_parts():
    assert parts("a b") == ({"a": [1, 1.5, None, True], "b": [1, 1.5, None, True]}, ("a b", None))
    assert abs(total([1.5, 2.5]) - 4.0) < 1e-6
    try:
        total([-1])
        assert False
    except ValueError:
        pass
'''


class Turns:
    """One end of a line within an interpreter: who waits for an answer lets the other end give it."""

    def __init__(self, peer):
        self.peer, self.other, self.said, self.fd = peer, None, [], None
        peer.line = self

    def write(self, data):
        self.other.said.append(data)

    def read(self):
        if not self.said:
            self.other.peer.answer(*self.other.peer.receive())
        return self.said.pop(0)


class Untimed:
    """The control line of a job that is not watched."""

    @staticmethod
    def left(since, seconds):
        return seconds


def rehearse():
    modules = dict(sys.modules)
    for _ in range(TIMES):
        report = _once()
    _signal.signal(_signal.SIGALRM, _signal.SIG_DFL)
    tester.Refusing.session = None
    sys.modules.clear()
    sys.modules.update(modules)
    if report["unsupported"] or [each["outcome"] for each in report["tests"]["reports"]] != ["passed", "passed"]:
        raise OSError(f"the rehearsal failed: {json.dumps(report)[:500]}")


def _once():
    tests, solution = tester.Side(), candidate.Side()
    here, there = Turns(tests.session.next_peer), Turns(solution.peer)
    here.other, there.other = there, here
    tests.begin({"mode": "lenient", "limits": {"wall_seconds": 60.0}}, Untimed, TESTS)
    solution.peer.send("ready", (solution.policy.parse(SOLUTION),))
    tests.observe(None)
    report = tests.report.close()
    json.dumps(report)
    return report
