"""By which numbers a wrong answer says how it came about: two mistakes that share few may be two. Pure functions."""

from __future__ import annotations

import zlib
from typing import Any

import torch

from ..checking.compare import agree
from ..checking.kinds import in_kind
from ..sandbox.host.record import Call


def telling(call: Call, solved: Call) -> set[float]:
    """Return the numbers of a wrong answer by which it says how it came about; none for an exception."""
    if call.outcome[0] != "value":
        return set()
    if solved.outcome[0] == "error":  # an answer to what the solution refuses
        return {0.0, 1.0}
    if agree(call.outcome[1], solved.outcome[1]):  # odd are the graph, the callbacks, or what became of the arguments
        return {0.0, 1.0}
    parts, right = by_place(call.outcome[1]), by_place(solved.outcome[1])
    if parts.keys() == right.keys() and any(_flags(part) for part in right.values()):  # facts, not one value
        odd_flags = {
            float(2 + place)
            for key, part in right.items() if _flags(part) and _flags(parts[key]) and len(parts[key]) == len(part)
            for place, (mine_flag, flag) in enumerate(zip(parts[key], part, strict=True)) if mine_flag != flag
        }  # fmt: skip
        if odd_flags:
            return odd_flags
    mine, theirs = _numbers(call.outcome[1]), _numbers(solved.outcome[1])
    if mine is None or theirs is None:
        return set()
    odd = mine.isfinite() if mine.shape != theirs.shape else (mine != theirs) & mine.isfinite()
    if mine.shape == theirs.shape and torch.allclose(mine, theirs, rtol=0, atol=0, equal_nan=True):
        return {0.0, 1.0}  # the numbers are right: odd is their dtype, or what holds them
    return set(mine[odd].unique()[:100].tolist())


def _flags(value: object) -> bool:
    """Is this a list of truth values, such as the modes of a model's layers?"""
    return isinstance(value, list) and bool(value) and all(type(one) is bool for one in value)


def _numbers(value: object) -> torch.Tensor | None:
    """Return the numbers of an answer as one tensor of their shape, None where it holds something else."""
    if isinstance(value, torch.Tensor):
        return value.detach().to(torch.float64) if not value.is_complex() else None
    if isinstance(value, dict) and value:
        return _numbers([value[key] for key in sorted(value, key=str)])
    if isinstance(value, (list, tuple)):
        parts = [_numbers(part) for part in value]
        if all(part is not None for part in parts):
            nothing = torch.empty(0, dtype=torch.float64)
            return torch.cat([nothing, *(part.reshape(-1) for part in parts if part is not None)])
    if isinstance(value, str):  # as good as a number: equal ones are equal, and others hardly ever
        return torch.tensor([float(zlib.crc32(value.encode(errors="replace")))], dtype=torch.float64)
    if isinstance(value, (int, float)):
        return torch.tensor([float(value)], dtype=torch.float64)
    return None


def by_place(value: object) -> dict[Any, Any]:
    """Return the parts of an answer that has several, each by its place; a list is one part, however long."""
    return dict(enumerate(value)) if isinstance(value, tuple) else dict(value) if isinstance(value, dict) else {}


def alike_but_for_kind(mine: Any, theirs: Any, right: Any) -> bool:
    """Tell whether a wrong answer is another one but for its kind or rounding.

    Its kind is its dtype, whether it is a number or a tensor, and what holds several of them.

    Args:
        theirs: a known mistake's answer, which differs from the right one by more than a dtype's rounding.
    """
    tensors = [_real(in_kind(one, right)) for one in (mine, theirs, right)]
    if any(one is None for one in tensors):
        return False
    a, b, c = (one for one in tensors if one is not None)
    if not a.shape == b.shape == c.shape:
        return False
    odd = (b != c) & ~(b.isnan() & c.isnan())
    rtol = 1e-6 if _kind(mine) == _kind(theirs) else 1e-4
    return bool(odd.any()) and _all_near(a, b, rtol) and not bool(_near(b, c, rtol)[odd].any())


def of_one_kind(mine: Any, theirs: Any, right: Any) -> bool:
    """Tell whether a known mistake's answer is right but for its kind, and a wrong answer is of that kind, too."""
    if _kind(mine) != _kind(theirs) or _kind(theirs) == _kind(right):
        return False
    return right_but_for_kind(theirs, right)


def right_but_for_kind(theirs: Any, right: Any) -> bool:
    """Tell whether an answer has the right numbers and the right shape, and another dtype, or is no tensor."""
    b, c = _real(in_kind(theirs, right)), _real(right)
    if b is None or c is None or b.shape != c.shape or not b.numel() or _kind(theirs) == _kind(right):
        return False
    return _all_near(b, c, 1e-4)


def wrong_in_kind(theirs: object, right: object) -> bool:
    """Tell whether all that is wrong of an answer, in each part that is, is its kind."""
    parts, others = by_place(theirs), by_place(right)
    if not parts or parts.keys() != others.keys():
        return right_but_for_kind(theirs, right)
    odd = [place for place in others if not agree(parts[place], others[place])]
    return bool(odd) and all(right_but_for_kind(parts[place], others[place]) for place in odd)


def _kind(value: Any) -> tuple[type, torch.dtype | None]:
    return type(value), value.dtype if isinstance(value, torch.Tensor) else None


def _real(value: Any) -> torch.Tensor | None:
    """Return real numbers in float64; None of what is no tensor or number."""
    if isinstance(value, torch.Tensor):
        return value.detach().to(torch.float64) if not value.is_complex() else None
    return torch.tensor(value, dtype=torch.float64) if type(value) in (float, int) else None


def _all_near(a: torch.Tensor, b: torch.Tensor, rtol: float) -> bool:
    return bool(_near(a, b, rtol).all())


def put_together(a: Any, b: Any, right: Any) -> list[torch.Tensor | None]:
    """Return what two mistakes at once may answer: their errors added, or their factors multiplied, entry by entry.

    That is nothing where one of the two is right, or where an answer is no tensor or number of the right shape; and
    None in the place of errors that cancel, since a right value shows neither mistake.
    """
    tensors = [_real(one) for one in (a, b, right)]
    if any(one is None for one in tensors):
        return []
    first, second, solved = (one for one in tensors if one is not None)
    if not first.shape == second.shape == solved.shape or not solved.numel():
        return []
    if _all_near(first, solved, 1e-4) or _all_near(second, solved, 1e-4) or not _floats(right):
        return []
    added = first + second - solved
    zero = solved == 0
    multiplied = torch.where(zero, added, first * second / torch.where(zero, 1.0, solved))
    return [None if _all_near(one, solved, 1e-4) else one for one in (added, multiplied)]


def answers_with(mine: Any, made: torch.Tensor | None) -> set[float]:
    """Return the numbers of a wrong answer that is what was put together; none where it is not."""
    own = _real(mine)
    if own is None or made is None or own.squeeze().shape != made.squeeze().shape or not bool(made.isfinite().all()):
        return set()
    close = torch.isclose(own.reshape(made.shape), made, rtol=1e-6 if _double(mine) else 1e-4, atol=1e-9)
    return set(made.unique()[:100].tolist()) if bool(close.all()) else set()


def _floats(value: Any) -> bool:
    return value.is_floating_point() if isinstance(value, torch.Tensor) else type(value) is float


def _double(value: Any) -> bool:
    return not isinstance(value, torch.Tensor) or value.dtype == torch.float64


def _near(a: torch.Tensor, b: torch.Tensor, rtol: float) -> torch.Tensor:
    return torch.isclose(a, b, rtol=rtol, atol=rtol / 100, equal_nan=True)
