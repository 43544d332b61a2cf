"""``gradus new``: the files of a new exercise, each a small true example to write over."""

from __future__ import annotations

import re
from pathlib import Path

from ..course.syllabus import load
from ..course.trees import Trees
from ..errors import CourseError

_LESSON = """+++
title = "{title}"
points = 2
hints = ["a first nudge", "a stronger one"]
+++
# {title}

One idea, one formula, one picture.

## What to read next
"""

_SOLUTION = '''# %% [markdown]
# # {title}

# %%
import torch


# %%
def {name}(x: torch.Tensor) -> torch.Tensor:
    """Say what it computes.

    Args:
        x: floating-point tensor of any shape.

    Returns:
        A new tensor of the same shape and dtype.
    """
    ### BEGIN SOLUTION
    return 2 * x + 1
    ### END SOLUTION
'''

_CHECKS = '''"""What {name} must do."""

import torch

from autograder.checking import assert_gradients, assert_same, points, unmodified


@points(1)
def test_values(student):
    """twice x plus one, for every shape"""
    x = torch.randn(2, 3, dtype=torch.float64)
    with unmodified(x):
        assert_same(student.{name}(x), 2 * x + 1)


@points(1)
def test_gradients(student):
    """the gradient is two everywhere"""
    assert_gradients(student.{name}, lambda x: 2 * x + 1, torch.randn(3, dtype=torch.float64))
'''

_MISCONCEPTIONS = '''"""Wrong ways, as students write them."""

import torch

from autograder.checking import misconception


@misconception("forgets to add one", hint="What is the value at x = 0?", dies_by="test_values")
def {name}(x):
    return 2 * x
'''

_VARIANTS = '''"""Other right ways."""

import torch

from autograder.checking import variant


@variant("by adding")
def {name}(x):
    return x + x + 1
'''

_PICTURE = '''"""The lesson's picture."""

import matplotlib.pyplot as plt
import torch

from autograder.authoring.pictures import reference


def draw() -> plt.Figure:
    """The function, as the reference solution computes it."""
    page = reference("{address}")
    figure, axes = plt.subplots()
    x = torch.linspace(-3, 3, 200)
    axes.plot(x, page.{name}(x))
    return figure
'''


def start(trees: Trees, address: str) -> list[Path]:
    """Write the files of a new exercise and its line in ``course.toml``; the files.

    Raises:
        CourseError: the address is malformed, its section unknown, or one of the files is there already.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*/[a-z][a-z0-9_]*", address):
        raise CourseError(f"{address}: an address is section/exercise in small letters, digits and _")
    syllabus = load(trees)
    section, _, name = address.partition("/")
    if section not in syllabus.sections:
        raise CourseError(f"{address}: there is no section {section}; add it to [sections] in course.toml first")
    texts = {
        trees.lesson(address): _LESSON,
        trees.lesson(address).with_name(f"{name}_picture.py"): _PICTURE,
        trees.solution(address): _SOLUTION,
        trees.check(address): _CHECKS,
        trees.misconception(address): _MISCONCEPTIONS,
        trees.variant(address): _VARIANTS,
    }
    for path in texts:
        if path.exists():
            raise CourseError(f"{path}: is there already; choose another address or delete it first")
    fields = {"name": name, "address": address, "title": name.replace("_", " ").capitalize()}
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        for key, value in fields.items():
            text = text.replace("{" + key + "}", value)
        path.write_text(text, encoding="utf-8")
    course = trees.course / "course.toml"
    course.write_text(_with_line(course.read_text(encoding="utf-8"), address), encoding="utf-8")
    return [*texts, course]


def _with_line(course: str, address: str) -> str:
    """``course.toml`` with the exercise as the last of its section, or of the table."""
    lines = course.splitlines()
    section = address.partition("/")[0]
    start = next(i for i, line in enumerate(lines) if line.strip() == "[exercises]")
    end = next((i for i in range(start + 1, len(lines)) if lines[i].startswith("[")), len(lines))
    own = [i for i in range(start + 1, end) if lines[i].startswith(f'"{section}/')]
    filled = [i for i in range(start, end) if lines[i].strip()]
    lines.insert((own or filled)[-1] + 1, f'"{address}" = 1.0')
    return "\n".join(lines) + "\n"
