"""What is said of a page's breakers: the rows of the table, and the promises that nothing proves."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import torch
from typer.testing import CliRunner

from autograder.authoring.breakers.advice import advice
from autograder.authoring.breakers.alibis import Named
from autograder.authoring.breakers.audit import unproved
from autograder.authoring.breakers.page import Fate, Page
from autograder.authoring.breakers.table import rows
from autograder.authoring.breakers.target import targets_of
from autograder.authoring.verify import Extent, Report, run
from autograder.authoring.verify.verdicts import judge_breakers
from autograder.cli import app
from tests.helpers import PAGE, tiny

TEXT = '''
def f(x, dim=-1, eps=1e-8):
    """The sum. `x` stays as it was.

    Args:
        dim: the dimension.

    Raises:
        ValueError: x is empty.
    """
    ### BEGIN SOLUTION
    return x.sum(dim)
    ### END SOLUTION
'''
DIES = Fate("f", "defaults", "takes 0 where `dim` is left out", "dies", by="test_dim")
ALIVE = Fate("f", "inputs", "changes `x` in place", "survives", shown="f(x=float64 (2,))")


def test_every_promise_without_a_death_is_told():
    """a default, an error and an input that stays: each is proved by a breaker that dies, or is waived"""
    targets = targets_of(TEXT)
    told = unproved(targets, Page("a/b", (DIES, ALIVE)))
    assert told == [
        "f: that `eps` is 1e-08 where it is left out",
        "f: that ValueError is raised",
        "f: \u201c`x` stays as it was.\u201d",
    ]
    raised = Fate("f", "errors", "does not raise its error", "dies", by="test_errors")
    waived = Fate("f", "inputs", "changes `x` in place", "waived")
    eps = Fate("f", "defaults", "takes 2e-08 where `eps` is left out", "dies", by="test_eps")
    assert not unproved(targets, Page("a/b", (DIES, raised, waived, eps)))


@pytest.mark.parametrize(
    ("family", "what", "shown", "said"),
    [
        ("inputs", "changes `x` in place", "f(x=float64 (2,))", "make the call inside `with unmodified(x):`"),
        ("inputs", "turns the list `values` round", "f(values=[1.0])", "`assert_left_alone(student)` after the call"),
        ("errors", "changes its arguments before it raises", "every call", "inside `with unmodified(…), raises(…):`"),
        ("errors", "does not raise its error (1 of 2)", "every call", "that it refuses inside `with raises(…):`"),
        ("layout", "wants `w` contiguous", "not contiguous w: f(x=float64 (2,), w=float64 (2,))",
         "`assert_contract(student.f, oracle, …, of=1)`, which lays `w` otherwise"),
        ("gradient", "gives twice the gradient", "every call", "`assert_gradients(student.f, oracle, …)`"),
        ("dtype", "gives float32 for half precision", "float16: f(x=float16 (4, 3), w=float16 (3,), eps=1e-05)",
         "compare `student.f(torch.randn(4, 3, dtype=torch.float16), torch.randn(3, dtype=torch.float16), eps=1e-05)`"),
        ("shape", "refuses a `x` of one column", "one column x: f(x=float64 (4, 1))",
         "compare `student.f(torch.randn(4, 1, dtype=torch.float64))` with the expected answer"),
        ("numbers", "takes `eps` rounded to two digits", "another number eps: f(x=float32 (), eps=0.51855)",
         "compare `student.f(torch.randn((), dtype=torch.float32), eps=0.51855)`"),
        ("shape", "gives a 0-d tensor for a Python number", "f(x=[1.5])",
         "`require(not isinstance(answer, torch.Tensor)"),
        ("shape", "refuses an empty `x`", "empty x: f(x=int64 (0,))", "check it"),
        ("extremes", "clamps `x` at 30 and -30", "large x: f(x=float64 (2,))", "check it"),
        ("dtype", "gives float64 for float32", "float32: f(model=<Linear>, x=float32 (2,))", "check it"),
    ],
)  # fmt: skip
def test_a_survivor_comes_with_what_to_write(family, what, shown, said):
    """the line says how a check sees the broken promise, in code that runs where a call shows it"""
    told = advice(Fate("f", family, what, "survives", shown=shown))
    assert said in told
    assert said != "check it" or told == said
    for call in re.findall(r"torch\.randn\((?:\([^)]*\)|[^)])*\)", told):
        assert isinstance(eval(call, {"torch": torch}), torch.Tensor)


def test_the_table_says_who_dies_by_what():
    """deaths are counted by check; survivors come with their call, waivers with their sentence"""
    more = [
        Fate("f", "defaults", "keeps the first `dim` that it was given", "dies", by="test_dim"),
        Fate("f", "layout", "wants `x` contiguous", "does not apply"),
        Fate("g", "state", "leaves the module in the other mode", "waived", said="the mode is up to you"),
    ]
    page = Page("a/b", (DIES, ALIVE, *more))
    assert list(rows(page)) == [
        ("f", "defaults", "2 die by test_dim 2"),
        ("f", "inputs", "survives: changes `x` in place; f(x=float64 (2,))"),
        ("f", "layout", "does not apply"),
        ("g", "state", "waived: leaves the module in the other mode: \u201cthe mode is up to you\u201d"),
    ]
    assert page.summary == "2 of 4 breakers die, 1 waived"


def test_the_command_prints_the_table_where_it_is_asked_for(tmp_path, monkeypatch):
    """`--breakers` shows every row and what nothing proves; without it one summary stands in the page's line"""
    tiny(tmp_path)
    called = [
        Named("f drops a factor", "f is half of it", True, True),
        Named("f adds 1", "f is too large", False, False),
    ]
    report = Report(PAGE, breakers=Page(PAGE, (DIES, ALIVE)), unproved=["f: that ValueError is raised"], named=called)
    extents: list[Extent] = []
    monkeypatch.setattr(run, "verify", lambda *args, **given: extents.append(args[-1]) or [report])
    runner = CliRunner()
    told = runner.invoke(app, ["--course", str(tmp_path), "verify"])
    assert "1 of 2 breakers die" in told.stdout
    assert "test_dim" not in told.stdout
    told = runner.invoke(app, ["--course", str(tmp_path), "verify", "--breakers", "--strict-breakers"])
    assert "f drops a factor: is called f is half of it" in told.stdout
    assert "f adds 1: looks like f is too large" in told.stdout
    for part in ("1 die by test_dim", "survives: changes `x` in place", "unproved  f: that ValueError is raised"):
        assert part in told.stdout
    runner.invoke(app, ["--course", str(tmp_path), "verify", "--no-breakers"])
    asked = [(extent.breakers, extent.strict_breakers, extent.alibis) for extent in extents]
    assert asked == [(True, False, False), (True, True, True), (False, False, False)]


def test_a_breaker_that_is_named_by_chance_is_a_fault(tmp_path):
    """a name that another seed takes away was not true of it; one that stays is shown, and no fault"""
    report = Report(PAGE, breakers=Page(PAGE, (DIES,)), named=[Named("f adds 1", "f is too large", True, False)])
    judge_breakers(report, tiny(tmp_path)[1], (), strict=False, survivors=False)
    assert report.faults == [
        "the breaker 'f adds 1' is called 'f is too large' at one seed and not at another: the name is not true of it"
    ]


def test_the_command_says_how_much_is_proved(tmp_path, monkeypatch):
    """few seeds and mutants of variants by default; more for the solution alone, or for everybody, where asked for"""
    tiny(tmp_path)
    extents: list[Extent] = []
    monkeypatch.setattr(run, "verify", lambda *args, **given: extents.append(args[-1]) or [Report(PAGE)])
    runner = CliRunner()
    for more in ([], ["--reference-seeds", "100"], ["--seeds", "20", "--reference-seeds", "100", "--all-mutants"]):
        assert runner.invoke(app, ["--course", str(tmp_path), "verify", *more]).exit_code == 0
    usual, reference, everybody = extents
    assert usual == Extent(survivors=True)
    assert reference == Extent(seeds=100, survivors=True)
    assert everybody == replace(Extent.at_seeds(20, 100), of_variants=None, survivors=True)
