"""One module decides the words of a page and their signs: every door says the same of the same grade."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from autograder.desk.table import cell
from autograder.export.standings import record, told
from autograder.gradebook.class_totals import of_grades
from autograder.gradebook.states import LOOKS, NOT_HANDED_IN, STATES, UNFINISHED, look, reason, state
from autograder.model import Exercise, Syllabus
from autograder.report.answer import show
from autograder.report.book_table import long_table, short_table
from autograder.report.card import card
from autograder.report.page import class_page, standing, student_page
from autograder.report.table import class_table
from tests.helpers import make_check, make_grade
from tests.test_report import Reader

PAGE = Exercise("one/scaled", "Lines", 1.0)
COURSE = Syllabus("C", Path("."), {"one": "One"}, {PAGE.address: PAGE}, {})


def test_a_reason_is_harmless_to_a_terminal():
    """direction marks and escapes that an error's message holds are shown as what they are, in every table"""
    made = make_grade(status="error", points=0.0, checks=(
        make_check(status="error", points=0.0, message="\u202eevil \x1b[31mred"),
    ))  # fmt: skip
    totals = of_grades([made], COURSE)
    for table in (long_table(totals, 200), short_table(totals, 200), class_table([made], COURSE, totals)):
        out = io.StringIO()
        Console(file=out, width=200, no_color=True).print(table)
        assert "\u202e" not in out.getvalue()
        assert "\x1b" not in out.getvalue()
    assert r"\u202eevil \x1b[31mred" in reason(made)


def _grade(status: str, **failure):
    points = 1.0 if status == "passed" else 0.0
    return make_grade(status=status, points=points, checks=(make_check(status=status, points=points, **failure),))


_MISSING = make_check(status="missing", points=0.0, message="NotImplementedError\ncall        scaled(x)")
assert _MISSING.failure is not None
GRADES = [
    *(_grade(status) for status in ("passed", "failed", "error", "timeout", "forbidden", "skipped", "missing")),
    make_grade(
        status="missing", points=0.0,
        checks=(replace(_MISSING, failure=replace(_MISSING.failure, function="scaled")),),
    ),
]  # fmt: skip


def _printed(*things: object) -> str:
    out = Console(file=io.StringIO(), width=200, no_color=True)
    for thing in things:
        out.print(thing)
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def _text(page: str) -> str:
    return " ".join(" ".join(Reader(page).texts).split())


def test_there_is_a_look_for_every_word():
    """five words, each with a sign of its own"""
    assert tuple(LOOKS) == STATES
    assert len({one.sign for one in LOOKS.values()}) == len(STATES)
    assert {state(grade) for grade in GRADES} == set(STATES)
    assert look(None) == LOOKS[NOT_HANDED_IN]


@pytest.mark.parametrize("grade", GRADES, ids=lambda grade: f"{grade.status}-{state(grade)}")
def test_every_door_says_the_same(grade):
    """terminal, card, report, a student's page, the desk and every export: one sign and one word"""
    totals, word, sign = of_grades([grade], COURSE), state(grade), look(grade).sign
    (row,) = totals.rows
    terminal = Console(file=io.StringIO(), width=200, no_color=True)
    show(terminal, grade, Path("scaled.py"), PAGE)
    assert isinstance(terminal.file, io.StringIO)
    assert f"\n{sign} {word}: " in terminal.file.getvalue()
    assert f"Lines {sign} {word} " in _text(card(grade, "Lines"))
    assert f"{sign} {word} " in _text(standing("ada", totals))
    assert f"{sign} {word} " in _text(student_page([grade], {}, COURSE, {}, totals))
    assert f"{sign} {word} " in _printed(long_table(totals, 160))
    assert re.search(rf"{re.escape(sign)}( |\n)", _printed(short_table(totals, 160)))
    assert re.search(rf"│ {re.escape(sign)} ", _printed(class_table([grade], COURSE, totals)))
    page = _text(class_page([grade], COURSE, {}, None, totals))
    assert f"{sign} {'not handed in' if word == NOT_HANDED_IN else ''}" in page
    assert f"{sign} one/scaled: " in page
    assert (cell(row).state, cell(row).sign) == (word, sign)
    assert record(row)["state"] == word
    if word in (NOT_HANDED_IN, UNFINISHED):
        assert word in told(row, COURSE)


def test_no_other_module_has_signs_of_its_own():
    """outside of it no table goes from one of the words to a sign, and no script or template has one"""
    root = Path(__file__).resolve().parent.parent / "autograder"
    rooms = ("report", "export", "desk", "lab", "live", "student", "cli", "nbcourse", "web")
    files = [path for room in rooms for path in (root / room).rglob("*") if path.suffix in (".py", ".html", ".js")]
    table = re.compile(r"[\"']?(?:not handed in|unfinished|wrong|right|ungraded|passed|begun)[\"']?: [\"'][^\w\s\"']")
    assert len(files) > 100
    assert {path.name: found for path in files if (found := table.findall(path.read_text(encoding="utf-8")))} == {}
