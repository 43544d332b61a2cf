"""Formulas that cannot be shown are told by verify, with their lines."""

from __future__ import annotations

import pytest

from autograder.authoring import formulas
from autograder.authoring.verify.report import Report
from autograder.authoring.verify.statics import statics
from autograder.course import syllabus
from tests.helpers import PAGE, make_course
from tests.helpers import page as changed

GOOD = "$y = a x + 1$"


@pytest.mark.parametrize(
    ("markdown", "found"),
    [
        ("$a$ and\n$b$, also $c\nd$ and $e$", [(1, "a"), (2, "b"), (2, "c\nd"), (3, "e")]),
        ("text\n\n$$\nx\n$$\n\n$y$", [(3, "\nx\n"), (7, "y")]),
        ("| a | b |\n|---|---|\n| $p$ | 1 |\n| 2 | $q$ |", [(3, "p"), (4, "q")]),
        ("- one\n- two $z$\n\n> said\n> $w$", [(2, "z"), (5, "w")]),
        ("it costs 5$ or 6$\n\n`$code$`\n\n```\n$more$\n```\n\n    $indented$", []),
        ("in one line: $$u$$, then\n**$v$**", [(1, "u"), (2, "v")]),
    ],
)
def test_formulas(markdown, found):
    """Formulas are found in paragraphs, tables, lists and by themselves, prices and code are none."""
    assert list(formulas.formulas(markdown)) == found


@pytest.mark.parametrize(
    ("latex", "why"),
    [
        (r"y = \foo x", r"has \foo"),
        (r"y = \left( x", "cannot be read"),
        (r"y = \frac{1}{2", "has a { that no } closes"),
        (r"y = x} + \{", "has a } too many"),
    ],
)
def test_verify(tmp_path, latex, why):
    """verify tells file, line and what is wrong; the line counts the front matter and the anchors."""
    lesson = (GOOD, f"<!-- about: scale -->\nSets $\\{{1, 2\\}}$ are fine,\nand ${latex}$ is not.")
    course = make_course(tmp_path / "course", {PAGE: changed(lesson=lesson)})
    text = course.lesson(PAGE).read_text(encoding="utf-8")
    line = text[: text.index(latex)].count("\n") + 1
    faults = statics(syllabus.load(course).exercises[PAGE], course, (), (), Report(PAGE, level="proven"))
    found = [fault for fault in faults if "neither book nor lab" in fault]
    assert len(found) == 1
    assert found[0].startswith(f"{course.lesson(PAGE)}, line {line}: the formula {latex} ")
    assert why in found[0]


def test_nothing_to_read_them(tmp_path, monkeypatch):
    """Where the extras are not installed nothing is said."""
    course = make_course(tmp_path / "course", {PAGE: changed(lesson=(GOOD, r"$\foo$"))})
    assert len(formulas.unreadable(course.lesson(PAGE))) == 1
    monkeypatch.setattr(formulas, "find_spec", lambda name: None)
    assert formulas.unreadable(course.lesson(PAGE)) == []
