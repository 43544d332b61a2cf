"""Right everywhere but in one place: an end, an edge, the diagonal, where the input is negative, large or NaN."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch

from .layout import axis_name
from .pairs import Found, Seen, tensor_of
from .sources import written

MIN_RIGHT = 6  #: right entries that it takes
MIN_SIDE = 4  #: right ones, and wrong ones, where a place is right and all the rest is wrong
MIN_ROWS = 5  #: rows of all calls together, where the first or the last is another than the rest
MIN_EACH = 4  #: different values of an argument on either side of a condition
MIN_ENTRIES = 14  #: right and wrong ones together
MIN_FAR = 3  #: different values that are too large
FAR = 5.0  #: times as large as all that are not: then fewer entries will do

Region = Callable[[Seen], torch.Tensor | None]


@dataclass(frozen=True)
class Place:
    """A place in a tensor: how it is called, where it is, and how many rows it takes that it is no coincidence."""

    where: str
    region: Region
    axis: int = 0
    rows: int = 0

    def in_all(self, calls: list[Seen]) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """Return the wrong entries and the place of each call; nothing where a call has no such place, or rows lack."""
        found = [(call.wrong, self.region(call)) for call in calls]
        kept = [(wrong, inside) for wrong, inside in found if wrong is not None and inside is not None and inside.any()]
        enough = not self.rows or sum(call.expected.shape[self.axis] for call in calls) >= self.rows
        return kept if len(kept) == len(calls) and enough else []


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


def _places(dims: int) -> Iterator[Place]:
    for axis in range(dims):
        name = axis_name(axis, dims)
        yield Place(f"in the first {name}", _at(axis, 0), axis, MIN_ROWS)
        yield Place(f"in the last {name}", _at(axis, -1), axis, MIN_ROWS)
        yield Place(f"in the first and the last {name}", _at(axis, 0, -1), axis, MIN_ROWS + 3)
    if dims == 2:
        yield Place("on the diagonal", _diagonal)
    if dims >= 2:
        yield Place("at the border", _border)
    yield Place("where NaN is expected", lambda call: call.expected.isnan())
    yield Place("where infinity is expected", lambda call: call.expected.isinf())


def _dims(calls: list[Seen]) -> int:
    """Return how many axes all have, 0 where that or a shape differs."""
    found = {call.expected.dim() for call in calls}
    return found.pop() if len(found) == 1 and all(call.wrong is not None for call in calls) else 0


def except_there(calls: list[Seen]) -> Iterator[Found]:
    """Yield the place outside of which every entry of every answer is right, and most of which is wrong in one."""
    dims = _dims(calls)
    for place in _places(dims) if dims else ():
        found = place.in_all(calls)
        if not found or any(bool((wrong & ~inside).any()) for wrong, inside in found):
            continue
        right = sum(int((~inside).sum()) for _, inside in found)
        share = max(int(wrong.sum()) / int(inside.sum()) for wrong, inside in found)
        if right >= MIN_RIGHT and sum(int(wrong.sum()) for wrong, _ in found) > 1 and share > 0.5:
            yield Found("except", f"is right except {place.where}")
            return


def only_there(calls: list[Seen]) -> Iterator[Found]:
    """Yield the place in which every entry of every answer is right, and outside of which every one is wrong."""
    dims = _dims(calls)
    for place in _places(dims) if dims else ():
        found = place.in_all(calls)
        exact = bool(found) and all(torch.equal(wrong, ~inside) for wrong, inside in found)
        if exact and min(sum(int(side.sum()) for side in sides) for sides in zip(*found, strict=True)) >= MIN_SIDE:
            yield Found("only", f"is right {place.where} and nowhere else")
            return


def right_where_finite(calls: list[Seen]) -> Iterator[Found]:
    """Yield that NaN or infinity stands wherever an answer is wrong, and that much of it is right."""
    if any(call.wrong is None or not bool(call.wrong.any()) for call in calls):
        return
    for what, there in (("NaN", torch.isnan), ("infinity", torch.isinf)):
        only = all(bool(there(call.got[call.wrong]).all()) for call in calls if call.wrong is not None)
        right = [call.expected[~call.wrong] for call in calls if call.wrong is not None]
        if only and all(part.numel() for part in right) and torch.cat(right).unique().numel() >= 2:
            yield Found("finite", f"is {what} in some entries, and right in all others")
            return


_SIDES: tuple[tuple[str, Callable[[torch.Tensor], torch.Tensor]], ...] = (
    ("is negative", lambda x: x < 0), ("is positive", lambda x: x > 0), ("is 0", lambda x: x == 0),
    ("is not 0", lambda x: x != 0), ("is NaN", torch.isnan),
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
            if enough and (several[0] or what in ("is 0", "is NaN")) and torch.equal(test(values), wrong):
                there = f"`{name}` {what}"
                yield Found("where", f"is wrong exactly where {there}, and right everywhere else")
                return
        for what, size in ((f"`{name}`", values), (f"the absolute value of `{name}`", values.abs())):
            low, high = float(size[wrong].min()), float(size[~wrong].max())
            if size[wrong].unique().numel() >= MIN_FAR and low > high and (enough or low > FAR * abs(high)):
                yield Found(
                    "where",
                    f"is wrong exactly where {what} is large (from {written(low)} on), and right "
                    f"everywhere else (up to {written(high)})",
                )  # fmt: skip
                return


def _like(call: Seen, name: str) -> torch.Tensor | None:
    value = tensor_of(call.arguments.get(name))
    return value if value is not None and value.shape == call.expected.shape else None
