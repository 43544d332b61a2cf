"""The nbgrader source notebook of an exercise: lesson, solution, one locked cell a check. Pure functions."""

from __future__ import annotations

import ast
import base64
import hashlib
import re
from dataclasses import dataclass
from typing import Any

from ..errors import CourseError
from ..model import Exercise

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
CHECKS = """## Check

The cells below check what this notebook defines, as it is now; each shows the call, what came back and what was
expected. `%%check {name}` on top of a cell of your own runs that cell and then all of them; in a terminal
`gradus check {name} {name}.ipynb` does the same with the saved file."""
SETUP = "%load_ext autograder"


@dataclass(frozen=True)
class StaticCheck:
    """What a check's source says of it, without importing it."""

    name: str
    title: str
    points: float


def static_checks(source: str) -> list[StaticCheck]:
    """Return the checks of a check file, in order."""
    found = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            worth = 1.0
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name) and mark.func.id == "points":
                    worth = float(ast.literal_eval(mark.args[0]))
            doc = ast.get_docstring(node) or node.name.removeprefix("test_").replace("_", " ")
            found.append(StaticCheck(node.name, doc.strip().splitlines()[0], worth))
    return found


def notebook_cells(
    solution: str, lesson: str, exercise: Exercise, pictures: dict[str, bytes], checks: list[StaticCheck]
) -> dict[str, Any]:
    """Make the whole notebook, with schema-3 metadata.

    Args:
        pictures: the lesson's pictures by relative path; they travel inside the notebook.
        checks: become locked cells, each with its points.
    """
    try:
        import jupytext
        from nbformat.v4 import new_code_cell, new_markdown_cell
    except ImportError as absent:
        raise CourseError(f"{absent}; notebooks are built with it: pip install 'gradus-course[teach]'") from None

    cells = [_locked(new_markdown_cell(PICTURE.sub(r"![\1](attachment:\2)", lesson.strip())), "lesson")]
    used = {name: pictures[name] for _, name in PICTURE.findall(lesson)}
    if used:
        cells[0]["attachments"] = {
            name: {"image/png": base64.b64encode(content).decode()} for name, content in used.items()
        }
    cells.append(_locked(new_code_cell(SETUP), "setup"))
    for number, cell in enumerate(jupytext.reads(solution, fmt="py:percent").cells):
        cell["metadata"] = {}
        if number == 0 and cell.cell_type == "markdown":
            continue  # its heading and first words are the lesson's
        if cell.cell_type == "code" and BEGIN in cell.source:
            name = re.search(r"^(?:def|class) (\w+)", cell.source, re.MULTILINE)
            cell["metadata"]["nbgrader"] = _nbgrader(name[1] if name else f"answer-{number}", solution=True)
        else:
            _locked(cell, f"given-{number}")
        cells.append(cell)
    if exercise.question:
        words = f"**Question.** {exercise.question}\n\n{BEGIN}\nThe teacher reads this answer.\n{END}"
        cells.append(new_markdown_cell(words))
        cells[-1]["metadata"]["nbgrader"] = _nbgrader("question", solution=True, points=exercise.question_points)
    cells.append(_locked(new_markdown_cell(CHECKS.format(name=exercise.name)), "how-to-check"))
    for check in checks:
        worth = f"{check.points:g} point{'s' if check.points != 1 else ''}"
        cells.append(new_code_cell(f'# {check.title} ({worth})\ncheck("{exercise.name}", "{check.name}")'))
        cells[-1]["metadata"]["nbgrader"] = _nbgrader(check.name, locked=True, points=check.points)
    taken: set[str] = set()
    for number, cell in enumerate(cells):
        marks = cell["metadata"].get("nbgrader", {})
        if marks.get("grade_id") in taken:  # two cells define the same name, or one of ours
            marks["grade_id"] += f"-{number}"
        taken.add(marks.get("grade_id", ""))
        cell["id"] = hashlib.sha256(f"{exercise.address}/{number}".encode()).hexdigest()[:8]
    return {
        "cells": [dict(cell) for cell in cells],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "gradus": {"exercise": exercise.address},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _locked(cell: Any, grade_id: str) -> Any:
    cell["metadata"]["nbgrader"] = _nbgrader(grade_id, locked=True)
    return cell


def _nbgrader(
    grade_id: str, *, solution: bool = False, locked: bool = False, points: float | None = None
) -> dict[str, Any]:
    fields = {
        "grade": points is not None,
        "grade_id": grade_id,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    return fields if points is None else {**fields, "points": points}


def released(notebook: dict[str, Any], exercise: Exercise) -> dict[str, Any]:
    """Return the notebook as students get it: without solutions, as nbgrader would clear it."""
    cells = []
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if exercise.ships_solved:
            source = _MARKERS.sub("", source)
        elif BEGIN in source:
            source = _REGION.sub(_CODE_STUB if cell["cell_type"] == "code" else _WORDS_STUB, source)
        cells.append({**cell, "source": source.rstrip("\n")})
    return {**notebook, "cells": cells}


_MARKERS = re.compile(rf"^[ \t]*(?:{re.escape(BEGIN)}|{re.escape(END)})[ \t]*\n?", re.MULTILINE)
_REGION = re.compile(rf"^([ \t]*){re.escape(BEGIN)}[ \t]*\n.*?^[ \t]*{re.escape(END)}[ \t]*(?:\n|$)", re.M | re.S)
_CODE_STUB = "\\1# YOUR CODE HERE\n\\1raise NotImplementedError()\n"
_WORDS_STUB = "\\1YOUR ANSWER HERE\n"
