"""By which numbers a wrong answer says how it came about: two mistakes that share few may be two. Pure functions."""

from __future__ import annotations

import zlib
from typing import Any

import torch

from ..checking.compare import agree
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
    """Tell whether a wrong answer is another one but for its kind or rounding: in float32, or a number as a tensor.

    Args:
        theirs: a known mistake's answer, which differs from the right one by more than a dtype's rounding.
    """
    kinds = [(type(one), one.dtype if isinstance(one, torch.Tensor) else None) for one in (mine, theirs)]
    tensors = [_floating(one) for one in (mine, theirs, right)]
    if any(one is None for one in tensors):
        return False
    a, b, c = (one for one in tensors if one is not None)
    if not a.shape == b.shape == c.shape:
        return False
    odd = (b != c) & ~(b.isnan() & c.isnan())
    rtol = 1e-6 if kinds[0] == kinds[1] else 1e-4
    return bool(odd.any()) and bool(_near(a, b, rtol).all()) and not bool(_near(b, c, rtol)[odd].any())


def _floating(value: Any) -> torch.Tensor | None:
    if isinstance(value, torch.Tensor) and value.is_floating_point():
        return value.detach().to(torch.float64)
    return torch.tensor(value, dtype=torch.float64) if type(value) is float else None


def _near(a: torch.Tensor, b: torch.Tensor, rtol: float) -> torch.Tensor:
    return torch.isclose(a, b, rtol=rtol, atol=rtol / 100, equal_nan=True)
