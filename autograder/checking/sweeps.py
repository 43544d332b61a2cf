"""What holds at one size and one magnitude, asked at many: what is right for three rows may be wrong for five.

Every size up to eight is asked at every seed, and one that is much larger, so that no verdict hangs on what was drawn;
another larger one is drawn.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch

from ..sandbox.host.student import Student
from .asserts import CheckFailure, assert_gradients, assert_same, unmodified
from .parts import part

#: every size up to this one is asked for
SIZES = 8
#: the largest of those that are drawn, by how many sizes a call has: code in loops must come to its end
LARGEST = {1: 40, 2: 20, 3: 11}
#: up to this one also all sizes of a call alike
SQUARE = 5


def drawn_sizes(dims: int, least: int = 1, largest: int | None = None, further: int = 2) -> list[tuple[int, ...]]:
    """Return sizes of `dims` dimensions: each has each size from `least` to 8 once; beyond, one drawn, one fixed.

    The fixed one is the largest at every seed: what goes wrong from some size on is told by no luck of the draw.
    """
    up_to, largest = max(SIZES, least), LARGEST.get(dims, 9) if largest is None else largest
    largest = max(largest, up_to + 1)
    columns = [(least + torch.randperm(up_to - least + 1)).tolist() for _ in range(dims)]
    beyond = torch.randint(up_to + 1, largest + 1, (further - 1, dims)).tolist() if further else []
    beyond += [range(largest, largest - dims, -1)] if further else []
    alike = [(size,) * dims for size in range(least, SQUARE + 1) if dims > 1]
    return [*zip(*columns, strict=True), *alike, *map(tuple, beyond)]


def drawn_shapes(least: int = 1, largest: int | None = None) -> list[tuple[int, ...]]:
    """Return shapes of one to four dimensions: each size from `least` to 8 is a vector's, and a larger shape's."""
    found = drawn_sizes(1, least, largest)
    larger = enumerate(drawn_sizes(3, least, largest, further=0))
    found += [sizes if number % 2 else sizes[:2] for number, sizes in larger]
    return [*found, tuple(torch.randint(least, 4, (4,)).tolist())]


def _reads(values: Iterable[Any]) -> list[torch.Tensor]:
    return [value for value in values if isinstance(value, torch.Tensor)]


@part
def assert_sizes(
    function: Callable[..., Any],
    oracle: Callable[..., Any],
    make: Callable[..., tuple[Any, ...]],
    *,
    name: str = "input",
    of: int = 0,
    least: int = 1,
    largest: int | None = None,
    gradients: bool = False,
    rtol: float | None = None,
    atol: float | None = None,
) -> None:
    """Demand the oracle's answer, and its gradients if wanted, at every size from `least` to 8 and at two larger ones.

    Args:
        make: takes a size for each parameter without a default and returns the arguments of a call, as in
            ``lambda n, d: (draw(n, d),)``. Each of its sizes takes each value; which meets which is drawn.
            ``lambda *shape: …`` is asked for shapes of one to four dimensions.
        name: what the student calls the argument at place `of`, whose shape the message tells.
        gradients: whether the arguments are differentiated too.
    """
    wanted = [p for p in inspect.signature(make).parameters.values() if p.default is p.empty]
    any_shape = any(p.kind is p.VAR_POSITIONAL for p in wanted)
    for sizes in drawn_shapes(least, largest) if any_shape else drawn_sizes(len(wanted), least, largest):
        inputs = make(*sizes)
        about = f"with `{name}` of shape {tuple(inputs[of].shape)}"
        if gradients:
            assert_gradients(function, oracle, *inputs, rtol=rtol, atol=atol, about=about)
        else:
            with unmodified(*_reads(inputs)):
                answer = function(*inputs)
            assert_same(answer, oracle(*inputs), rtol=rtol, atol=atol, about=about)


def assert_drawn(student: Student, parts: Sequence[Sequence[int]], whole: Iterable[int], what: str = "seed") -> None:
    """Demand of parts that were drawn by chance that each thing is in some and not in others, and that they differ.

    Thirty parts or more of about half the things: then no honest draw fails, up to one in a hundred million. The record
    of the student's last call, which gave the parts, keeps what is found out instead of them: right answers differ.

    Args:
        parts: what was drawn each time, such as the indices that each of forty seeds holds out.
        whole: the things that are drawn from; none where too few are drawn to ask this.
        what: what each part was drawn for, for the message.
    """
    held = [frozenset(part) for part in parts]
    times = {thing: sum(thing in part for part in held) for thing in whole}
    certain = [thing for thing, count in times.items() if not 0 < count < len(held)]
    different = len(set(held))
    enough = 2 * different > len(held)
    drawn_in = student.calls[-1]
    drawn_in.outcome = ("value", {"certain": certain, "different": enough}, False)
    reasons = [f"{thing} was drawn for {times[thing]} of {len(held)} {what}s: chance must decide" for thing in certain]
    if not enough:
        reasons.append(f"{len(held)} {what}s drew only {different} different parts: each must draw its own")
    for reason in reasons:
        raise CheckFailure(reason, record=drawn_in)


@part
def assert_scales(
    function: Callable[..., Any],
    oracle: Callable[..., Any],
    *inputs: Any,
    of: Iterable[int] = (0,),
    name: str = "input",
    powers: tuple[float, float] = (-9, 9),
    rtol: float = 1e-9,
) -> None:
    """Demand the oracle's answer where some arguments are very small or very large.

    Args:
        of: the places of the arguments that are multiplied by one power of ten.
        name: what the student calls them, for the message.
        powers: the smallest and the largest exponent; both are asked, and three drawn between them.
        rtol: how near each entry of the answer must be, by the answer's largest one.
    """
    low, high = powers
    between = (low + (high - low) * torch.rand(3)).tolist()
    for power in (low, high, *between):
        scale = 10.0**power
        given = [x * scale if place in tuple(of) else x for place, x in enumerate(inputs)]
        expected = oracle(*given)
        finite = expected.detach().abs()[expected.detach().isfinite()]
        near = rtol * float(finite.max()) if finite.numel() else 0.0
        assert_same(function(*given), expected, rtol=rtol, atol=near, about=f"with `{name}` around {scale:.0e}")
