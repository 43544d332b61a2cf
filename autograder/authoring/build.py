"""One source: stub and notebook of an exercise, generated from its solution and lesson. Pure until :func:`write`."""

from __future__ import annotations

import ast
import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

from ..errors import CourseError
from ..model import Exercise, Syllabus
from ..paths import Trees
from ..syllabus import read_text, split_lesson

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
_PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")


def regions(text: str, path: Path | str = "solution") -> list[tuple[int, int]]:
    """The (first, last) line numbers, from 1, of the marker lines of each solution region.

    Raises:
        CourseError: a marker without its partner.
    """
    found: list[tuple[int, int]] = []
    begin = 0
    for number, line in enumerate(text.splitlines(), 1):
        mark = line.strip()
        if mark == BEGIN:
            if begin:
                raise CourseError(f"{path}, line {number}: {BEGIN} inside another region")
            begin = number
        elif mark == END:
            if not begin:
                raise CourseError(f"{path}, line {number}: {END} without {BEGIN}")
            found.append((begin, number))
            begin = 0
    if begin:
        raise CourseError(f"{path}, line {begin}: {BEGIN} without {END}")
    return found


def _owner(tree: ast.Module, line: int) -> str:
    """The name of the definition around a line, like ``softmax`` or ``Adam.step``."""
    name, body = "", tree.body
    while True:
        inside = [
            n for n in body
            if isinstance(n, (ast.FunctionDef, ast.ClassDef)) and n.lineno <= line <= (n.end_lineno or n.lineno)
        ]  # fmt: skip
        if not inside:
            return name
        name = f"{name}.{inside[0].name}" if name else inside[0].name
        body = inside[0].body


def stub_text(solution: str, exercise: Exercise, path: Path | str = "solution") -> str:
    """The stub: every solution region replaced by a line that says what is missing.

    A page that ships solved keeps its code and loses only the markers.
    """
    lines = solution.splitlines()
    cut = regions(solution, path)
    if not cut:
        raise CourseError(f"{path}: there is no {BEGIN}; mark what students write")
    tree = ast.parse(solution)
    out = list(lines)
    for first, last in reversed(cut):
        indent = lines[first - 1][: len(lines[first - 1]) - len(lines[first - 1].lstrip())]
        if exercise.ships_solved:
            out[first - 1 : last] = lines[first : last - 1]
            continue
        name = _owner(tree, first)
        out[first - 1 : last] = [
            f"{indent}# YOUR CODE HERE",
            f'{indent}raise NotImplementedError("{name} is not written yet")',
        ]
    return "\n".join(out).rstrip() + "\n"


def notebook_cells(solution: str, lesson: str, exercise: Exercise, pictures: dict[str, bytes]) -> dict[str, Any]:
    """The nbgrader source notebook: lesson, then the solution's cells with schema-3 metadata.

    Args:
        pictures: the lesson's pictures by relative path; they travel inside the notebook.
    """
    import jupytext
    import nbformat

    notebook = jupytext.reads(solution, fmt="py:percent")
    cells = [nbformat.v4.new_markdown_cell(_PICTURE.sub(r"![\1](attachment:\2)", lesson.strip()))]
    used = {name: pictures[name] for _, name in _PICTURE.findall(lesson)}
    if used:
        cells[0]["attachments"] = {
            name: {"image/png": base64.b64encode(content).decode()} for name, content in used.items()
        }
    cells[0]["metadata"]["nbgrader"] = _nbgrader("lesson", locked=True)
    for number, cell in enumerate(notebook.cells):
        cell["metadata"] = {}
        if number == 0 and cell.cell_type == "markdown":
            continue  # its heading and first words are the lesson's
        if cell.cell_type == "code" and BEGIN in cell.source:
            name = re.search(r"^(?:def|class) (\w+)", cell.source, re.MULTILINE)
            cell["metadata"]["nbgrader"] = _nbgrader(name[1] if name else f"answer-{number}", solution=True)
        else:
            cell["metadata"]["nbgrader"] = _nbgrader(f"given-{number}", locked=True)
        cells.append(cell)
    cells.append(
        nbformat.v4.new_markdown_cell(
            "## Check\n\nSave this notebook, then run "
            f"`gradus check {exercise.name} {exercise.name}.ipynb` in a terminal (or "
            f"`!gradus check {exercise.name} {exercise.name}.ipynb` in a cell)."
        )
    )
    cells[-1]["metadata"]["nbgrader"] = _nbgrader("how-to-check", locked=True)
    for number, cell in enumerate(cells):
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


def _nbgrader(grade_id: str, *, solution: bool = False, locked: bool = False) -> dict[str, Any]:
    return {
        "grade": False,
        "grade_id": grade_id,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }


def generated(trees: Trees, exercise: Exercise) -> dict[Path, str]:
    """The generated files of one exercise with their contents.

    Raises:
        CourseError: the lesson or solution is missing or malformed, or a picture is absent.
    """
    path = trees.solution(exercise.address)
    solution = read_text(path, "the solution is missing")
    lesson_path = trees.lesson(exercise.address)
    _, lesson = split_lesson(lesson_path)
    pictures: dict[str, bytes] = {}
    for _, name in _PICTURE.findall(lesson):
        try:
            pictures[name] = (lesson_path.parent / name).read_bytes()
        except OSError:
            raise CourseError(f"{lesson_path}: picture {name} is missing; run `python course/pictures.py`") from None
    notebook = notebook_cells(solution, lesson, exercise, pictures)
    return {
        trees.stub(exercise.address): stub_text(solution, exercise, path),
        trees.notebook(exercise.address): json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n",
    }


def drifted(trees: Trees, exercise: Exercise) -> list[Path]:
    """The generated files that are not what they would be generated as."""

    def same(path: Path, content: str) -> bool:
        return path.is_file() and path.read_text(encoding="utf-8", errors="replace") == content

    return [path for path, content in generated(trees, exercise).items() if not same(path, content)]


def write(trees: Trees, exercise: Exercise) -> list[Path]:
    """Write the generated files of one exercise; the ones that changed."""
    changed = drifted(trees, exercise)
    contents = generated(trees, exercise)
    for path in changed:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(contents[path], encoding="utf-8")
    return changed


def orphans(trees: Trees, syllabus: Syllabus) -> list[Path]:
    """Files in the generated trees that belong to no exercise."""
    wanted = {path for address in syllabus.exercises for path in (trees.stub(address), trees.notebook(address))}
    present = [*trees.exercises.rglob("*.py"), *(trees.notebooks / "source").rglob("*.ipynb")]
    return sorted(path for path in present if path not in wanted and path.name != "__init__.py")
