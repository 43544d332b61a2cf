"""What is right at three sizes and one magnitude, and wrong elsewhere, is found at every seed."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from autograder.checking import CheckFailure, assert_drawn, assert_scales, assert_sizes
from autograder.checking.sweeps import drawn_shapes, drawn_sizes


def draw(*shape: int) -> torch.Tensor:
    return torch.randn(shape, dtype=torch.float64)


def softmax(x: torch.Tensor) -> torch.Tensor:
    return torch.softmax(x, -1)


def table(n: int, d: int) -> tuple[torch.Tensor]:
    return (draw(n, d),)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("size", range(1, 9))
def test_every_size_up_to_eight_is_asked(size, seed):
    """each dimension has each size, alone or in any shape, whatever was drawn"""
    torch.manual_seed(seed)
    for dims in (1, 2, 3, 4):
        assert all(any(sizes[place] == size for sizes in drawn_sizes(dims)) for place in range(dims))
    shapes = drawn_shapes()
    assert (size,) in shapes
    assert any(size in shape for shape in shapes if len(shape) > 1)
    assert {len(shape) for shape in shapes} == {1, 2, 3, 4}


@pytest.mark.parametrize("seed", range(20))
def test_the_largest_size_is_asked_at_every_seed(seed):
    """what goes wrong beyond twenty, or fifteen rows, is not found by luck"""
    torch.manual_seed(seed)
    with pytest.raises(CheckFailure):
        assert_sizes(lambda x: softmax(x) * (1 + (len(x) > 20)), softmax, lambda n: (draw(n),))
    with pytest.raises(CheckFailure):
        assert_sizes(lambda x: softmax(x) * (1 + (len(x) > 15)), softmax, table)
    assert drawn_sizes(3)[-1] == (11, 10, 9)


@pytest.mark.parametrize("seed", range(3))
def test_one_odd_size_is_found(seed):
    """wrong rows, wrong columns, a gradient lost at one size, and an input changed at one size"""
    torch.manual_seed(seed)

    def spoils(x):
        if x.shape[0] == 5:
            x += 0
            x[0] = 1
        return softmax(x)

    assert_sizes(softmax, softmax, table, gradients=True)
    assert_sizes(softmax, softmax, lambda *shape: (draw(*shape),), gradients=True)
    for wrong in (
        lambda x: softmax(x) * (1 + (x.shape[0] == 7)),
        lambda x: softmax(x).detach() if x.shape[1] == 6 else softmax(x),
        lambda x: softmax(x).detach() if x.shape == (3, 3) else softmax(x),
    ):
        with pytest.raises(CheckFailure):
            assert_sizes(wrong, softmax, table, name="logits", gradients=True)
    with pytest.raises(CheckFailure) as failure:
        assert_sizes(lambda x: softmax(x)[:, :4], softmax, lambda d: (draw(2, d),), name="logits")
    assert "with `logits` of shape (2, " in failure.value.about


def test_a_parameter_with_a_default_is_no_size():
    """what a lambda in a loop keeps by a default stays as it is"""
    seen = []
    assert_sizes(softmax, softmax, lambda n, k=11: (draw(n, seen.append(k) or k),))
    assert set(seen) == {11}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "wrong",
    [lambda x: x.clamp(-1000, 1000), lambda x: x.sign() * x.abs().clamp(min=1e-8), lambda x: x.float().double()],
)
def test_what_is_clamped_or_rounded_is_found(wrong, seed):
    """a clamp above, a clamp below, and float32 inside"""
    torch.manual_seed(seed)
    x = draw(3) + 2
    assert_scales(lambda x: x.clone(), lambda x: x, x)
    with pytest.raises(CheckFailure) as failure:
        assert_scales(wrong, lambda x: x, x, name="x")
    assert "with `x` around 1e" in failure.value.about


def told(parts, whole):
    """What the record keeps of the call that gave these parts, and whether they passed."""
    call = SimpleNamespace(outcome=("value", parts, False))
    try:
        assert_drawn(SimpleNamespace(calls=[call]), parts, whole)
    except CheckFailure as failure:
        return call.outcome[1], failure.reason
    return call.outcome[1], ""


@pytest.mark.parametrize("seed", range(20))
def test_chance_passes_and_what_only_looks_like_it_does_not(seed):
    """a thing that is always, or never, drawn, a block that moves round, and one part for many seeds"""
    torch.manual_seed(seed)
    drawn = [torch.randperm(12)[:6].tolist() for _ in range(40)]
    assert told(drawn, range(12)) == ({"certain": [], "different": True}, "")
    again = [torch.randperm(12)[:6].tolist() for _ in range(40)]
    assert told(again, range(12)) == told(drawn, range(12))  # whatever was drawn, the record is the same
    for parts, word in (
        ([[0, *part] for part in drawn], "40 of 40 seeds"),
        ([[n for n in part if n != 3] for part in drawn], "3 was drawn for 0"),
        ([[(k * 5 + n) % 12 for n in range(6)] for k in range(40)], "only 12 different"),
    ):
        assert word in told(parts, range(12))[1]
