"""Right everywhere but in one place: an end, an edge, the diagonal, where the input is negative, large or NaN."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch

from .layout import axis_name
from .pairs import Found, Seen, tensor_of
from .sources import written

MIN_RIGHT = 6  #: right entries that it takes in a single call
MIN_EACH = 4  #: different values of an argument on either side of a condition
MIN_ENTRIES = 14  #: right and wrong ones together
MIN_FAR = 3  #: different values that are too large
FAR = 5.0  #: times as large as all that are not: then fewer entries will do

Region = Callable[[Seen], torch.Tensor | None]


def _at(axis: int, *places: int) -> Region:
    def region(call: Seen) -> torch.Tensor | None:
        if call.expected.shape[axis] < min(len(places) + 1, 3):
            return None
        found = torch.zeros(call.expected.shape, dtype=torch.bool)
        for place in places:
            found.select(axis, place).fill_(True)
        return found

    return region


def _border(call: Seen) -> torch.Tensor | None:
    if min(call.expected.shape[-2:]) < 3:
        return None
    found = torch.ones(call.expected.shape, dtype=torch.bool)
    found[..., 1:-1, 1:-1] = False
    return found


def _diagonal(call: Seen) -> torch.Tensor | None:
    rows, columns = call.expected.shape[-2:]
    return torch.eye(rows, columns, dtype=torch.bool).expand(call.expected.shape) if min(rows, columns) > 2 else None


def _regions(dims: int) -> Iterator[tuple[str, Region]]:
    for axis in range(dims):
        name = axis_name(axis, dims)
        yield f"in the first {name}", _at(axis, 0)
        yield f"in the last {name}", _at(axis, -1)
        yield f"in the first and the last {name}", _at(axis, 0, -1)
    if dims == 2:
        yield "on the diagonal", _diagonal
    if dims >= 2:
        yield "at the border", _border
    yield "where NaN is expected", lambda call: call.expected.isnan()
    yield "where infinity is expected", lambda call: call.expected.isinf()


def except_there(calls: list[Seen]) -> Iterator[Found]:
    """Yield the place outside of which every entry of every answer is right."""
    dims = {call.expected.dim() for call in calls}
    if len(dims) != 1 or any(call.wrong is None for call in calls):
        return
    for where, region in _regions(dims.pop()):
        if _confined(calls, region):
            yield Found("except", f"is right except {where}")
            return


def only_there(calls: list[Seen]) -> Iterator[Found]:
    """Yield the place in which every entry of every answer is right, and outside of which every one is wrong."""
    dims = {call.expected.dim() for call in calls}
    if len(dims) != 1 or any(call.wrong is None or bool(call.wrong.all()) for call in calls):
        return
    for where, region in _regions(dims.pop()):
        places = [(call.wrong, region(call)) for call in calls if call.wrong is not None]
        exact = all(inside is not None and torch.equal(wrong, ~inside) for wrong, inside in places)
        if exact and sum(int((~wrong).sum()) for wrong, _ in places) > 2:
            yield Found("only", f"is right {where} and nowhere else")
            return


def _confined(calls: list[Seen], region: Region) -> bool:
    """Are the wrong entries in this region, most of it in one call, and enough entries outside of it?"""
    right, wrong, shares = 0, 0, []
    for call in calls:
        inside = region(call)
        if inside is None or call.wrong is None or not inside.any() or bool((call.wrong & ~inside).any()):
            return False
        right += int((~inside).sum())
        wrong += int(call.wrong.sum())
        shares.append(int(call.wrong.sum()) / int(inside.sum()))
    return right >= MIN_RIGHT and wrong > 1 and max(shares) > 0.5


_SIDES: tuple[tuple[str, Callable[[torch.Tensor], torch.Tensor]], ...] = (
    ("negative", lambda x: x < 0), ("positive", lambda x: x > 0), ("0", lambda x: x == 0),
    ("not 0", lambda x: x != 0), ("NaN", torch.isnan),
)  # fmt: skip


def where_input(calls: list[Seen]) -> Iterator[Found]:
    """Yield the condition on an argument's entries at which exactly the answer's are wrong."""
    if any(call.wrong is None or call.expected.dim() == 0 for call in calls):
        return
    for name in calls[0].arguments:
        inputs = [_like(call, name) for call in calls]
        given = [value for value in inputs if value is not None]
        if len(given) != len(calls):
            continue
        wrong = torch.cat([call.wrong.flatten() for call in calls if call.wrong is not None])
        values = torch.cat([value.flatten() for value in given])
        several = [values[side].unique().numel() >= MIN_EACH for side in (wrong, ~wrong)]
        if not several[1]:
            continue
        enough = wrong.numel() >= MIN_ENTRIES
        for what, test in _SIDES:
            if enough and (several[0] or what in ("0", "NaN")) and torch.equal(test(values), wrong):
                yield Found("where", f"is wrong exactly where `{name}` is {what}, and right everywhere else")
                return
        for what, size in (("", values), ("the absolute value of ", values.abs())):
            low, high = float(size[wrong].min()), float(size[~wrong].max())
            if size[wrong].unique().numel() >= MIN_FAR and low > high and (enough or low > FAR * abs(high)):
                yield Found(
                    "where",
                    f"is wrong exactly where {what}`{name}` is large (from {written(low)} on), and right "
                    f"everywhere else (up to {written(high)})",
                )  # fmt: skip
                return


def _like(call: Seen, name: str) -> torch.Tensor | None:
    value = tensor_of(call.arguments.get(name))
    return value if value is not None and value.shape == call.expected.shape else None
