"""What a person marked in nbgrader's formgrader and what one gave here, brought together: two gradebooks, one total.

A written question's points go both ways: whichever side changed since they last agreed counts. What was overridden or
added to the checks' points in formgrader comes here as one rubric item, and does not go back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from nbgrader.api import Grade as Marked
from nbgrader.api import Gradebook as Formgrader

from ..errors import GradebookError
from ..gradebook.entries import Entry, effective, questions_of
from ..gradebook.entry_log import Entries
from ..model import Syllabus, round_points
from .find import NbCourse

BY = "nbgrader"  #: who gave what came from there, and the key of the item that it comes as
Question = tuple[str, str, str]  #: student, page, name of the cell


@dataclass
class Brought:
    """How many points came from nbgrader, and how many went there."""

    taken: int = 0
    given: int = 0
    notes: list[str] = field(default_factory=list)


def synchronise(course: NbCourse, log: Entries, syllabus: Syllabus) -> Brought:
    """Bring the gradebook of an nbgrader course and the log of entries to the same points.

    Raises:
        GradebookError: nbgrader's database cannot be read or written.
    """
    where, done = course.coursedir(), Brought()
    try:
        with Formgrader(where.db_url, where.course_id) as book:
            rows = [row for row in book.db.query(Marked).all() if _page(row) in syllabus.pages]
            _questions(rows, log, syllabus, done)
            _overridden(rows, log, syllabus, done)
            book.db.commit()
    except Exception as error:
        if type(error).__module__.startswith("sqlalchemy"):
            raise GradebookError(f"{where.db_url}: {str(error).splitlines()[0]}") from None
        raise
    return done


def _page(row: Any) -> str:
    return f"{row.assignment.name}/{row.notebook.name}"


def _questions(rows: Iterable[Any], log: Entries, syllabus: Syllabus, done: Brought) -> None:
    for row in rows:
        student, page, key = str(row.student.id), _page(row), str(row.cell.name)
        worth = questions_of(syllabus.pages[page]).get(key)
        if worth is None:
            continue
        entries = log.history(student, page)
        mine = [one for one in effective(entries) if one.kind == "question" and one.key in (key, "")]
        ours = mine[-1].value if mine and mine[-1].key == key else None
        agreed = next(
            (e.value for e in reversed(entries) if e.kind == "question" and e.key == key and e.by == BY), None
        )
        theirs = row.manual_score
        if mine and mine[-1].key == "":
            done.notes.append(f"{student}, {page}: points for all questions at once stay here; nbgrader has one by one")
        elif theirs is not None and theirs not in (ours, agreed):
            log.add(Entry(student, page, "question", float(theirs), key, by=BY, extra=theirs > worth))
            done.taken += 1
        elif ours is not None and theirs != ours:
            row.manual_score, row.needs_manual_grade = ours, False
            done.given += 1


def _overridden(rows: Iterable[Any], log: Entries, syllabus: Syllabus, done: Brought) -> None:
    """Take over what formgrader changed of the checks' points, and its extra credit."""
    changed: dict[tuple[str, str], float] = {}
    for row in rows:
        student, page = str(row.student.id), _page(row)
        more = float(row.extra_credit or 0.0)
        if row.cell.name not in questions_of(syllabus.pages[page]) and row.manual_score is not None:
            more += float(row.manual_score) - float(row.auto_score or 0.0)
        changed[student, page] = changed.get((student, page), 0.0) + more
    for (student, page), value in changed.items():
        entries = log.history(student, page)
        last = [e.value for e in entries if e.kind == "item" and e.key == BY]
        value = round_points(value)
        if value != (last[-1] if last else 0.0):  # what was undone here stays undone until it changes there
            log.add(Entry(student, page, "item", value, BY, "marked in nbgrader", by=BY, extra=True))
            done.taken += 1
