"""Wrong answers of a real class that are one: what differs between them tells nothing of the mistake."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.authoring.noise import alike
from autograder.authoring.suggest import groups
from autograder.model import Failure
from tests.helpers import PAGE, make_check, make_grade, tiny

WRONG = Failure("difference", "0.3 instead of 0.5", call="f(1)", got="0.3", expected="0.5")
RAISED = Failure("exception", "ZeroDivisionError: division by zero", call="f(1)")
ONE = [
    (replace(WRONG, reason="0.30000000000000004 instead of 0.5"), WRONG),
    (replace(WRONG, got="tensor([[1.0000, 2.0000]])"), replace(WRONG, got="tensor([[1., 2.]])")),
    (replace(WRONG, got="[0.1235, -0.0]"), replace(WRONG, got="[0.1234, 0.0]")),
    (replace(WRONG, got="<generator object at 0x7f12ab34>"), replace(WRONG, got="<generator object at 0x7fee0001>")),
    (replace(WRONG, got="{'a', 'b'}"), replace(WRONG, got="{'b', 'a'}")),
    (replace(WRONG, got="{'a': 1, 'b': 2}"), replace(WRONG, got="{'b': 2, 'a': 1}")),
    (replace(RAISED, reason="NameError: name 'tmp' is not defined"),
     replace(RAISED, reason="NameError: name 'temp' is not defined")),
    (replace(RAISED, reason="TypeError: helper() takes 1 argument", function="f"),
     replace(RAISED, reason="TypeError: inner() takes 1 argument", function="f")),
    (replace(RAISED, reason="SyntaxError: invalid syntax (f.py, line 3)"),
     replace(RAISED, reason="SyntaxError: invalid syntax (f.py, line 17)")),
]  # fmt: skip
TWO = [
    (replace(WRONG, reason="0.31 instead of 0.5", got="0.31"), WRONG),
    (replace(WRONG, call="f(2)"), WRONG),
    (replace(WRONG, where="[1]"), WRONG),
    (replace(WRONG, reason="its shape is (2, 3), not (3,)"), replace(WRONG, reason="its shape is (3, 2), not (3,)")),
    (replace(WRONG, reason="1.000001 instead of 1"), replace(WRONG, reason="1.000002 instead of 1")),
    (replace(WRONG, got="1"), replace(WRONG, got="True")),
    (replace(WRONG, got="1000"), replace(WRONG, got="1001")),
    (replace(WRONG, got="['a', 'b']"), replace(WRONG, got="['b', 'a']")),
    (replace(WRONG, got="layer_1"), replace(WRONG, got="layer_2")),
    (RAISED, WRONG),
    (RAISED, replace(RAISED, reason="KeyError: 'a'")),
    (RAISED, None),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), ONE)
def test_noise_makes_no_second_mistake(one, other):
    """last digits, addresses, lines, one's own names, the order of a set"""
    assert alike(one, other)
    assert alike(other, one)


@pytest.mark.parametrize(("one", "other"), TWO)
def test_what_tells_something_stays_apart(one, other):
    """values, calls, places, shapes, kinds; the last digits, where they alone are wrong"""
    assert not alike(one, other)
    assert not alike(other, one)


@given(st.floats(-1e6, 1e6), st.floats(-1, 1))
def test_a_last_digit_is_noise(value, tiny_part):
    """two answers that the order of a sum separates are one"""
    right = value + 1 + abs(value)
    both = [f"{value * (1 + part * 1e-7)!r} instead of {right!r}" for part in (0, tiny_part)]
    one, other = (replace(WRONG, reason=reason) for reason in both)
    assert alike(one, other)


def test_suggest_makes_one_group_of_it(tmp_path):
    """forty who make one mistake in forty ways to add are one group, and another mistake is a second"""
    course, _ = tiny(tmp_path)
    reasons = {f"s{n:02}": f"{0.3 * (1 + n * 1e-9)!r} instead of 0.5" for n in range(40)} | {
        "zoe": "0.7 instead of 0.5"
    }
    grades = []
    for student, reason in reasons.items():
        check = replace(make_check(), status="failed", failure=replace(WRONG, reason=reason, got=reason[:3]))
        grades.append(make_grade(student, checks=(check,)))
    found = groups(grades, [], course.exercises[PAGE])
    assert [len(group.students) for group in found] == [40, 1]
