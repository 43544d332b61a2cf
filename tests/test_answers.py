"""Answers that must be values, and changes that are made on both sides."""

from __future__ import annotations

import decimal  # noqa: F401 - whose InvalidOperation could be taken for theirs
import io
from collections import Counter, deque

import numpy as np
import pandas
import pytest

from autograder.checking import ask_object, in_place, plain, printed_by, printed_into, their_error
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


OBJECTS = """
class Size:
    def __init__(self, n): self.n = n
    def __eq__(self, other): return self.n == other.n if isinstance(other, Size) else NotImplemented
    def __lt__(self, other): return self.n < other.n
    def __repr__(self): return f"Size({self.n})"
class SizeError(ValueError): pass
class TooLarge(SizeError): pass
class InvalidOperation(KeyError): pass
def fail(kind): raise globals()[kind]("why")
def singular():
    import numpy as np
    return np.linalg.inv(np.zeros((2, 2)))
"""


def test_what_is_printed(student):
    """from the first question on, each text once; what the check prints itself goes into the same stream"""
    there = student("print('loaded')\ndef say(text): print(text)\n")
    said = printed_by(there)
    there.say("a")
    assert said.readouterr() == ("a\n", "")
    assert said.readouterr().out == ""
    stream = io.StringIO()
    with printed_into(there, stream):
        print("ours")
        there.say("theirs")
    assert stream.getvalue() == "ours\ntheirs\n"


def test_classes_of_theirs(student):
    """an object is of its class and of those that it inherits from; a value of no class but a named tuple's"""
    source = f"from collections import namedtuple\nPair = namedtuple('Pair', 'a b')\n{OBJECTS}"
    there = student(source + "class Large(Size): pass\ndef pair(): return Pair(1, 2)\n")
    assert ask_object("isinstance", there.Large(1), there.Size)
    assert not ask_object("isinstance", there.Size(1), there.Large)
    assert ask_object("issubclass", there.Large, there.Size)
    assert ask_object("isinstance", there.pair(), plain(there.Pair))
    assert not ask_object("isinstance", 3, there.Size)
    assert ask_object("isinstance", 3, int)
    with pytest.raises(CheckFailure, match="is none"):
        ask_object("isinstance", 3, there.pair)


def test_objects_are_asked_themselves(student):
    """comparisons and texts are those of their own methods; what these leave open is identity, and values are values"""
    there = student(OBJECTS)
    one, same, two = there.Size(1), there.Size(1), there.Size(2)
    assert ask_object("==", one, same)
    assert not ask_object("!=", one, same)
    assert not ask_object("==", one, 1)
    assert ask_object("!=", 1, one)
    assert ask_object("<", one, two)
    assert ask_object(">", two, one)
    assert ask_object("repr", one) == ask_object("str", same) == "Size(1)"
    assert ask_object("==", [1], [1])
    assert ask_object("repr", "a") == "'a'"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("SizeError", {"SizeError", ValueError}), ("TooLarge", {"TooLarge", "SizeError", ValueError})],
)
def test_exceptions_that_they_define(student, kind, expected):
    """an exception of theirs is caught by its name, by those that it inherits from, and by Python's own"""
    there = student(OBJECTS)
    for one in expected:
        with pytest.raises(their_error(getattr(there, one)) if isinstance(one, str) else one, match="why"):
            there.fail(kind)
    with pytest.raises(ValueError) as caught:
        there.fail("SizeError")
    assert not isinstance(caught.value, their_error(there.TooLarge))


def test_exceptions_of_libraries(student):
    """a library's is caught by its own class; a student's that is called so stays what it inherits from"""
    there = student(OBJECTS)
    with pytest.raises(np.linalg.LinAlgError, match="Singular"):
        there.singular()
    with pytest.raises(KeyError):
        there.fail("InvalidOperation")


def test_objects_are_no_values(student):
    """an object, also one inside of a container, is refused by `plain`"""
    there = student("from collections import deque\ndef f(): return deque([object()])\ndef g(): return deque([1])\n")
    assert plain(there.g)() == deque([1])
    with pytest.raises(CheckFailure, match="object"):
        plain(there.f)()
