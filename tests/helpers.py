"""Plain functions that several test files share: a tiny course on disk, grades made by hand, the command line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from autograder.authoring import build
from autograder.course import syllabus
from autograder.course.trees import Trees, trees
from autograder.gradebook.older import failure_of
from autograder.model import CheckResult, Grade, Syllabus

ROOT = Path(__file__).resolve().parent.parent
SOFTMAX = "s3_neural_networks/softmax"
PAGE = "one/scaled"

#: the smallest picture there is: one grey pixel
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6360000000020001"
    "48afa4710000000049454e44ae426082"
)

LESSON = """+++
title = "Scale and shift"
points = 3
seconds = 20
hints = ["look at x = 0", "look at x = 1"]
+++
# Scale and shift

$y = a x + 1$

![a line](line.png)

## What to read next
"""

SOLUTION = '''# %% [markdown]
# # Scale and shift

# %%
import torch


# %%
def scaled(x: torch.Tensor, factor: float = 2.0) -> torch.Tensor:
    """The line through (0, 1) with slope `factor`.

    Args:
        x: floating-point tensor of any shape.
        factor: the slope.

    Returns:
        A new tensor of the same shape and dtype.
    """
    ### BEGIN SOLUTION
    return x * factor + 1
    ### END SOLUTION
'''

CHECKS = '''"""What scaled must do."""

import torch

from autograder.checking import assert_same, points


@points(1)
def test_values(student):
    """twice x plus one"""
    x = torch.randn(2, 3, dtype=torch.float64)
    assert_same(student.scaled(x), 2 * x + 1)


@points(2)
def test_factor(student):
    """any factor"""
    x = torch.randn(3, dtype=torch.float64)
    for factor in (3.0, -0.5):
        assert_same(student.scaled(x, factor), factor * x + 1)
'''

WRONG = """from autograder.checking import misconception


@misconception("forgets to add one", hint="What is the value at x = 0?", dies_by="test_values")
def scaled(x, factor=2.0):
    return x * factor


@misconception("adds one before multiplying", hint="Which comes first?", dies_by="test_values")
def scaled(x, factor=2.0):
    return (x + 1) * factor


@misconception("always doubles, whatever `factor` says", hint="Where is `factor`?", dies_by="test_factor")
def scaled(x, factor=2.0):
    return x * 2.0 + 1


@misconception("divides by the factor", hint="Try factor 2 and x 4.", dies_by="test_values")
def scaled(x, factor=2.0):
    return x / factor + 1
"""

VARIANTS = """from autograder.checking import variant


@variant("the other way round")
def scaled(x, factor=2.0):
    return 1 + factor * x


@variant("in two steps")
def scaled(x, factor=2.0):
    y = factor * x
    return y + 1
"""

#: the five files of a page that meets the standard, by kind
GOOD = {"lesson": LESSON, "solution": SOLUTION, "checks": CHECKS, "wrong": WRONG, "variants": VARIANTS}


def page(**changes: tuple[str, str] | str) -> dict[str, str]:
    """The good page with changes: kind="text" replaces a file, kind=(old, new) a part of it."""
    files = dict(GOOD)
    for kind, change in changes.items():
        if isinstance(change, str):
            files[kind] = change
        else:
            assert change[0] in files[kind], f"{change[0]!r} is not in the {kind} of the good page"
            files[kind] = files[kind].replace(*change)
    return files


def make_course(root: Path, pages: Mapping[str, dict[str, str]], *, built: bool = True) -> Trees:
    """A course on disk with these pages, its generated files written; its trees."""
    (root / "autograder" / "pages").mkdir(parents=True)
    course = trees(root)
    sections = dict.fromkeys(address.partition("/")[0] for address in pages)
    lines = ['title = "A tiny course"', "[sections]", *(f'{s} = "Section {s}"' for s in sections), "[exercises]"]
    lines += [f'"{address}" = 1.0' for address in pages]
    course.course.mkdir()
    (course.course / "course.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for address, files in pages.items():
        places = {
            "lesson": course.lesson(address),
            "solution": course.solution(address),
            "checks": course.check(address),
            "wrong": course.misconception(address),
            "variants": course.variant(address),
        }
        for kind, path in places.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[kind], encoding="utf-8")
        (course.lesson(address).parent / "line.png").write_bytes(PNG)
    if built:
        for exercise in syllabus.load(course).exercises.values():
            build.write(course, exercise)
    return course


def tiny(root: Path) -> tuple[Syllabus, Trees]:
    """A course of one good page, loaded."""
    course = make_course(root, {PAGE: GOOD})
    return syllabus.load(course), course


def make_check(message: str = "", diagnosis: tuple[str, ...] = (), **fields: object) -> CheckResult:
    """A check's result; what is not given is a plain pass.

    Args:
        message: what failed, as plain text with aligned labels.
        diagnosis: the names of known mistakes, whose hints may stand in the text.
    """
    fields = {"failure": failure_of(message, diagnosis), **fields}
    given: dict = {"name": "test_it", "title": "it works", "status": "passed", "points": 1.0, "max_points": 1.0}
    return CheckResult(**{**given, **fields})


def make_grade(student: str = "ada", exercise: str = PAGE, **fields: object) -> Grade:
    """A grade; what is not given is a plain pass."""
    given: dict = {
        "status": "passed", "points": 1.0, "max_points": 1.0, "seconds": 0.25, "checks": (make_check(),),
        "isolation": "plain", "seed": 7, "key": "k",
    }  # fmt: skip
    return Grade(student, exercise, **{**given, **fields})


def gradus(
    *arguments: str | Path, cwd: Path = ROOT, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    quiet = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "PYTEST_ADDOPTS")}
    return subprocess.run(
        [sys.executable, "-c", "from autograder.cli import entry; entry()", *map(str, arguments)],
        cwd=cwd, env={**quiet, **(env or {})}, capture_output=True, text=True, timeout=300, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


def python(source: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a little Python in a fresh process of this environment."""
    return subprocess.run(
        [sys.executable, "-c", source], cwd=cwd, capture_output=True, text=True, timeout=300, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


def words(text: str) -> str:
    """Text with every run of white space, line ends included, as one space."""
    return re.sub(r"\s+", " ", text)


def without_digests(page: str) -> str:
    """A page without its comments, whose digests may hold any short name by chance."""
    return re.sub(r"<!--.*?-->", "", page)
