"""Two known mistakes at once: both are named where their errors together are what came back, and nobody else is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from autograder.course.catalogue import Rewrite
from autograder.judging.check import Trace
from autograder.judging.diagnosis import Suspect, diagnose
from autograder.judging.informative import answers_with, put_together
from autograder.judging.pairs import named_in_pairs
from autograder.sandbox.host.record import Call

Function = Callable[[Tensor], Tensor]
INPUTS = {"test_few": [torch.tensor([1.0, 2.0, 4.0])], "test_many": [torch.arange(1.0, 6.0)]}


def right(x: Tensor) -> Tensor:
    """The solution: a sum of squares up to each entry, halved."""
    return (x**2).cumsum(0) / 2


KNOWN: dict[str, Function] = {
    "forgets the half": lambda x: (x**2).cumsum(0),
    "takes the minus": lambda x: -(x**2).cumsum(0) / 2,
    "adds one": lambda x: (x**2).cumsum(0) / 2 + 1,
    "forgets the sum": lambda x: x**2 / 2,
}


def traces(function: Function) -> dict[str, Trace]:
    """What happens in the checks, which end at the first wrong answer."""
    found = {}
    for check, values in INPUTS.items():
        trace = Trace([], True)
        for x in values:
            call = Call("f", "f", (x,), {})
            call.outcome = ("value", function(x), False)
            trace.calls.append(call)
            if not torch.equal(call.outcome[1], right(x)):
                trace.passed, trace.blamed = False, call
                break
        found[check] = trace
    return found


SUSPECTS = [
    Suspect(Rewrite(name, "f", "", 1, "a hint", "test_few"), traces(function)) for name, function in KNOWN.items()
]


def told(function: Function, suspects: list[Suspect] = SUSPECTS) -> set[frozenset[str]]:
    """The names beside each failure."""
    mine, oracle = traces(function), traces(right)
    single = diagnose(mine, oracle, suspects, lambda rewrite, call: None)
    found = single | named_in_pairs(single, mine, oracle, suspects, lambda rewrite, call: None)
    return {frozenset(one.name for one in several) for several in found.values()}


@pytest.mark.parametrize(
    ("both", "names"),
    [
        (lambda x: -(x**2).cumsum(0), {"forgets the half", "takes the minus"}),
        (lambda x: (x**2).cumsum(0) + 1, {"forgets the half", "adds one"}),
        (lambda x: -(x**2) / 2, {"takes the minus", "forgets the sum"}),
        (lambda x: x**2, {"forgets the half", "forgets the sum"}),
    ],
)
def test_both_flaws_are_named(both, names):
    """an answer that is wrong in two ways has both names, beside every failure"""
    assert told(both) == {frozenset(names)}


@pytest.mark.parametrize(
    "other",
    [
        lambda x: (x**2).cumsum(0) / 3,
        lambda x: -(x**2).cumsum(0) / 2 + x,
        lambda x: torch.zeros_like(x),
        lambda x: x,
        lambda x: -(x**2).cumsum(0) if len(x) == 3 else x,
    ],
)
def test_who_has_neither_flaw_in_all_calls_has_no_names(other):
    """an answer that no two mistakes explain in every call has no name"""
    assert told(other) == set()


def test_one_flaw_is_one_name():
    """two mistakes do not explain what one of them does"""
    for name, function in KNOWN.items():
        assert told(function) == {frozenset({name})}


def test_two_pairs_explain_nothing():
    """where another pair answers alike, neither is named"""
    twin = Suspect(Rewrite("halves twice and more", "f", "", 1, "", "test_few"), traces(lambda x: (x**2).cumsum(0)))
    assert told(KNOWN["forgets the half"], [*SUSPECTS, twin]) == {frozenset({"forgets the half", twin.rewrite.name})}
    assert told(lambda x: -(x**2).cumsum(0), [*SUSPECTS, twin]) == set()


def test_what_no_number_tells_is_not_put_together():
    """whole numbers, other shapes and a mistake that answers rightly give no pair"""
    a, b, c = torch.tensor([1.0, 2.0]), torch.tensor([2.0, 4.0]), torch.tensor([3.0, 5.0])
    assert put_together(a.long(), b.long(), c.long()) == []
    assert put_together(a, b[:1], c) == []
    assert put_together(a, c, c) == []
    assert put_together("a", b, c) == []
    added, multiplied = put_together(a, b, c)
    assert answers_with(torch.tensor([0.0, 1.0]), added) == {0.0, 1.0}
    assert answers_with(a * b / c, multiplied) == set(multiplied.tolist())
    assert answers_with(torch.tensor([0.0, 1.5]), added) == set()


def test_errors_that_cancel_explain_nothing():
    """a right value of another dtype shows neither of two mistakes whose errors are opposite"""
    solved = torch.tensor([1.25, 0.0, 3.75], dtype=torch.float64)
    made = put_together(solved - 0.25, solved + 0.25, solved)
    assert made[0] is None
    assert answers_with(solved.float(), made[0]) == set()
    assert made[1] is not None
