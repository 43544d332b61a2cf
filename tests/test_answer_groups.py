"""Groups of answers: alike to the last bit within a run, and across runs with other seeds by equal code."""

from __future__ import annotations

from dataclasses import replace

from autograder.gradebook.alike import groups_of
from autograder.gradebook.kept_code import shape
from autograder.gradebook.totals import Standing
from autograder.model import Failure
from tests.marking import SOFTMAX, checks, graded

SHAPES: dict[tuple[str, str, str], str] = {}


def row(student: str, code: str, answers: str, seed: int, reason: str = "values differ by 0.5") -> Standing:
    """One answer that is wrong."""
    (check,) = checks("failed")
    failure = Failure("difference", reason, function="softmax")
    grade, written = graded(student, SOFTMAX, (replace(check, answers=answers, failure=failure),), code)
    SHAPES[student, SOFTMAX, grade.digest] = shape(written.cells)
    return Standing(student, SOFTMAX, replace(grade, seed=seed), 0.0, 0.0, 0.0, "", 0.0, 2.0, state="wrong")


ROWS = [
    row("ada", "x = 1\n", "a", 7), row("bob", "x = 2 - 1\n", "a", 7), row("cyd", "y = 5\n", "b", 7),
    row("dan", "x=1 # mine\n", "c", 8, "values differ by 0.75"), row("eve", "x = 1 + 0\n", "c", 8),
    row("flo", "y = 6\n", "d", 8, "raises"),
]  # fmt: skip


def test_groups_join_across_runs():
    """dan wrote what ada did and answered like eve, bob answered like ada: all four are one group, in any order"""
    for rows in (ROWS, ROWS[::-1]):
        groups = groups_of(rows, "answers", SHAPES)
        assert set(groups[0].students) == {"ada", "bob", "dan", "eve"}
        assert sorted(len(one.students) for one in groups) == [1, 1, 4]
        assert {one.key for one in groups} == {one.key for one in groups_of(ROWS, "answers", SHAPES)}
    assert sorted(map(len, (one.students for one in groups_of(ROWS, "answers")))) == [1, 1, 2, 2]  # no code is kept


def test_equal_code_that_ended_otherwise_is_another_group():
    """as where a limit of time was met once"""
    slow = replace(ROWS[3], grade=replace(ROWS[3].grade, checks=(replace(ROWS[3].grade.checks[0], status="timeout"),)))
    assert {"dan"} in [set(one.students) for one in groups_of([*ROWS[:3], slow], "answers", SHAPES)]


def test_by_failure_and_by_code():
    """a failure's numbers are those of the inputs; code is the same whatever its comments and blanks"""
    assert [set(one.students) for one in groups_of(ROWS, "failure", SHAPES)] == [
        {"ada", "bob", "cyd", "dan", "eve"}, {"flo"}
    ]  # fmt: skip
    assert {"ada", "dan"} in [set(one.students) for one in groups_of(ROWS, "file", SHAPES)]


def test_what_nobody_knows_the_code_of_is_not_thrown_together():
    """as of a grades.json alone"""
    rows = [replace(one, grade=replace(one.grade, digest="")) for one in ROWS]
    assert sorted(len(one.students) for one in groups_of(rows, "answers")) == [1, 1, 2, 2]
