"""Where a whole class stands, from a gradebook's folder: one row alone is the row of the whole; nothing is lost."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from autograder.errors import GradebookError
from autograder.gradebook.class_totals import counting, illustrated, of_book, of_grades, row_of, weighted
from autograder.gradebook.entries import Entry
from autograder.gradebook.entry_log import Entries
from autograder.gradebook.store import Gradebook
from autograder.model import Assignment, Exercise, Syllabus
from autograder.report.table import class_table
from tests.helpers import make_check, make_grade

PAGES = ("one/scaled", "one/lines")
COURSE = Syllabus(
    "C", Path("."), {"one": "One"}, {a: Exercise(a, a, 4.0, weight=w) for a, w in zip(PAGES, (1.0, 2.0), strict=True)},
    {"one": Assignment("one", "One", PAGES)},
)  # fmt: skip
POLICY = """late_per_day = 0.25
slip_days = 1
[due]
"one" = 2026-11-05T10:00:00+00:00
[groups]
team = ["ada", "bob"]
"""


@pytest.fixture
def book(tmp_path):
    """A gradebook with a policy, late work of a team, a page that waits, and points by hand."""
    (tmp_path / "policy.toml").write_text(POLICY)
    late = datetime(2026, 11, 6, 12, tzinfo=UTC).isoformat()
    with Gradebook(tmp_path / "gradebook.db") as kept, Entries.open(kept.path) as log:
        for student, page in (("ada", PAGES[0]), ("ada", PAGES[1]), ("cyd", PAGES[1])):
            check = make_check(output="print", plot={"kind": "curves"})
            kept.add(
                make_grade(student, page, points=4.0, max_points=4.0, submitted=late, checks=(check,), digest=page)
            )
        kept.add(make_grade("cyd", PAGES[0], status="internal", points=0.0))
        log.add(Entry("bob", PAGES[1], "adjust", -1.0))
        yield kept, log


def test_one_row_is_the_row_of_the_whole(book):
    """every row, worked out alone: teams, free days, lateness, what waits and what was given by hand"""
    kept, log = book
    totals = of_book(kept, COURSE)
    assert len(totals.rows) == 6
    for (student, page), row in totals.places.items():
        assert row_of(kept, log, COURSE, student, page) == row
    assert totals.places["bob", PAGES[1]].total == pytest.approx(4.0 * 0.5 - 1.0)
    assert totals.places["ada", PAGES[0]].slip == 1
    assert totals.places["cyd", PAGES[0]].pending


def test_without_pictures_the_totals_are_the_same(book):
    """bare totals leave out prints and pictures, and nothing else"""
    kept, _ = book
    plain, bare = of_book(kept, COURSE), of_book(kept, COURSE, bare=True)
    assert bare.students == plain.students
    assert all(check.output == "" and check.plot is None for grade in bare.attempts for check in grade.checks)
    assert any(check.output for grade in plain.attempts for check in grade.checks)


@pytest.mark.parametrize("known", [True, False])
def test_the_attempts_that_count_keep_their_pictures(book, known):
    """what a student's page shows is whole, whether the grade is at hand or must be read again"""
    kept, _ = book
    plain = of_book(kept, COURSE)
    some = illustrated(of_book(kept, COURSE, bare=True), kept, plain.attempts if known else ())
    assert some.rows == plain.rows
    assert [check.plot for row in some.rows if row.grade for check in row.grade.checks].count({"kind": "curves"}) == 5


def test_a_part_of_a_class(book):
    """some pages or some students alone keep their rows and attempts, and their sums are of these"""
    totals = of_book(book[0], COURSE)
    one = totals.only([PAGES[1]], ["cyd"])
    assert [(row.student, row.exercise) for row in one.rows] == [("cyd", PAGES[1])]
    assert [grade.student for grade in one.attempts] == ["cyd"]
    assert (one.students["cyd"].maximum, one.most) == (8.0, 8.0)
    assert totals.only() == totals


def test_files_have_the_attempt_that_counts(book):
    """beside a total stand the points and the status that it comes from: an earlier attempt's, or the group's"""
    kept, _ = book
    worse = make_grade("ada", PAGES[0], points=1.0, max_points=4.0, status="failed", digest="later", submitted="")
    own = make_grade("bob", PAGES[0], points=0.0, max_points=4.0, status="failed", digest="own", submitted="")
    kept.add(worse)
    kept.add(own)
    waits = make_grade("cyd", PAGES[0], status="internal", points=0.0)
    totals = of_book(kept, COURSE)
    found = counting([worse, own, waits], totals)
    assert [(one.student, one.points, one.status) for one in found] == [
        ("ada", 4.0, "passed"), ("bob", 4.0, "passed"), ("cyd", 0.0, "internal")
    ]  # fmt: skip
    out = io.StringIO()
    Console(file=out, width=200, no_color=True).print(class_table([worse, own], COURSE, totals))
    assert "another attempt's 4/4 count" in out.getvalue()  # the terminal shows what was graded, and says what counts
    assert "ada's 4/4 count" in out.getvalue()


def test_a_policy_that_cannot_be_read_says_so(book):
    """the file is named"""
    (book[0].path.parent / "policy.toml").write_text("count = 3")
    with pytest.raises(GradebookError, match=r"policy\.toml"):
        of_book(book[0], COURSE)


def test_weights_multiply_points_and_maxima():
    """of the grade and of each check; where all weights are 1 nothing changes"""
    grade = make_grade("ada", PAGES[1], points=3.0, max_points=4.0, checks=(make_check(points=3.0, max_points=4.0),))
    (heavy,) = weighted([grade], COURSE)
    assert (heavy.points, heavy.max_points, heavy.checks[0].points, heavy.checks[0].max_points) == (6.0, 8.0, 6.0, 8.0)
    assert heavy.points == of_grades([grade], COURSE).students["ada"].points
    light = replace(COURSE, exercises={a: replace(e, weight=1.0) for a, e in COURSE.exercises.items()})
    assert weighted([grade], light) == [grade]
