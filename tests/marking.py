"""A desk that runs in this process, for tests: a class that was graded, and its address."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from autograder.course import syllabus
from autograder.course.trees import trees
from autograder.desk.results import Results
from autograder.desk.server import Site
from autograder.desk.site import Desk
from autograder.gradebook.store import Gradebook
from autograder.model import CheckResult, Diagnosis, Failure, Frame, Grade, Submission
from autograder.running.run import Outcome, in_order, write_results
from tests.serving import serving

SOFTMAX, LOSSES = "s3_neural_networks/softmax", "s3_neural_networks/regression_losses"
CODE = "import torch\n\n\ndef softmax(logits, dim=-1):\n    return logits.exp() / logits.exp().sum()\n"
MISTAKE = "divides by the sum of everything"


def checks(*ends: str, function: str = "softmax", frames: tuple[Frame, ...] = ()) -> tuple[CheckResult, ...]:
    """Checks of these statuses, two points each; what fails says why."""
    made = []
    for number, end in enumerate(ends):
        failure = None
        if end == "failed":
            known = (Diagnosis(MISTAKE, "Which sum?", function),)
            failure = Failure(
                "difference", "values differ", f"{function}(x, {number})", "0.5", "0.25", "[0]", diagnosis=known,
                function=function,
            )  # fmt: skip
        elif end == "error":
            failure = Failure("exception", "ValueError: no", f"{function}(x)", frames=frames, function=function)
        elif end == "missing":
            failure = Failure("problem", "NotImplementedError", f"{function}(x)", function=function)
        made.append(CheckResult(f"test_{number}", f"rule {number}", end, 2.0 * (end == "passed"), 2.0, failure))
    return tuple(made)


def graded(
    student: str,
    page: str,
    made: tuple[CheckResult, ...],
    code: str = CODE,
    filename: str = "softmax.py",
    when: str = "",
) -> tuple[Grade, Submission]:
    """A submission and what became of it."""
    written = Submission(student, page, filename, (code,), submitted=when)
    ends = {one.status for one in made}
    status = "passed" if ends == {"passed"} else "failed" if "failed" in ends else next(iter(ends - {"passed"}))
    points, most = sum(one.points for one in made), sum(one.max_points for one in made)
    grade = Grade(student, page, status, points, most, 0.1, made, "plain", 7, "k", (), written.digest, when, filename)
    return grade, written


def not_handed_in(student: str, page: str) -> tuple[Grade, Submission]:
    """No file at all."""
    why = Failure("problem", "softmax.py: not handed in")
    made = (CheckResult("test_0", "rule 0", "missing", 0.0, 2.0, why),)
    return Grade(student, page, "missing", 0.0, 2.0, 0.0, made), Submission(student, page, "softmax.py")


#: one student in each state; two who answered alike
CLASS = (
    graded("ada", SOFTMAX, checks("passed", "passed")),
    graded("bob", SOFTMAX, checks("passed", "failed")),
    graded("cyd", SOFTMAX, checks("passed", "failed"), f"{CODE}# by Cyd\n"),
    graded("dan", SOFTMAX, checks("error", "passed", frames=(Frame("softmax.py", 5, "softmax", "x"),))),
    graded("eve", SOFTMAX, checks("passed", "missing")),
    not_handed_in("flo", SOFTMAX),
    graded("gil", SOFTMAX, checks("internal", "internal")),
    graded("ada", LOSSES, checks("failed", "failed", function="cross_entropy"), filename="regression_losses.py"),
)


def write(out: Path, made: tuple[tuple[Grade, Submission], ...] = CLASS) -> Path:
    """The folder that `gradus grade` writes for such a class."""
    course = syllabus.load(trees())
    out.mkdir(parents=True, exist_ok=True)
    with Gradebook(out / "gradebook.db") as book:
        for grade, _ in made:
            book.add(grade)
    sources = {(one.student, one.exercise): one for _, one in made if one.cells}
    write_results(Outcome(in_order([grade for grade, _ in made], course), 0, {"seed": 7}, sources), course, out)
    return out


@contextmanager
def desk_of(
    out: Path, policy: Any = None, read_only: bool = False, roster: Any = None, **how: Any
) -> Iterator[tuple[Desk, str]]:
    """A desk over a folder, and its address with the token."""
    desk = Desk(Results(out, syllabus.load(trees()), policy, read_only, roster), **how)
    with serving(Site(desk).app, ws="none") as address:
        yield desk, f"{address}{desk.token}/"


def get(address: str, **headers: str) -> tuple[int, str]:
    """Status and text of what lies at an address."""
    asked = urllib.request.Request(address, headers={name.replace("_", "-"): value for name, value in headers.items()})
    return _answer(asked)


def post(address: str, message: Mapping[str, Any] | bytes, **headers: str) -> tuple[int, Any]:
    """Status and answer of a message."""
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    kept = {"content-type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
    status, text = _answer(urllib.request.Request(address, data=body, headers=kept, method="POST"))
    return status, json.loads(text) if text.startswith("{") else text


def _answer(asked: urllib.request.Request) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
