"""What of a solution students are given, so that the checks have their own."""

from __future__ import annotations

import pytest

from autograder.authoring.importing.constants import given_constants, told_of_answers
from autograder.authoring.importing.marking import marked

REGION = "    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n"


@pytest.mark.parametrize(
    ("source", "names"),
    [
        (f"G = 9.81\ndef f(x):\n{REGION}", {"G"}),
        (f"limits = [1, 2]\ndef f(x):\n{REGION}", {"limits"}),
        ("### BEGIN SOLUTION\nG = 9.81\n### END SOLUTION\n", set()),
        (f"COUNT = 0\ndef f(x):\n    global COUNT\n    COUNT += 1\n{REGION}", set()),
        (f"SEEN = []\ndef f(x):\n    SEEN.append(x)\n{REGION}", set()),
        (f"TABLE = {{}}\ndef f(x):\n    TABLE[x] = 1\n{REGION}", set()),
        (f"def f(x):\n{REGION}TOP = f(2)\n", set()),
        (f"def same(a, b):\n    assert a == b\ndef f(x):\n{REGION}", {"same"}),
        (f"def twice(x):\n    return 2 * f(x)\ndef f(x):\n{REGION}", set()),
    ],
)  # fmt: skip
def test_what_is_given(source, names):
    """what stands outside of the regions, rests on nothing that students write, and is changed by no function"""
    assert given_constants(source) == names


def test_capitals_are_no_answers():
    """a file that marks nothing gives its constants to students; other values at its top are answers"""
    text = marked("G = 9.81\nLIMITS = (1, 2)\nbest = 3\nMADE = make()\n\ndef f(x):\n    return G * x\n")
    assert given_constants(text) == {"G", "LIMITS"}


def test_an_answer_that_measures_others_is_told():
    """a test that calls functions and compares with a value of the student's is told so; one of the value alone not"""
    (said,) = told_of_answers({"f", "TARGET", "x"}, {"TARGET", "other"}, {"f"})
    assert said.startswith("`TARGET` is the student's own value")
    assert told_of_answers({"TARGET"}, {"TARGET"}, {"f"}) == []
