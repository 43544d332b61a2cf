"""A realistic class: all different, half of it wrong. Writes its section of ``benchmarks/RESULTS.md``.

    python benchmarks/class.py [--count 300] [--runs 3] [--sample 20] [--place out/fooled] [--print]

The right half is a page's solution and variants, with other names for what is local and written out anew; the wrong
half its known mistakes, first drafts and mutants. Gradus grades each page's class whole, `runs` times from nothing;
nbgrader and otter-grader a sample of notebooks of the same sources, half of it before and half after.
"""

from __future__ import annotations

import argparse
import ast
import json
import shutil
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count as numbers
from itertools import islice
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from autograder.authoring import mutate
from autograder.authoring.build import stub_text
from autograder.course import catalogue, drafts, syllabus
from autograder.course import trees as paths
from benchmarks import side_by_side
from benchmarks.fooled import put
from benchmarks.run import machine
from benchmarks.side_by_side import GradusClass, NbgraderClass, OtterClass, Timed

HEADING = "## A realistic class"
PAGES = ("softmax", "regression_losses", "gradient_descent", "convolution", "csv_loading")
#: assertions of the two pages that the comparison of notebooks leaves out, as a careful teacher writes them
MORE = {
    "convolution": (
        "x, w, b = torch.randn(2, 3, 8, 8), torch.randn(4, 3, 3, 3), torch.randn(4)\n"
        "torch.testing.assert_close(conv2d(x, w, b), torch.nn.functional.conv2d(x, w, b), rtol=1e-4, atol=1e-4)",
        "x = torch.randn(2, 3, 8, 8)\n"
        "torch.testing.assert_close(maxpool2d(x, 2), torch.nn.functional.max_pool2d(x, 2))",
    ),
    "csv_loading": ("assert encode_target(['b', 'a', 'b']).tolist() == [1, 0, 1]",),
}


def renamed(source: str, mark: str) -> str:
    """A source in which whatever is local to a function has another name, written out anew: it does the same."""
    tree = ast.parse(source)
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        inside = list(ast.walk(function))
        if any(isinstance(node, ast.Global | ast.Nonlocal) for node in inside):
            continue
        given = {node.arg for node in inside if isinstance(node, ast.arg)}
        given |= {str(node.name) for node in inside if isinstance(node, ast.MatchAs | ast.MatchStar)}
        made = {node.id for node in inside if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)} - given
        for node in inside:
            if isinstance(node, ast.Name) and node.id in made and not node.id.endswith(mark):
                node.id += mark
    return ast.unparse(tree)


def sources(page: str, count: int) -> list[str]:
    """So many sources of a page, right and wrong in turn, no two alike."""
    trees = paths.trees()
    exercise = syllabus.find(syllabus.load(trees), page)
    solution = catalogue.solution_text(trees, exercise)
    right = [solution, *(one.submission(exercise, solution).cells[0] for one in catalogue.variants(trees, exercise))]
    stub = stub_text(solution, exercise)
    wrong = [one.submission(exercise, solution).cells[0] for one in catalogue.misconceptions(trees, exercise)]
    wrong += [one.submission(exercise, stub).cells[0] for one in drafts.drafts(trees, exercise)]
    wrong += [one.source for one in mutate.sample(mutate.mutants(solution), count)]

    def endless(written: list[str]) -> Iterator[str]:
        seen: set[str] = set()
        for turn in numbers():
            for text in written:
                made = text if turn == 0 else renamed(text, f"_{turn}")
                if made in seen:  # nothing in it is local
                    made += f"\n# {turn}\n"
                seen.add(made)
                yield made

    both = zip(endless(right), endless(wrong), strict=False)
    return [text for pair in islice(both, -(-count // 2)) for text in pair][:count]


def write_files(folder: Path, page: str, texts: list[str]) -> Path:
    """A class of files, one student each."""
    for number, text in enumerate(texts):
        own = folder / f"s{number:04}"
        own.mkdir(parents=True)
        (own / f"{page}.py").write_text(text, encoding="utf-8")
    return folder


def write_notebooks(folder: Path, each: int) -> Path:
    """A class of notebooks: so many of each page."""
    for page in PAGES:
        for number, text in enumerate(sources(page, each)):
            own = folder / f"s{number:04}"
            own.mkdir(parents=True, exist_ok=True)
            nbformat.write(new_notebook(cells=[new_code_cell(text)]), own / f"{page}.ipynb")
    return folder


def timed_page(tool: GradusClass, work: Path, page: str, texts: list[str], runs: int) -> tuple[float, int, int]:
    """(median seconds of grading a page's class from nothing, how many are right, MiB of the largest process)."""
    folder, took, peaks, right = write_files(work / page, page, texts), [], [], 0
    for run in range(runs):
        out = work / f"{page}-results-{run}"
        seconds, peak = tool.timed("gradus", "grade", str(folder), "--out", str(out), "--seed", str(run))
        grades = json.loads((out / "grades.json").read_text())["grades"]
        if len(grades) != len(texts):
            raise SystemExit(f"{page}: {len(grades)} grades of {len(texts)}")
        right = sum(grade["status"] == "passed" for grade in grades)
        took.append(seconds)
        peaks.append(peak)
        print(time.strftime("%H:%M"), page, f"{len(texts) / seconds:.1f} a second", file=sys.stderr, flush=True)
    return statistics.median(took), right, max(peaks)


WORDS = """
Each page's class is graded by `gradus grade` from nothing, start-up, diagnosis, gradebook and report included; the
median of {runs} runs. nbgrader and otter-grader have {sample} notebooks of the same sources and a few assertions a
page, half of them before Gradus and half after.
"""


def section(rows: list[tuple[str, int, float, int, int]], others: list[Timed], runs: int, sample: int) -> str:
    """The section of RESULTS.md."""
    table = ["| class | submissions | right | s | a second | largest process, MiB |", "|---|---|---|---|---|---|"]
    for name, count, seconds, right, peak in rows:
        table.append(f"| {name} | {count} | {right} | {seconds:.1f} | {count / seconds:.1f} | {peak} |")
    for one in others:
        cells = one.count, "", f"{one.seconds:.1f}", f"{1 / one.each:.2f}", one.mebibytes
        table.append(f"| {one.tool}, all five pages | {' | '.join(map(str, cells))} |")
    head = f"{machine()}; {datetime.now(UTC):%d %B %Y}. Written by `python benchmarks/class.py`."
    return "\n".join([HEADING, "", head, WORDS.format(runs=runs, sample=sample), *table]) + "\n"


def main() -> None:
    """Grade with all three and write the section."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--place", type=Path, default=side_by_side.ROOT / "out" / "fooled", help="environments, work")
    parser.add_argument("--count", type=int, default=300, help="submissions of each page")
    parser.add_argument("--runs", type=int, default=3, help="of each page")
    parser.add_argument("--sample", type=int, default=20, help="notebooks for the other two; 0 leaves them out")
    parser.add_argument("--print", action="store_true", help="print only; leave RESULTS.md as it is")
    options = parser.parse_args()
    work = options.place / "realistic"
    shutil.rmtree(work, ignore_errors=True)
    side_by_side.PAGES.update(MORE)

    def others(when: str) -> list[Timed]:
        each = -(-options.sample // (2 * len(PAGES)))
        found = []
        for kind in (NbgraderClass, OtterClass) if each else ():
            place = work / f"{kind.name}-{when}"
            place.mkdir(parents=True)
            found.append(
                kind(options.place, place).grade_class(write_notebooks(work / f"notebooks-{kind.name}-{when}", each))
            )
        return found

    before = others("before")
    (work / "gradus").mkdir(parents=True)
    tool = GradusClass(options.place, work / "gradus")
    rows = []
    solution = sources("softmax", 1)[0]
    classes = {page: sources(page, options.count) for page in PAGES}
    for page, texts in classes.items():
        seconds, right, peak = timed_page(tool, work, page, texts, options.runs)
        rows.append((page, len(texts), seconds, right, peak))
    alike = [f"{solution}\n# {number}\n" for number in range(options.count)]
    seconds, right, peak = timed_page(tool, work / "alike", "softmax", alike, options.runs)
    rows.append(("softmax, all alike", len(alike), seconds, right, peak))
    after = others("after")
    text = section(rows, [a + b for a, b in zip(before, after, strict=True)], options.runs, options.sample)
    print(text)
    if not options.print:
        put(side_by_side.ROOT / "benchmarks" / "RESULTS.md", text)


if __name__ == "__main__":
    main()
