"""A class in three graders: notebooks a second, start-up included. Writes its section of ``benchmarks/RESULTS.md``.

    python benchmarks/side_by_side.py [--place out/fooled] [--sample 12] [--counts 102 1002] [--print]

The same notebooks for all, of three pages (softmax, regression losses with mse, gradient descent): a right way and a
known wrong way of each page in turn, so half the class has something wrong. The other two take their notebooks one by
one, so a sample tells their time for each; Gradus grades whole classes. Each tool has a virtual environment of its own;
the other two get a few assertions a page, Gradus runs all of its checks.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, cycle, islice
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from autograder.course import catalogue, syllabus
from autograder.course import trees as paths
from benchmarks.fooled import put
from benchmarks.other_graders import Tool, mark
from benchmarks.run import breakdown, machine

ROOT = Path(__file__).resolve().parents[1]
HEADING = "## A class of notebooks, three graders"
SECTION_OF = "s3_neural_networks"
#: page -> assertions as a careful teacher writes them, one cell each
PAGES = {
    "softmax": (
        "x = torch.randn(2, 3, dtype=torch.float64)\ntorch.testing.assert_close(softmax(x, 1), torch.softmax(x, 1))",
        "x = torch.randn(2, 3, 4)\nfor dim in range(3):\n"
        "    torch.testing.assert_close(log_softmax(x, dim), torch.log_softmax(x, dim))",
        "x = torch.tensor([[1000.0, 1001.0]])\ntorch.testing.assert_close(logsumexp(x, 1), torch.logsumexp(x, 1))",
        "x = torch.randn(3, 4, requires_grad=True)\ntwin = x.detach().clone().requires_grad_()\n"
        "softmax(x, 1).pow(2).sum().backward()\ntorch.softmax(twin, 1).pow(2).sum().backward()\n"
        "torch.testing.assert_close(x.grad, twin.grad)",
    ),
    "regression_losses": (
        "a, b = torch.randn(2, 5, 3)\nfor how in ('none', 'sum', 'mean'):\n"
        "    torch.testing.assert_close(mse(a, b, how), torch.nn.functional.mse_loss(a, b, reduction=how))",
        "a, b = torch.randn(2, 7)\ntorch.testing.assert_close(mae(a, b), torch.nn.functional.l1_loss(a, b))",
        "a, b = torch.randn(2, 7)\ntorch.testing.assert_close(huber(a, b), torch.nn.functional.huber_loss(a, b))",
    ),
    "gradient_descent": (
        "x, history = gradient_descent(lambda x: 2 * x, torch.ones(3), 0.1, 5)\n"
        "torch.testing.assert_close(x, torch.full((3,), 0.8**5))\nassert history.shape == (6, 3)",
        "parts = list(minibatches(10, 4))\nassert sorted(torch.cat(parts).tolist()) == list(range(10))",
    ),
}  # fmt: skip


def handed_in(page: str, count: int) -> list[str]:
    """So many sources of one page, none twice: one of its right ways, one of its known wrong ways, and so on."""
    trees = paths.trees()
    exercise = syllabus.load(trees).exercises[f"{SECTION_OF}/{page}"]
    solution = catalogue.solution_text(trees, exercise)
    variants, wrong = catalogue.variants(trees, exercise), catalogue.misconceptions(trees, exercise)
    right = [solution, *(one.submission(exercise, solution).cells[0] for one in variants)]
    both = zip(cycle(right), cycle(one.submission(exercise, solution).cells[0] for one in wrong), strict=False)
    return [f"{source}\n# {number}\n" for number, source in enumerate(islice(chain.from_iterable(both), count))]


def write_class(folder: Path, count: int) -> Path:
    """At least `count` notebooks, of students with one of each page, as ``<student>/<page>.ipynb``."""
    for page in PAGES:
        for number, source in enumerate(handed_in(page, -(-count // len(PAGES)))):
            own = folder / f"s{number:04}"
            own.mkdir(parents=True, exist_ok=True)
            nbformat.write(new_notebook(cells=[new_code_cell(source)]), own / f"{page}.ipynb")
    return folder


WORDS = """
Notebooks of three pages (softmax, regression losses, gradient descent), the same for all: half of them right, half with
a known mistake. nbgrader and otter-grader work through theirs one by one, so a sample tells their time for each, half
of it taken before Gradus and half after, since a machine's speed changes within minutes. They get two to four
assertions a page, Gradus runs all of its checks, 11 to 13 a page, and names the mistake. Start-up, gradebook and
results are included; Gradus' first run in an environment also tries what isolation there is. Memory is that of the
largest single process.
"""
COSTS = "What one right softmax page costs Gradus, in milliseconds of one core:"


@dataclass(frozen=True)
class Timed:
    """What grading so many notebooks took; memory is that of the largest single process."""

    tool: str
    count: int
    seconds: float
    mebibytes: int

    def __add__(self, other: Timed) -> Timed:
        """Two parts of one sample."""
        larger = max(self.mebibytes, other.mebibytes)
        return Timed(self.tool, self.count + other.count, self.seconds + other.seconds, larger)

    @property
    def each(self) -> float:
        """Seconds a notebook."""
        return self.seconds / self.count


class NbgraderClass(Tool):
    """``nbgrader autograde`` of one assignment with three notebooks."""

    name, packages = "nbgrader", ("nbgrader==0.9.6", "ipykernel")

    def grade_class(self, folder: Path) -> Timed:
        """Make the assignment, hand in, and time the grading."""
        config = f"c = get_config()\nc.CourseDirectory.root = {str(self.place)!r}\n"
        (self.place / "nbgrader_config.py").write_text(config)
        source = self.place / "source" / "one"
        source.mkdir(parents=True)
        answer = mark("answer", grade=False, solution=True, locked=False)
        for page, tests in PAGES.items():
            cells = [new_code_cell("", metadata=answer)]
            for number, text in enumerate(tests):
                test = mark(f"test{number}", grade=True, solution=False, locked=True, points=1)
                cells.append(new_code_cell(f"import torch\n{text}", metadata=test))
            nbformat.write(new_notebook(cells=cells), source / f"{page}.ipynb")
        self.must(self.run("nbgrader", "generate_assignment", "one"))
        count = 0
        for path in sorted(folder.glob("*/*.ipynb")):
            notebook = nbformat.read(self.place / "release" / "one" / path.name, as_version=4)
            notebook.cells[0].source = nbformat.read(path, as_version=4).cells[0].source
            own = self.place / "submitted" / path.parent.name / "one"
            own.mkdir(parents=True, exist_ok=True)
            nbformat.write(notebook, own / path.name)
            count += 1
        seconds, peak = self.timed("nbgrader", "autograde", "one")
        graded = len(list((self.place / "autograded").glob("*/one/*.ipynb")))
        if graded != count:
            raise SystemExit(f"nbgrader graded {graded} of {count} notebooks")
        return Timed(f"nbgrader {self.version}", count, seconds, peak)


class OtterClass(Tool):
    """``otter run`` of one notebook after another: what its container runs."""

    name, packages = "otter-grader", ("otter-grader==7.0.0", "ipykernel")

    def grade_class(self, folder: Path) -> Timed:
        """Make an autograder for each page, and time the grading."""
        for page, tests in PAGES.items():
            (self.place / page).mkdir()
            for number, text in enumerate(tests):
                names = [n for n in ("softmax", "log_softmax", "logsumexp", "mse", "mae", "huber", "gradient_descent",
                                     "minibatches", "conv2d", "maxpool2d", "encode_target")
                         if re.search(rf"(?<![.\w]){n}\(", text)]  # fmt: skip
                body = "".join(f"    {line}\n" for line in ["import torch", *text.splitlines()])
                head = f"from otter.test_files import test_case\nOK_FORMAT = False\nname = 't{number}'\npoints = 1\n\n"
                test = f"{head}@test_case()\ndef test_{number}({', '.join(dict.fromkeys(names))}):\n{body}"
                (self.place / page / f"t{number}.py").write_text(test)
            self.must(self.run("otter", "generate", "-t", page, "-o", f"{page}.zip", "--no-environment"))
        seconds, peak, count = 0.0, 0, 0
        for path in sorted(folder.glob("*/*.ipynb")):
            out = self.place / "results" / path.parent.name / path.stem
            out.mkdir(parents=True)
            own = self.place / "submissions" / path.parent.name / path.name
            own.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, own)
            took, size = self.timed("otter", "run", "--no-logo", "-a", f"{path.stem}.zip", "-o", str(out), str(own))
            json.loads((out / "results.json").read_text())
            seconds, peak, count = seconds + took, max(peak, size), count + 1
        return Timed(f"otter-grader {self.version}", count, seconds, peak)


class GradusClass(Tool):
    """``gradus grade`` of the whole folder, with the isolation that this machine allows."""

    name, packages = "gradus-course", (str(ROOT),)

    def __init__(self, venvs: Path, place: Path):
        super().__init__(venvs, place)
        self.must(self.run("python", "-m", "pip", "install", "--quiet", "--no-deps", "--force-reinstall", str(ROOT)))

    def grade_class(self, folder: Path) -> Timed:
        """Time the grading, files and pages of the results included."""
        count = len(list(folder.glob("*/*.ipynb")))
        out = self.place / f"results{count}"
        seconds, peak = self.timed("gradus", "grade", str(folder), "--out", str(out), "--seed", "1")
        grades = json.loads((out / "grades.json").read_text())["grades"]
        strange = [g for g in grades if g["status"] not in ("passed", "failed", "error", "forbidden", "malformed")]
        if len(grades) != count or strange:
            raise SystemExit(
                f"gradus made {len(grades)} grades of {count}, {len(strange)} of them strange: {strange[:1]}"
            )
        right = sum(g["status"] == "passed" for g in grades)
        return Timed(f"Gradus {self.version} ({right} of {count} right)", count, seconds, peak)


def section(rows: list[Timed], parts: dict[str, float]) -> str:
    """The section of RESULTS.md."""
    slow = rows[0].each
    table = ["| tool | notebooks | s | a second | times nbgrader | largest process, MiB |", "|---|---|---|---|---|---|"]
    for row in rows:
        cells = row.count, f"{row.seconds:.1f}", f"{1 / row.each:.2f}", f"{slow / row.each:.1f}", row.mebibytes
        table.append(f"| {row.tool} | {' | '.join(map(str, cells))} |")
    costs = ["| part | ms |", "|---|---|", *(f"| {name} | {ms:.1f} |" for name, ms in parts.items())]
    head = f"{machine()}; {datetime.now(UTC):%d %B %Y}. Written by `python benchmarks/side_by_side.py`."
    return "\n".join([HEADING, "", head, WORDS, *table, "", COSTS, "", *costs]) + "\n"


def graded(
    kind: type[NbgraderClass] | type[OtterClass] | type[GradusClass], venvs: Path, work: Path, count: int
) -> Timed:
    """So many notebooks, graded by one tool."""
    place = work / f"{kind.name}-{count}"
    place.mkdir(parents=True)
    found = kind(venvs, place).grade_class(write_class(work / f"submissions-{kind.name}-{count}", count))
    print(time.strftime("%H:%M"), found, file=sys.stderr, flush=True)
    return found


def main() -> None:
    """Grade with all three and write the section."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--place", type=Path, default=ROOT / "out" / "fooled", help="for environments and work")
    parser.add_argument("--sample", type=int, default=12, help="notebooks for the other two")
    parser.add_argument("--counts", type=int, nargs="+", default=[102, 1002], help="notebooks for Gradus")
    parser.add_argument("--print", action="store_true", help="print only; leave RESULTS.md as it is")
    options = parser.parse_args()
    work = options.place / "class"
    shutil.rmtree(work, ignore_errors=True)
    half = max(3, options.sample // 2)
    before = [graded(kind, options.place, work / "before", half) for kind in (NbgraderClass, OtterClass)]
    ours = [graded(GradusClass, options.place, work, count) for count in options.counts]
    after = [graded(kind, options.place, work / "after", half) for kind in (NbgraderClass, OtterClass)]
    rows = [*(a + b for a, b in zip(before, after, strict=True)), *ours]
    from autograder.sandbox.host.probe import best_level

    os.environ.setdefault("OMP_NUM_THREADS", "1")
    text = section(rows, breakdown(best_level(), 20))
    print(text)
    if not options.print:
        put(ROOT / "benchmarks" / "RESULTS.md", text)


if __name__ == "__main__":
    main()
