"""What the tests about notebooks share: a small page with a question and partial credit, as an nbgrader course."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook

from autograder import nbcourse
from autograder.course import syllabus
from autograder.course.trees import Trees
from autograder.model import CheckResult, Failure, Grade
from autograder.nbcourse.write import write_back
from tests.helpers import make_course, page

LINES, ABSENT = "one/lines", "one/absent"
WORTH = {"test_scaled": 1.0, "test_factor": 2.0, "test_share": 2.0, "test_shifted": 1.0}

_LESSON = """+++
title = "Lines"
points = 6
seconds = 20
hints = ["look at x = 0", "look at x = 1"]
question = "Why is a line straight?"
question_points = 2
question_answer = ["Its slope is the same everywhere.", "A curve's slope changes."]
+++
# Lines

$y = a x + 1$

![a line](line.png)

## What to read next
"""

_SOLUTION = '''# %% [markdown]
# # Lines

# %%
import torch


# %%
def scaled(x: torch.Tensor, factor: float = 2.0) -> torch.Tensor:
    """The line through (0, 1) with slope `factor`: a new tensor like x."""
    ### BEGIN SOLUTION
    return x * factor + 1
    ### END SOLUTION


# %%
def shifted(x: torch.Tensor, by: float) -> torch.Tensor:
    """x moved by `by`: a new tensor like x."""
    ### BEGIN SOLUTION
    return x + by
    ### END SOLUTION
'''

_CHECKS = '''"""What the lines must do."""

import torch

from autograder.checking import CheckFailure, assert_same, points


@points(1)
def test_scaled(student):
    """twice x plus one"""
    x = torch.linspace(-1, 1, 7, dtype=torch.float64)
    assert_same(student.scaled(x), 2 * x + 1)


@points(2)
def test_factor(student):
    """any factor"""
    x = torch.randn(3, dtype=torch.float64)
    for factor in (3.0, -0.5):
        assert_same(student.scaled(x, factor), factor * x + 1)


@points(2)
def test_share(student):
    """a quarter of the points for every shift that is right"""
    x = torch.zeros(2, dtype=torch.float64)
    right = sum(float(student.shifted(x, by)[0]) == by for by in (0.0, 1.0, -1.0, -2.0))
    if right < 4:
        raise CheckFailure(f"{right} of 4 shifts are right", points=2 * right / 4)


@points(1)
def test_shifted(student):
    """x moved by a number"""
    x = torch.arange(3, dtype=torch.float64)
    assert_same(student.shifted(x, -2.0), x - 2)
'''

_WRONG = """from autograder.checking import misconception


@misconception("forgets to add one", hint="What is the value at x = 0?", dies_by="test_scaled")
def scaled(x, factor=2.0):
    return x * factor


@misconception("only ever moves to the right", hint="Try a negative shift.", dies_by="test_shifted")
def shifted(x, by):
    return x + abs(by)
"""

_VARIANTS = """from autograder.checking import variant


@variant("the other way round")
def scaled(x, factor=2.0):
    return 1 + factor * x
"""

#: a page whose only check needs what is not there; it has the name of one of the other page's
_SKIPPING = '''"""What is not here."""

import pytest

from autograder.checking import points


@points(3)
def test_scaled(student):
    """as on the large set"""
    pytest.skip("the large set is not here")
'''

PAGES = {
    LINES: {"lesson": _LESSON, "solution": _SOLUTION, "checks": _CHECKS, "wrong": _WRONG, "variants": _VARIANTS},
    ABSENT: page(checks=_SKIPPING),
}

#: answers by definition: right, and right for half of the shifts
RIGHT = {
    "scaled": "def scaled(x, factor=2.0):\n    return x * factor + 1",
    "shifted": "def shifted(x, by):\n    return x + by",
}
HALF = {"scaled": RIGHT["scaled"], "shifted": "def shifted(x, by):\n    return x + abs(by)"}
STUB = {
    "scaled": "def scaled(x, factor=2.0):\n    # YOUR CODE HERE\n    raise NotImplementedError()",
    "shifted": "def shifted(x, by):\n    # YOUR CODE HERE\n    raise NotImplementedError()",
}

CONFIG = """c = get_config()
c.CourseDirectory.course_id = "tiny"
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\\nraise NotImplementedError()"}
"""


def make_nbcourse(root: Path, config: str = "", pages: Mapping[str, dict[str, str]] = PAGES) -> Trees:
    """A course whose notebooks are an nbgrader course, with these lines in its configuration; its trees."""
    trees = make_course(root, pages)
    (trees.notebooks / "nbgrader_config.py").write_text(CONFIG + config, encoding="utf-8")
    return trees


def generated_by_nbgrader(root: Path) -> Trees:
    """A course that nbgrader has generated and that nobody has handed in anything for; its trees.

    Making its database takes seconds: copy it.
    """
    trees = make_nbcourse(root)
    hand_in(trees.notebooks, "zoe", "lines.ipynb", answered(source_notebook(trees), RIGHT))
    course = nbcourse.find(trees.notebooks)
    assert course is not None
    done = write_back(course, [grade_of("zoe", {})], syllabus.load(trees))
    assert (done.notebooks, done.notes) == (1, [])
    with Gradebook(f"sqlite:///{trees.notebooks / 'gradebook.db'}") as book:
        book.remove_student("zoe")
    for folder in ("autograded", "submitted"):
        shutil.rmtree(trees.notebooks / folder)
    return trees


def forget_assignment(course: Path) -> None:
    """Make an nbgrader course as if the assignment had never been generated; its release stays."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        book.remove_assignment("one")


def source_notebook(trees: Trees, address: str = LINES) -> dict[str, Any]:
    """The generated notebook."""
    found: dict[str, Any] = json.loads(trees.notebook(address).read_text(encoding="utf-8"))
    return found


def answered(notebook: dict[str, Any], answers: Mapping[str, str], words: str = "") -> dict[str, Any]:
    """A notebook with these answers in its solution cells, and these words under its question."""
    made: dict[str, Any] = json.loads(json.dumps(notebook))
    for cell in made["cells"]:
        mark = cell["metadata"].get("nbgrader", {})
        if mark.get("solution") and cell["cell_type"] == "code":
            cell["source"] = answers[mark["grade_id"]]
        elif mark.get("solution"):
            cell["source"] = words or "**Question.** Why is a line straight?\n\nYOUR ANSWER HERE"
    return made


def hand_in(course: Path, student: str, name: str, content: object, assignment: str = "one", when: str = "") -> Path:
    """Put a file where nbgrader collects it: a notebook as a dict, or bytes, or text; the folder."""
    folder = course / "submitted" / student / assignment
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(content, dict):
        content = json.dumps(content)
    (folder / name).write_bytes(content if isinstance(content, bytes) else str(content).encode())
    if when:
        (folder / "timestamp.txt").write_text(when)
    return folder


def cell_named(notebook: Any, name: str) -> Any:
    """The cell of a notebook that nbgrader calls so."""
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == name)


def grade_of(student: str, points: Mapping[str, float | str], key: str = "k") -> Grade:
    """A grade of the page about lines: points by check, a word for a status, else a full pass."""
    checks = []
    for name, worth in WORTH.items():
        got = points.get(name, worth)
        status = got if isinstance(got, str) else "passed" if got == worth else "failed"
        earned = 0.0 if isinstance(got, str) else float(got)
        checks.append(
            CheckResult(
                name, f"about {name}", status, earned, worth, Failure("problem", "why") if earned < worth else None
            )
        )
    total = sum(check.points for check in checks)
    status = "passed" if total == 6 else "failed"
    return Grade(student, LINES, status, total, 6.0, 0.1, tuple(checks), "namespaces", 3, key)
