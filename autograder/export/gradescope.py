"""Gradescope: ``results.json``, and the zip that its autograder is made of."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path
from typing import Any

from ..course.syllabus import language_of
from ..course.trees import Trees, installed, own_root
from ..errors import CourseError
from ..language import _, authored, of_page, speaking, translated
from ..model import CheckResult, Grade, Syllabus
from ..text import printable, told
from .files import finite

OUTPUT_LIMIT = 20_000  #: characters of one test's output; the whole file should stay below a megabyte

_SETUP = """#!/usr/bin/env bash
# Runs once, when Gradescope builds the image.
set -euo pipefail
apt-get update -qq
apt-get install -y -qq python3 python3-venv python3-pip bubblewrap
python3 -m venv /opt/gradus
/opt/gradus/bin/pip install --quiet --upgrade pip
# PyTorch's own index of wheels without CUDA saves gigabytes: set TORCH_INDEX to it
/opt/gradus/bin/pip install --quiet ${{TORCH_INDEX:+--index-url "$TORCH_INDEX"}} "torch=={torch}"
/opt/gradus/bin/pip install --quiet {requirements}
"""
_RUN = """#!/usr/bin/env bash
# Runs for every submission; GRADUS_ROOT and GRADUS_PYTHON are for trying it elsewhere.
ROOT="${{GRADUS_ROOT:-/autograder}}"
PYTHON="${{GRADUS_PYTHON:-/opt/gradus/bin/python}}"
umask 077
mkdir -p "$ROOT/results"
printf '%s' '{nothing}' > "$ROOT/results/results.json"
cd "$ROOT"
export PYTHONPATH="$ROOT/source/gradus"{over}
exec "$PYTHON" -P -m autograder.cli.platforms gradescope "$ROOT" {addresses}
"""
_OVER = "over"  #: the folder of a course that lies over the one that comes with this package


def nothing(why: str = "") -> dict[str, Any]:
    """Return what stands there until something better does, or where nothing could be graded.

    There is neither a score nor a test (the sum of none would be zero), and one of the two is required, so Gradescope
    reports a failed run.
    """
    why = why or _("the autograder did not finish; tell your teacher")
    return {"output": _("not graded: {why}", why=why)}


def results(grades: list[Grade], course: Syllabus | None = None) -> dict[str, Any]:
    """Return what Gradescope reads: a test for each check, figures on the leaderboard.

    Where a page could not be graded there is neither a score nor a test: Gradescope then says that the autograder
    failed, in place of giving zero.

    Args:
        course: each page is told in its language there; by default in the one that is spoken.
    """
    if any(grade.status == "internal" for grade in grades):
        return {"output": _("part of this could not be graded, which is not your fault; tell your teacher")}
    tests: list[dict[str, Any]] = []
    notes: list[str] = []
    for page, grade in enumerate(grades, 1):
        before = f"{grade.exercise.partition('/')[2]}: " if len(grades) > 1 else ""
        with of_page(course, grade.exercise):
            tests += [_test(check, f"{page}.{number}", before) for number, check in enumerate(grade.checks, 1)]
            notes += [printable(translated(note), 500) for note in grade.notes]
    document: dict[str, Any] = {
        "score": round(sum(g.points for g in grades), 4),
        "execution_time": round(sum(g.seconds for g in grades), 3),
        "output": "\n".join(notes),
        "output_format": "text", "test_output_format": "text", "test_name_format": "text",
        "visibility": "visible", "stdout_visibility": "hidden", "tests": tests,
        "extra_data": {
            "isolation": sorted({g.isolation for g in grades}), "submissions": [g.digest for g in grades],
        },
    }  # fmt: skip
    board = {name: value for grade in grades for check in grade.checks for name, value in finite(check.figures).items()}
    if board:
        document["leaderboard"] = [{"name": name, "value": value, "order": "desc"} for name, value in board.items()]
    return document


def _test(check: CheckResult, number: str, before: str) -> dict[str, Any]:
    words = told(check.failure) if check.status != "passed" else check.advice
    counts = check.status != "internal"  # what the grader failed at counts for nobody, in points and maximum
    return {
        "name": before + printable(authored(check.title), 200), "number": number,
        "score": check.points if counts else 0.0, "max_score": check.max_points if counts else 0.0,
        "output": printable(words, OUTPUT_LIMIT),
        "status": "passed" if check.status in ("passed", "skipped") else "failed",
        "tags": list(check.diagnosis), "visibility": "visible", "extra_data": {"status": check.status},
    }  # fmt: skip


def bundle(trees: Trees, addresses: tuple[str, ...], requirements: list[str], torch: str, target: Path) -> Path:
    """Write the autograder zip: two scripts at its root, as Gradescope wants them, and this course beside them.

    Args:
        requirements: what pip installs beside torch.
        torch: its version.
    """
    package = Path(__file__).resolve().parent.parent
    folders = {package: "autograder"}
    whole = trees.base or trees
    if whole.base is not None or (trees.base is not None and whole.root != own_root()):
        raise CourseError(f"{trees.root}: lies over a course of your own; put the two together to bundle them")
    if not installed(whole):
        folders |= {part: part.name for part in (whole.course, whole.solutions, whole.exercises, whole.data)}
    if (whole.root / "languages").is_dir():
        folders[whole.root / "languages"] = "languages"
    if whole.pages.parent != package:  # a course with checks of its own
        folders[whole.pages] = "autograder/pages"
    if trees.base is not None:
        parts = (
            trees.course, trees.solutions, trees.exercises, trees.data, trees.pages, trees.root / "languages",
        )  # fmt: skip
        folders |= {part: f"{_OVER}/{part.relative_to(trees.root).as_posix()}" for part in parts}
    temporary = target.with_name(target.name + ".part")
    setup = _SETUP.format(torch=torch, requirements=" ".join(f'"{r}"' for r in requirements))
    over = f'\nexport GRADUS_COURSE="$ROOT/source/gradus/{_OVER}"' if trees.base is not None else ""
    with speaking(language_of(trees), trees.root):  # an apostrophe would end the script's text
        first = json.dumps(nothing()).replace("'", "\\u0027")
    run = _RUN.format(nothing=first, addresses=" ".join(addresses), over=over)
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (("setup.sh", setup), ("run_autograder", run)):
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            info.external_attr = 0o100755 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, text)
        for folder, inside in folders.items():
            for path in sorted(folder.rglob("*")):
                left_out = {"__pycache__", "sample_class"} & set(path.relative_to(folder).parts)
                if path.is_file() and not path.is_symlink() and not left_out:
                    archive.write(path, f"gradus/{inside}/{path.relative_to(folder).as_posix()}")
    os.replace(temporary, target)
    return target
