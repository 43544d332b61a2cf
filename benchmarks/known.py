"""A class that is known already: how long `gradus grade` takes. Writes its section of ``benchmarks/RESULTS.md``.

    python benchmarks/known.py [--students 1000] [--runs 3] [--print]

Ten pages, of each forty different files, half of them wrong, shared out among the students. The first run grades
them all (minutes); those that are timed find every submission in the gradebook and bring the results up to date.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.fooled import put
from benchmarks.run import machine
from tests.helpers import ROOT

HEADING = "## A class that is known"
PAGES = (
    "hello", "tensors", "matrix_computation", "activations", "softmax", "neuron", "tasks", "losses",
    "regression_losses", "classification_losses",
)  # fmt: skip
DIFFERENT = 40  #: files of a page
SECTION = """{heading}

`gradus grade` of {students:,} students by {pages} pages, every submission known from the run before, {day}: {facts}.
The load of the last quarter of an hour was {load:.1f}. Written by `python benchmarks/known.py`.

| | s |
|---|---|
| graded from nothing, once | {first:.0f} |
| known, median of {runs} (the aim: 5) | {known:.1f} |
| known, longest | {longest:.1f} |
"""


def write_class(folder: Path, students: int) -> None:
    """Write a class of files, a folder for each student."""
    sources = importlib.import_module("benchmarks.class").sources
    for page in PAGES:
        texts = sources(page, DIFFERENT)
        for number in range(students):
            own = folder / f"s{number:04}"
            own.mkdir(parents=True, exist_ok=True)
            (own / f"{page}.py").write_text(texts[number % DIFFERENT], encoding="utf-8")


def timed(folder: Path, out: Path) -> float:
    """Grade a class; the seconds from the shell and back."""
    began = time.perf_counter()
    command = [sys.executable, "-c", "from autograder.door import entry; entry()", "grade", folder, "--out", out]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> None:
    """Grade once, then time what is known."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--print", action="store_true", help="print only; leave RESULTS.md as it is")
    options = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="gradus-known-"))
    try:
        write_class(work / "class", options.students)
        first = timed(work / "class", work / "out")
        load = os.getloadavg()[2]
        took = [timed(work / "class", work / "out") for _ in range(options.runs)]
        grades = json.loads((work / "out" / "grades.json").read_text(encoding="utf-8"))["grades"]
    finally:
        shutil.rmtree(work, ignore_errors=True)
    if len(grades) != options.students * len(PAGES):
        raise SystemExit(f"{len(grades)} grades of {options.students * len(PAGES)}")
    day = f"{datetime.now(UTC):%d %B %Y}"
    text = SECTION.format(
        heading=HEADING, students=options.students, pages=len(PAGES), day=day, facts=machine(),
        load=load, first=first, runs=options.runs, known=statistics.median(took), longest=max(took),
    )  # fmt: skip
    print(text)
    if not options.print:
        put(ROOT / "benchmarks" / "RESULTS.md", text)


if __name__ == "__main__":
    main()
