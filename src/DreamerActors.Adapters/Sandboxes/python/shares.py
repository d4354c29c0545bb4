"""Mutable containers that both sides hold: a change on one side is written back to the other at the next message."""
import sys
from builtins import id
from collections import Counter, OrderedDict, defaultdict, deque
from operator import is_

MOST = 512
KINDS = {"list": list, "dict": dict, "set": set, "bytearray": bytearray, "deque": deque, "OrderedDict": OrderedDict,
         "defaultdict": defaultdict, "Counter": Counter}
NAMES = {kind: name for name, kind in KINDS.items()}
MAPPINGS = (dict, OrderedDict, defaultdict, Counter)


def parts_of(value):
    """The members of a container in one flat list; keys and values alternate."""
    kind = type(value)
    if kind in MAPPINGS:
        flat = [None] * (2 * len(value))
        flat[0::2] = value.keys()
        flat[1::2] = value.values()
        return flat
    return list(value)


def fill(value, parts):
    """Makes a container hold these members, in place."""
    kind = type(value)
    if kind is list:
        value[:] = parts
    elif kind is bytearray:
        value[:] = bytes(parts)
    elif kind is deque:
        value.clear()
        value.extend(parts)
    elif kind is set:
        value.clear()
        value.update(parts)
    elif kind is OrderedDict:
        value.clear()
        value.update(zip(parts[0::2], parts[1::2]))          # its own: it keeps the order in a list beside the dict
    else:
        value.clear()
        dict.update(value, zip(parts[0::2], parts[1::2]))    # a Counter's own would add


class Shares:
    """The containers that have crossed and are still held on this side. Own numbers have this side's parity."""

    def __init__(self, parity):
        self.next, self.entries, self.numbers = parity, {}, {}

    def number(self, value):
        return self.numbers.get(id(value))

    def add(self, value, number=None):
        """Shares a container under a number (a new one of our own if none is given)."""
        if number is None:
            number = self.next
            self.next += 2
        if len(self.entries) < MOST:
            self.entries[number] = [value, None]
            self.numbers[id(value)] = number
        return number

    def settle(self, number):
        """Remembers what the container holds now as known to both sides."""
        entry = self.entries.get(number)
        if entry is not None:
            entry[1] = parts_of(entry[0])

    def changed(self):
        """Numbers and members of what changed on this side since it was settled."""
        found = []
        for number, entry in list(self.entries.items()):
            now, known = parts_of(entry[0]), entry[1]
            if known is None or len(now) != len(known) or not all(map(is_, now, known)):
                entry[1] = now
                found.append((number, now))
        return found

    def forget_unheld(self):
        """Drops what only this table still holds; returns the numbers, for the other side to drop too."""
        unheld = []
        for number in list(self.entries):
            if sys.getrefcount(self.entries[number][0]) == 2:
                self.forget(number)
                unheld.append(number)
        return unheld

    def forget(self, number):
        entry = self.entries.pop(number, None)
        if entry is not None:
            self.numbers.pop(id(entry[0]), None)
