"""Which answers are put together: the failures of a function over all checks, beside the calls that went right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from autograder.judging import judge as judging
from autograder.judging.check import Compared, Trace
from autograder.judging.evidence import key_of, named, related, signatures
from autograder.model import CheckResult, Failure, Grade, Settings, Submission
from autograder.running.pool import grade_here
from autograder.sandbox.host.record import Call, Large, Named
from autograder.text import told
from tests.helpers import PAGE, tiny

SOURCE = "def f(x, dim=0, *, keepdim=False): pass\nclass C:\n    pass\ndef g(*x): pass\n"


def call(x: Any, answer: Any, root: str = "f", **keywords: Any) -> Call:
    """The record of a call."""
    return Call(root, root, (x,), keywords, ("value", answer, False))


def failed(*calls: Call, expected: Any, part: Any = None, about: str = "") -> Trace:
    """A check that fails by the last of these calls."""
    got = calls[-1].outcome[1] if part is None else part
    return Trace(list(calls), compared=Compared(got, expected, about, calls[-1]))


def of(traces: dict[str, Trace], oracle: dict[str, Trace] | None = None, kind: str = "difference", solve: Any = None):
    """The sentences by check."""
    results = [
        CheckResult(n, n, "passed" if t.passed else "failed", 0.0, 1.0, None if t.passed else Failure(kind, "no"))
        for n, t in traces.items()
    ]
    found = related(results, traces, oracle or {}, SOURCE, solve)
    return {name: [one.text for one in relations] for name, relations in found.items()}


def numbers(seed: int) -> torch.Tensor:
    """Twelve random numbers."""
    return torch.randn(3, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


A, B, C = map(numbers, range(3))


def test_failures_of_one_function_are_put_together():
    """two checks that fail by the same function are told the same, with what went right counted"""
    right = Trace([call(C, C)], passed=True)
    traces = {"one": failed(call(A, 7 * A), expected=A), "two": failed(call(B, 7 * B), expected=B), "three": right}
    sentence = "in both calls that went wrong, of 3, your answer is 7 times the expected one"
    assert of(traces, {"three": right}) == {"one": [sentence], "two": [sentence]}


def test_functions_do_not_mix():
    """another function's failures, or the gradient of this one, are told for themselves"""
    traces = {
        "one": failed(call(A, 7 * A), expected=A),
        "two": failed(call(A, B, "h"), expected=-B),
        "three": failed(call(A, C), part=C, expected=C / 2, about="the gradient"),
    }
    assert of(traces) == {
        "one": ["every entry is 7 times the expected one"],
        "two": ["every entry has the other sign"],
        "three": ["every entry of the gradient is 2 times the expected one"],
    }


def test_what_holds_in_some_calls_says_so():
    """one call that shows something else does not silence the others"""
    other = torch.sin(9 * C) + 3 * torch.cos(5 * C)
    traces = {
        "one": failed(call(A, 7 * A), expected=A), "two": failed(call(B, 7 * B), expected=B),
        "three": failed(call(C, other), expected=C),
    }  # fmt: skip
    sentence = "in 2 of the 3 calls that went wrong your answer is 7 times the expected one"
    assert of(traces) == {"one": [sentence], "two": [sentence]}


def test_the_part_that_differs_is_named():
    """what a check compares may be a part of an answer, or something made of it"""
    assert of({"one": failed(call(A, (B, 7 * A)), expected=A, part=7 * A)}) == {
        "one": ["every entry of `[1]` is 7 times the expected one"]
    }
    made = failed(call(A, (B, 7 * A)), expected=A.T, part=A)
    assert of({"one": made}) == {"one": ["what came back is the transpose of the expected one"]}


def test_a_part_that_stands_twice_in_an_answer_is_not_named():
    """the number of one name, which is that of another too, is not said to be the other's"""
    answer = {"a": 0.7310585, "c": 0.7310585}
    told_of = of({"one": failed(call(A, answer), expected=2 * 0.7310585, part=0.7310585)})["one"]
    assert told_of == ["what came back is half of the expected one"]


@pytest.mark.parametrize("kind", ["hidden", "property", "exception", "style"])
def test_only_values_that_may_be_seen_are_told_of(kind):
    """of a hidden check nothing is said, nor where no two values differ"""
    assert of({"one": failed(call(A, 7 * A), expected=A)}, kind=kind) == {}


def test_the_solution_is_asked():
    """the answer for another argument is found by asking, in one question for all changes"""
    questions = []

    def solve(function: str, wanted: list[dict[str, Any]]) -> list[Any]:
        questions.append((function, len(wanted)))
        return [given["x"].exp().sum(given["dim"]) for given in wanted]

    square = torch.randn(4, 4, dtype=torch.float64)
    trace = failed(call(square, square.exp().sum(1)), expected=square.exp().sum(0))
    assert of({"one": trace}, solve=solve) == {"one": ["your answer is what is expected with `dim=1`"]}
    assert len(questions) == 1
    assert questions[0][1] > 3
    handed = failed(Call("f", "f", (Named("relu"),), {}, ("value", 7 * A, False)), expected=A)
    of({"one": handed}, solve=solve)
    assert len(questions) == 1  # a call with a function cannot be made again


def test_signatures_and_names():
    """arguments get the names of the solution's parameters; a default that is no plain value is none"""
    assert signatures(SOURCE)["f"] == (("x", "dim"), {"dim": 0, "keepdim": False})
    assert {*signatures(SOURCE)} == {"f"}
    assert named(call(1, 2, keepdim=True), ("x", "dim"), {"dim": 0}) == {"dim": 0, "x": 1, "keepdim": True}
    assert named(call(1, 2), (), {}) == {"the first argument": 1}
    assert key_of("f", {"x": A}) == key_of("f", {"x": A.clone()}) != key_of("f", {"x": B})
    one = torch.arange(4)[::2][:1]  # contiguous, though its stride is 2
    assert key_of("f", {"x": one}) == key_of("f", {"x": torch.tensor([0])})
    assert key_of("f", {"x": torch.tensor([1.0 + 2.0j]).conj()}) == key_of("f", {"x": torch.tensor([1.0 - 2.0j])})


def test_what_is_too_large_to_record_is_passed_over():
    """a tensor of which the record keeps a few numbers has no relation"""
    large = Large((1000, 1000), torch.float64, 0.0, 1.0)
    assert of({"one": failed(call(A, large), expected=large)}) == {}


# -- on the one road -----------------------------------------------------------------------------

#: no known mistake of the page
TRIPLES = "def scaled(x, factor=2.0):\n    return 3 * (x * factor + 1)\n"


def graded(course: Any, source: str = TRIPLES) -> Grade:
    """The grade of one submission."""
    return grade_here(Submission("ada", PAGE, "scaled.py", (source,)), *course, Settings(5, "plain"))


def test_a_failure_that_nobody_listed_is_told_of(tmp_path: Path):
    """without a diagnosis the message says what is seen in all wrong answers, on a line of its own"""
    grade = graded(tiny(tmp_path))
    assert grade.diagnoses == ()
    for check in grade.checks:
        assert check.failure is not None
        assert [one.text for one in check.failure.relations] == [
            "in both calls your answer is 3 times the expected one"
        ]
        assert "seen        in both calls your answer is 3 times the expected one" in told(check.failure)


def test_a_fault_in_here_costs_no_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """whatever goes wrong, the grade is the same, and the teacher is told"""

    def broken(*arguments: Any) -> Any:
        raise ZeroDivisionError

    course = tiny(tmp_path)
    before = graded(course)
    monkeypatch.setattr(judging.evidence, "related", broken)
    grade = graded(course)
    assert [(c.status, c.points) for c in grade.checks] == [(c.status, c.points) for c in before.checks]
    assert all("ZeroDivisionError" in check.fault for check in grade.checks)
    assert all(check.failure is not None and check.failure.relations == () for check in grade.checks)
