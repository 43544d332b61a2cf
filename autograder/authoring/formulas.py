"""Formulas of a lesson that book and lab cannot show, found without building either."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from ..course.syllabus import split_lesson
from ..course.texts import read_text
from ..errors import CourseError

DOLLARS = {"double_inline": True, "allow_digits": False}  #: what is a formula, for book, lab and this


def formulas(markdown: str) -> Iterator[tuple[int, str]]:
    """Yield the line (from 1) and the LaTeX of each formula of a Markdown text, by the book's rule for dollars."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    reader = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin, **DOLLARS)
    line = 1
    for token in reader.parse(markdown):
        line = token.map[0] + 1 if token.map else line
        if token.type.startswith("math_block"):
            yield line, token.content
        place = line
        for child in token.children or ():
            if child.type.startswith("math_inline"):
                yield place, child.content
            place += child.content.count("\n") + (child.type in ("softbreak", "hardbreak"))


def unreadable(lesson: Path) -> list[str]:
    """Return the formulas of a lesson that cannot be shown: file, line and what is wrong.

    Nothing is found where no book can be built, since what reads formulas is not installed (the extras lab and site).
    """
    if find_spec("latex2mathml") is None or find_spec("mdit_py_plugins") is None:
        return []
    from .site.mathml import formula

    text = read_text(lesson, "")
    front, _ = split_lesson(lesson)
    above = front.count("\n") + 2  # the front matter and the two lines around it
    faults = []
    for line, latex in formulas("\n" * above + text.split("\n", above)[above]):
        try:
            formula(latex)
        except CourseError as error:
            faults.append(f"{lesson}, line {line}: {error}; neither book nor lab can show it")
    return faults
