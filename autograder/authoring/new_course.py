"""``gradus new-course``: a folder with every tree, one page that works, and what it takes to hand it out."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path

from ..course.syllabus import load
from ..course.trees import BUNDLED, Trees, is_course, trees
from ..errors import CourseError
from . import new
from .undo import folder_or_nothing

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
# course/{theirs}.md its lesson. A line under [exercises] gives a page of the other its weight.
extends = {over}
leave_out = []   # pages or whole sections of the other that this course does not have, as "{last}"
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
handout/
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
    gradus check {page}     # one page
    gradus hint {page}      # one hint at a time

In a notebook: `%load_ext autograder`, then `check("{page}")`.

## For teachers

Inside this folder every command works on this course:

    gradus list                     # the pages, and how far each is proved
    gradus new {address}_2     # begin a page
    gradus author {page}     # write it: an answer on every save
    gradus build                    # stubs and notebooks, generated from solutions and lessons
    gradus verify                   # prove it
    gradus grade SUBMISSIONS/ --out out
    gradus bundle student --to handout    # a wheel to hand out: the course without its solutions

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

FIRST = "s1_first/first_page"  #: where its page stands


def begin(folder: Path, title: str = "", over: str = "", *, page: bool = True) -> tuple[Trees, list[Path]]:
    """Write a new course into a folder that is new or empty; its trees, and the files, each once.

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
        if below != BUNDLED and not is_course(Path(below)):
            raise CourseError(
                f"--over {over}: there is no course/course.toml in {below}; name the folder of a course, or say "
                f"{BUNDLED} for the one that comes with gradus"
            )
        extends = _EXTENDS.replace("{over}", json.dumps(below, ensure_ascii=False))
    fields = {
        "extends": extends, "title": json.dumps(title, ensure_ascii=False), "section": "s1_first",
        "distribution": f"{name}-course", "name": json.dumps(name),
    }  # fmt: skip
    texts = {
        "course/course.toml": _TOML, "pyproject.toml": _PROJECT, ".gitignore": _IGNORE,
        ".github/workflows/verify.yml": _WORKFLOW, "README.md": "",
        "notebooks/nbgrader_config.py": _NBGRADER, "data/.gitkeep": "",
    }  # fmt: skip
    with folder_or_nothing(root):
        for path, text in texts.items():
            new.write(root / path, new.filled(text, fields))
        made = trees(root)
        for tree in (made.solutions, made.exercises, made.pages):
            tree.mkdir(exist_ok=True)
        if made.base is not None:
            _show_names_of(made, root / "course" / "course.toml")
        written = [root / path for path in texts]
        written += new.start(made, _first(made)) if page else ()
        write_readme(made)
    return made, list(dict.fromkeys(written))  # the first page wrote a line into course.toml, too


def _first(made: Trees) -> str:
    """Return where its first page goes: an address that the course below does not have."""
    taken = load(made).pages
    return next(one for n in itertools.count(1) if (one := FIRST if n == 1 else f"{FIRST}_{n}") not in taken)


def _show_names_of(made: Trees, toml: Path) -> None:
    """Fill examples in ``course.toml`` with pages and sections of the course below."""
    below = load(made.base) if made.base is not None else load(made)
    names = {"theirs": next(iter(below.pages), "section/page"), "last": next(reversed(below.sections), "section")}
    new.write(toml, new.filled(toml.read_text(encoding="utf-8"), names))


def write_readme(made: Trees) -> None:
    """Write the course's README, its commands with the names of the course's own first page."""
    course = load(made)
    own = [page for page in course.exercises.values() if made.writes(page.address)]
    page = own[0].name if own else "first_page"
    address = own[0].address if own else FIRST
    new.write(made.root / "README.md", new.filled(_README, {"title": course.title, "page": page, "address": address}))
