"""``gradus new-course``: a folder with every tree, one page that works, and what it takes to hand it out."""

from __future__ import annotations

import json
import re
from pathlib import Path

from ..course.trees import BUNDLED, Trees, trees
from ..errors import CourseError
from . import new

_TOML = """# The course: order and weights, one line a page. All else about a page stands in its lesson.
title = {title}
{extends}
# A section has a short name, which is a folder's, and a title.
[sections]
{section} = "First steps"

# The pages in their order, each with its weight: where the points of several pages are added up, a page of weight 2
# counts double, one of weight 0 not at all. `gradus new {section}/my_page` adds a line here.
[exercises]

# What is handed out together, and when it is due; without any, each section is an assignment.
# [assignments.week1]
# title = "Week 1"
# exercises = ["{section}/first_page"]
# due = 2026-10-01T23:59:00+02:00
"""
_EXTENDS = """
# This course lies over another: it has all pages of that one. "gradus" is the course that comes with gradus; the folder
# of another course may stand here, too. A file of your own at a page's address replaces the other's, such as
# course/s3_neural_networks/softmax.md its lesson. A line under [exercises] gives a page of the other its weight.
extends = {over}
leave_out = []   # pages or whole sections of the other that this course does not have, as "s6_further"
order = []       # pages or sections that come first, in this order; the rest follows as it was
"""
_PROJECT = """# What it takes to grade this course: pip install . installs it and nothing of the course itself.
[project]
name = "{distribution}"
version = "1"
requires-python = ">=3.11"
dependencies = ["gradus-course[teach]"]

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[tool.hatch.build.targets.wheel]
bypass-selection = true

[tool.pytest.ini_options]  # plain `pytest` grades solutions/, `pytest --submission FILE` another file
addopts = "-p autograder.judging.pytest_entry --import-mode=importlib"
testpaths = ["pages"]
"""
_IGNORE = """.venv/
__pycache__/
.pytest_cache/
.ipynb_checkpoints/
# what gradus keeps for itself, and the results of grading: students' data stay out of the repository
.gradus/
out/
gradebook.db
"""
_WORKFLOW = """# Every push proves the course: generated files in step, each page as far as its front matter says.
name: verify
on: [push, pull_request]
jobs:
  verify:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with: {python-version: "3.11"}
      - run: pip install .
      - run: gradus build --check
      - run: gradus verify
"""
_README = """# {title}

## For students

    pip install gradus-course
    gradus --course PATH/TO/THIS/FOLDER init my_work    # your workspace: exercises, notebooks, lessons
    cd my_work
    gradus                # where you stand, and what is next
    gradus watch          # checks whatever you save, as you save it
    gradus check PAGE     # one page
    gradus hint PAGE      # one hint at a time

In a notebook: `%load_ext autograder`, then `check("PAGE")`.

## For teachers

Inside this folder every command works on this course:

    gradus list                     # the pages, and how far each is proved
    gradus new {section}/my_page      # begin a page
    gradus author my_page           # write it: an answer on every save
    gradus build                    # stubs and notebooks, generated from solutions and lessons
    gradus verify                   # prove it
    gradus grade SUBMISSIONS/ --out out

| folder | what it holds |
|---|---|
| `course/` | `course.toml` and the lessons |
| `solutions/` | the reference solutions, the source of stubs and notebooks |
| `pages/` | what grades a page: checks, known mistakes, other right ways |
| `exercises/`, `notebooks/` | generated: what students get; `notebooks/` is an nbgrader course |
| `data/` | loaders of data sets that pages use |
"""
_NBGRADER = '''"""The notebooks of this course as an nbgrader course: run nbgrader in this folder."""

c = get_config()  # noqa: F821 - nbgrader provides it

c.CourseDirectory.course_id = {name}
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\\nraise NotImplementedError()"}
'''


def begin(folder: Path, title: str = "", over: str = "", *, page: bool = True) -> tuple[Trees, list[Path]]:
    """Write a new course into a folder that is new or empty; its trees, and the files.

    Args:
        over: the course that it lies over, "gradus" or a folder.
        page: with a first page that works.

    Raises:
        CourseError: the folder holds something already, or there is no course to lie over.
    """
    if folder.is_file() or (folder.is_dir() and any(path.name != ".git" for path in folder.iterdir())):
        raise CourseError(f"{folder}: is not empty; name a new folder for the course")
    root = folder.resolve()
    name = re.sub(r"[^a-z0-9]+", "-", root.name.lower()).strip("-") or "course"
    title = title or root.name.replace("_", " ").replace("-", " ").capitalize()
    extends = ""
    if over:
        below = over if over == BUNDLED else str(Path(over).resolve())
        extends = _EXTENDS.replace("{over}", json.dumps(below, ensure_ascii=False))
    fields = {
        "extends": extends, "title": json.dumps(title, ensure_ascii=False), "section": "s1_first",
        "distribution": f"{name}-course", "name": json.dumps(name),
    }  # fmt: skip
    texts = {
        "course/course.toml": _TOML, "pyproject.toml": _PROJECT, ".gitignore": _IGNORE,
        ".github/workflows/verify.yml": _WORKFLOW, "README.md": _README.replace("{title}", title),
        "notebooks/nbgrader_config.py": _NBGRADER, "data/.gitkeep": "",
    }  # fmt: skip
    for path, text in texts.items():
        new.write(root / path, new.filled(text, fields))
    made = trees(root)
    for tree in (made.solutions, made.exercises, made.pages):
        tree.mkdir(exist_ok=True)
    written = [root / path for path in texts]
    return made, [*written, *(new.start(made, "s1_first/first_page") if page else ())]
