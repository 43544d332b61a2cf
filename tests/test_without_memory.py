"""The answer cache is one file and the line where it is plugged in; without both a grader remains that works."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import autograder
from tests.helpers import CHECKS, PAGE, make_course, page

PACKAGE = Path(autograder.__file__).parent
CACHE = "sandbox/host/answer_cache.py"
GRADE = f"""
import json, sys
from dataclasses import asdict
from pathlib import Path
import autograder
from autograder.course import catalogue, syllabus
from autograder.course.trees import trees as trees_of
from autograder.judging.collect import collect
from autograder.judging.judge import Judge
from autograder.model import Settings

trees = trees_of(Path(sys.argv[1]))
course = syllabus.load(trees)
exercise = course.exercises[{PAGE!r}]
solution = catalogue.solution_submission(trees, exercise)
versions = [*catalogue.variants(trees, exercise), *catalogue.misconceptions(trees, exercise)]
several = [solution, *(one.submission(exercise, solution.cells[0]) for one in versions)] * 2

def loop(plugin):
    judge = Judge(course, trees, Settings(seed=7, isolation="plain"), plugin.checks, plugin.run)
    try:
        grades = [{{**asdict(judge.grade(one)), "seconds": 0}} for one in several]
    finally:
        judge.close()
    print(json.dumps([str(Path(autograder.__file__).parent), grades], default=str))

collect(trees, [{PAGE!r}], loop)
"""


def graded(package: Path, course: Path, folder: Path) -> tuple[str, str]:
    """Where the engine lay that graded the versions of a page, each twice, and what it found."""
    done = subprocess.run(
        [sys.executable, "-c", GRADE, str(course)], capture_output=True, text=True, cwd=folder, timeout=300,
        env={**os.environ, "PYTHONPATH": str(package.parent), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    where, _, grades = done.stdout.partition('", ')
    return where.removeprefix('["'), grades


def test_without_the_answer_cache_everything_is_graded_alike(tmp_path):
    """a copy of the engine without that file and without the one line that plugs it in gives the same grades"""
    trees = make_course(tmp_path / "course", {PAGE: page(checks=CHECKS)}, built=False)
    copy = tmp_path / "engine" / "autograder"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("pages", "__pycache__"))
    (copy / CACHE).unlink()
    plugged = []
    for path in copy.rglob("*.py"):
        text = path.read_text("utf-8")
        if "answer_cache" not in text and "AnswerCache" not in text:
            continue
        lines = text.splitlines(keepends=True)
        plugged += [(path.name, line.strip()) for line in lines if "AnswerCache(" in line]
        lines = [line for line in lines if not re.match(r"(from|import) .*answer_cache", line)]
        path.write_text("".join(re.sub(r"AnswerCache\(\)", "None", line) for line in lines), "utf-8")
    assert [name for name, _ in plugged] == ["judge.py"], plugged
    where, without = graded(copy, trees.root, tmp_path)
    assert Path(where) == copy
    where, beside = graded(PACKAGE, trees.root, tmp_path)
    assert Path(where) == PACKAGE
    assert without == beside
    assert without.count('"status": "passed"') > 2
