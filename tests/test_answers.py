"""Answers that must be values, and changes that are made on both sides."""

from __future__ import annotations

from collections import Counter, deque

import numpy as np
import pandas
import pytest

from autograder.checking import in_place, plain
from autograder.checking.asserts import CheckFailure

SOURCE = """
def change(value):
    if hasattr(value, "iloc"):
        value["new"] = 1
    elif isinstance(value, dict):
        value["k"] = value.pop("a")
    elif isinstance(value, set):
        value.add(9)
    elif hasattr(value, "shape"):
        value *= 2
    else:
        value.append(9)
    return None

def inner(rows):
    rows[0].append(9)
    raise ValueError

class Kept:
    def __init__(self, values):
        values.append(9)
    def change(self, values):
        values.append(8)
"""


@pytest.mark.parametrize(
    "value",
    [[1], {"a": 1}, {1}, deque([1]), Counter("ab"), np.ones(2), np.ones((2, 2)), pandas.DataFrame({"x": [1, 2]})],
    ids=repr,
)
def test_changes_are_made_here_too(student, value):
    """what a call makes of a container, an array or a table is so here, too; without `in_place` nothing changes"""
    there = student(SOURCE)
    before = value.copy()
    assert plain(there.change)(value) is None
    assert np.array_equal(value, before) if hasattr(value, "shape") else value == before
    in_place(there)
    assert plain(there.change)(value) is None
    expected = before
    space: dict = {}
    exec(SOURCE, space)
    space["change"](expected)
    same = np.array_equal(value, expected) if isinstance(value, np.ndarray) else value is not expected
    assert same
    assert value.equals(expected) if isinstance(value, pandas.DataFrame) else np.all(value == expected)


def test_methods_inner_values_and_exceptions(student):
    """methods and classes change what they are handed, too; inner lists stay the ones that they were"""
    there = in_place(student(SOURCE))
    values = [1]
    kept = there.Kept(values)
    kept.change(values)
    assert values == [1, 9, 8]
    row = [1]
    with pytest.raises(ValueError):
        there.inner([row])
    assert row == [1, 9]
    there.begin(1, 20)
    there.Kept(row)
    assert row == [1, 9]  # the next check begins apart


def test_objects_are_no_values(student):
    """an object, also one inside of a container, is refused by `plain`"""
    there = student("from collections import deque\ndef f(): return deque([object()])\ndef g(): return deque([1])\n")
    assert plain(there.g)() == deque([1])
    with pytest.raises(CheckFailure, match="object"):
        plain(there.f)()
