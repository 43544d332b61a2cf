"""A limit that passed is tried once more, alone, before it is believed; after two checks it is waited for no more."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.course import syllabus
from autograder.judging.collect import collect
from autograder.judging.judge import Judge
from autograder.model import Grade, Settings, Submission
from autograder.text import told
from tests.helpers import PAGE, make_course, page

pytestmark = pytest.mark.usefixtures("warm")

CHECKS = '''
import torch
from autograder.checking import assert_same, points


@points(1)
def test_ones(student):
    """three ones"""
    assert_same(student.scaled(torch.ones(3)), torch.full((3,), 3.0))


@points(1)
def test_zeros(student):
    """two zeros"""
    assert_same(student.scaled(torch.zeros(2)), torch.ones(2))


@points(1)
def test_shape(student):
    """a matrix"""
    assert_same(student.scaled(torch.ones(2, 2)), torch.full((2, 2), 3.0))


@points(1)
def test_factor(student):
    """another factor"""
    assert_same(student.scaled(torch.ones(2), 3.0), torch.full((2,), 4.0))
'''
FINE = "def scaled(x, factor=2.0): return x * factor + 1\n"


@pytest.fixture
def grade(tmp_path: Path) -> Iterator:
    """Grades sources on a page of four checks with a limit of half a second, which all call one function."""
    lesson = page()["lesson"].replace("seconds = 20", "seconds = 0.5").replace("points = 3", "points = 4")
    trees = make_course(tmp_path, {PAGE: page(checks=CHECKS, lesson=lesson)}, built=False)
    course = syllabus.load(trees)
    assert course.exercises[PAGE].seconds == 0.5

    def grade_all(*sources: str) -> list[Grade]:
        found: list[Grade] = []

        def loop(plugin) -> None:
            judge = Judge(course, trees, Settings(seed=7, isolation="plain", diagnose=False), plugin.checks, plugin.run)
            try:
                found.extend(judge.grade(Submission("ada", PAGE, "scaled.py", (one,))) for one in sources)
            finally:
                judge.close()

        collect(trees, [PAGE], loop)
        return found

    return grade_all


def slow_once(folder: Path) -> str:
    """A right function that is held up the first time that any worker calls it."""
    return (
        f"import os, time\ndef scaled(x, factor=2.0):\n    place = {str(folder / 'held_up')!r}\n"
        "    if not os.path.exists(place):\n        open(place, 'w').close(); time.sleep(6)\n"
        "    return x * factor + 1\n"
    )


def test_what_was_late_once_is_not_late(grade, tmp_path):
    """a machine that was busy for one call costs no point, and nothing is said of it"""
    (found,) = grade(slow_once(tmp_path))
    assert [check.status for check in found.checks] == ["passed"] * 4
    assert (tmp_path / "held_up").exists()


def test_what_is_always_late_is_given_up_after_two_checks(grade):
    """the first late check is tried twice, the second once, and the rest are told so without waiting"""
    begun = time.monotonic()
    (found,) = grade(FINE.replace("return x", "\n    while True: pass\n    return x"))
    assert [check.status for check in found.checks] == ["timeout"] * 4
    assert [("waited for no more" in told(check.failure)) for check in found.checks] == [False, False, True, True]
    assert found.points == 0
    assert time.monotonic() - begun < 60  # four checks, tried twice, with all that each may take on the clock, are more


def test_a_function_that_is_late_for_one_input_goes_on(grade):
    """one late check is one late check: the function is called in all others"""
    (found,) = grade(FINE.replace("return x", "\n    while x.shape == (3,): pass\n    return x"))
    assert [check.status for check in found.checks] == ["timeout", "passed", "passed", "passed"]


def test_who_is_given_up_is_no_burden_to_the_next(grade):
    """what is said of one submission's function says nothing of another's"""
    late, fine = grade(FINE.replace("return x", "\n    while True: pass\n    return x"), FINE)
    assert late.points == 0
    assert fine.points == fine.max_points
