"""One slip hides others: what follows from a helper, what else a check would have found, and what is never said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder.course import syllabus
from autograder.judging import repair
from autograder.judging.check import Trace
from autograder.judging.collect import collect
from autograder.judging.judge import Judge
from autograder.judging.repair import Step, Unravelled, by_turns, cleared, of_the_guilty, unravel, unwritten_in, used_by
from autograder.judging.unraveller import Unraveller, _without_likeness
from autograder.judging.workers import SubmissionWorkers
from autograder.model import CheckResult, Diagnosis, Failure, Settings, Submission
from autograder.running.pool import grade_here
from tests.helpers import GOOD, PAGE, make_course

pytestmark = pytest.mark.usefixtures("warm")

SOLUTION = '''# %%
import torch


# %%
def half(x: torch.Tensor) -> torch.Tensor:
    """Half of x."""
    ### BEGIN SOLUTION
    return x / 2
    ### END SOLUTION


# %%
def scaled(x: torch.Tensor, factor: float = 2.0) -> torch.Tensor:
    """The line through (0, 1) with slope `factor`."""
    ### BEGIN SOLUTION
    return 2 * half(x) * factor + 1
    ### END SOLUTION


# %%
def both(x: torch.Tensor) -> torch.Tensor:
    """Half of x plus one."""
    ### BEGIN SOLUTION
    return half(x) + 1
    ### END SOLUTION
'''
CHECKS = '''"""What they must do."""

import torch

from autograder.checking import assert_gradients, assert_same, points


def draw():
    return torch.randn(2, 3, dtype=torch.float64)


@points(1)
def test_half(student):
    """half"""
    x = draw()
    assert_same(student.half(x), x / 2)


@points(1)
def test_scaled(student):
    """twice x plus one, and its gradient"""
    x = draw()
    assert_same(student.scaled(x), 2 * x + 1)
    assert_gradients(student.scaled, lambda x: 2 * x + 1, x)


@points(1)
def test_all(student):
    """one after another"""
    x = draw()
    for name, true in (("half", x / 2), ("scaled", 2 * x + 1), ("both", x / 2 + 1)):
        assert_same(getattr(student, name)(x), true)
'''
WRONG = """from autograder.checking import misconception


@misconception("is a third", hint="Two halves make a whole.", dies_by="test_half")
def half(x):
    return x / 3


@misconception("forgets to add one", hint="What is it at 0?", dies_by="test_scaled")
def scaled(x, factor=2.0):
    return 2 * half(x) * factor


@misconception("adds two", hint="What is it at 0?", dies_by="test_all")
def both(x):
    return half(x) + 2


@misconception("lets no gradient through", hint="detach", dies_by="test_scaled")
def scaled(x, factor=2.0):
    return (2 * half(x) * factor + 1).detach()
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Grades a source of this small page."""
    trees = make_course(
        tmp_path_factory.mktemp("course"), {PAGE: {**GOOD, "solution": SOLUTION, "checks": CHECKS, "wrong": WRONG}}
    )
    course = syllabus.load(trees)

    def grade(source: str):
        submission = Submission("ada", PAGE, "scaled.py", ("import torch\n" + source,))
        return {c.name: c for c in grade_here(submission, course, trees, Settings(0, "plain")).checks}

    grade.course, grade.trees = course, trees
    return grade


HALF = "def half(x):\n    return x / {}\n\n\n"
SCALED = "def scaled(x, factor=2.0):\n    return 2 * half(x) * factor{}\n\n\n"
BOTH = "def both(x):\n    return half(x) + {}\n"


def test_what_follows_from_a_helper_is_said_so(graded):
    """a right function that calls a wrong one is not to blame, and no name of its own is said"""
    found = graded(HALF.format(3) + SCALED.format(" + 1") + BOTH.format(1))
    assert found["test_half"].diagnosis == ("is a third",)
    assert found["test_scaled"].failure.follows == ("half",)
    assert found["test_scaled"].diagnosis == ()
    assert (found["test_all"].diagnosis, found["test_all"].failure.besides) == (("is a third",), ())
    assert {c.status for c in found.values()} == {"failed"}


def test_a_wrong_helper_silences_no_name(graded):
    """a function that is wrong beside its helper is named all the same"""
    found = graded(HALF.format(5) + SCALED.format("") + BOTH.format(1))
    assert found["test_scaled"].failure.follows == ()
    assert found["test_scaled"].diagnosis == ("forgets to add one",)


def test_a_class_that_uses_a_wrong_one_says_so():
    """nobody knows whether it is right itself; where one mistake explains all that it answers, it is known"""

    def told(failure: Failure, wrong: dict[str, set[str]]) -> Failure | None:
        return _without_likeness(CheckResult("t", "t", "failed", 0.0, 1.0, failure), wrong).failure

    failure = Failure("property", "a mean loss of nan", function="Net")
    doubt = "`Net` uses your `Drop`, which fails checks of its own: this may come from there"
    assert told(failure, {"Net": {"Drop"}}) == replace(failure, notes=(("besides", doubt),))
    assert told(failure, {"Net": set(), "train": {"Drop"}}) == failure
    raised = replace(failure, kind="exception")
    assert told(raised, {"Net": {"Drop"}}) == raised
    exact = replace(failure, diagnosis=(Diagnosis("has no bias", "", "Net"),))
    assert told(exact, {"Net": {"Drop"}}) == exact


def test_a_fact_is_told_of_the_answer_that_is_shown(graded):
    """with the right helper in place another answer is shown, and what held of the first one is not said of it"""
    shown = graded(HALF.format(1) + SCALED.format(" + 2") + BOTH.format(1))["test_scaled"].failure
    assert (shown.function, shown.follows) == ("scaled", ())
    assert [one.text for one in shown.relations] == ["every entry is 1 more than the expected one"]


def test_a_check_that_ended_early_tells_what_it_did_not_come_to(graded):
    """behind the first wrong function of a check stand the others, each with its own name"""
    found = graded(HALF.format(3) + SCALED.format("") + BOTH.format(2))
    others = found["test_all"].failure.besides
    assert [(one.function, one.diagnosis[0].name) for one in others] == [
        ("scaled", "forgets to add one"), ("both", "adds two"),
    ]  # fmt: skip


def test_what_is_run_again_asks_the_process_that_lives(graded, monkeypatch):
    """a source is read once, however many of its checks are run again with right functions in it"""
    read = []
    load = SubmissionWorkers.load
    monkeypatch.setattr(SubmissionWorkers, "load", lambda self: (self.ours or read.append(self), load(self))[1])
    found = graded(HALF.format(3) + SCALED.format("") + BOTH.format(2))
    assert len(found["test_all"].failure.besides) == 2
    assert len(read) == 1


def test_a_page_with_forbidden_operators_reads_a_wrong_source_once(tmp_path, monkeypatch):
    """what is run again goes on without the operators that the whole page forbids: another process were another load"""
    head = "from autograder.checking import forbids\n"
    checks = CHECKS.replace("\nimport torch\n", f"\nimport torch\n{head}").replace(
        "@points(1)\ndef test_half",
        '@forbids("torch.celu", of="half", operators=("aten.celu.default",))\n@points(1)\ndef test_half',
    )
    trees = make_course(tmp_path, {PAGE: {**GOOD, "solution": SOLUTION, "checks": checks, "wrong": WRONG}})
    read = []
    load = SubmissionWorkers.load
    monkeypatch.setattr(SubmissionWorkers, "load", lambda self: (self.ours or read.append(self), load(self))[1])
    cells = ("import torch\n" + HALF.format(3) + SCALED.format("") + BOTH.format(2),)
    grade = grade_here(Submission("ada", PAGE, "scaled.py", cells), syllabus.load(trees), trees, Settings(0, "plain"))
    assert [check.status for check in grade.checks] == ["failed"] * 3
    assert len(read) == 1


def test_who_answers_alike_is_told_alike_and_nobody_answers_again(graded, monkeypatch):
    """what a second submission answers alike in the checks that are run again too takes no answer of the solution's"""
    answering = []
    stand_in = repair.StandIn.__init__
    monkeypatch.setattr(
        repair.StandIn, "__init__", lambda self, *args: (answering.append(args[2]), stand_in(self, *args))[1]
    )
    found, before = [], []
    source = HALF.format(3) + SCALED.format("") + BOTH.format(2)

    def loop(plugin) -> None:
        judge = Judge(graded.course, graded.trees, Settings(0, "plain"), plugin.checks, plugin.run)
        try:
            for name in ("ada", "bob"):
                before.append(len(answering))
                cells = (f"import torch  # {name}\n" + source,)
                found.append(judge.grade(Submission(name, PAGE, "scaled.py", cells)).checks)
        finally:
            judge.close()

    collect(graded.trees, [PAGE], loop)
    assert answering
    assert found[0] == found[1]
    assert before == [0, len(answering)]


def test_a_function_that_is_not_written_hides_none(graded):
    """an unwritten function stands aside; where one waits for it, that is said"""
    stub = 'def half(x):\n    raise NotImplementedError("half is not written yet")\n\n\n'
    found = graded(stub + "def scaled(x, factor=2.0):\n    return x * factor\n\n\n" + BOTH.format(1))
    assert found["test_all"].status == "missing"
    assert [one.diagnosis[0].name for one in found["test_all"].failure.besides] == ["forgets to add one"]
    assert found["test_half"].status == "missing"


BEHIND = """import math

import torch

from autograder.checking import assert_same, points, raises, require

X = torch.tensor([1.0, 4.0])


@points(1)
def test_half(student):
    \"\"\"half, and an error for NaN\"\"\"
    assert_same(student.half(X), X / 2)
    assert_same(student.half(X + 1), (X + 1) / 2, about="of others")
    with raises(ValueError):
        student.half(torch.tensor([math.nan]))


@points(1)
def test_each(student):
    \"\"\"one after another, where the first rests on a claim\"\"\"
    require(student.half(X).sum() == 2.5, "the halves are to add up to 2.5", claims=True)
    assert_same(student.later(X), X + 1)
"""


def test_what_stands_behind_the_first_failure_is_told_without_a_name_too(tmp_path):
    """an error that does not come, and what a check had found before it came to an unwritten function"""
    parts = ('    if x.isnan().any():\n        raise ValueError("NaN")\n    return x / 2\n', "    return x + 1\n")
    heads = (
        '# %%\nimport torch\n\n\n# %%\ndef half(x):\n    """Half of x."""\n',
        '\n\n# %%\ndef later(x):\n    """One more."""\n',
    )
    marked = (f"    ### BEGIN SOLUTION\n{part}    ### END SOLUTION\n" for part in parts)
    solution = "".join(head + part for head, part in zip(heads, marked, strict=True))
    wrong = WRONG[: WRONG.index('\n\n@misconception("forgets')].replace("x / 3", "x / 7")
    trees = make_course(tmp_path, {PAGE: {**GOOD, "solution": solution, "checks": BEHIND, "wrong": wrong}}, built=False)
    stub = 'def later(x):\n    raise NotImplementedError("later is not written yet")\n'
    cells = ("import torch\n\n\ndef half(x):\n    return x / 3\n\n\n" + stub,)
    grade = grade_here(Submission("ada", PAGE, "half.py", cells), syllabus.load(trees), trees, Settings(0, "plain"))
    found = {check.name: check for check in grade.checks}
    assert [one.reason for one in found["test_half"].failure.besides] == [
        "nothing was raised where ValueError was expected"
    ]
    assert (found["test_each"].status, found["test_each"].failure.function) == ("missing", "later")
    assert [one.function for one in found["test_each"].failure.besides] == ["half"]


def test_a_right_answer_costs_nothing_and_hears_nothing(graded, monkeypatch):
    """nothing is run again of a submission that passes"""
    monkeypatch.setattr(Unraveller, "_step", lambda *a: pytest.fail("something was looked into"))
    found = graded(HALF.format(2) + SCALED.format(" + 1") + BOTH.format(1))
    assert all(check.failure is None for check in found.values())


def step(function: str, repaired=()) -> Step:
    """Return how a check ended."""
    status = "failed" if function else "passed"
    return Step(frozenset(repaired), function, CheckResult("test", "", status, 0, 1), Trace())


def test_where_nothing_can_be_told_the_first_failure_stands():
    """a run that could not be made leaves the failure as it is"""
    found = unravel(step("f"), {"f", "g"}, (), {"f": {"g"}}, lambda name, repaired: None)
    assert (found.follows, set(found.own)) == ((), {"f"})


def test_a_loop_of_functions_ends():
    """functions that call each other and stay wrong whatever is repaired are not asked for ever"""
    found = unravel(step("f"), {"f", "g"}, (), {"f": {"g"}, "g": {"f"}}, lambda name, repaired: step("f", repaired))
    assert found.follows == ()
    assert set(found.own) == {"f"}


def test_what_uses_what():
    """helpers of helpers count; what is defined elsewhere does not"""
    assert used_by({"f": ["g", "torch.exp"], "g": ["h.x"], "h": []}) == {"f": {"g", "h"}, "g": {"h"}, "h": set()}
    assert unwritten_in(["def f():\n    raise NotImplementedError('x')\ndef g():\n    return 1\n", "x ="]) == {"f"}


def test_a_helper_that_only_follows_is_not_to_blame():
    """of f that uses g that uses h, where h alone is wrong, both follow from h"""
    found = {"test_f": Unravelled(("g", "h"), {}), "test_g": Unravelled(("h",), {})}
    steps = {"test_f": step("f"), "test_g": step("g"), "test_h": step("h")}
    assert {name: one.follows for name, one in of_the_guilty(found, steps).items()} == {
        "test_f": ("h",), "test_g": ("h",),
    }  # fmt: skip


def test_a_helper_with_a_slip_of_its_own_stays():
    """g, which is wrong by itself in another check, is named with h"""
    found = {"test_f": Unravelled(("g", "h"), {}), "test_g": Unravelled(("h",), {})}
    steps = {"test_f": step("f"), "test_g": step("g"), "test_g_alone": step("g"), "test_h": step("h")}
    assert of_the_guilty(found, steps)["test_f"].follows == ("g", "h")


def test_the_only_failure_of_one_function_comes_before_the_second_of_another():
    """runs are few: each function gets one before any gets two"""
    steps = {name: step(function) for name, function in (("a", "f"), ("b", "f"), ("c", "g"), ("d", "f"))}
    assert [name for name, _ in by_turns(steps)] == ["a", "c", "b", "d"]


def test_who_only_follows_stands_in_nobodys_way():
    """a class whose every failure follows from a reader's slip is not guilty of what its callers get wrong"""
    steps = {"a": step("Data"), "b": step("loaders"), "c": step("read"), "d": step("loaders")}
    found = {
        "a": Unravelled(("read",), {}),
        "b": Unravelled(("read",), {}),
        "d": Unravelled((), {"loaders": steps["d"]}),
    }
    assert cleared(found, steps) == {"Data"}
