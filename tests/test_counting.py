"""How pages make a total, in sentences: a reader who adds up the rows by them reaches the total."""

from __future__ import annotations

from pathlib import Path

from autograder.gradebook.class_totals import ClassTotals
from autograder.gradebook.policy import Policy
from autograder.gradebook.totals import standings
from autograder.language import speaking
from autograder.model import Assignment, Exercise, Syllabus
from autograder.report.book_table import summary
from autograder.report.counting import rules
from autograder.report.page import class_page, standing
from tests.helpers import make_grade

PAGES = ("one/a", "one/b", "one/c", "two/a")
COURSE = Syllabus(
    "C", Path("."), {"one": "Part One", "two": "Two"},
    {a: Exercise(a, f"Page {a}", 4.0, weight=2.0 if a == "one/b" else 1.0) for a in PAGES},
    {s: Assignment(s, s, tuple(a for a in PAGES if a.startswith(s))) for s in ("one", "two")},
)  # fmt: skip
POLICY = Policy(drop_lowest={"one": 1, "two": 1}, maximum={"two": 3.0})
SAID = [
    "The points of Page one/b count 2 times", "Of Part One the page that costs most counts as the mean of the others",
    "Of Two 0 of 1 pages are left out so far, though the policy says 1: one counts", "Two counts up to 3 points",
]  # fmt: skip


def test_only_what_concerns_the_pages_is_said():
    """nothing where pages are added up; that of one page none is dropped; how many are, where they are several"""
    assert rules(PAGES, Policy(), COURSE) == SAID[:1]
    assert rules(("one/a", "one/c"), Policy(), COURSE) == []
    assert rules(PAGES, POLICY, COURSE) == SAID
    assert rules(("one/a",), POLICY, COURSE) == [SAID[2].replace("Two", "Part One")]
    two = Policy(drop_lowest={"one": 2})
    assert rules(PAGES, two, COURSE)[1:] == ["Of Part One the 2 pages that cost most count as the mean of the others"]
    with speaking("de"):
        assert rules(PAGES, POLICY, COURSE)[3] == "Two zählt bis zu 3 Punkten"


def test_every_view_of_the_totals_says_it():
    """beside a total that is another than the sum of its rows"""
    book = {
        ("ada", a): [make_grade("ada", a, points=p, max_points=4.0)] for a, p in zip(PAGES, (4, 2, 0, 4), strict=True)
    }
    totals = ClassTotals(tuple(standings(book, {}, POLICY, COURSE)), POLICY, COURSE)
    # by hand: one/c counts as the mean, so (4 + 2·2) of (4 + 2·4) of all 16; two gives 3 of its 4
    assert (totals.students["ada"].points, totals.students["ada"].maximum) == (13.6667, 19.0)
    report = class_page([], COURSE, {}, totals=totals)
    for line in SAID:
        assert line in report
        assert line in summary(totals)
        assert line in standing("ada", totals)
