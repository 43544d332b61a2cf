"""A thousand submissions of one page, and ten thousand: speed, memory, pages. Writes its section of ``RESULTS.md``.

    python benchmarks/scale.py [--exercise s0_start/hello] [--few 1000] [--many 10000] [--runs 3] [--many-runs 1]

Each run is ``gradus grade FOLDER`` in a process of its own, with a gradebook, results and a page for each student. No
two submissions are equal; nine of ten are right, in the ways that are known, the tenth is a known wrong way. Ten
thousand take ten minutes or so.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import IO

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from autograder.course import catalogue, syllabus
from autograder.course import trees as paths
from autograder.sandbox.host.probe import best_level
from benchmarks.fooled import put
from benchmarks.run import machine
from tests import browser
from tests.helpers import ROOT

HEADING = "## Many submissions of one page"
SECTION = """{heading}

`gradus grade` of `{address}` on a folder, from a cold shell, {day}: {facts}, {cores} judges, isolation {isolation}.
{calm}
Written by `python benchmarks/scale.py`; of several runs the median. Nine of ten submissions are right, no two equal.

{table}

*A second*: from the tenth part of the class to its end, and over the whole command. *Parent*: the peak of the resident
memory (`VmHWM`) of the process that was started, torch and all; *largest*: that of the largest process, the judges and
their workers among them, looked at once a second. *Results*: from the last grade to the end of the command, with
grades.json, grades.csv, the report, a page for each student and the table. *Opens*: the report in headless Chromium,
until its scripts have run.

From {few:,} to {many:,} submissions: throughput {ratio:.0f} % of that at {few:,} (the aim: 75 or more), {more:+.0f} MiB
in the parent (the aim: less than 20).
"""


@dataclass(frozen=True)
class Figures:
    """What one run took; memory in MiB, files in kB, `opens` in milliseconds, NaN without a browser."""

    count: int
    seconds: float
    rate: float
    parent: float
    largest: float
    results: float
    report: float
    opens: float

    @property
    def overall(self) -> float:
        """Submissions a second, start-up and results included."""
        return self.count / self.seconds


def write_class(folder: Path, address: str, count: int) -> Path:
    """A class of so many students, who all handed in this page."""
    trees = paths.trees()
    exercise = syllabus.load(trees).exercises[address]
    solution = catalogue.solution_text(trees, exercise)
    right = [solution, *(way.submission(exercise, solution).cells[0] for way in catalogue.variants(trees, exercise))]
    wrong = [way.submission(exercise, solution).cells[0] for way in catalogue.misconceptions(trees, exercise)]
    for number in range(count):
        sources = wrong if number % 10 == 9 else right
        own = folder / f"student{number:05}"
        own.mkdir(parents=True)
        text = f"{sources[number // 10 % len(sources)]}\n# {number}\n"
        (own / f"{exercise.name}.py").write_text(text, encoding="utf-8")
    return folder


def peak(pid: int) -> float:
    """The largest resident memory that a process ever had, in MiB; 0 once it is gone."""
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


def told(stream: IO[str], into: list[tuple[int, float]], other: list[str]) -> None:
    """Read how far a run is, with the time of each line."""
    for line in stream:
        found = re.match(r"grading: (\d+) of \d+$", line)
        if found:
            into.append((int(found[1]), time.monotonic()))
        else:
            other.append(line)


def grade(folder: Path, out: Path, count: int, jobs: int) -> Figures:
    """One run.

    Raises:
        SystemExit: it failed, or grades are missing or not what the sources deserve.
    """
    command = [sys.executable, "-c", "from autograder.cli import entry; entry()", "grade", str(folder)]
    command += ["--out", str(out), "--seed", "1", "--jobs", str(jobs)]
    steps: list[tuple[int, float]] = []
    other: list[str] = []
    began = time.monotonic()
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        reader = threading.Thread(target=told, args=(process.stderr, steps, other))
        reader.start()
        parent = largest = 0.0
        rounds = 0
        while process.poll() is None:
            parent = max(
                parent, peak(process.pid)
            )  # a high-water mark: what the last look missed is all that is missed
            if rounds % 20 == 0:
                for child in _below(process.pid):
                    largest = max(largest, peak(child))
            rounds += 1
            time.sleep(0.05)
        ended = time.monotonic()
        reader.join()
    if process.returncode or not steps or steps[-1][0] != count:
        raise SystemExit(f"the run ended with {process.returncode}:\n{''.join(other)[-2000:]}")
    statuses = [one["status"] for one in json.loads((out / "grades.json").read_text())["grades"]]
    if len(statuses) != count or statuses.count("passed") != count - count // 10 or "internal" in statuses:
        raise SystemExit(f"{len(statuses)} grades, {statuses.count('passed')} of them full")
    (first, start), (last, end) = steps[0], steps[-1]
    tenths = (f"{(b[0] - a[0]) / (b[1] - a[1]):.1f}" for a, b in pairwise(steps))
    print(f"{count} submissions, a second, tenth by tenth: {' '.join(tenths)}", file=sys.stderr, flush=True)
    report = out / "report.html"
    return Figures(
        count, ended - began, (last - first) / (end - start), parent, max(parent, largest), ended - end,
        report.stat().st_size / 1000, opening(report),
    )  # fmt: skip


def _below(pid: int) -> list[int]:
    try:
        return [child.pid for child in psutil.Process(pid).children(recursive=True)]
    except psutil.Error:
        return []


def opening(page: Path) -> float:
    """Milliseconds until a page is there and its scripts have run."""
    if browser.CHROMIUM is None:
        return float("nan")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place, browser.browser(Path(place) / "p") as found:
        tab = found.open(page.resolve().as_uri())
        return tab.run("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")


def middle(runs: list[Figures]) -> Figures:
    """The median of each figure."""
    names = ("seconds", "rate", "parent", "largest", "results", "report", "opens")
    return Figures(runs[0].count, *(median(getattr(run, name) for run in runs) for name in names))


def section(few: Figures, many: Figures, runs: tuple[int, int], address: str, jobs: int, calm: str) -> str:
    """The section of RESULTS.md."""
    names = (
        "submissions",
        "runs",
        "a second",
        "the whole",
        "parent MiB",
        "largest MiB",
        "results s",
        "report",
        "opens",
    )
    rows = [f"| {' | '.join(names)} |", "|" + "---|" * len(names)]
    for one, count in zip((few, many), runs, strict=True):
        rows.append(
            f"| {one.count:,} | {count} | {one.rate:.1f} | {one.overall:.1f} | {one.parent:.0f} | {one.largest:.0f} "
            f"| {one.results:.1f} | {one.report:,.0f} kB | {one.opens:.0f} ms |"
        )
    return SECTION.format(
        heading=HEADING, address=address, day=f"{datetime.now(UTC):%d %B %Y}", facts=machine(), cores=jobs, calm=calm,
        isolation=best_level(), table="\n".join(rows), few=few.count, many=many.count,
        ratio=100 * many.rate / few.rate, more=many.parent - few.parent,
    )  # fmt: skip


def main() -> None:
    """Measure and write the section."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--exercise", default="s0_start/hello", help="the page's address")
    parser.add_argument("--few", type=int, default=1000)
    parser.add_argument("--many", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3, help="with few submissions")
    parser.add_argument("--many-runs", type=int, default=1, help="with many")
    parser.add_argument("--jobs", type=int, default=2, help="judge processes")
    parser.add_argument("--calm", default="", help="a sentence on what else the machine did")
    parser.add_argument("--place", type=Path, default=ROOT / "out" / "scale", help="for classes and results")
    parser.add_argument("--print", action="store_true", help="print only; leave RESULTS.md as it is")
    options = parser.parse_args()
    shutil.rmtree(options.place, ignore_errors=True)
    found = []
    for count, runs in ((options.few, options.runs), (options.many, options.many_runs)):
        folder = write_class(options.place / f"class-{count}", options.exercise, count)
        took = []
        for number in range(runs):
            took.append(grade(folder, options.place / f"out-{count}-{number}", count, options.jobs))
            print(time.strftime("%H:%M"), took[-1], file=sys.stderr, flush=True)
        found.append(middle(took))
    load = os.getloadavg()[2] - options.jobs
    calm = (
        options.calm or f"The load of the machine's last quarter of an hour, apart from this, was {max(0.0, load):.1f}."
    )
    text = section(*found, (options.runs, options.many_runs), options.exercise, options.jobs, calm)
    print(text)
    if not options.print:
        put(ROOT / "benchmarks" / "RESULTS.md", text)


if __name__ == "__main__":
    main()
