"""The right numbers in the wrong place: transposed, reversed, shifted, in another shape or order, summed, repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import permutations

import torch

from .pairs import ENOUGH, Found, Seen, holds, turned, worth

_Reduce = Callable[..., torch.Tensor]
_Once = Callable[[torch.Tensor], torch.Tensor]
#: of the expected one, of what came back
_REDUCED: tuple[tuple[str, str, _Reduce], ...] = (
    ("the sum", "its sum", torch.sum), ("the mean", "its mean", torch.mean),
    ("the largest entry", "its largest entry", torch.amax), ("the smallest entry", "its smallest entry", torch.amin),
)  # fmt: skip


def _dims(calls: list[Seen]) -> int:
    """Return how many axes all expected values have, -1 where that differs."""
    found = {call.expected.dim() for call in calls}
    return found.pop() if len(found) == 1 else -1


def axis_name(axis: int, dims: int, plural: bool = False) -> str:
    """Return how the entries along an axis are called."""
    if dims == 1:
        return "entries" if plural else "entry"
    if dims == 2:
        return ("rows" if axis == 0 else "columns") if plural else ("row" if axis == 0 else "column")
    return f"slices along axis {axis}" if plural else f"slice along axis {axis}"


def lines(calls: list[Seen]) -> Iterator[tuple[str, dict[Seen, int]]]:
    """Yield the axis of each call along which its answer may be cut into lines, with how one line is called."""
    dims = _dims(calls)
    for axis in reversed(range(dims) if dims >= 2 else ()):
        yield axis_name(1 - axis, 2) if dims == 2 else f"line along axis {axis}", dict.fromkeys(calls, axis)
    for name in ("dim", "axis"):
        if all(_is_axis(call.arguments.get(name), call.expected.dim()) for call in calls):
            yield f"line along `{name}`", {call: int(call.arguments[name]) for call in calls}


def _is_axis(value: object, dims: int) -> bool:
    return type(value) is int and dims >= 2 and -dims <= value < dims


def permuted(calls: list[Seen]) -> Iterator[Found]:
    """Yield another order of the axes."""
    dims = _dims(calls)
    if not 2 <= dims <= 4:
        return
    for order in list(permutations(range(dims)))[1:]:
        turned_ = [call.expected.permute(order) for call in calls]
        if holds(calls, turned_, placed=True) or _in_that_shape(calls, turned_):
            ordered = f"is the expected one with its axes in the order {order}"
            yield Found("permuted", "is the transpose of the expected one" if dims == 2 else ordered)
            return


def _in_that_shape(calls: list[Seen], turned_: list[torch.Tensor]) -> bool:
    """Is each answer as foretold, in a shape that the expected one has not, and with different rows and columns?"""
    for call, foretold in zip(calls, turned_, strict=True):
        if call.wrong is not None or not call.same(call.got, foretold):
            return False
    return any(_varied(foretold) for foretold in turned_)


def _varied(value: torch.Tensor) -> bool:
    """Are there several different slices along every axis that has any length?"""
    long_ = [axis for axis, size in enumerate(value.shape) if size > 1]
    return len(long_) > 1 and all(len(value.unique(dim=axis)) > 1 for axis in long_)


def reversed_along(calls: list[Seen]) -> Iterator[Found]:
    """Yield an axis along which the order is turned round."""
    dims = _dims(calls)
    for axis in range(dims):
        if holds(calls, (call.expected.flip(axis) for call in calls), placed=True):
            yield Found("reversed", f"has the {axis_name(axis, dims, True)} of the expected one in reverse order")
            return


def shifted(calls: list[Seen]) -> Iterator[Found]:
    """Yield an axis along which everything stands one place too far; what stands at the ends is free."""
    dims = _dims(calls)
    for axis in range(dims):
        for later in (True, False):

            def without_ends(call: Seen, axis: int = axis, later: bool = later) -> Seen | None:
                size = call.expected.shape[axis] - 1
                if call.wrong is None or size < 3:
                    return None
                mine = call.got.narrow(axis, 1 if later else 0, size)
                here = call.expected.narrow(axis, 1 if later else 0, size)
                return replace(call, expected=here, got=mine)

            inner = [without_ends(call) for call in calls]
            kept = [call for call in inner if call is not None]
            if len(kept) != len(calls):
                break
            moved = {
                part: call.expected.narrow(axis, 0 if later else 1, call.expected.shape[axis] - 1)
                for part, call in zip(kept, calls, strict=True)
            }
            if holds(kept, (moved[part] for part in kept), placed=True):
                name = axis_name(axis, dims, True)
                late = f"has the {name} of the expected one, each one place later"
                yield Found("shifted", late if later else f"has the {name} of the expected one, each one place earlier")
                return


def reshaped(calls: list[Seen]) -> Iterator[Found]:
    """Yield the right numbers in another shape, or in the shape of other axes."""
    if all(call.wrong is None for call in calls):
        plain = [call.expected.squeeze() for call in calls]
        if all(call.same(call.got.squeeze(), p) for call, p in zip(calls, plain, strict=True)):
            more = {call.got.dim() - call.expected.dim() for call in calls}
            if more == {1}:
                yield Found("shape", "has the right numbers, and an axis of size 1 too many")
            elif min(more) > 0:
                yield Found("shape", "has the right numbers, and axes of size 1 too many")
            elif more == {-1}:
                yield Found("shape", "has the right numbers; an axis of size 1 is missing")
            elif max(more) < 0:
                yield Found("shape", "has the right numbers; axes of size 1 are missing")
            return
        flat = [(call.got.flatten(), call.expected.flatten()) for call in calls]
        if all(call.same(*both) for call, both in zip(calls, flat, strict=True)):
            yield Found("shape", "has the right numbers in their order, in another shape")
            return
    dims = _dims(calls)
    if not 2 <= dims <= 4 or any(call.wrong is None for call in calls):
        return
    for order in list(permutations(range(dims)))[1:]:
        if holds(calls, (call.expected.permute(order).reshape(call.expected.shape) for call in calls), placed=True):
            axes = "its axes exchanged" if dims == 2 else f"its axes in the order {order}"
            yield Found(
                "viewed",
                f"has the shape of the expected one, filled in the order in which the expected one with {axes} is read",
            )  # fmt: skip
            return


def reordered(calls: list[Seen]) -> Iterator[Found]:
    """Yield the right rows, or the right entries, in another order."""
    if any(call.wrong is None or not call.finite for call in calls):
        return
    dims = _dims(calls)
    if dims >= 2 and all(_same_rows(call) for call in calls) and _told(calls):
        yield Found("order", f"has the right {axis_name(0, dims, True)} in another order")
    elif all(call.same(_sorted(call.got), _sorted(call.expected)) for call in calls) and _told(calls):
        yield Found("order", "has the right entries in another order")


def _sorted(value: torch.Tensor) -> torch.Tensor:
    return value.flatten().sort().values


def _told(calls: list[Seen]) -> bool:
    return worth(calls, [call.got for call in calls]) >= ENOUGH and all(call.distinct > 3 for call in calls)


def _same_rows(call: Seen) -> bool:
    mine, theirs = (sorted(value.flatten(1).tolist()) for value in (call.got, call.expected))
    return call.same(torch.tensor(mine, dtype=torch.float64), torch.tensor(theirs, dtype=torch.float64))


def reduced(calls: list[Seen]) -> Iterator[Found]:
    """Yield a sum, mean or extreme that is taken once too often, or not at all, and what is repeated."""
    if any(call.wrong is not None or not call.finite for call in calls):
        return
    dims = _dims(calls)
    less = all(call.got.numel() < call.expected.numel() for call in calls)
    more = all(call.got.numel() > call.expected.numel() for call in calls)
    if not (less or more):
        return
    if more:
        dims = {call.got.dim() for call in calls}.pop() if len({call.got.dim() for call in calls}) == 1 else -1
    if less and all(_widened(call.got, call.expected, call) for call in calls):
        if worth(calls, [call.got for call in calls]) >= ENOUGH:
            yield Found("repeated", "has each number once where the expected one repeats it")
        return
    for what, its, over, once in _reductions(dims):
        if less and holds(calls, (_fitted(once(call.expected), call.got) for call in calls)):
            yield Found("reduced", f"is {what} of the expected one{over}")
            return
        if more and _not_reduced(calls, once):
            yield Found("reduced", f"is not reduced: {its}{over} is the expected one")
            return
    if more:
        yield from _repeated(calls)


def spread(calls: list[Seen]) -> Iterator[Found]:
    """Yield a sum, mean or extreme that stands in the place of each entry that it is of."""
    dims = _dims(calls)
    if dims < 1 or any(call.wrong is None or not call.finite for call in calls):
        return
    for what, _its, over, once in _reductions(dims, keepdim=True):
        if holds(calls, (once(call.expected).expand(call.got.shape) for call in calls)):
            yield Found("spread", f"has {what} of the expected one{over} in the place of each entry")
            return


def _reductions(dims: int, keepdim: bool = False) -> Iterator[tuple[str, str, str, _Once]]:
    """Yield (its name, that of what came back, over what, the reduction): over all first, then over each axis."""
    for axis in (None, *range(dims if dims > 1 else 0)):
        over = f" over its {axis_name(axis, dims, True)}" if axis is not None else ""
        for name, its, reduce in _REDUCED:
            yield name, its, over, reduce if axis is None else partial(reduce, dim=axis, keepdim=keepdim)


def _not_reduced(calls: list[Seen], once: _Once) -> bool:
    return holds([turned(call) for call in calls], (_fitted(once(call.got), call.expected) for call in calls))


def _fitted(value: torch.Tensor, like: torch.Tensor) -> torch.Tensor | None:
    return value.reshape(like.shape) if value.numel() == like.numel() else None


def _repeated(calls: list[Seen]) -> Iterator[Found]:
    repeats = all(_widened(call.expected, call.got, call) for call in calls)
    if repeats and worth(calls, [call.got for call in calls]) >= ENOUGH:
        yield Found("repeated", "is the expected one, repeated")


def _widened(small: torch.Tensor, large: torch.Tensor, call: Seen) -> bool:
    """Is the larger one the smaller one repeated?"""
    try:
        return call.same(large, small.expand(large.shape))
    except RuntimeError:
        return False


_WITHOUT_ONE = {
    True: "is the expected one without its last {}", False: "is the expected one without its first {}",
}  # fmt: skip
_ONE_MORE = {
    True: "is the expected one and one more {}, the last one",
    False: "is the expected one and one more {}, the first one",
}
_WITHOUT = {
    True: "is the expected one without its last {} {}", False: "is the expected one without its first {} {}",
}  # fmt: skip
_MORE = {
    True: "is the expected one and {} more {}, the last ones",
    False: "is the expected one and {} more {}, the first ones",
}


def cut(calls: list[Seen]) -> Iterator[Found]:
    """Yield the diagonal in the place of all, and a row or an entry too few or too many at an end."""
    dims = _dims(calls)
    if any(call.wrong is not None or not call.finite for call in calls):
        return
    if dims == 2 and holds(calls, (call.expected.diagonal() for call in calls), placed=True):
        yield Found("diagonal", "is the diagonal of the expected one")
        return
    if any(call.got.dim() != call.expected.dim() for call in calls):
        return
    for axis in range(dims):
        yield from _thinned(calls, axis, dims)
        gaps = {call.got.shape[axis] - call.expected.shape[axis] for call in calls}
        if len(gaps) != 1 or (gap := gaps.pop()) == 0:
            continue
        short, name = gap < 0, axis_name(axis, dims)
        if abs(gap) > 1:
            yield from _shorter(calls, axis, gap, axis_name(axis, dims, True))
            continue
        for last in (True, False):
            for call in calls:
                less, more = (call.got, call.expected) if short else (call.expected, call.got)
                if not call.same(less, more.narrow(axis, 0 if last else 1, less.shape[axis])):
                    break
            else:
                if worth(calls, [call.got for call in calls], placed=True) >= ENOUGH:
                    says = _WITHOUT_ONE[last] if short else _ONE_MORE[last]
                    yield Found("cut", says.format(name))
                return


def _shorter(calls: list[Seen], axis: int, gap: int, names: str) -> Iterator[Found]:
    """Yield that several rows are missing, or too many, at an end."""
    count, short = abs(gap), gap < 0
    for last in (True, False):
        both = [(call.got, call.expected) if short else (call.expected, call.got) for call in calls]
        kept = [(less, more.narrow(axis, 0 if last else count, less.shape[axis])) for less, more in both]
        same = all(less.numel() and call.same(less, more) for call, (less, more) in zip(calls, kept, strict=True))
        if same and worth(calls, [call.got for call in calls], placed=True) >= ENOUGH:
            says = _WITHOUT[last] if short else _MORE[last]
            yield Found("cut", says.format(count, names))
            return


def _thinned(calls: list[Seen], axis: int, dims: int) -> Iterator[Found]:
    """Yield that only every second row, say, of the expected ones is there, from the first on."""
    name = axis_name(axis, dims)
    second = f"has every second {name} of the expected one, from the first on"
    third = f"has every third {name} of the expected one, from the first on"
    for step, says in ((2, second), (3, third)):
        places = [slice(None, None, step) if a == axis else slice(None) for a in range(dims)]
        kept = [call.expected[tuple(places)] for call in calls]
        same = all(call.got.numel() and call.same(call.got, part) for call, part in zip(calls, kept, strict=True))
        if same and worth(calls, kept, placed=True) >= ENOUGH:
            yield Found("thinned", says)
            return


_RUNNING: tuple[tuple[str, str, Callable[[torch.Tensor, int], torch.Tensor]], ...] = (
    ("the running sum", "its running sum", torch.cumsum),
    ("the running product", "its running product", torch.cumprod),
)


def cumulative(calls: list[Seen]) -> Iterator[Found]:
    """Yield running sums where single entries are expected, or the other way round."""
    dims = _dims(calls)
    if any(call.wrong is None or not call.finite for call in calls):
        return
    for axis in range(dims):
        along = "" if dims == 1 else f" along axis {axis}"
        for name, its, run in _RUNNING:
            if holds(calls, (run(call.expected, axis) for call in calls)):
                yield Found("cumulative", f"is {name} of the expected one{along}")
                return
            if holds([turned(call) for call in calls], (run(call.got, axis) for call in calls)):
                yield Found("cumulative", f"holds single entries: {its}{along} is the expected one")
                return
