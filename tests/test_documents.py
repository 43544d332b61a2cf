"""Our values as JSON and back: what is written is read, and what is not ours is refused in one line."""

from __future__ import annotations

import contextlib
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.documents import decode, encode, parse, read
from autograder.gradebook.rows import from_json, to_json
from autograder.model import KINDS, STATUSES, CheckResult, Diagnosis, Failure, Frame, Grade, Relation

#: lone surrogates, which file names may hold, among everything else
words = st.text(max_size=12) | st.text(alphabet='\udcff\u2028\0"\\\n ü😀', max_size=6)
numbers = st.floats(allow_nan=False, allow_infinity=False)
frames = st.builds(Frame, words, st.integers(1, 9999), words, words)
found = st.builds(Diagnosis, words, words, words)
pairs = st.tuples(words, words)
relations = st.builds(Relation, words, words, st.integers(1, 99))


def tuples(of):
    """Short tuples of these."""
    return st.lists(of, max_size=2).map(tuple)


def failures(cause):
    """Failures with such a cause."""
    return st.builds(
        Failure, st.sampled_from(KINDS), words, words, words, words, words, words, tuples(relations), tuples(frames),
        tuples(pairs), cause, tuples(found),
    )  # fmt: skip


failure = failures(st.none() | failures(st.none()))
checks = st.builds(
    CheckResult, words, words, st.sampled_from(STATUSES), numbers, numbers, st.none() | failure, words, words, words,
    tuples(st.tuples(words, numbers | st.sampled_from([math.inf, -math.inf]))),
    st.none() | st.dictionaries(words, st.lists(numbers, max_size=3), max_size=2), words,
)  # fmt: skip
grades = st.builds(
    Grade, words, words, st.sampled_from(STATUSES), numbers, numbers, numbers, tuples(checks), words, st.integers(0),
    words, tuples(words), words, st.just("2026-11-05T10:20:30+00:00"),
)  # fmt: skip


@given(grades)
def test_a_grade_comes_back(grade):
    """whatever is in a grade, it comes back equal, from JSON that is ASCII, in a row and alone"""
    assert decode(encode(grade), Grade) == grade
    assert from_json(to_json(grade)) == grade
    assert to_json(grade).isascii()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "no JSON"), ("[1]", "no JSON object"), (3, "no text"), (b"\xff", "no JSON"), ("[" * 10**5, "no JSON"),
        ('{"kind": "problem"}', "missing required field `reason`"), ('{"kind": 1, "reason": ""}', r"\$\.kind"),
        ('{"kind": "problem", "reason": "", "line": 3}', "'line' is not known"),
        ('{"kind": "problem", "reason": "", "cause": {"kind": "", "reason": "", "x": 1}}', "'x' is not known"),
        ('{"kind": "problem", "reason": "", "frames": [[]]}', "frames"),
    ],
)  # fmt: skip
def test_what_is_no_failure_is_one_line(text, why):
    """a text that is none, a field that is missing, misspelt or of another kind: each is said in one line"""
    with pytest.raises(ValueError, match=why) as caught:
        decode(text, Failure)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) <= 200


leaves = st.none() | st.booleans() | numbers | words
anything = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(words, inner))


@given(anything, anything)
def test_anything_else_is_refused(value, inside):
    """no JSON makes a traceback: what is none of ours is refused with a ValueError"""
    for kind, given_ in ((Grade, value), (Failure, {"kind": inside, "reason": "", "cause": value, "notes": inside})):
        with contextlib.suppress(ValueError):
            assert isinstance(read(given_, kind), kind)


def test_figures_that_are_no_numbers():
    """NaN and infinity of a figure come back as they were"""
    check = CheckResult("test_a", "a", "passed", 1.0, 1.0, figures=(("a", math.nan), ("b", math.inf)))
    (_, first), (_, second) = decode(encode(check), CheckResult).figures
    assert math.isnan(first)
    assert second == math.inf
    assert parse(encode(check))["failure"] is None
    assert json.loads(encode({"a": 1}, indent=1)) == {"a": 1}
