"""What three graders award ten misbehaving submissions. Writes its section of ``benchmarks/RESULTS.md``.

    python benchmarks/fooled.py [--place out/fooled] [--print]

The submissions are ten of ``tests/misbehaviour/``, on the page that the corpus is graded on: five points, all bounded,
harmless where nothing stops them. nbgrader and otter-grader get virtual environments of their own below ``--place``,
made once (several minutes, a few GB); every tool's working folder is made anew.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from autograder.running.run import installed
from benchmarks.other_graders import Award, Nbgrader, Otter, Tool, written
from tests.helpers import ROOT, make_course
from tests.misbehaviour.course import ADDRESS, PAGE, POINTS

CORPUS = ROOT / "tests" / "misbehaviour"
HEADING = "## Ten misbehaving submissions, three graders"
TEN = {
    "answers/equals_everything": "every answer is one object that is equal to everything",
    "answers/lying_tensor": "zeros in a tensor subclass that says it is equal; the rest is right",
    "library/torch_says_equal": "replaces torch's comparisons by functions that say yes; every answer is wrong",
    "library/prints_a_verdict": "writes a `results.json` with full marks, and prints it; every answer is wrong",
    "ends/exits_at_once": "ends the process with status 0 while it is loaded",
    "looking/reads_the_solution": "reads the teacher's solution file from where it lies, and uses it",
    "looking/writes_another_submission": "opens what another student handed in for writing",
    "looking/reaches_loopback": "connects to a service on this machine's loopback",
    "toomuch/endless_loop": "one function loops (20 s here, for ever in life); the rest is right",
    "toomuch/prints_a_lot": "right, and prints 30 MB",
}
FLOOD, LOOP = "toomuch/prints_a_lot", "toomuch/endless_loop"

SECTION = """{heading}

Measured on {day}: {facts}.
Written by `python benchmarks/fooled.py`, which gives each tool a virtual environment of its own and sets no option
that is not needed to run. Points of {points}; "–" means that no grade was made. An honest submission gets {points} and
a wrong one 0 from all three. *Its right code*: what the part earns that does not depend on the misbehaviour.

{table}

Seconds of the whole command for the one that loops, and the median of the ten: {times}.
They depend on what else the machine does. nbgrader's limit, 30 s a cell, is longer than this loop; Gradus's was 1.5 s.
Written to disk for the one that prints: {sizes}.

**How to read it.** Each tool does what it is made for. nbgrader is a whole workflow of notebooks: release, collection,
hand grading, feedback. otter-grader is made to run where Gradescope or its own container already keeps a submission in.
In both, the teacher's assertions run in the student's process, which makes them easy to write; Gradus compares in a
process that no submission enters, which asks for checks written for it.

- *Another's file, the solution, loopback, the endless loop*: what is put around a grader decides them. nbgrader's
  documentation shows how to run its kernels in Docker, and `ExecutePreprocessor.timeout` sets its limit. `otter grade`
  runs each submission in a container and has `--timeout` and `--no-network`; measured here is `otter run`, the same
  grading without the container, because this machine runs no Docker.
- *Answers that lie, comparisons replaced*: a container does not help, since the assertion is in it too. Comparing
  types first and then plain values (`type(x) is torch.Tensor`, `x.tolist()`) stops the lying answers, one by one.
- *An exit while loading*: nobody gives points for it. nbgrader and otter-grader report an error and make no grade.
"""


class Gradus:
    """``gradus grade``, with the isolation that this machine allows."""

    name, version = "Gradus", installed("gradus-course")

    def __init__(self, place: Path):
        self.place = place.resolve()
        trees = make_course(self.place / "course", {ADDRESS: PAGE}, built=False)
        self.solution = trees.solution(ADDRESS)
        self.isolation = ""

    def neighbour(self) -> Path:
        """What the student named neighbour hands in."""
        return self.place / "class" / "neighbour" / "one" / "steps.py"

    def grade(self, student: str, source: str, beside: dict[str, str]) -> Award:
        """Hand in a source with the files beside it, and grade it."""
        own, out = self.place / "class" / student / "one", self.place / "results" / student
        own.mkdir(parents=True)
        for name, text in {**beside, "steps.py": source}.items():
            (own / name).write_text(text)
        command = [sys.executable, "-c", "from autograder.cli import entry; entry()", "grade", self.place / "class"]
        command += ["--student", student, "--out", out, "--seed", "3"]
        environment = {**os.environ, "GRADUS_COURSE": str(self.place / "course")}
        started = time.monotonic()
        subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=600, check=True)
        seconds = time.monotonic() - started
        (grade,) = json.loads((out / "grades.json").read_text())["grades"]
        self.isolation = grade["isolation"]
        return Award(grade["points"], seconds, written(out), grade["status"])


def honest_points(case: str) -> float:
    """What the right code in a case is worth."""
    for node in ast.parse((CORPUS / f"{case}.py").read_text()).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "HONEST_POINTS":
            return float(ast.literal_eval(node.value))
    raise SystemExit(f"{case} does not say what its right code earns")


def ask(tool: Tool | Gradus, port: int) -> dict[str, Award]:
    """Grade the ten with one tool, an honest and a wrong submission before them.

    Raises:
        SystemExit: the tool does not give those two what they deserve: what it gives the ten would mean nothing.
    """
    honest = (CORPUS / "beside" / "honest.py").read_text()
    (tool.place / "solution.py").write_text(PAGE["solution"])
    beside = {"honest.py": honest, "whereabouts.py": _whereabouts(tool, port)}
    right = tool.grade("neighbour", honest, beside)
    nothing = honest.replace("return ", "return None and ").replace("yield ", "yield None and ")
    wrong = tool.grade("wrong", nothing, beside)
    if (right.points, wrong.points) != (POINTS, 0):
        raise SystemExit(f"{tool.name} gives an honest submission {right} and a wrong one {wrong}")
    awards = {}
    for case in TEN:
        awards[case] = tool.grade(case.partition("/")[2], (CORPUS / f"{case}.py").read_text(), beside)
        print(f"{tool.name:<13} {case:<36} {awards[case]}", flush=True)
    return awards


def _whereabouts(tool: Tool | Gradus, port: int) -> str:
    solution = tool.solution if isinstance(tool, Gradus) else tool.place / "solution.py"
    return f"SOLUTION, NEIGHBOUR, PORT = {str(solution)!r}, {str(tool.neighbour())!r}, {port}\n"


def section(tools: list[Tool | Gradus], awards: dict[str, dict[str, Award]], isolation: str) -> str:
    """The section of RESULTS.md."""
    names = [tool.name for tool in tools]
    rows = [f"| submission | its right code | {' | '.join(names)} |", "|---|---|" + "---|" * len(names)]
    for case, what in TEN.items():
        cells = [_cell(awards[name][case].points) for name in names]
        rows.append(f"| `{case.partition('/')[2]}`: {what} | {honest_points(case):g} | {' | '.join(cells)} |")
    usual = {name: median(award.seconds for award in awards[name].values()) for name in names}
    times = ", ".join(f"{name} {awards[name][LOOP].seconds:.0f} ({usual[name]:.0f})" for name in names)
    sizes = ", ".join(f"{name} {awards[name][FLOOD].kilobytes:,.0f} kB" for name in names)
    versions = ", ".join(f"{tool.name} {tool.version}" for tool in tools)
    facts = f"{versions} ({isolation}); Python {platform.python_version()}, torch {installed('torch')}"
    return SECTION.format(
        heading=HEADING, points=f"{POINTS:g}", day=f"{datetime.now(UTC):%d %B %Y}", facts=facts, table="\n".join(rows),
        times=times, sizes=sizes,
    )  # fmt: skip


def _cell(points: float | None) -> str:
    return "–" if points is None else f"{points:g}"


def put(path: Path, text: str) -> None:
    """Replace the section of the text's first line, its heading, in a page, or append it."""
    page = path.read_text(encoding="utf-8") if path.exists() else ""
    before, found, after = page.partition(text.partition("\n")[0] + "\n")
    rest = after.partition("\n## ") if found else ("", "", "")
    after = f"\n## {rest[2]}" if rest[1] else ""
    path.write_text(before.rstrip("\n") + "\n\n" + text + after, encoding="utf-8")


def main() -> None:
    """Grade with all three and write the section."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--place", type=Path, default=ROOT / "out" / "fooled", help="for environments and work")
    parser.add_argument("--print", action="store_true", help="print only; leave RESULTS.md as it is")
    options = parser.parse_args()
    work = options.place / "work"
    shutil.rmtree(work, ignore_errors=True)
    for name in ("nbgrader", "otter-grader", "gradus"):
        (work / name).mkdir(parents=True)
    tools: list[Tool | Gradus] = [
        Nbgrader(options.place, work / "nbgrader"), Otter(options.place, work / "otter-grader"), Gradus(work / "gradus")
    ]  # fmt: skip
    with contextlib.closing(socket.create_server(("127.0.0.1", 0), backlog=100)) as service:
        awards = {tool.name: ask(tool, service.getsockname()[1]) for tool in tools}
    text = section(tools, awards, next(tool.isolation for tool in tools if isinstance(tool, Gradus)))
    print(text)
    if not options.print:
        put(ROOT / "benchmarks" / "RESULTS.md", text)


if __name__ == "__main__":
    main()
