"""The plain values that travel between the rooms."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from autograder.judging.grades import status_of
from autograder.model import ENDS, STATUSES, UNCOUNTED, Exercise, Submission, round_points
from tests.helpers import make_check, make_grade

GUIDE = Path(__file__).parents[1] / "docs" / "teacher.md"


def checks(*statuses):
    """Results with these statuses."""
    return tuple(make_check(name=f"test_{n}", status=status) for n, status in enumerate(statuses))


def test_statuses_are_the_designs():
    """every way to end that the design names exists, and which say nothing of a submission, or not for certain"""
    assert set(STATUSES) == {
        "passed", "failed", "error", "missing", "timeout", "memory", "crashed", "forbidden", "malformed", "skipped",
        "internal",
    }  # fmt: skip
    assert set(UNCOUNTED) == {"skipped", "internal"}
    assert {name for name, end in ENDS.items() if not end.certain} == {
        "timeout", "memory", "crashed", "skipped", "internal",
    }  # fmt: skip
    assert {name for name, end in ENDS.items() if end.damning} == {
        "failed", "error", "missing", "forbidden", "malformed", "internal",
    }  # fmt: skip


def test_the_teachers_guide_explains_every_status():
    """a teacher looks up there what a word means: no status is missing, and none is made up"""
    table = GUIDE.read_text(encoding="utf-8").partition("| status | means |")[2].partition("\n\n")[0]
    told = [name for line in table.splitlines() if line for name in re.findall(r"`(\w+)`", line.split("|")[1])]
    assert sorted(told) == sorted(STATUSES)


@pytest.mark.parametrize(
    ("found", "status"),
    [
        (("passed", "passed"), "passed"),
        (("passed", "skipped"), "passed"),
        (("skipped", "skipped"), "skipped"),
        (("passed", "failed", "crashed"), "failed"),
        (("failed", "internal"), "failed"),
        (("passed", "missing"), "missing"),
        (("missing", "error"), "error"),
        (("error", "forbidden"), "forbidden"),
        (("forbidden", "timeout"), "timeout"),
        (("timeout", "memory"), "memory"),
        (("memory", "crashed"), "crashed"),
        (("crashed", "malformed"), "malformed"),
        (("malformed", "internal"), "malformed"),
        (("passed", "internal"), "passed"),
        (("skipped", "internal"), "internal"),
        ((), "internal"),
    ],
)
def test_status_of_a_grade(found, status):
    """all passed, some failed, else the worst of those that were judged; none at all is our fault, never a pass"""
    assert status_of(checks(*found)) == status
    assert status_of(checks(*reversed(found))) == status


@pytest.mark.parametrize("bad", [s for s in STATUSES if s not in ("passed", *UNCOUNTED)])
def test_no_bad_check_makes_a_pass(bad):
    """one check that was judged and did not pass keeps the grade from passing"""
    assert status_of(checks("passed", bad, "passed")) != "passed"


def test_address_is_section_and_name():
    """an exercise's address splits at the slash"""
    exercise = Exercise("s3_neural_networks/softmax", "Softmax", 11)
    assert (exercise.section, exercise.name) == ("s3_neural_networks", "softmax")


def test_values_are_frozen():
    """nobody changes a grade, a check's result or a submission once it is made"""
    for value in (make_grade(), make_check(), Submission("ada", "one/scaled", "scaled.py")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            value.status = "passed"


def test_digest_is_of_the_content_alone():
    """equal work of two students has one digest"""
    one = Submission("ada", "one/scaled", "scaled.py", ("x = 1",), (("helper.py", b"y = 2"),))
    assert one.digest == dataclasses.replace(one, student="bob").digest


@pytest.mark.parametrize(
    "change",
    [
        {"exercise": "one/other"},
        {"filename": "scaled.ipynb"},
        {"cells": ("x = 2",)},
        {"cells": ("x =", " 1")},
        {"cells": ("x = 1", "")},
        {"files": (("helper.py", b"y = 3"),)},
        {"files": (("helper2.py", b"y = 2"),)},
        {"files": ()},
        {"problem": ("missing", "nothing was handed in")},
    ],
)
def test_digest_changes_with_anything_that_decides_a_grade(change):
    """another exercise, source, cell border, helper file or problem is another digest"""
    one = Submission("ada", "one/scaled", "scaled.py", ("x = 1",), (("helper.py", b"y = 2"),))
    assert one.digest != dataclasses.replace(one, **change).digest


def test_digest_takes_lone_surrogates():
    """a source or file name with a lone surrogate has a digest too"""
    one = Submission("ada", "one/scaled", "scaled.py", ("x = '\ud800'",), (("h\udcff.py", b""),))
    assert one.digest != dataclasses.replace(one, cells=("x = '\ud801'",)).digest


def test_diagnoses_in_the_order_of_the_checks():
    """a grade lists each diagnosis once, in the order of its checks"""
    grade = make_grade(
        checks=(make_check(diagnosis=("b", "a")), make_check(diagnosis=()), make_check(diagnosis=("a", "c")))
    )
    assert grade.diagnoses == ("b", "a", "c")


@pytest.mark.parametrize(("points", "shown"), [(0.1 + 0.2, 0.3), (-0.0, 0.0), (1 / 3, 0.3333), (11.0, 11.0)])
def test_round_points(points, shown):
    """points have at most four decimals and no negative zero"""
    assert round_points(points) == shown
    assert not str(round_points(points)).startswith("-")
