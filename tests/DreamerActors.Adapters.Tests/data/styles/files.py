import csv
import json
import os
from pathlib import Path


def save(path, data):
    with open(path, "w", encoding="utf-8") as out:
        json.dump(data, out)


def load(path):
    return json.loads(Path(path).read_text(encoding="utf-8"))


def count_lines(path):
    with open(path, encoding="utf-8") as lines:
        return sum(1 for line in lines if line.strip())


def names(folder):
    return sorted(os.listdir(folder))


def column(path, name):
    with open(path, newline="", encoding="utf-8") as source:
        return [row[name] for row in csv.DictReader(source)]


# --- tests ---
import os
import tempfile

import pytest

from solution import column, count_lines, load, names, save


def test_round_trip(tmp_path):
    target = tmp_path / "data.json"
    save(target, {"a": [1, 2]})
    assert load(target) == {"a": [1, 2]}
    assert target.read_text() == '{"a": [1, 2]}'


def test_lines(tmp_path):
    source = tmp_path / "text.txt"
    source.write_text("one\n\ntwo\n")
    assert count_lines(str(source)) == 2


def test_folder():
    with tempfile.TemporaryDirectory() as folder:
        for name in ("b", "a"):
            with open(os.path.join(folder, name), "w") as out:
                out.write("x")
        assert names(folder) == ["a", "b"]


def test_csv(tmp_path):
    source = tmp_path / "t.csv"
    source.write_text("name,age\nann,3\nbob,4\n")
    assert column(source, "age") == ["3", "4"]


def test_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "missing.json")


# --- wrong: if line.strip() --> 
