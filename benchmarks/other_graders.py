"""nbgrader and otter-grader, each in a virtual environment of its own, as a teacher would set them up.

Both get the same five questions as the page in ``tests/misbehaviour/course.py``, one point each, with assertions as a
careful teacher writes them: ``torch.testing.assert_close`` for tensors, ``==`` for numbers and lists. No option is set
that is not needed to run.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat
import psutil
from nbformat.v4 import new_code_cell, new_notebook

PATIENCE = 180  #: seconds that a command may take before it counts as one that never ends
TORCH = "torch==2.13.0"  #: first and by itself: the pin that may be had without CUDA

#: runs a command and says what it took: in a process of its own, so that the memory is its children's alone
TIMED = (
    "import json, resource, subprocess, sys, time\n"
    "began = time.perf_counter()\n"
    "done = subprocess.run(sys.argv[1:], capture_output=True, text=True)\n"
    "usage = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
    "print(json.dumps([done.returncode, time.perf_counter() - began, usage.ru_maxrss // 1024, done.stderr[-2000:]]))\n"
)

#: question -> (the functions it needs, its assertions)
QUESTIONS = {
    "values": ("softmax", """
import torch
x = torch.randn(2, 3, dtype=torch.float64)
for dim in (0, 1):
    torch.testing.assert_close(softmax(x, dim), torch.softmax(x, dim))
"""),
    "gradient": ("softmax", """
import torch
x = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
twin = x.detach().clone().requires_grad_()
softmax(x, 1).pow(2).sum().backward()
torch.softmax(twin, 1).pow(2).sum().backward()
torch.testing.assert_close(x.grad, twin.grad)
"""),
    "number": ("accuracy", """
import torch
scores, labels = torch.randn(8, 3), torch.randint(0, 3, (8,))
assert accuracy(scores, labels) == float((scores.argmax(1) == labels).double().mean())
"""),
    "callback": ("descend", """
import torch
centre, asked = torch.randn(300, dtype=torch.float64), []
def gradient(x):
    asked.append(1)
    return 2 * (x - centre)
found = descend(gradient, torch.zeros(300, dtype=torch.float64), 0.1, 5)
torch.testing.assert_close(found, centre * (1 - 0.8**5))
assert len(asked) == 5
"""),
    "batches": ("batches", """
assert list(batches(list(range(7)), 3)) == [[0, 1, 2], [3, 4, 5], [6]]
"""),
}  # fmt: skip


@dataclass(frozen=True)
class Award:
    """What a grader made of one submission: points (None: no grade), seconds, kB written, and its last words."""

    points: float | None
    seconds: float
    kilobytes: float
    said: str = ""


def written(folder: Path) -> float:
    """The size of what lies in a folder, in kB."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1024


class Tool:
    """A grader in a virtual environment of its own, and a folder to work in.

    Args:
        venvs: where the environments are, made when they are not there.
        place: an empty folder, the tool's own.
    """

    name = ""
    packages: tuple[str, ...] = ()

    def __init__(self, venvs: Path, place: Path):
        self.venv, self.place = venvs.resolve() / self.name, place.resolve()
        if not (self.venv / ".ready").exists():
            subprocess.run([sys.executable, "-m", "venv", "--clear", self.venv], check=True)
            for wanted in ((TORCH,), (TORCH, *self.packages)):
                pip = [self.venv / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
                subprocess.run([*pip, *wanted], check=True)
            (self.venv / ".ready").touch()
        ask = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"
        self.version = self.run("python", "-c", ask, self.name).stdout.strip()

    def run(
        self, command: str, *arguments: str | Path, cwd: Path | None = None, patience: float = PATIENCE
    ) -> subprocess.CompletedProcess[str]:
        """One of the environment's commands, its home in the tool's own folder."""
        foreign = ("JUPYTER", "IPYTHON", "PYTHON", "OTTER")
        environment = {k: v for k, v in os.environ.items() if not k.startswith(foreign)}
        environment |= {"HOME": str(self.place), "PATH": f"{self.venv / 'bin'}{os.pathsep}{os.environ['PATH']}"}
        words = [str(self.venv / "bin" / command), *map(str, arguments)]
        with subprocess.Popen(
            words, cwd=cwd or self.place, env=environment, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, start_new_session=True,
        ) as process:  # fmt: skip
            try:
                out, error = process.communicate(timeout=patience)
            except subprocess.TimeoutExpired:
                for pid in [*self._kernels(process.pid), process.pid]:
                    os.kill(pid, signal.SIGKILL)
                out, error = process.communicate()
                error += f"\ngiven up after {patience:.0f} seconds"
        return subprocess.CompletedProcess(words, process.returncode, out, error)

    @staticmethod
    def must(done: subprocess.CompletedProcess[str]) -> subprocess.CompletedProcess[str]:
        """A command that cannot do without.

        Raises:
            SystemExit: it failed.
        """
        if done.returncode:
            raise SystemExit(f"{done.args[0]} ended with {done.returncode}:\n{done.stderr[-2000:]}")
        return done

    def timed(self, command: str, *arguments: str) -> tuple[float, int]:
        """(seconds, MiB of the largest process) of a command that must succeed, within an hour."""
        words = [str(self.venv / "bin" / command), *arguments]
        done = self.must(self.run("python", "-c", TIMED, *words, patience=3600))
        code, seconds, mebibytes, said = json.loads(done.stdout)
        if code:
            raise SystemExit(f"{command} ended with {code}:\n{said}")
        return seconds, mebibytes

    @staticmethod
    def _kernels(pid: int) -> list[int]:
        """The processes that a command started, kernels in sessions of their own included."""
        return [child.pid for child in psutil.Process(pid).children(recursive=True)]

    def neighbour(self) -> Path:
        """The file that the student named neighbour hands in."""
        raise NotImplementedError

    def grade(self, student: str, source: str, beside: dict[str, str]) -> Award:
        """Hand in a source with the files beside it, and grade it."""
        raise NotImplementedError


def mark(name: str, **more: object) -> dict[str, object]:
    """nbgrader's metadata of a cell."""
    return {"nbgrader": {"grade_id": name, "schema_version": 3, "task": False, **more}}


class Nbgrader(Tool):
    """``nbgrader autograde``: the notebook runs in a kernel, the test cells of the teacher in it."""

    name = "nbgrader"
    packages = ("nbgrader==0.9.6", "ipykernel")

    def __init__(self, venvs: Path, place: Path):
        super().__init__(venvs, place)
        config = f"c = get_config()\nc.CourseDirectory.root = {str(self.place)!r}\n"
        (self.place / "nbgrader_config.py").write_text(config)
        self.gradebook = self.place / "gradebook.db"
        cells = [new_code_cell("", metadata=mark("answer", grade=False, solution=True, locked=False))]
        for name, (_, text) in QUESTIONS.items():
            test = mark(name, grade=True, solution=False, locked=True, points=1)
            cells.append(new_code_cell(text.strip(), metadata=test))
        source = self.place / "source" / "one"
        source.mkdir(parents=True)
        nbformat.write(new_notebook(cells=cells), source / "steps.ipynb")
        made = self.run("nbgrader", "generate_assignment", "one")
        if made.returncode:
            raise SystemExit(f"nbgrader does not make the assignment: {made.stderr}")

    def neighbour(self) -> Path:
        """Where its students' notebooks lie."""
        return self.place / "submitted" / "neighbour" / "one" / "steps.ipynb"

    def grade(self, student: str, source: str, beside: dict[str, str]) -> Award:
        """Put it into ``submitted/``, autograde it, and ask the gradebook."""
        own = self.place / "submitted" / student / "one"
        own.mkdir(parents=True)
        notebook = nbformat.read(self.place / "release" / "one" / "steps.ipynb", as_version=4)
        notebook.cells[0].source = source
        nbformat.write(notebook, own / "steps.ipynb")
        for name, text in beside.items():
            (own / name).write_text(text)
        started = time.monotonic()
        done = self.run("nbgrader", "autograde", "one", f"--student={student}")
        seconds = time.monotonic() - started
        asked = self.run("python", "-c", _ASK, str(self.gradebook), student)
        points = json.loads(asked.stdout) if asked.returncode == 0 else None
        return Award(points, seconds, written(self.place / "autograded" / student), _last(done.stderr))


_ASK = """
import sys
from nbgrader.api import Gradebook
with Gradebook("sqlite:///" + sys.argv[1]) as book:
    grades = [g for g in book.find_submission("one", sys.argv[2]).notebooks[0].grades]
    print(sum(g.score for g in grades) if all(g.auto_score is not None for g in grades) else "null")
"""


class Otter(Tool):
    """``otter run``: what its container runs, here without the container."""

    name = "otter-grader"
    packages = ("otter-grader==7.0.0", "ipykernel")

    def __init__(self, venvs: Path, place: Path):
        super().__init__(venvs, place)
        tests = self.place / "tests"
        tests.mkdir()
        for name, (function, text) in QUESTIONS.items():
            body = "".join(f"    {line}\n" for line in text.strip().splitlines())
            head = f"from otter.test_files import test_case\nOK_FORMAT = False\nname = {name!r}\npoints = 1\n\n"
            (tests / f"{name}.py").write_text(f"{head}@test_case()\ndef test_{name}({function}):\n{body}")

    def neighbour(self) -> Path:
        """Where the notebooks lie that were handed in."""
        return self.place / "submissions" / "neighbour.ipynb"

    def grade(self, student: str, source: str, beside: dict[str, str]) -> Award:
        """Make the autograder's zip with these files beside, run it, and read the results."""
        for name, text in beside.items():
            (self.place / name).write_text(text)
        made = self.run("otter", "generate", "-t", "tests", "-o", "autograder.zip", "--no-environment", *beside)
        if made.returncode:
            raise SystemExit(f"otter does not make the autograder: {made.stderr}")
        file, out = self.neighbour().with_name(f"{student}.ipynb"), self.place / "results" / student
        file.parent.mkdir(exist_ok=True)
        out.mkdir(parents=True)
        nbformat.write(new_notebook(cells=[new_code_cell(source)]), file)
        started = time.monotonic()
        done = self.run("otter", "run", "--no-logo", "-a", "autograder.zip", "-o", out, file)
        seconds = time.monotonic() - started
        try:
            tests = json.loads((out / "results.json").read_text())["tests"]
            points = float(sum(test.get("score", 0) for test in tests if test.get("max_score")))
        except (OSError, ValueError, KeyError):
            points = None
        return Award(points, seconds, written(out), _last(done.stderr))


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""
