"""An answer of the wrong kind: what its numbers say is seen behind the list or tuple that holds them, and only that."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from autograder.checking.kinds import MAX_ENTRIES, in_kind
from autograder.checking.relations import Pair, relations
from autograder.judging.answers import agrees
from autograder.judging.informative import alike_but_for_kind, right_but_for_kind
from autograder.language import speaking, translated
from autograder.sandbox.host.record import Call

E = torch.randn(3, 4, generator=torch.Generator().manual_seed(5), dtype=torch.float64)


@pytest.mark.parametrize(
    ("got", "made"),
    [
        ([*E], E),
        ((E,), E),
        ([list(row) for row in E], E),
        ([row.tolist() for row in E], E),
        ([row.numpy() for row in E], E),
        ([[True, False], [False, True]], torch.eye(2).bool()),
        ([torch.tensor(1), 2.5, True], torch.tensor([1, 2.5, 1]).double()),
    ],
)
def test_lists_become_the_tensor_that_they_hold(got, made):
    """of tensors, of numbers, of rows, and the tensor that stands in a tuple alone"""
    found = in_kind(got, torch.zeros(made.shape))
    assert torch.equal(found, made)
    assert found.dtype == made.dtype


@pytest.mark.parametrize(
    "got",
    [[], None, "ab", [E, E[0]], ["a"], [1 << 60], [1j], [torch.tensor(1j)], [[1], [1, 2]], [np.array("a")],
     [torch.zeros(MAX_ENTRIES), torch.zeros(MAX_ENTRIES)], [[[[[[[[1]]]]]]]]],
)  # fmt: skip
def test_what_makes_no_tensor_stays_what_it_is(got):
    """rows of unequal length, words, numbers too large, too many of them, lists too deep"""
    assert in_kind(got, E) is got


def test_lists_and_tuples_of_as_many_stand_for_one_another():
    """as long as they hold as many; a tensor is none"""
    assert in_kind([1, 2], (1, 3)) == (1, 2)
    assert in_kind((1, 2), [1, 3]) == [1, 2]
    assert in_kind([1, 2], (1, 2, 3)) == [1, 2]
    assert in_kind(E, (E, E)) is E


def said(got: Any, expected: Any = E) -> list[str]:
    """What is told of one answer."""
    return [one.text for one in relations([Pair(expected, got)])]


@pytest.mark.parametrize(
    ("got", "text"),
    [
        ([*E], "your answer has the right values, in a list where a tensor of float64 is expected"),
        ((E,), "your answer has the right values, in a tuple of one where a tensor of float64 is expected"),
        ([E], "your answer has the right values, in a list of one where a tensor of float64 is expected"),
        ([*(2 * E)], "every entry is 2 times the expected one"),
        ((E - 0.5,), "every entry is 0.5 less than the expected one"),
        ([*E.T], "your answer is the transpose of the expected one"),
        ([list(row) for row in -E], "every entry has the other sign"),
    ],
)
def test_what_its_numbers_say_is_told(got, text):
    """right ones, and wrong ones; in German, too"""
    assert said(got) == [text]
    with speaking("de"):
        assert translated(text) != text


def test_a_list_in_the_place_of_a_tuple_hides_no_part():
    """the wrong one of its two parts is told"""
    assert said([3 * E, E[0]], (E, E[0])) == ["every entry of `[0]` is 3 times the expected one"]


@pytest.mark.parametrize("got", [[*torch.sin(37 * E)], (torch.cos(91 * E),), [E, E[0]], ["a", "b"]])
def test_nothing_is_told_where_nothing_holds(got):
    """neither of other numbers nor of what holds none"""
    assert said(got) == []


def test_a_known_mistake_is_known_in_a_list():
    """by its numbers; who has others in his list is not taken for it, nor is one whose numbers are right"""
    assert alike_but_for_kind([*(2 * E)], 2 * E, E)
    assert not alike_but_for_kind([*(3 * E)], 2 * E, E)
    assert not alike_but_for_kind([*E], 2 * E, E)
    assert not alike_but_for_kind([*(2 * E)], E, E)
    assert right_but_for_kind([*E], E)
    assert not right_but_for_kind([*(2 * E)], E)


def call(value: Any) -> Call:
    """A call that gave this."""
    made = Call("f", "f", (E,), {})
    made.outcome = ("value", value, False)
    return made


def test_a_known_mistake_is_known_in_a_list_for_a_tuple():
    """part by part"""
    right = (E, E[0])
    assert agrees(call([2 * E, E[0]]), call((2 * E, E[0])), call(right))
    assert not agrees(call([E, 2 * E[0]]), call((2 * E, E[0])), call(right))
