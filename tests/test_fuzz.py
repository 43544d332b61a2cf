"""Random inputs made from recorded calls: same kinds and shapes, other values."""

from __future__ import annotations

import math

import pytest
import torch

from autograder.authoring.fuzz import variations
from autograder.checking.compare import agree
from autograder.sandbox.host.record import Call

COUNT = 12


def made(*args, others=(), seed=0, **kwargs):
    """Variations of one call."""
    call = Call("f", "f", args, kwargs)
    return list(variations(call, [call, *others], COUNT, seed))


def test_so_many_and_of_the_same_function():
    """as many calls as asked for, of the same function, with nothing of the old record"""
    call = Call("f", "f", (torch.ones(2),), {}, callbacks=[(1, 2)])
    found = list(variations(call, [call], COUNT, 0))
    assert len(found) == COUNT
    assert {(c.root, c.label) for c in found} == {("f", "f")}
    assert all(c.callbacks == [] for c in found)


@pytest.mark.parametrize(
    "value",
    [
        torch.randn(2, 3), torch.randn(2, 3, dtype=torch.float64), torch.randn(4).to(torch.bfloat16),
        torch.tensor(3.0), torch.tensor([[1, 5], [2, 9]]), torch.tensor([True, False, True]), torch.zeros(0, 3),
        torch.randn(3, dtype=torch.complex128), torch.randn(4, 3).T,
    ],
    ids=lambda t: f"{t.dtype} {tuple(t.shape)}",
)  # fmt: skip
def test_tensors_keep_shape_and_dtype(value):
    """a tensor gives tensors of its shape and dtype"""
    for call in made(value):
        assert (call.args[0].shape, call.args[0].dtype) == (value.shape, value.dtype)


def test_other_numbers_come():
    """values differ from the recorded ones and from each other, at several scales"""
    value = torch.randn(50, dtype=torch.float64)
    sizes = [float(call.args[0].abs().mean()) for call in made(value)]
    assert max(sizes) > 10
    assert min(sizes) < 0.5
    assert len(set(sizes)) == COUNT


def test_the_recorded_call_is_left_alone():
    """the recorded arguments stay as they were"""
    value, nested = torch.randn(3), [torch.randn(2)]
    before = [value.clone(), nested[0].clone()]
    made(value, nested, flag=True)
    assert agree([value, nested[0]], before)


def test_probabilities_stay_inside():
    """a tensor within [0, 1] stays within it"""
    for call in made(torch.rand(20)):
        assert bool(((call.args[0] >= 0) & (call.args[0] <= 1)).all())


def test_integers_are_drawn_from_the_recorded_ones():
    """class indices stay valid: integers come from the recorded tensor"""
    for call in made(torch.tensor([2, 5, 7])):
        assert set(call.args[0].tolist()) <= {2, 5, 7}


def test_infinities_stay_where_they_are():
    """an -inf, as in a mask, stays an -inf; NaN stays NaN"""
    value = torch.tensor([1.0, -math.inf, math.nan, 2.0])
    for call in made(value):
        assert call.args[0][1] == -math.inf
        assert bool(call.args[0][2].isnan())
        assert bool(torch.isfinite(call.args[0][[0, 3]]).all())


def test_flags_and_numbers_vary_and_integers_stay():
    """flags are thrown anew, floats scaled; ints, such as a dim, stay, inside lists and tuples too"""
    calls = made(True, 2.0, 3, [1.0, 4], (True, "word"), None)
    assert {call.args[0] for call in calls} == {True, False}
    assert {call.args[1] for call in calls} <= {1.0, 1.6, 2.5, 4.0}
    assert len({call.args[1] for call in calls}) > 1
    assert {call.args[2] for call in calls} == {3}
    assert {call.args[3][1] for call in calls} == {4}
    assert {type(call.args[4]) for call in calls} == {tuple}
    assert {call.args[4][1] for call in calls} == {"word"}
    assert {call.args[5] for call in calls} == {None}


def test_words_are_borrowed_from_other_calls():
    """a word such as a reduction is replaced by the words that other calls used"""
    others = [Call("f", "f", (), {"reduction": word}) for word in ("mean", "none")]
    calls = made(torch.ones(2), others=others, reduction="sum")
    assert {call.kwargs["reduction"] for call in calls} == {"sum", "mean", "none"}


def test_the_same_seed_the_same_calls():
    """the same seed makes the same variations, another one others"""
    value = torch.randn(4)
    first, again, other = (made(value, 1.5, True, seed=seed) for seed in (3, 3, 4))
    assert all(agree(a.args, b.args) for a, b in zip(first, again, strict=True))
    assert not all(agree(a.args, b.args) for a, b in zip(first, other, strict=True))
