"""The nbgrader source notebook of an exercise: lesson, solution, one locked cell a check. Pure functions."""

from __future__ import annotations

import ast
import base64
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from typing import Any

from ..errors import CourseError
from ..language import _, authored, plural
from ..model import Exercise, Playground, Question, QuestionPage

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
CHECKS = """## Check

A cell under each function checks what this notebook defines, as it is now: it shows the call, what came back and what
was expected. "Run All" goes to the end, since a check that fails stops nothing. `%%check {name}` on top of a cell of
your own runs that cell and then every check; in a terminal `gradus check {name} {name}.ipynb` does the same with the
saved file."""
SETUP = "%load_ext autograder"


@dataclass(frozen=True)
class StaticCheck:
    """What a check's source says of it, without importing it."""

    name: str
    title: str
    points: float
    names: frozenset[str] = frozenset()  #: that it mentions: names, the student's attributes, words in quotes
    reach: frozenset[str] = frozenset()  #: and that those mention, which stand in the same file


def static_checks(source: str) -> list[StaticCheck]:
    """Return the checks of a check file, in order."""
    found = []
    body = ast.parse(source).body
    mentioned = {name: _mentioned(node) for node in body for name in _bound(node)}
    for node in body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            worth = 1.0
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name) and mark.func.id == "points":
                    worth = float(ast.literal_eval(mark.args[0]))
            doc = ast.get_docstring(node) or node.name.removeprefix("test_").replace("_", " ")
            names, todo = set[str](), [node.name]
            while todo:
                new = mentioned.get(todo.pop(), set()) - names
                names |= new
                todo += new
            found.append(
                StaticCheck(
                    node.name, doc.strip().splitlines()[0], worth, frozenset(mentioned[node.name]), frozenset(names)
                )
            )
    return found


def _bound(node: ast.stmt) -> list[str]:
    """Return the names that a statement of a check file defines."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _mentioned(node: ast.stmt) -> set[str]:
    """Return the names, the student's attributes and the words in quotes of a statement; marks and docstring apart."""
    found: set[str] = set()
    docstring = ast.get_docstring(node, clean=False) if isinstance(node, ast.FunctionDef) else None
    for part in node.body if isinstance(node, ast.FunctionDef) else [node]:
        for one in ast.walk(part):
            if isinstance(one, ast.Name):
                found.add(one.id)
            elif isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id == "student":
                found.add(one.attr)
            elif isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value != docstring:
                found.add(one.value)
    return found


def words_of(solution: str) -> str:
    """Return the words between the cells of code of a solution in percent format."""
    parts = re.split(r"^# %%(.*)$", solution, flags=re.MULTILINE)
    return "\n".join(text for head, text in zip(parts[1::2], parts[2::2], strict=True) if "[markdown]" in head)


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

    cells = [_locked(_with_pictures(lesson.strip(), pictures), "lesson")]
    cells.append(_locked(new_markdown_cell(_(CHECKS, name=exercise.name)), "how-to-check"))
    cells.append(_locked(new_code_cell(SETUP), "setup"))
    own = jupytext.reads(solution, fmt="py:percent").cells
    answers = [(n, set(re.findall(r"^(?:def|class) (\w+)", cell.source, re.MULTILINE))) for n, cell in enumerate(own)]
    due: dict[int, list[StaticCheck]] = {}
    for check in checks:  # right under the last of the functions that it is about
        places = [
            [n for n, names in answers if names & by and BEGIN in own[n].source] for by in (check.names, check.reach)
        ]
        due.setdefault(max(places[0] or places[1], default=-1), []).append(check)
    for number, cell in enumerate(own):
        if number == 0 and cell.cell_type == "markdown":
            continue  # its heading and first words are the lesson's
        if cell.cell_type == "markdown":
            cell = _with_pictures(cell.source, pictures)
        cell["metadata"] = {}
        if cell.cell_type == "code" and BEGIN in cell.source:
            name = re.search(r"^(?:def|class) (\w+)", cell.source, re.MULTILINE)
            cell["metadata"]["nbgrader"] = _nbgrader(name[1] if name else f"answer-{number}", solution=True)
        else:
            _locked(cell, f"given-{number}")
        cells.append(cell)
        cells += [_check_cell(exercise, check) for check in due.get(number, ())]
    if exercise.question:
        good = "".join(f"\n- {sentence}" for sentence in exercise.question_answer)
        scheme = _("The teacher reads this answer. A good one says:") + f"\n{good}" if good else ""
        asked = Question(exercise.question, exercise.question_points, scheme)
        cells.append(_question_cell(_("Question."), asked, "question", pictures))
    cells += _question_cells(exercise.questions, pictures)
    cells += [_check_cell(exercise, check) for check in due.get(-1, ())]
    return _whole(cells, exercise.address)


def question_notebook(lesson: str, page: QuestionPage, pictures: dict[str, bytes]) -> dict[str, Any]:
    """Make the notebook of a page with questions alone: the lesson, and a cell for each answer that a person marks."""
    try:
        cells = [_locked(_with_pictures(lesson.strip(), pictures), "lesson")]
    except ImportError as absent:
        raise CourseError(f"{absent}; notebooks are built with it: pip install 'gradus-course[teach]'") from None
    return _whole([*cells, *_question_cells(page.questions, pictures)], page.address)


def playground_notebook(lesson: str, page: Playground, pictures: dict[str, bytes]) -> dict[str, Any]:
    """Make the notebook of a playground: its lesson, and a cell that gives the link to the lab."""
    try:
        from nbformat.v4 import new_code_cell

        cells = [_locked(_with_pictures(lesson.strip(), pictures), "lesson")]
    except ImportError as absent:
        raise CourseError(f"{absent}; notebooks are built with it: pip install 'gradus-course[teach]'") from None
    cells.append(_locked(new_code_cell(f"{SETUP}\n%gradus lab {page.address}"), "lab"))
    return _whole(cells, page.address)


def _question_cells(questions: tuple[Question, ...], pictures: dict[str, bytes]) -> list[Any]:
    return [
        _question_cell(_("Question {number}", number=number), question, f"question-{number}", pictures, points=True)
        for number, question in enumerate(questions, 1)
    ]


def _question_cell(
    head: str, question: Question, grade_id: str, pictures: dict[str, bytes], *, points: bool = False
) -> Any:
    """Return the cell in which a question is answered; its mark scheme stands where nbgrader clears it."""
    worth = f" ({_worth(question.points)})." if points else ""
    scheme = question.scheme or _("The teacher reads this answer.")
    cell = _with_pictures(f"**{head}{worth}** {question.ask}\n\n{BEGIN}\n{scheme}\n{END}", pictures)
    cell["metadata"]["nbgrader"] = _nbgrader(grade_id, solution=True, points=question.points)
    return cell


def _worth(points: float) -> str:
    return plural("{points} point", "{points} points", 1 if points == 1 else 2, points=f"{points:g}")


def _with_pictures(text: str, pictures: dict[str, bytes]) -> Any:
    """Return a cell of words; its pictures travel inside of it."""
    from nbformat.v4 import new_markdown_cell

    used = dict.fromkeys(match[2] for match in PICTURE.finditer(text) if match[2] in pictures)
    cell = new_markdown_cell(PICTURE.sub(lambda m: f"![{m[1]}](attachment:{m[2]})" if m[2] in used else m[0], text))
    if used:
        cell["attachments"] = {
            name: {mimetypes.guess_type(name)[0] or "image/png": base64.b64encode(pictures[name]).decode()}
            for name in used
        }
    return cell


def _whole(cells: list[Any], address: str) -> dict[str, Any]:
    """Return a notebook of these cells, each with a name and an id of its own."""
    taken: set[str] = set()
    for number, cell in enumerate(cells):
        marks = cell["metadata"].get("nbgrader", {})
        if marks.get("grade_id") in taken:  # two cells define the same name, or one of ours
            marks["grade_id"] += f"-{number}"
        taken.add(marks.get("grade_id", ""))
        cell["id"] = hashlib.sha256(f"{address}/{number}".encode()).hexdigest()[:8]
    return {
        "cells": [dict(cell) for cell in cells],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "gradus": {"exercise": address},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _check_cell(exercise: Exercise, check: StaticCheck) -> Any:
    """Return the cell of a check. Where it fails, that is told and counts, and the cells below it run all the same."""
    from nbformat.v4 import new_code_cell

    cell = new_code_cell(
        f'# {authored(check.title)} ({_worth(check.points)})\ncheck("{exercise.name}", "{check.name}")'
    )
    cell["metadata"] = {
        "nbgrader": _nbgrader(check.name, locked=True, points=check.points), "tags": ["raises-exception"]
    }  # fmt: skip
    return cell


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


def released(notebook: dict[str, Any], exercise: Exercise | QuestionPage | Playground) -> dict[str, Any]:
    """Return the notebook as students get it: without solutions, as nbgrader would clear it."""
    cells = []
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if isinstance(exercise, Exercise) and exercise.ships_solved:
            source = _MARKERS.sub("", source)
        elif BEGIN in source:
            source = _REGION.sub(_CODE_STUB if cell["cell_type"] == "code" else _WORDS_STUB, source)
        cells.append({**cell, "source": source.rstrip("\n")})
    return {**notebook, "cells": cells}


_MARKERS = re.compile(rf"^[ \t]*(?:{re.escape(BEGIN)}|{re.escape(END)})[ \t]*\n?", re.MULTILINE)
_REGION = re.compile(rf"^([ \t]*){re.escape(BEGIN)}[ \t]*\n.*?^[ \t]*{re.escape(END)}[ \t]*(?:\n|$)", re.M | re.S)
_CODE_STUB = "\\1# YOUR CODE HERE\n\\1raise NotImplementedError()\n"
_WORDS_STUB = "\\1YOUR ANSWER HERE\n"
