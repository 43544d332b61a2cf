"""How fast is Gradus here? Writes ``benchmarks/RESULTS.md``; never part of the test suite.

make bench                  everything, several minutes
python benchmarks/run.py --quick
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
ADDRESS = "s3_neural_networks/softmax"


def machine() -> str:
    """The machine in one line."""
    model = platform.processor() or "?"
    info = Path("/proc/cpuinfo")
    if info.is_file():
        match = re.search(r"model name\s*: (.*)", info.read_text())
        model = match[1] if match else model
    cores = len(os.sched_getaffinity(0))
    return f"{model}, {cores} cores, Linux {platform.release()}, Python {platform.python_version()}"


def whole_process(command: list[str], runs: int) -> float:
    """Median seconds of a command from a cold shell."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def throughput(count: int, jobs: int, level: str) -> tuple[float, float]:
    """(seconds of start-up, submissions per second after it) for `count` different softmax submissions."""
    from autograder.course import catalogue, syllabus
    from autograder.course import trees as paths
    from autograder.model import Settings, Submission
    from autograder.running.pool import grade_many

    trees = paths.trees()
    course = syllabus.load(trees)
    source = catalogue.solution_text(trees, course.exercises[ADDRESS])
    submissions = [Submission(f"student{n:05}", ADDRESS, "softmax.py", (f"{source}\n# {n}\n",)) for n in range(count)]
    seen: list[float] = []
    start = time.perf_counter()
    grades = grade_many(
        submissions, course, trees, Settings(0, level), jobs=jobs, on_grade=lambda g: seen.append(time.perf_counter())
    )
    wrong = [g for g in grades if g.status != "passed"]
    if wrong:
        raise SystemExit(f"{len(wrong)} right submissions were not graded as passed: {wrong[0].checks}")
    first = seen[min(jobs, count) - 1]
    rate = (count - jobs) / (seen[-1] - first) if count > 2 * jobs else float("nan")
    return first - start, rate


def breakdown(level: str, repeats: int) -> dict[str, float]:
    """Milliseconds of each part of one softmax submission of a class, medians: judge and worker on one core."""
    from autograder.course import catalogue, syllabus
    from autograder.course import trees as paths
    from autograder.judging.collect import collect
    from autograder.judging.exam import Exam
    from autograder.judging.judge import Judge
    from autograder.judging.plugin import ChecksPlugin
    from autograder.model import Settings
    from autograder.sandbox.host.base import Limits
    from autograder.sandbox.host.start import start_template
    from autograder.sandbox.host.student import Student

    trees = paths.trees()
    course = syllabus.load(trees)
    exercise = course.exercises[ADDRESS]
    submission = catalogue.solution_submission(trees, exercise)
    rows: dict[str, list[float]] = {}

    def timed(name: str, what: Callable[[], object]) -> object:
        start = time.perf_counter()
        result = what()
        rows.setdefault(name, []).append(1000 * (time.perf_counter() - start))
        return result

    def loop(plugin: ChecksPlugin) -> None:
        judge = Judge(course, trees, Settings(0, level), plugin.checks, plugin.run)
        template = start_template(level, exercise.needs, many=True)
        judge.adopt(exercise.needs, template)
        template.wait_ready()
        for _ in range(repeats):
            student = timed("fork", lambda: Student(template, Limits()))
            assert isinstance(student, Student)
            timed("jail and first answer", lambda s=student: s.service("names", []))
            timed("source", lambda s=student: s.load_source("softmax", submission.cells[0]))
            timed("teardown", student.close)
            exam = judge.exam(submission)
            exam.workers.load()
            timed("checks: calls, comparing and pytest", lambda e=exam: plugin.run(e, None))
            calls = 0.0
            exam.close()
            idle = Exam(exercise, submission, template, 0)
            idle.begin = lambda check: (_ for _ in ()).throw(KeyError("no call"))  # type: ignore[method-assign,assignment]
            timed("of these, pytest alone", lambda e=idle: plugin.run(e, None))
            del calls
        judge.close()

    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})  # as in a class
    try:
        collect(trees, [ADDRESS], loop)
    finally:
        os.sched_setaffinity(0, cores)
    return {name: statistics.median(times) for name, times in rows.items()}


def private_memory(level: str) -> float:
    """Private megabytes of a softmax worker after its checks, against what it shares with the template."""
    import torch

    from autograder.course import catalogue, syllabus
    from autograder.course import trees as paths
    from autograder.sandbox.host.base import Limits
    from autograder.sandbox.host.forked import Template
    from autograder.sandbox.host.student import Student

    trees = paths.trees()
    course = syllabus.load(trees)
    source = catalogue.solution_text(trees, course.exercises[ADDRESS])
    template = Template(level)
    try:
        student = Student(template, Limits())
        student.load_source("softmax", source)
        student.begin(0, 10)
        for _ in range(20):
            student.softmax(torch.randn(2, 3, dtype=torch.float64, requires_grad=True), dim=1)
        pid = _youngest_descendant(template._process.pid)
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        kilobytes = sum(int(n) for n in re.findall(r"Private_(?:Clean|Dirty):\s+(\d+)", rollup))
        student.close()
        return kilobytes / 1024
    finally:
        template.close()


def _youngest_descendant(pid: int) -> int:
    import psutil

    return max(psutil.Process(pid).children(recursive=True), key=lambda p: p.create_time()).pid


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer submissions, nothing written")
    options = parser.parse_args()
    from autograder.sandbox.host.probe import best_level

    level = best_level()
    gradus = str(Path(sys.executable).with_name("gradus"))
    lines = ["# What was measured", "", f"{machine()}. Isolation: {level}. Written by `make bench`.", ""]

    lines += ["## Softmax submissions per second, start-up apart", ""]
    lines += ["| submissions | jobs | start-up s | per second |", "|---|---|---|---|"]
    for count in (1, 10, 100) if options.quick else (1, 10, 100, 1000):
        for jobs in (1, 2):
            start, rate = throughput(count, jobs, level)
            lines.append(f"| {count} | {jobs} | {start:.2f} | {rate:.1f} |")
            print(lines[-1], flush=True)
    lines += ["", "## One submission, in milliseconds", "", "| part | ms |", "|---|---|"]
    lines += [f"| {name} | {ms:.1f} |" for name, ms in breakdown(level, 20 if options.quick else 60).items()]
    lines += ["", f"Private memory of a softmax worker: {private_memory(level):.1f} MB.", ""]
    lines += ["## Whole commands, from a cold shell", "", "| command | s |", "|---|---|"]
    with tempfile.TemporaryDirectory() as folder:
        solution = HERE.parent / "solutions" / f"{ADDRESS}.py"
        commands = {
            "gradus --help": [gradus, "--help"],
            "gradus check softmax (right)": [gradus, "check", "softmax", str(solution)],
        }
        wrong = Path(folder) / "softmax.py"
        wrong.write_text(solution.read_text().replace("logits.amax(dim, keepdim=True)", "0"))
        commands["gradus check softmax (wrong, diagnosed)"] = [gradus, "check", "softmax", str(wrong)]
        for name, command in commands.items():
            lines.append(f"| `{name}` | {whole_process(command, 3 if options.quick else 7):.2f} |")
    text = "\n".join(lines) + "\n"
    print(text)
    if not options.quick:
        page = HERE / "RESULTS.md"
        _, heading, others = page.read_text(encoding="utf-8").partition("\n## Ten misbehaving")  # fooled.py's
        page.write_text(text + heading + others, encoding="utf-8")


if __name__ == "__main__":
    main()
