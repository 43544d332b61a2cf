"""What an answer equals besides the expected one: an argument, itself in another call, itself in every row."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from .layout import axis_name
from .pairs import ENOUGH, Found, Seen, holds, tensor_of, worth


def argument(calls: list[Seen]) -> Iterator[Found]:
    """Yield the argument that comes back as it was given."""
    for name in calls[0].arguments:
        given = all(isinstance(call.arguments.get(name), torch.Tensor) for call in calls)
        if given and holds(calls, (tensor_of(call.arguments[name]) for call in calls), placed=True):
            yield Found("argument", f"equals `{name}` as it was given")
            return


def kind(calls: list[Seen]) -> Iterator[Found]:
    """Yield that the values are right, and of another type than was expected."""
    kinds = {call.kinds for call in calls}
    right = all(_rounded(call) and (call.distinct > 1 or _telling(call)) for call in calls)
    if len(kinds) == 1 and right:
        expected, got = kinds.pop()
        if expected != got:
            yield Found("kind", f"has the right values, in {got} where {expected} is expected")


def _rounded(call: Seen) -> bool:
    """Is the answer the expected one but for the rounding of the coarser type? 13333 for 13333.2 is wrong in any."""
    if not call.same(call.got, call.expected):
        return False
    finite = call.expected.abs()[call.expected.isfinite()]
    eps = torch.finfo(call.dtype).eps if call.dtype.is_floating_point else 0.0
    largest = float(finite.max()) if finite.numel() else 0.0
    return bool(((call.got - call.expected).abs().nan_to_num() <= 32 * eps * largest).all())


def _telling(call: Seen) -> bool:
    """Is a number expected that code does not give for nothing?"""
    return bool(((call.expected != 0) & (call.expected.abs() != 1)).any())


def opposite(calls: list[Seen]) -> Iterator[Found]:
    """Yield that every truth value is the other one."""
    turned = all(call.truth and call.wrong is not None and bool(call.wrong.all()) for call in calls)
    mixed = all(call.distinct == 2 for call in calls)
    if turned and mixed and sum(call.expected.numel() for call in calls) >= 8:
        yield Found("opposite", "has True where False is expected, and the other way round")


def constant(calls: list[Seen]) -> Iterator[Found]:
    """Yield that all entries are equal where those that are expected are not."""
    if not _several(calls) or not all(bool((call.got == call.got.flatten()[0]).all()) for call in calls):
        return
    found = {float(call.got.flatten()[0]) for call in calls}
    value = f": {found.pop():.4g}" if len(found) == 1 else ""
    yield Found("constant", f"has the same number in every entry{value}")


def alike(calls: list[Seen]) -> Iterator[Found]:
    """Yield that all rows are equal where those that are expected are not, be they as many or not."""
    dims = {call.expected.dim() for call in calls}
    if len(dims) != 1:
        return
    count = dims.pop()
    if all(call.wrong is None for call in calls):
        if count > 1 and all(call.finite and _rows_alike(call) for call in calls):
            yield Found("alike", f"has all {axis_name(0, count, True)} equal, where those of the expected one differ")
        return
    if not _several(calls):
        return
    for axis in range(count if count > 1 else 0):
        if all(_alike(call, axis) for call in calls):
            names = axis_name(axis, count, True)
            yield Found("alike", f"has all {names} equal, where those of the expected one differ")
            return


def _rows_alike(call: Seen) -> bool:
    """Are all rows of an answer equal that has another number of rows than was expected?"""
    if call.got.shape[1:] != call.expected.shape[1:] or call.got.shape[0] < 3 or call.expected.shape[0] < 3:
        return False
    same = call.same(call.got, call.got[:1].expand(call.got.shape))
    return same and not call.same(call.expected, call.expected[:1].expand(call.expected.shape))


def _several(calls: list[Seen]) -> bool:
    """Are there several entries, and different ones expected, in every call?"""
    return all(call.wrong is not None and call.finite and call.got.numel() > 2 and call.distinct > 2 for call in calls)


def _alike(call: Seen, axis: int) -> bool:
    if call.got.shape[axis] < 3 or call.got.unique().numel() < 2:
        return False
    first = call.got.narrow(axis, 0, 1).expand(call.got.shape)
    wanted = call.expected.narrow(axis, 0, 1).expand(call.expected.shape)
    return call.same(call.got, first) and not call.same(call.expected, wanted)


def first_again(calls: list[Seen]) -> Iterator[Found]:
    """Yield that every call is answered alike, where something else is expected of each."""
    if len(calls) < 2 or not all(call.same(call.got, calls[0].got) for call in calls):
        return
    wanted = {tuple(call.expected.flatten().tolist()) for call in calls}
    if len(wanted) == len(calls) and (len(calls) > 2 or worth(calls, [call.got for call in calls]) >= ENOUGH):
        yield Found("first again", "is the same, whatever the arguments are")
