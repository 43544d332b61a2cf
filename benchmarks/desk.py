"""The desk measured: 1,000 students by 10 pages, every view, an edit, the memory of the server.

Run as ``python benchmarks/desk.py [STUDENTS [PAGES]]``; prints a table and puts it into ``benchmarks/RESULTS.md``.
The class is made up: of each page a few dozen ways to end, each with a dozen checks and their failures, so that
``gradus desk`` has as much to read as after a real run.
"""

from __future__ import annotations

import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.course import syllabus
from autograder.course.trees import trees
from autograder.gradebook.store import Gradebook
from autograder.model import CheckResult, Diagnosis, Failure, Frame, Grade, Submission
from autograder.running.run import Outcome, in_order, write_results

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
HEADING = "## The desk"
ENTRY = "import sys; sys.argv[0] = 'gradus'; from autograder.cli import entry; entry()"
CHECKS, WAYS, TIMES = 12, 40, 5


def ways(address: str, draw: random.Random) -> list[tuple[tuple[CheckResult, ...], str]]:
    """The ways in which a page ends: its checks, and the code."""
    found = []
    for way in range(WAYS):
        made = []
        for number in range(CHECKS):
            right = way == 0 or draw.random() < 0.7
            values = ", ".join(f"{draw.random():.4f}" for _ in range(60))
            failure = None if right else Failure(
                "difference", "the values differ", f"f{number}(tensor([{values}]))", f"tensor([{values}])",
                f"tensor([{values[::-1]}])", "[0]", frames=(Frame("page.py", 4, "f", "return x"),),
                diagnosis=(Diagnosis(f"mistake {draw.randrange(8)}", "Look at the axis.", f"f{number}"),),
                function=f"f{number}",
            )  # fmt: skip
            status = "passed" if right else "failed"
            answers = f"{number if right else draw.getrandbits(64):016x}"
            made.append(
                CheckResult(f"test_{number}", f"rule {number}", status, float(right), 1.0, failure, answers=answers)
            )
        lines = "\n\n".join(f"def f{n}(x, dim=-1):\n    return x * {n + way}  # {'y' * 40}" for n in range(CHECKS))
        found.append((tuple(made), f"import torch\n\n{lines}\n"))
    return found


def write(out: Path, students: int, pages: int) -> None:
    """What `gradus grade` writes for such a class."""
    course = syllabus.load(trees())
    draw = random.Random(1)
    grades: list[Grade] = []
    sources: dict[tuple[str, str], Submission] = {}
    for address in list(course.exercises)[:pages]:
        known = ways(address, draw)
        for number in range(students):
            made, code = known[min(int(draw.expovariate(0.15)), WAYS - 1)]
            student = f"student{number:05}"
            own = Submission(student, address, "page.py", (f"{code}# {number}\n",))
            points = sum(check.points for check in made)
            end = "passed" if points == CHECKS else "failed"
            grade = Grade(student, address, end, points, CHECKS, 0.2, made, "namespaces", 7, "k" * 64)
            when = "2026-11-20T10:00:00+00:00"
            grades.append(replace(grade, digest=own.digest, submitted=when, filename="page.py"))
            sources[student, address] = own
    out.mkdir(parents=True)
    with Gradebook(out / "gradebook.db") as book:
        book._db.execute("PRAGMA synchronous=OFF")  # a file that is thrown away
        for grade in grades:
            book.add(grade)
    write_results(Outcome(in_order(grades, course), 0, {"seed": 7}, sources), course, out)


def started(out: Path) -> tuple[subprocess.Popen[str], str, float]:
    """`gradus desk` over a folder, its address, and how long the first page took from the command on."""
    begun = time.monotonic()
    desk = subprocess.Popen(
        [sys.executable, "-u", "-c", ENTRY, "desk", str(out), "--no-browser"], cwd=ROOT, text=True,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    assert desk.stdout is not None
    address = next(line.strip().removesuffix("named/") for line in desk.stdout if "http://" in line)
    while True:
        try:
            get(address + "named/")
            return desk, address, time.monotonic() - begun
        except OSError:
            time.sleep(0.05)


def get(address: str, message: Any = None) -> str:
    """What lies at an address, or is answered to a message."""
    body = None if message is None else json.dumps(message).encode()
    asked = urllib.request.Request(address, data=body, headers={"content-type": "application/json"} if body else {})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        text: str = answer.read().decode()
        return text


def memory(pid: int) -> float:
    """The largest resident memory that a process ever had, in MiB."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def measured(address: str) -> list[tuple[str, float, float]]:
    """Each view with the median and the longest of a few looks, in milliseconds; before each of them, one edit."""
    class_page = get(address + "named/")
    page = re.findall(r'href="page/([^"/]+/[^"/]+)/"', class_page)[0]
    ids = re.findall(rf'href="page/{page}/([a-z0-9]+)["#]', class_page)
    group = re.findall(r'href="([a-z0-9]+\?by=answers&amp;group=[0-9a-f]+)"', get(f"{address}named/page/{page}/"))[0]
    views = {
        "class": "named/", "class, by total": "named/?sort=total&down=1",
        "class, wrong on a page": f"named/?page={page}&state=wrong", "class, searched": "named/?find=0099",
        "class as CSV": "named/class.csv", "a page and its groups": f"named/page/{page}/",
        "groups by equal failure": f"named/page/{page}/?by=failure", "an answer": f"named/page/{page}/{ids[3]}",
        "an answer of a group": f"named/page/{page}/" + group.replace("&amp;", "&"),
        "an answer, anonymous": f"anonymous/page/{page}/{ids[4]}", "a student": f"named/student/{ids[5]}",
        "log": "named/log/", "figures": "named/figures/", "figures of a page": f"named/figures/{page}/",
    }  # fmt: skip
    found = []
    took = []
    for name, path in views.items():
        times = []
        for turn in range(TIMES):
            seen = re.search(r'data-seen="(\d+)"', get(f"{address}named/page/{page}/{ids[turn]}"))
            assert seen is not None
            edit = {
                "type": "edit", "page": page, "students": {ids[turn]: int(seen[1])}, "kind": "comment", "text": name
            }  # fmt: skip
            begun = time.perf_counter()
            assert json.loads(get(address + "named/edit", edit))["kept"] == 1
            took.append(1000 * (time.perf_counter() - begun))
            begun = time.perf_counter()
            get(address + path)
            times.append(1000 * (time.perf_counter() - begun))
        found.append((name, statistics.median(times), max(times)))
    return [*found, ("an edit", statistics.median(took), max(took))]


def main() -> None:
    """Measure, print, and keep the figures."""
    students, pages = (int(sys.argv[n]) if len(sys.argv) > n else default for n, default in ((1, 1000), (2, 10)))
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        write(out, students, pages)
        desk, address, first = started(out)
        try:
            figures = measured(address)
            peak = memory(desk.pid)
        finally:
            desk.terminate()
            desk.wait(180)  # it writes the files of the class anew
    rows = "\n".join(f"| {name} | {median:.0f} | {longest:.0f} |" for name, median, longest in figures)
    load = os.getloadavg()[0]
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    text = (
        f"{HEADING}\n\n`python benchmarks/desk.py {students} {pages}`, {day}, load {load:.1f} on {os.cpu_count()} "
        f"cores: {students:,} students by {pages} pages,\n{CHECKS} checks a page, {WAYS} ways to end. An edit before "
        f"each look, so that nothing is answered from memory.\nThe first page is there {first:.1f} s after the "
        f"command; the server's memory never exceeds {peak:.0f} MiB (the aim: 400).\n\n"
        "| view | median, ms | longest, ms |\n|---|---|---|\n" + rows + "\n"
    )
    print(text)
    kept = RESULTS.read_text(encoding="utf-8")
    before, found, rest = kept.partition(f"{HEADING}\n")
    after = rest.partition("\n## ")
    end = f"\n## {after[2]}" if found and after[1] else ""
    RESULTS.write_text(f"{before.rstrip()}\n\n{text}{end}", encoding="utf-8")


if __name__ == "__main__":
    main()
