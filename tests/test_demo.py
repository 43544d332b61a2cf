"""What must come out of the sample class, and how a difference is told."""

from __future__ import annotations

import csv

import pytest

from autograder.course import syllabus
from autograder.course.catalogue import misconceptions
from autograder.course.sample_class import differences, expected_rows
from autograder.course.trees import trees
from tests.helpers import ROOT, make_check, make_grade

GRADES = [
    make_grade("student01"),
    make_grade(
        "student02", status="failed", points=0.5,
        checks=(make_check(status="failed", diagnosis=("adds, then multiplies",)), make_check(diagnosis=("b",))),
    ),
]  # fmt: skip


@pytest.fixture
def expected(tmp_path):
    """An expected.csv that GRADES agree with."""
    path = tmp_path / "expected.csv"
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("student", "exercise", "status", "points", "diagnosis"), *expected_rows(GRADES)])
    return path


def test_rows():
    """student, exercise, status, points and all diagnoses"""
    assert expected_rows(GRADES) == [
        ("student01", "one/scaled", "passed", "1", ""),
        ("student02", "one/scaled", "failed", "0.5", "adds, then multiplies | b"),
    ]


def test_what_is_expected_of_the_class_is_what_its_pages_know():
    """whoever renames a mistake is told here, within a second, that `gradus demo` expects another name"""
    with open(ROOT / "data" / "sample_class" / "expected.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    places = trees(ROOT)
    pages = syllabus.load(places).exercises
    known = {
        page: {one.name for one in misconceptions(places, pages[page])} for page in {row["exercise"] for row in rows}
    }
    named = [(row["exercise"], name) for row in rows for name in filter(None, row["diagnosis"].split(" | "))]
    assert len(named) > 20
    assert [(page, name) for page, name in named if name not in known[page]] == []


def test_no_difference(expected):
    """grades that are as expected differ in nothing"""
    assert differences(GRADES, expected) == []


def test_a_missing_grade(expected):
    """a grade that should be there and is not"""
    assert differences(GRADES[:1], expected) == ["not graded: student02 one/scaled"]


def test_a_grade_too_many(expected):
    """a grade that nobody expects"""
    assert differences([*GRADES, make_grade("student03")], expected) == [
        "not expected: student03, one/scaled, passed, 1, "
    ]


@pytest.mark.parametrize(
    "change", [{"status": "crashed"}, {"points": 0.75}, {"checks": ()}, {"checks": (make_check(diagnosis=("b",)),)}]
)
def test_a_grade_that_differs(expected, change):
    """another status, other points or another diagnosis is a difference"""
    given = {"status": "failed", "points": 0.5, "checks": GRADES[1].checks, **change}
    (line,) = differences([GRADES[0], make_grade("student02", **given)], expected)
    assert line.startswith("differs: student02")
    assert "wanted: student02, one/scaled, failed, 0.5, adds, then multiplies | b" in line
