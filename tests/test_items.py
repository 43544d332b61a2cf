"""Item analysis and misconceptions over weeks: against counts made by hand and against NumPy."""

from __future__ import annotations

import csv
import io
import json
import math
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.export import analysis
from autograder.export.files import dumps
from autograder.gradebook.class_totals import ClassTotals
from autograder.gradebook.policy import Policy
from autograder.gradebook.totals import standings
from autograder.model import Exercise, Failure, Syllabus
from autograder.report import statistics
from autograder.report.item_picture import picture
from autograder.report.items import figures, point_biserial
from autograder.report.page import class_page
from autograder.report.trends import UNKNOWN, Trend, trends, week_of, weeks
from tests.helpers import make_check, make_grade

PAGE = "one/scaled"


def graded(student, *ends, names="abcdefg", **more):
    """A grade whose checks ended so, a point each."""
    checks = tuple(
        make_check(name=f"test_{name}", title=name, status=end, points=float(end == "passed"),
                   failure=None if end == "passed" else Failure("problem", "why", function="f"))
        for name, end in zip(names, ends, strict=False)
    )  # fmt: skip
    points = sum(check.points for check in checks)
    whole = "passed" if points == len(checks) else "missing" if set(ends) == {"missing"} else "failed"
    return make_grade(student, PAGE, status=whole, points=points, max_points=float(len(checks)), checks=checks, **more)


P, F, M = "passed", "failed", "missing"


def test_figures_by_hand():
    """over four who handed in: how many pass, what is blank, who fails one check alone"""
    grades = [graded("ada", P, P, P), graded("bob", P, P, F), graded("cyd", P, F, F), graded("dan", M, M, F)]
    none = make_check(name="test_a", status=M, points=0.0, message="nothing was handed in")
    gone = make_grade("eve", PAGE, status="missing", points=0.0, checks=(none,))
    a, b, c = figures([*grades, gone])
    assert [(one.right, one.count, one.difficulty, one.blank, one.alone) for one in (a, b, c)] == [
        (3, 4, 0.75, 0.25, 0), (2, 4, 0.5, 0.25, 0), (1, 4, 0.25, 0.0, 1)
    ]  # fmt: skip
    assert a.discrimination == pytest.approx(np.corrcoef([1, 1, 1, 0], [2, 1, 0, 0])[0, 1])
    assert b.discrimination == pytest.approx(np.corrcoef([1, 1, 0, 0], [2, 1, 1, 0])[0, 1])


def test_what_could_not_be_judged_is_in_no_figure():
    """a skipped check, or one that the grader failed at, counts for nobody"""
    one, two = figures([graded("ada", P, "skipped"), graded("bob", P, P), graded("cyd", F, "internal")])
    assert (one.count, two.count) == (3, 1)


def test_a_check_that_all_pass_tells_nobody_apart():
    """None, not zero: nothing is known of how it tells students apart"""
    assert figures([graded("ada", P, P), graded("bob", P, F)])[0].discrimination is None
    assert figures([]) == []
    assert picture(figures([graded("ada", P)])) == ""


@given(st.lists(st.tuples(st.booleans(), st.integers(-100, 100).map(float)), max_size=20))
def test_the_correlation_is_numpys(pairs):
    """the point-biserial correlation is Pearson's of a yes and a number, and within -1 to 1"""
    passed, scores = [p for p, _ in pairs], [s for _, s in pairs]
    found = point_biserial(passed, scores)
    if len(set(passed)) < 2 or len(set(scores)) < 2:
        assert found is None
    else:
        assert -1 <= found <= 1
        assert found == pytest.approx(np.corrcoef(np.array(passed, float), scores)[0, 1], abs=1e-9)


def test_the_hardest_are_shown_where_there_are_many():
    """of more checks than a report shows, those that fewest pass stay, in their order"""
    grades = [graded("ada", P, F, P, F), graded("bob", P, P, P, F)]
    assert [one.title for one in figures(grades, 2)] == ["b", "d"]
    assert len(figures(grades, None)) == 4


# -- over weeks ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "week"),
    [
        ("2026-11-29T23:59:00+01:00", "2026-11-23"), ("2026-11-30T00:00:00+01:00", "2026-11-30"), ("", UNKNOWN),
        ("0001-01-01T00:00:00+00:00", "0001-01-01"),
    ],
)  # fmt: skip
def test_a_week_begins_on_monday(when, week):
    """by the clock that the time was written with"""
    assert week_of(when) == week


def slip(student, when, *names):
    """An attempt that showed these misconceptions."""
    checks = tuple(make_check(status=F, points=0.0, diagnosis=(name,)) for name in names) or (make_check(),)
    return make_grade(student, PAGE, status=F if names else P, checks=checks, submitted=when)


def test_misconceptions_over_weeks_and_groups():
    """each student counts once a week, over those of the group who handed in that week"""
    first, second = "2026-11-24T10:00:00+00:00", "2026-12-01T10:00:00+00:00"
    attempts = [slip("ada", first, "swaps"), slip("ada", first, "swaps"), slip("bob", first), slip("ada", second),
                slip("bob", second, "swaps"), slip("cyd", "", "swaps")]  # fmt: skip
    found = trends(attempts, {"ada": "red", "bob": "red"})
    assert found == [
        Trend(PAGE, "swaps", "2026-11-23", "red", 1, 2), Trend(PAGE, "swaps", "2026-11-30", "red", 1, 2),
        Trend(PAGE, "swaps", UNKNOWN, "", 1, 1),
    ]  # fmt: skip
    assert found[0].share == 0.5
    assert weeks(found) == ["2026-11-23", "2026-11-30", UNKNOWN]


# -- for other programs --------------------------------------------------------------------------


def test_tables_and_json():
    """both are CSV with a head, safe to open in a spreadsheet, and JSON without NaN"""
    items = figures([graded("ada", P, F, names=("=a", "b")), graded("bob", F, F, names=("=a", "b"))])
    over = trends([slip("ada", "2026-11-24T10:00:00+00:00", "=swaps")])
    (first, second) = csv.DictReader(io.StringIO(analysis.items_csv(items)))
    assert (first["title"], first["difficulty"], second["discrimination"]) == ("'=a", "0.5", "")
    (line,) = csv.DictReader(io.StringIO(analysis.trends_csv(over)))
    assert (line["name"], line["students"], line["share"]) == ("'=swaps", "1", "1")
    told = json.loads(dumps(analysis.document(items, over)))
    assert [one["title"] for one in told["items"]] == ["=a", "b"]
    assert told["misconceptions"][0]["week"] == "2026-11-23"


def test_the_picture_is_safe_markup():
    """a dot for each check that tells anybody apart, named with its escaped title, inside the frame"""
    grades = [graded("ada", P, P, P), graded("bob", P, F, F), graded("cyd", F, P, F)]
    for grade in grades:
        object.__setattr__(grade.checks[0], "title", "<script>&")
    root = ET.fromstring(picture(figures(grades)))
    dots = [one for one in root.iter() if one.tag.endswith("circle")]
    assert len(dots) == 3
    assert "<script>&" in "".join(root.itertext())
    for dot in dots:
        assert all(0 <= float(dot.get(name)) <= 420 and not math.isnan(float(dot.get(name))) for name in ("cx", "cy"))


# -- groups --------------------------------------------------------------------------------------

TEAM = Policy(groups={"team": ("ada", "bob")})


def of_team(*grades):
    """Totals of these grades for a class in which ada and bob hand in together."""
    course = Syllabus("C", Path("."), {"one": "One"}, {PAGE: Exercise(PAGE, "Lines", 2.0)}, {})
    book = {}
    for grade in grades:
        book.setdefault((grade.student, grade.exercise), []).append(grade)
    return ClassTotals(tuple(standings(book, {}, TEAM, course)), TEAM, course, tuple(grades))


@pytest.mark.parametrize("both", [False, True], ids=["one of them", "each of them"])
def test_a_group_is_one_answer(both):
    """in the figures of checks and misconceptions it counts once, whoever of it handed the file in"""
    when = "2026-11-24T10:00:00+00:00"
    slipped = make_check(name="test_b", title="b", status=F, points=0.0, diagnosis=("swaps",))
    theirs = make_grade(
        "ada", PAGE, status=F, points=1.0, max_points=2.0, checks=(make_check(name="test_a", title="a"), slipped),
        submitted=when, digest="d",
    )  # fmt: skip
    also = [replace(theirs, student="bob")] if both else []
    totals = of_team(theirs, *also, graded("cyd", P, P, submitted=when))
    assert [row.total for row in totals.rows] == [1.0, 1.0, 2.0]
    one, two = figures(totals.answers)
    assert [(item.count, item.right, item.alone) for item in (one, two)] == [(2, 2, 0), (2, 1, 1)]
    assert two.discrimination is None, "the other check of both is right"
    assert [(m.name, m.words) for m in statistics.mistakes(totals.answers)] == [("swaps", "1")]
    assert [(h.name, h.words) for h in statistics.hardest(totals.answers)] == [("b", "1 of 2")]
    (trend,) = trends(totals.attempts, teams=TEAM.teams)
    assert (trend.students, trend.handed_in) == (1, 2)
    (page,) = statistics.by_page(totals)
    assert page.words == "mean 1.33 of 2 over 3 students who handed in (2 answers)"
    text = class_page([theirs, *also], totals.syllabus, {}, totals=totals)
    assert "1 of 2" in text
    assert "of 3</td>" not in text.split("<h2>Items", 1)[1]
