"""Two flaws in one answer: its numbers stand in other places, and each of them is changed in one way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import permutations

import torch

from . import scale
from .layout import axis_name
from .pairs import Found, Seen

_Says = Callable[[str], str]  #: what is said of an answer, with what is said of each of its entries
EACH = "each entry"
MIN_ENTRIES = 4  #: of the largest answer: of fewer numbers some order fits too easily


def moved_and_changed(calls: list[Seen]) -> Iterator[Found]:
    """Yield an order or shape that is not the expected one, with what became of every entry besides."""
    if max(call.got.numel() for call in calls) < MIN_ENTRIES:
        return
    for says, places in _moves(calls):
        if any(there.shape != call.got.shape for there, call in zip(places, calls, strict=True)):
            continue
        moved = [replace(call, expected=there) for there, call in zip(places, calls, strict=True)]
        for family in (scale.scaled, scale.offset, scale.function_of_it):
            for found in family(moved):
                if found.each:
                    yield Found(f"moved {found.family}", says(f"{EACH} {found.each}"))
                    return


def _moves(calls: list[Seen]) -> Iterator[tuple[_Says, list[torch.Tensor]]]:
    """Yield the expected values in other places, each with what is said of an answer that has them there."""
    more = {call.got.dim() - call.expected.dim() for call in calls}
    if all(call.wrong is None and call.got.squeeze().shape == call.expected.squeeze().shape for call in calls):
        in_shape = [call.expected.reshape(call.got.shape) for call in calls]
        if more == {1}:
            yield lambda each: f"has an axis of size 1 too many, and {each}", in_shape
        elif more == {-1}:
            yield lambda each: f"has an axis of size 1 too few, and {each}", in_shape
    dims = {call.expected.dim() for call in calls}
    if len(dims) != 1 or max(dims) > 4:
        return
    size = dims.pop()
    for order in list(permutations(range(size)))[1:]:
        yield partial(_permuted, size, order), [call.expected.permute(order) for call in calls]
    for axis in range(size):
        yield partial(_reversed, axis_name(axis, size, True)), [call.expected.flip(axis) for call in calls]


def _permuted(dims: int, order: tuple[int, ...], each: str) -> str:
    if dims == 2:
        return f"is the transpose of the expected one, but {each}"
    return f"is the expected one with its axes in the order {order}, but {each}"


def _reversed(slices: str, each: str) -> str:
    return f"has the {slices} of the expected one in reverse order, but {each}"
