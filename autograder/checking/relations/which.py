"""Which calls go wrong: what their arguments have in common, and those of no call that is right."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import torch

from ...model import Relation
from ..typeset import typeset
from .sources import written

MIN_RIGHT = 3  #: calls that are right, at least
ENOUGH_WAYS = 20  #: ways to choose the wrong ones among all calls: with fewer, anything tells them apart by chance
FAR = 2.0  #: how many times as large as in the calls that are right
_LEFT_OUT = object()

Arguments = Mapping[str, Any]


def which(
    wrong: Sequence[Arguments], right: Sequence[Arguments], left_out: Mapping[int, frozenset[str]]
) -> list[Relation]:
    """Return what is so in all calls that go wrong and in none that is right; at most one relation.

    Args:
        wrong, right: the arguments of different calls by name, those included that were left out.
        left_out: which of them were, by the `id` of a call's arguments.
    """
    if len(right) < MIN_RIGHT or math.comb(len(wrong) + len(right), len(wrong)) < ENOUGH_WAYS:
        return []
    for says, holds in _conditions(wrong, right, left_out):
        if all(holds(call) for call in wrong) and not any(holds(call) for call in right):
            text = _of_wrong(len(wrong), says) + f"; in the {len(right)} that are right that is not so"
            return [Relation("which", text, len(wrong))]
    return []


def _of_wrong(count: int, says: str) -> str:
    if count == 1:
        return f"this call goes wrong, and {says}"
    return f"in both calls that go wrong {says}" if count == 2 else f"in all {count} calls that go wrong {says}"


Condition = tuple[str, Callable[[Arguments], bool]]
Holds = Callable[[torch.Tensor], bool]


def _conditions(
    wrong: Sequence[Arguments], right: Sequence[Arguments], left_out: Mapping[int, frozenset[str]]
) -> Iterator[Condition]:
    """Yield what may be said of the first wrong call, and how it is asked of any."""
    for name, value in wrong[0].items():
        missing = name in left_out.get(id(wrong[0]), ())
        says = f"`{name}` is left out" if missing else f"`{name}` is given"
        yield says, partial(_is_missing, name, left_out, missing)
        if isinstance(value, torch.Tensor):
            others = [call.get(name) for call in wrong], [call.get(name) for call in right]
            for of_it, holds in _of_tensors(value, *others):
                yield f"`{name}` {of_it}", partial(_of_tensor, name, holds)
        elif isinstance(value, (bool, int, float, str)) or value is None:
            yield f"`{name}` is {typeset(value)}", partial(_is, name, value)
            yield f"`{name}` is negative", partial(_is_negative, name)


def _is_missing(name: str, left_out: Mapping[int, frozenset[str]], missing: bool, call: Arguments) -> bool:
    return name in call and (name in left_out.get(id(call), ())) == missing


def _is(name: str, value: Any, call: Arguments) -> bool:
    other = call.get(name, _LEFT_OUT)
    return type(other) is type(value) and bool(other == value)


def _is_negative(name: str, call: Arguments) -> bool:
    value = call.get(name)
    return isinstance(value, (int, float)) and value < 0


def _of_tensor(name: str, holds: Holds, call: Arguments) -> bool:
    value = call.get(name)
    return isinstance(value, torch.Tensor) and holds(value)


def _of_tensors(first: torch.Tensor, wrong: Sequence[Any], right: Sequence[Any]) -> Iterator[tuple[str, Holds]]:
    """Yield what may be said of a tensor."""
    yield f"is of {str(first.dtype).removeprefix('torch.')}", partial(_has_dtype, first.dtype)
    yield from _PLAIN[:3]
    axes = "has no axis" if first.dim() == 0 else "has 1 axis" if first.dim() == 1 else f"has {first.dim()} axes"
    yield axes, partial(_has_axes, first.dim())
    yield from _PLAIN[3:7]
    low, high = min(map(_size, wrong), default=0.0), max(map(_size, right), default=0.0)
    if low > FAR * high > 0:
        says = f"holds a number of {written(low)} or more in size, where others hold none above {written(high)}"
        yield says, partial(_reaches, low)
    yield from _PLAIN[7:]


_PLAIN: tuple[tuple[str, Holds], ...] = (
    ("does not lie in memory row by row", lambda x: not x.is_contiguous()),
    ("is empty", lambda x: x.numel() == 0),
    ("holds a single number", lambda x: x.numel() == 1),
    ("has one row", lambda x: x.dim() > 1 and x.shape[0] == 1),
    ("has one column", lambda x: x.dim() > 1 and x.shape[-1] == 1),
    ("holds a NaN", lambda x: x.is_floating_point() and bool(x.isnan().any())),
    ("holds an infinity", lambda x: x.is_floating_point() and bool(x.isinf().any())),
    ("holds a negative number", lambda x: x.dtype != torch.bool and bool((x < 0).any())),
    ("holds a 0", lambda x: x.dtype != torch.bool and bool((x == 0).any())),
)


def _has_dtype(dtype: torch.dtype, x: torch.Tensor) -> bool:
    return x.dtype == dtype


def _has_axes(dims: int, x: torch.Tensor) -> bool:
    return x.dim() == dims


def _reaches(low: float, x: torch.Tensor) -> bool:
    return _size(x) >= low


def _size(value: Any) -> float:
    """Return the largest absolute value among finite entries, 0 where there is none."""
    if not isinstance(value, torch.Tensor) or value.is_complex() or not value.numel():
        return 0.0
    finite = value.double().abs()
    finite = finite[torch.isfinite(finite)]
    return float(finite.max()) if finite.numel() else 0.0
