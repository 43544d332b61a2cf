"""nbgrader's assignments: solution regions, locked tests, hidden tests, points and cells that a person grades."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...course.texts import without_nulls
from ...errors import CourseError
from .apart import PARTLY
from .beside import beside, named_in
from .parts import Assignment, Cell
from .pictures import pasted

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
_HIDDEN = re.compile(r"^[^\n]*BEGIN HIDDEN TESTS[^\n]*\n(.*?)^[^\n]*END HIDDEN TESTS[^\n]*\n?", re.M | re.S)
_SCHEME = re.compile(r"^[^\n]*BEGIN MARK SCHEME[^\n]*\n(.*?)^[^\n]*END MARK SCHEME[^\n]*\n?", re.M | re.S)
_PART = re.compile(r"(part|question|exercise|problem|task|q)\W*(\d+|[a-e])\b", re.I)
_STUB = re.compile(r"^\s*(# YOUR CODE HERE|raise NotImplementedError\(.*\)|YOUR ANSWER HERE)\s*$", re.M)


def assignments(path: Path) -> list[Assignment]:
    """Read the notebooks of an assignment: one, or every one of a folder.

    Raises:
        CourseError: there is none, or none that can be read.
    """
    found = (
        [path] if path.is_file() else sorted(p for p in path.rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)
    )
    if not found:
        raise CourseError(f"{path}: there is no notebook; name an assignment's .ipynb, or its folder in source/")
    readable: list[Assignment] = []
    failed: list[CourseError] = []
    for one in found:
        try:
            readable.append(read(one))
        except CourseError as error:
            failed.append(error)
    if not readable:
        raise failed[0]
    readable[0] = replace(readable[0], notes=(*readable[0].notes, *(f"not imported: {error}" for error in failed)))
    return readable


def read(path: Path) -> Assignment:
    """Read one notebook of an assignment.

    Raises:
        CourseError: it cannot be read, is in another language, or nothing of it is nbgrader's.
    """
    try:
        import nbformat
    except ImportError as absent:
        raise CourseError(f"{absent}; notebooks are read with it: pip install 'gradus-course[teach]'") from None
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception as error:
        raise CourseError(f"{path}: is no notebook ({' '.join(str(error).split())[:120]})") from None
    for cell in notebook.cells:
        without_nulls(path, cell.source)
    language = notebook.metadata.get("kernelspec", {}).get("language") or notebook.metadata.get(
        "language_info", {}
    ).get("name")
    if language and str(language).lower() not in ("python", "ipython", "python3"):
        raise CourseError(f"{path}: is written in {language}; Gradus grades Python")
    notes: list[str] = []
    cells = [made for number, cell in enumerate(notebook.cells) if (made := _cell(cell, number)) is not None]
    if not any(cell.kind in ("solution", "test", "manual") for cell in cells):
        raise CourseError(
            f"{path}: no cell is marked for nbgrader; name the source version of the assignment, not the released one"
        )
    if any(_STUB.search(cell.source) and BEGIN not in cell.source for cell in cells if cell.kind == "solution"):
        notes.append("its solutions are cleared: this is the released version; import the one in source/ instead")
    files, left = beside(path.parent, named_in(cells))
    return Assignment(title_in(cells) or _named(path), tuple(cells), path, (*notes, *left), files)


def _named(path: Path) -> str:
    return path.stem.replace("_", " ").replace("-", " ").strip().capitalize()


def title_in(cells: Iterable[Cell]) -> str:
    """Return the first heading of an assignment, "" where it has none or where that is its first part's."""
    for cell in cells:
        heading = re.search(r"^#{1,3}\s+(.+?)\s*#*$", cell.source, re.M) if cell.kind == "words" else None
        if heading:
            return "" if _PART.match(heading[1]) else heading[1].strip()
    return ""


def _cell(cell: Any, number: int) -> Cell | None:
    """Return one cell of a notebook, None for an empty one."""
    marks = cell.metadata.get("nbgrader", {})
    source, name = str(cell.source), str(marks.get("grade_id") or f"cell {number + 1}")
    points = float(marks.get("points") or 0)
    code = cell.cell_type == "code"
    grade, solution, task = (bool(marks.get(key)) for key in ("grade", "solution", "task"))
    if not source.strip() and not (grade or solution):
        return None
    if task or (grade and solution) or (solution and not code):
        scheme = "\n".join(part.strip() for part in _SCHEME.findall(source))
        source = with_regions(_SCHEME.sub("", source), whole=code)
        return Cell("manual", name, source, points, code=code, scheme=scheme, task=task, pasted=pasted(cell))
    if grade and code:
        source += f"\n{PARTLY}" if _ends_in_a_number(source) else ""
        shown, hidden = _HIDDEN.sub("", source), "\n".join(_HIDDEN.findall(source))
        return Cell("test", name, shown, points, hidden, title_of(source))
    if solution:
        return Cell("solution", name, with_regions(source, whole=True))
    if code and BEGIN.strip("# ") in source:  # a region in a cell that nobody marked is cut all the same
        return Cell("solution", name, with_regions(source, whole=True))
    return Cell("given" if code else "words", name, source, code=code, pasted=pasted(cell))


def _ends_in_a_number(source: str) -> bool:
    """Tell whether a test's last line is an expression that nbgrader takes for the points that it earns."""
    try:
        last = ast.parse(source).body[-1:]
    except SyntaxError:
        return False
    value = last[0].value if last and isinstance(last[0], ast.Expr) else None
    if isinstance(value, ast.Call):  # what functions of the student's give is shown, as a rule
        return isinstance(value.func, ast.Name) and value.func.id in ("float", "int", "max", "min", "round", "sum")
    number = isinstance(value, ast.Constant) and type(value.value) in (int, float)
    return number or isinstance(value, ast.Name | ast.BinOp | ast.IfExp)


def with_regions(source: str, *, whole: bool) -> str:
    """Return a solution with its regions marked our way: each line that names one is the plain marker.

    Args:
        whole: where none is marked, all of it is one, as nbgrader has it.
    """
    lines = []
    for line in source.splitlines():
        indent = line[: len(line) - len(line.lstrip())]
        if "BEGIN SOLUTION" in line:
            before = line.partition("#")[0].rstrip()  # code in the marker's own line is the solution's, too
            lines += [indent + BEGIN, *([before] if before.strip() and "BEGIN SOLUTION" not in before else [])]
        elif "END SOLUTION" in line:
            lines.append(indent + END)
        else:
            lines.append(line)
    text = "\n".join(lines)
    return text if BEGIN in text or not whole else f"{BEGIN}\n{text}\n{END}"


def title_of(source: str) -> str:
    """Return what a test says that it is about: its first text or comment, in one line."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        body = []
    first = body[0] if body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return " ".join(first.value.value.split())
    for line in source.splitlines():
        words = line.strip().lstrip("#").strip()
        if line.strip().startswith("#") and words and "HIDDEN" not in words:
            return words
        if line.strip():
            break
    return ""
