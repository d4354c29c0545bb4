import bisect
import csv
import hashlib
import heapq
import io
import json
import logging
import sqlite3
import struct
import textwrap
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate, chain, groupby, islice, tee

log = logging.getLogger(__name__)


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def to_csv(rows):
    target = io.StringIO()
    csv.writer(target, lineterminator="\n").writerows(rows)
    return target


def totals(pairs):
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE sale (who TEXT, amount INTEGER)")
    database.executemany("INSERT INTO sale VALUES (?, ?)", pairs)
    return database.execute("SELECT who, SUM(amount) FROM sale GROUP BY who ORDER BY who").fetchall()


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def packed(number):
    return struct.pack(">I", number)


def squares(numbers):
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda n: n * n, numbers))


def smallest(values, most):
    return heapq.nsmallest(most, values)


def rank(values, value):
    return bisect.bisect_left(sorted(values), value)


def runs(text):
    return [(letter, len(list(group))) for letter, group in groupby(text)]


def running(numbers):
    return accumulate(numbers)


def pairs(values):
    first, second = tee(values)
    next(second, None)
    return zip(first, second)


def warn(text):
    log.warning("seen %s", text)
    return len(text)


def load(stream):
    return json.load(stream)


def wrapped(text):
    return textwrap.fill(text, 10)


def firsts(*iterables):
    return list(islice(chain.from_iterable(iterables), 3))


# --- tests ---
import io
import logging

import pytest

from solution import (digest, firsts, load, packed, pairs, rank, rows, running, runs, smallest, squares, to_csv, totals, warn, wrapped)


def test_tables():
    assert rows("a,b\n1,2\n3,4\n") == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]
    assert to_csv([[1, "x,y"]]).getvalue() == '1,"x,y"\n'
    assert totals([("b", 1), ("a", 2), ("b", 5)]) == [("a", 2), ("b", 6)]
    assert load(io.StringIO('{"k": [1, null]}')) == {"k": [1, None]}


def test_bytes():
    assert digest("dream") == "30fde358"
    assert packed(258) == b"\x00\x00\x01\x02"


def test_pools():
    assert squares([1, 2, 3]) == [1, 4, 9]


@pytest.mark.parametrize("values, most, expected", [([3, 1, 2], 2, [1, 2]), ([], 1, [])])
def test_heaps(values, most, expected):
    assert smallest(values, most) == expected
    assert rank([1, 3, 5], 5) == 2


def test_iterators():
    assert runs("aab") == [("a", 2), ("b", 1)]
    assert list(running([1, 2, 3])) == [1, 3, 6]
    assert list(pairs("abc")) == [("a", "b"), ("b", "c")]
    assert firsts([1], (2, 3), [4]) == [1, 2, 3]
    total = running(iter([5, 5]))
    assert next(total) == 5
    assert next(total) == 10
    with pytest.raises(StopIteration):
        next(total)


def test_logs():
    assert warn("four") == 4


def test_texts():
    assert wrapped("one two three four") == "one two\nthree four"


# --- wrong: heapq.nsmallest(most --> heapq.nlargest(most
