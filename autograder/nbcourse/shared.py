"""Rows of nbgrader's gradebook for those who have points here and handed in nothing there.

Such are the members of a group whose work another one handed in, and who was given points by hand alone. nbgrader makes
rows when it grades a folder; without one nothing of a total could be written there.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory

from ..gradebook.class_totals import ClassTotals
from ..gradebook.entries import questions_of
from ..gradebook.totals import Standing
from .given import MADE, Given, extra_there, made


def make_rows(where: CourseDirectory, book: Gradebook, totals: ClassTotals, given: Given) -> int:
    """Make the rows that are missing, bring those of groups up to what was handed in, clear what counts no more.

    Args:
        book: nbgrader's gradebook.
        totals: where everybody stands here.

    Returns:
        How many notebooks were changed.
    """
    handed_in = {(grade.student, grade.exercise) for grade in totals.attempts}
    any_made = any(id.startswith(MADE) for id in given.points)
    count = 0
    for row in totals.rows:
        if row.pending or (row.student, row.exercise) in handed_in or _lies_there(where, row):
            continue
        counts = row.grade is not None or bool(row.total)
        if not counts and not any_made:
            continue
        mine = _notebook(book, row.student, row.exercise)
        if counts:
            count += _made(where, book, row, mine, totals, given)
        elif mine is not None and made(mine) in given.points:
            count += _filled(mine, {}, {}, given)
    return count


def _notebook(book: Gradebook, student: str, page: str) -> Any:
    """Return a student's notebook in nbgrader's gradebook, None where there is none."""
    assignment, _, name = page.partition("/")
    try:
        return book.find_submission_notebook(name, assignment, student)
    except MissingEntry:
        return None


def _lies_there(where: CourseDirectory, row: Standing) -> bool:
    """Tell whether a student handed in a file of a page, which is nbgrader's to grade."""
    assignment, _, name = row.exercise.partition("/")
    folder = Path(where.format_path(where.submitted_directory, row.student, assignment))
    return any((folder / f"{name}{end}").is_file() for end in (".ipynb", ".py"))


def _made(
    where: CourseDirectory, book: Gradebook, row: Standing, mine: Any, totals: ClassTotals, given: Given
) -> bool:  # fmt: skip
    """Make one row, or bring it up to that of the member who handed in; return whether anything changed."""
    assignment, _, name = row.exercise.partition("/")
    theirs = _notebook(book, row.grade.student, row.exercise) if row.grade is not None else None
    if row.grade is not None and theirs is None:
        return False  # what was graded elsewhere is no submission of this course
    fresh = mine is None
    if fresh:
        try:
            book.find_notebook(name, assignment)
        except MissingEntry:
            return False  # nbgrader has no such page
        book.update_or_create_student(row.student)
        submission = book.update_or_create_submission(assignment, row.student)
        if theirs is not None and submission.timestamp is None:
            submission.timestamp = theirs.assignment.timestamp
        mine = _notebook(book, row.student, row.exercise)
        if mine is None:
            return False  # a page that nbgrader got after it had this student's others
    if made(mine) not in given.points:
        given.mark(made(mine), row.student)
    if theirs is not None:
        _copy(where, row, row.grade.student if row.grade is not None else "")
        scores = {cell.name: cell.auto_score for cell in theirs.grades}
        waits = {
            cell.name: cell.needs_manual_grade or (cell.auto_score is None and cell.manual_score is not None)
            for cell in theirs.grades
        }  # fmt: skip
    else:
        asked = questions_of(totals.syllabus.pages[row.exercise])
        scores, waits = {cell.name: None if cell.name in asked else 0.0 for cell in mine.grades}, {}
    return _filled(mine, scores, waits, given) or fresh


def _filled(
    notebook: Any, scores: Mapping[str, float | None], waits: Mapping[str, bool], given: Given
) -> bool:  # fmt: skip
    """Write the automatic scores of a notebook by cell; without any its points and penalty from here are cleared."""
    before = [(cell.auto_score, cell.extra_credit) for cell in notebook.grades]
    for cell in notebook.grades:
        cell.auto_score = scores.get(cell.name)
        cell.needs_manual_grade = cell.manual_score is None and waits.get(cell.name, False)
        if not scores and given.points.get(cell.id):
            cell.extra_credit = extra_there(cell, given) or None
            given.note(cell, str(notebook.student.id), 0.0)
    if not scores and given.points.get(notebook.id):
        notebook.late_submission_penalty = None
        given.note(notebook, str(notebook.student.id), 0.0)
    return before != [(cell.auto_score, cell.extra_credit) for cell in notebook.grades]


def _copy(where: CourseDirectory, row: Standing, member: str) -> None:
    """Let formgrader find what was handed in: it lies with the member who did so."""
    assignment, _, name = row.exercise.partition("/")
    root = Path(where.format_path(where.autograded_directory, ".", "")).resolve()
    source, target = (
        Path(where.format_path(where.autograded_directory, who, assignment)) / f"{name}.ipynb"
        for who in (member, row.student)
    )
    course = Path(where.root).resolve()
    if source.is_file() and course in target.resolve().parents and root != target.resolve():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
