"""The gradebook in the terminal: why a page has no points stands in its cell, however narrow the terminal is."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from autograder.gradebook.class_totals import of_grades
from autograder.model import STATUSES, UNCOUNTED, Diagnosis, Exercise, Failure, Grade, Syllabus
from autograder.report.book_table import long_table, short_table
from tests.helpers import make_check, make_grade

PAGE = "one/first_page"
PAGES = (PAGE, *(f"one/page_{n}" for n in range(9)))
COURSE = Syllabus("C", Path("."), {"one": "One"}, {a: Exercise(a, a, 11.0) for a in PAGES}, {})


def ended(student: str, status: str, failure: Failure | None, page: str = PAGE, points: float = 0.0) -> Grade:
    """A page of one check that ended so."""
    check = make_check(status=status, points=points, max_points=11.0, failure=failure)
    return make_grade(student, page, status=status, points=points, max_points=11.0, checks=(check,))


def cells(grades: list[Grade], width: int) -> dict[str, str]:
    """What stands in the first page's cell, by student."""
    totals = of_grades(grades, COURSE)
    out = io.StringIO()
    Console(file=out, width=width, no_color=True).print(short_table(totals, width))
    lines = [re.split(r"│|┃", line) for line in out.getvalue().splitlines()]
    at = next(n for line in lines for n, cell in enumerate(line) if cell.strip() == "first_page")
    return {line[1].strip(): line[at].strip() for line in lines if len(line) > at and line[1].strip() != "student"}


ENDS = [
    ("failed", "difference", "values differ", "values"), ("failed", "property", "no sum of 1", "rule"),
    ("failed", "hidden", "look at large inputs", "hidden"), ("failed", "problem", "no", "wrong"),
    ("error", "exception", "ValueError: no", "raises"), ("error", "exception", "SyntaxError: line 3", "syntax"),
    ("missing", "problem", "`f` is not written", "blank"), ("timeout", "problem", "too long", "slow"),
    ("memory", "problem", "too much", "memory"), ("crashed", "problem", "signal 11", "crash"),
    ("malformed", "problem", "unreadable", "garbled"), ("forbidden", "style", "without sum", "style"),
]  # fmt: skip


@pytest.mark.parametrize("width", [100, 400])
def test_no_points_have_their_reason(width: int):
    """a word where the terminal is narrow, a sentence where it is wide; never a bare cross"""
    grades = []
    for number, (status, kind, why, _) in enumerate(ENDS):
        failure = Failure(kind, why, function="f")
        grades += [ended(f"s{number:02}", status, failure, page) for page in (PAGES if width == 100 else PAGES[:1])]
    found = cells(grades, width)
    for number, (_, _, why, word) in enumerate(ENDS):
        cell = found[f"s{number:02}"]
        assert re.fullmatch(r"[✗…] 0 .+", cell)
        assert cell.endswith(f" {word}") if width == 100 else why in cell


def test_the_word_is_of_the_check_that_the_reason_is_of():
    """the known mistake first, then what is written and wrong, then what is not written; some points need no word"""
    known = Failure("exception", "IndexError", diagnosis=(Diagnosis("takes the wrong axis", "", "f"),))
    blank, wrong = Failure("problem", "not written", function="g"), Failure("difference", "values differ")
    several = {
        "ada": (("missing", blank), ("failed", wrong), ("error", known)),
        "bob": (("missing", blank), ("failed", wrong)),
        "cyd": (("missing", blank), ("missing", blank)), "dan": (("failed", None), ("missing", blank)),
    }  # fmt: skip
    grades = [ended("eve", "failed", wrong, points=4.0), ended("fay", "passed", None, points=11.0)]
    for student, ends in several.items():
        made = tuple(make_check(status=s, points=0.0, failure=f, name=f"t{n}") for n, (s, f) in enumerate(ends))
        grades.append(make_grade(student, PAGE, status="failed", points=0.0, max_points=2.0, checks=made))
    found = cells([*grades, *(ended(g.student, "passed", None, a, 11.0) for g in grades for a in PAGES[1:])], 100)
    words = {"ada": "0 raises", "bob": "0 values", "cyd": "0 blank", "dan": "0 wrong", "eve": "4", "fay": "11"}
    assert {name: cell.split(" ", 1)[1] for name, cell in found.items()} == words


def test_every_status_has_a_word():
    """no status that a grade counts by is without one, and none is longer than a page's head"""
    for status in set(STATUSES) - {"passed", *UNCOUNTED}:
        cell = cells([ended("ada", status, None, page) for page in PAGES], 100)["ada"]
        assert re.fullmatch(r"–|[✗…] 0 \w{4,7}", cell)


@pytest.mark.parametrize("width", [30, 40, 50])
def test_a_narrow_terminal_loses_no_end(width: int) -> None:
    """each student's total and how many pages ended in which way, and of each page all that made its points"""
    grades = [
        make_grade("ada", "one/a", status="passed", points=3.0, max_points=3.0),
        make_grade("Lovelace-Byron, Augusta", "one/b", status="failed", points=1.0, max_points=3.0, checks=(
            make_check(status="failed", points=1.0, max_points=3.0, message="call  f(1)", diagnosis=("adds two",)),
        )),
    ]  # fmt: skip
    pages = {a: Exercise(a, a.title(), 3.0) for a in ("one/a", "one/b")}
    totals = of_grades(grades, Syllabus("C", Path("."), {"one": "One"}, pages, {}))
    out = io.StringIO()
    terminal = Console(file=out, width=width)
    terminal.print(short_table(totals, width))
    short = out.getvalue()
    assert max(map(len, short.splitlines())) <= width
    if width <= 40:
        for part in ("3/6", "1/6", "–1 ✓1", "–1 ✗1"):
            assert part in short
    terminal.print(long_table(totals, width))
    long = " ".join(line.strip("│ ") for line in out.getvalue()[len(short) :].splitlines())
    for part in ("Augusta", "✗ wrong 1/3: checks 1", "adds two", "– not handed in 0/3"):
        assert part in long
    assert "…" not in long


@pytest.mark.parametrize("width", [60, 100, 200])
def test_a_name_of_two_lines_has_one_row(width: int):
    """one row a student, whatever their name holds"""
    totals = of_grades([ended("two\nlines", "passed", None), ended("one", "passed", None)], COURSE)
    out = io.StringIO()
    Console(file=out, width=width, no_color=True).print(short_table(totals, width))
    rows = [line for line in out.getvalue().splitlines() if line.startswith("│")]
    assert len(rows) == 2
    assert "two lines" in rows[1]


@pytest.mark.parametrize("width", [40, 80, 160])
def test_names_that_begin_alike_stay_apart(width: int) -> None:
    """two students of one family, and names of 200 letters: in no width do two rows look alike; wide ones fit"""
    long = "Maximilian Alexander von Habsburg"
    names = [f"{long} the {n}" for n in ("first", "other")] + ["a" * 200 + end for end in "xy"] + ["王小明" * 20]
    totals = of_grades([ended(name, "passed", None, points=11.0) for name in names], COURSE)
    out = io.StringIO()
    Console(file=out, width=width, no_color=True).print(short_table(totals, width))
    rows = [line for line in out.getvalue().splitlines() if "11/11" in line]
    assert len(rows) == len(set(rows)) == len(names)
    assert all(cell_len(line) <= width for line in rows)
    assert (f"{long} the first" in out.getvalue()) == (width == 160)
