"""nbgrader's own autograder in one pass, with another step in place of executing a notebook.

nbgrader sanitizes, restores locked cells, keeps manual scores and extra credit, assigns penalties, writes timestamps
and ``autograded/``. Only its step ``Execute`` is another: the outputs of the check cells come from the sandbox.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbconvert.preprocessors import Preprocessor
from nbformat.v4.rwbase import rejoin_lines
from nbgrader.converters import Autograde
from nbgrader.preprocessors import AssignLatePenalties, LimitOutput, OverwriteCells, SaveAutoGrades

from ..documents import encode
from ..language import authored
from ..model import CheckResult, Grade, round_points
from ..report.card import card
from ..text import told
from .find import HandedIn
from .staging import Notebook

Key = tuple[str, str, str]  # student, assignment, notebook


class PutResults(Preprocessor):
    """In place of executing a notebook: the outputs of its check cells, as the sandbox made them.

    Args:
        grades: by student, assignment and notebook.
        outputs: what the student's own cells showed, by cell.
        titles: of the exercises, by address.
    """

    def __init__(self, grades: dict[Key, Grade], outputs: dict[Key, dict[str, list[Any]]], titles: dict[str, str]):
        super().__init__(enabled=True)  # type: ignore[no-untyped-call]  # nbconvert has no types
        self.grades, self.outputs, self.titles = grades, outputs, titles

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Fill in the outputs, and say in the notebook's metadata where they come from."""
        grader = resources["nbgrader"]
        key = grader["student"], grader["assignment"], grader["notebook"]
        grade = self.grades[key]
        checks = {check.name: check for check in grade.checks}
        for cell in nb.cells:
            if cell.cell_type != "code":
                continue
            of = cell.metadata.get("nbgrader", {})
            result = checks.get(of.get("grade_id", "")) if of.get("grade") and not of.get("solution") else None
            if result is not None:
                made = result_outputs(grade, result, self.titles[grade.exercise], float(of.get("points", 0)))
                cell.outputs = [nbformat.from_dict(o) for o in made]
            else:
                cell.outputs = [nbformat.from_dict(o) for o in self.outputs.get(key, {}).get(cell.get("id", ""), [])]
        nb.metadata["gradus"] = stamp(grade)
        return nb, resources


def stamp(grade: Grade) -> dict[str, Any]:
    """Return where a notebook's results come from, without what draws the inputs: students may see it."""
    said = encode([grade.checks, grade.notes, grade.submitted])
    results = hashlib.sha256(said.encode()).hexdigest()
    return {"exercise": grade.exercise, "key": grade.key, "isolation": grade.isolation, "results": results}


def result_outputs(grade: Grade, check: CheckResult, title: str, worth: float) -> list[dict[str, Any]]:
    """Return a check's outcome as the outputs of its cell: nbgrader reads its points from them.

    An error gives none, a number gives itself, anything else gives all.

    Args:
        worth: the points of the cell, which a teacher may have changed.
    """
    alone = replace(
        grade, checks=(check,), points=check.points, max_points=check.max_points, status=check.status, notes=()
    )
    words = "\n".join(
        [f"{authored(check.title)}: {check.status}, {check.points:g} of {check.max_points:g}", told(check.failure)]
    ).strip()
    data = {"text/html": card(alone, title), "text/plain": words}
    shown: dict[str, Any] = {"output_type": "display_data", "data": data, "metadata": {}}
    if check.status == "passed":
        return [shown]
    if check.points > 0:
        number = {"text/plain": repr(round_points(check.points * worth / check.max_points))}
        return [shown, {"output_type": "execute_result", "data": number, "metadata": {}, "execution_count": 1}]
    what = f"no points of {check.max_points:g} ({check.status})"
    return [shown, {"output_type": "error", "ename": "CheckFailed", "evalue": what, "traceback": [what]}]


class KeepScores(SaveAutoGrades):
    """nbgrader's own, but for cells that we have no result of: these wait for the teacher."""

    def __init__(self, grades: dict[Key, Grade], **options: Any):
        super().__init__(**options)
        self._grades = grades

    def _add_score(self, cell: Any, resources: Any) -> None:
        name = cell.metadata["nbgrader"]["grade_id"]
        checks = self._grades[self.student_id, self.assignment_id, self.notebook_id].checks
        known = {check.name for check in checks if check.status != "skipped"}
        if cell.cell_type != "code" or name in known:
            super()._add_score(cell, resources)
            return
        grade = self.gradebook.find_grade(name, self.notebook_id, self.assignment_id, self.student_id)
        if grade.auto_score is None:
            grade.needs_manual_grade = True


class SandboxAutograde(Autograde):
    """nbgrader's autograder in one pass: the notebooks come clean, and executing them has another in its place.

    Args:
        one: the folder that was handed in.
        notebooks: those to write, by name; of its others what is known stays.
    """

    def __init__(self, put: PutResults, one: HandedIn, notebooks: dict[str, Notebook], **options: Any):
        super().__init__(**options)
        self._student, self._staged, self._kept = one.student, notebooks, {*one.names, *one.files} - notebooks.keys()
        self._steps = [
            OverwriteCells(parent=self),
            put,
            LimitOutput(parent=self),
            KeepScores(put.grades, parent=self),
            AssignLatePenalties(parent=self),
        ]

    def init_notebooks(self) -> None:
        """Set the folder and its notebooks, which are known: nbgrader would take a name for a pattern."""
        folder = self._format_source(self.coursedir.assignment_id, self._student)
        self.notebooks: list[str] = []
        self.assignments = {folder: [os.path.join(folder, f"{name}.ipynb") for name in sorted(self._staged)]}

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        """Make room, but for the notebooks that were not graded."""
        folder = Path(self._format_dest(assignment_id, student_id))
        kept = {path: path.read_bytes() for name in self._kept if (path := folder / f"{name}.ipynb").is_file()}
        wanted = super().init_destination(assignment_id, student_id)
        for path, content in kept.items():
            folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return bool(wanted)

    def convert_single_notebook(self, notebook_filename: str) -> None:
        """Every step once, on the notebook itself: nbconvert would copy and validate it before and after each."""
        resources: Any = ResourcesDict()
        resources.update(self.init_single_notebook_resources(notebook_filename), output_extension=".ipynb")
        notebook = rejoin_lines(nbformat.from_dict(self._staged[resources["unique_key"]]))
        for step in self._steps:
            notebook, resources = step.preprocess(notebook, resources)
        self.write_single_notebook(nbformat.writes(notebook, nbformat.NO_CONVERT) + "\n", resources)
