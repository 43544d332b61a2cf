"""nbgrader's gradebook, opened once for a whole course: nbgrader itself opens it anew in each of its many steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from nbgrader.api import (
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    MissingEntry,
    SolutionCell,
    SourceCell,
    TaskCell,
)
from nbgrader.converters import autograde
from nbgrader.preprocessors import latesubmissions, overwritecells, saveautogrades
from sqlalchemy.orm import scoped_session

#: where nbgrader opens a gradebook while it grades a notebook
_OPENED_IN = (autograde, overwritecells, saveautogrades, latesubmissions)


class CourseGradebook(Gradebook):
    """One connection for every step. A student's folder is one transaction, and a notebook's cells are one query."""

    def __init__(self, url: str, course_id: str):
        super().__init__(url, course_id)
        self.db.commit = lambda: None  # nbgrader's, after every cell; ours comes once a folder
        self._found: dict[tuple[Any, ...], dict[str, Any]] = {}

    def close(self) -> None:
        """End a step; nbgrader has many."""
        self._found.clear()

    @contextmanager
    def folder(self) -> Iterator[None]:
        """Keep what is written inside together, or not at all."""
        try:
            yield
            scoped_session.commit(self.db)
        finally:
            self._found.clear()
            self.db.remove()

    def end(self) -> None:
        """Close the connection."""
        super().close()

    def _by_name(self, key: tuple[Any, ...], rows: Callable[[], Any]) -> dict[str, Any]:
        if key not in self._found:
            self._found[key] = {name: entry for entry, name in rows()}
        return self._found[key]

    def _of_notebook(self, kinds: tuple[Any, ...], name: str, notebook: str, assignment: str, what: str) -> Any:
        def rows() -> Any:
            of = self.find_notebook(notebook, assignment)
            for kind in reversed(kinds):  # of two with one name the first kind counts
                yield from self.db.query(kind, kind.name).filter(kind.notebook_id == of.id)

        try:
            return self._by_name((kinds, notebook, assignment), rows)[name]
        except KeyError:
            raise MissingEntry(f"No such {what}: {assignment}/{notebook}/{name}") from None

    def _of_submission(self, kind: Any, cells: tuple[Any, ...], path: tuple[str, str, str, str], what: str) -> Any:
        name, notebook, assignment, student = path

        def rows() -> Any:
            of = self.find_submission_notebook(notebook, assignment, student)
            wanted = [cell.__mapper__.polymorphic_identity for cell in cells]
            found = self.db.query(kind, BaseCell.name).join(BaseCell, BaseCell.id == kind.cell_id)
            return found.filter(kind.notebook_id == of.id, BaseCell.type.in_(wanted))

        try:
            return self._by_name((kind, notebook, assignment, student), rows)[name]
        except KeyError:
            raise MissingEntry(f"No such {what}: {assignment}/{notebook}/{name} for {student}") from None

    def find_source_cell(self, name: str, notebook: str, assignment: str) -> SourceCell:
        """See nbgrader."""
        return self._of_notebook((SourceCell,), name, notebook, assignment, "source cell")

    def find_graded_cell(self, name: str, notebook: str, assignment: str) -> GradeCell | TaskCell:
        """See nbgrader."""
        return self._of_notebook((GradeCell, TaskCell), name, notebook, assignment, "grade cell")

    def find_grade(self, grade_cell: str, notebook: str, assignment: str, student: str) -> Grade:
        """See nbgrader."""
        path = grade_cell, notebook, assignment, student
        return self._of_submission(Grade, (GradeCell, TaskCell), path, "grade")

    def find_comment(self, solution_cell: str, notebook: str, assignment: str, student: str) -> Comment:
        """See nbgrader."""
        path = solution_cell, notebook, assignment, student
        return self._of_submission(Comment, (SolutionCell, TaskCell), path, "comment")


@contextmanager
def course_gradebook(url: str, course_id: str) -> Iterator[CourseGradebook]:
    """Open the gradebook of a course, which nbgrader's steps get as well whenever they open one."""
    book = CourseGradebook(url, course_id)
    before = [module.Gradebook for module in _OPENED_IN]
    for module in _OPENED_IN:
        module.Gradebook = lambda *arguments: book
    try:
        yield book
    finally:
        for module, original in zip(_OPENED_IN, before, strict=True):
            module.Gradebook = original
        book.end()
