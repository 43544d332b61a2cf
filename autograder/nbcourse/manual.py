"""What a person marked in nbgrader's formgrader and what one gave here, brought together: two gradebooks, one total.

A written question's points go both ways: whichever side changed since they last agreed counts. Of an answer that was
left blank nbgrader's own 0 comes here. What was overridden or
added to the checks' points in formgrader comes here as one rubric item, and so does nbgrader's own late penalty where
no date is known here. Lateness and points by hand of this side go there (:mod:`.given`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from nbgrader.api import Grade as Marked
from nbgrader.api import Gradebook as Formgrader
from sqlalchemy.orm import joinedload

from ..errors import GradebookError
from ..gradebook.class_totals import ClassTotals, of_book
from ..gradebook.entries import Entry, effective, questions_of
from ..gradebook.entry_log import Entries
from ..gradebook.store import Gradebook
from ..gradebook.totals import asked_pages
from ..model import Syllabus, round_points
from .find import NbCourse
from .given import LATE, MARKS, Given, extra_there, penalty_there, ruled, write_totals
from .shared import make_rows
from .write import logged

BY = "nbgrader"  #: who gave what came from there
BLANK = "an answer left blank, which nbgrader marks by itself"
NONE = -1.0  #: points of a question of which both sides agree that there are none


@dataclass
class Brought:
    """How many points came from nbgrader, and how many went there."""

    taken: int = 0
    given: int = 0
    notes: list[str] = field(default_factory=list)


def synchronise(course: NbCourse, kept: Gradebook, log: Entries, syllabus: Syllabus) -> Brought:
    """Bring the gradebook of an nbgrader course and ours to the same totals.

    Args:
        kept: ours.
        log: what persons gave, in the same file.

    Raises:
        GradebookError: one of them, or the policy, cannot be read or written.
    """
    where, done = course.coursedir(), Brought()
    try:
        with logged(), Formgrader(where.db_url, where.course_id) as book, Given(kept.path) as given:
            totals = of_book(kept, syllabus, bare=True)
            done.given += make_rows(where, book, totals, given)
            asked = book.db.query(Marked).options(joinedload(Marked.notebook), joinedload(Marked.cell))
            rows = [row for row in asked.all() if _page(row) in syllabus.pages]
            _questions(rows, log, syllabus, given, done)
            notebooks: dict[str, list[Any]] = {}
            for row in rows:
                notebooks.setdefault(row.notebook_id, []).append(row)
            taken = done.taken
            if taken:
                totals = of_book(kept, syllabus, bare=True)
            _blank_ones(rows, log, totals, given, done)
            if done.taken > taken:
                taken, totals = done.taken, of_book(kept, syllabus, bare=True)
            _overridden(notebooks.values(), log, totals, given, done)
            if done.taken > taken:
                totals = of_book(kept, syllabus, bare=True)
            count, notes = write_totals(notebooks.values(), totals, given)
            done.given += count
            done.notes += notes
            book.db.commit()
            given.keep()
    except Exception as error:
        if type(error).__module__.startswith("sqlalchemy"):
            raise GradebookError(f"{where.db_url}: {str(error).splitlines()[0]}") from None
        raise
    return done


def _page(row: Any) -> str:
    return f"{row.assignment.name}/{row.notebook.name}"


def _questions(rows: Iterable[Any], log: Entries, syllabus: Syllabus, given: Given, done: Brought) -> None:
    entries_of = log.by_row()
    for row in rows:
        student, page, key = str(row.student.id), _page(row), str(row.cell.name)
        worth = questions_of(syllabus.pages[page]).get(key)
        if worth is None:
            continue
        entries = entries_of.get((student, page), ())
        mine = [one for one in effective(entries) if one.kind == "question" and one.key in (key, "")]
        ours = mine[-1].value if mine and mine[-1].key == key else None
        theirs, agreed = row.manual_score, _agreed(row, entries, given)
        noted = _question(row) in given.points
        if mine and mine[-1].key == "":
            done.notes.append(f"{student}, {page}: points for all questions at once stay here; nbgrader has one by one")
        elif theirs is None and mine and mine[-1].by == BY and mine[-1].why == BLANK:
            if not _blank(row):  # answered since, so it waits for its mark
                log.undo(mine[-1].number, BY, "answered since")
                given.mark(_question(row), student, NONE)
                done.taken += 1
        elif theirs is not None and theirs not in (ours, agreed):
            if ours != agreed and (noted or not mine or mine[-1].by != BY):
                done.notes.append(_both_changed(student, page, key, ours, float(theirs)))
            log.add(Entry(student, page, "question", float(theirs), key, by=BY, extra=theirs > worth))
            given.mark(_question(row), student, float(theirs))
            done.taken += 1
        elif theirs != ours:  # given, changed or taken back here
            row.manual_score, row.needs_manual_grade = ours, ours is None
            given.mark(_question(row), student, NONE if ours is None else ours)
            done.given += 1


def _both_changed(student: str, page: str, key: str, ours: float | None, theirs: float) -> str:
    """Name a mark that was changed on both sides: nbgrader keeps no times, so nobody knows which is the later one."""
    which = "" if key == "question" else f" {key}"
    here = "its mark was taken back here" if ours is None else f"{ours:g} here"
    then = "mark it here once more if yours is right"
    marks = f"the written question{which} has {theirs:g} in nbgrader and {here}"
    return f"{student}, {page}: {marks}; nbgrader's counts; {then}"


def _blank(row: Any) -> bool:
    """Tell whether nbgrader itself marked a question, since its answer is as it was given out: nobody is to do so."""
    return row.manual_score is None and row.auto_score is not None and not row.needs_manual_grade


def _blank_ones(rows: Iterable[Any], log: Entries, totals: ClassTotals, given: Given, done: Brought) -> None:
    """Take over what nbgrader marks by itself, as soon as anybody is marked on the page: else blank beats a try."""
    asked = asked_pages(log.by_row())
    for row in rows:
        student, page, key = str(row.student.id), _page(row), str(row.cell.name)
        standing = totals.places.get((student, page))
        if page not in asked or key not in questions_of(totals.syllabus.pages[page]) or not _blank(row):
            continue
        marked = standing is None or any(one.kind == "question" and one.key in (key, "") for one in standing.held)
        if marked or given.points.get(_question(row)) == row.auto_score:  # that was undone here: it stays so
            continue
        if standing is not None and standing.unmarked:
            log.add(Entry(student, page, "question", float(row.auto_score), key, why=BLANK, by=BY))
            given.mark(_question(row), student, float(row.auto_score))
            done.taken += 1


def _question(row: Any) -> str:
    return f"question:{row.id}"


def _agreed(row: Any, entries: Sequence[Entry], given: Given) -> float | None:
    """Return the points on which both sides agreed last, None where they never did or agreed on none."""
    if (kept := given.points.get(_question(row))) is not None:
        return None if kept == NONE else kept
    theirs = (one.value for one in reversed(entries) if one.kind == "question" and one.key == str(row.cell.name))
    # of a gradebook that was brought together before this was noted: what stands there and was given here
    return next((value for value in theirs if value == row.manual_score), None)


def _overridden(
    notebooks: Iterable[Sequence[Any]], log: Entries, totals: ClassTotals, given: Given, done: Brought
) -> None:
    """Take over what formgrader changed of the checks' points, its extra credit, and nbgrader's own penalty."""
    entries = log.by_row()
    for rows in notebooks:
        student, page = str(rows[0].student.id), _page(rows[0])
        asked = questions_of(totals.syllabus.pages[page])
        more = sum(extra_there(row, given) for row in rows)
        for row in rows:
            if row.cell.name not in asked and row.manual_score is not None:
                more += float(row.manual_score) - float(row.auto_score or 0.0)
        standing = totals.places.get((student, page))
        here = standing is not None and ruled(standing, totals)
        late = 0.0 if here else -penalty_there(rows[0].notebook, given)
        for key, value, words in ((MARKS, more, "marked in nbgrader"), (LATE, late, "late, by nbgrader")):
            last = [e.value for e in entries.get((student, page), ()) if e.kind == "item" and e.key == key]
            value = round_points(value)
            if value != (last[-1] if last else 0.0):  # what was undone here stays undone until it changes there
                log.add(Entry(student, page, "item", value, key, words, by=BY, extra=True))
                done.taken += 1
