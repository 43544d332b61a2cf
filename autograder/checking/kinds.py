"""An answer of the wrong kind as one of the kind that was expected: what its numbers say is then seen, too.

A list of tensors where one tensor belongs is wrong, however right its numbers are; and if these are wrong as well, that
is a second flaw, which the first hides. Pure functions.
"""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np
import torch

MAX_ENTRIES = 20_000  #: of an answer that is put together
MAX_DEPTH = 6  #: of lists in lists
_EXACT = 1 << 53


def in_kind(got: Any, expected: Any) -> Any:
    """Return an answer in the kind that was expected, where nothing but its containers stands between; else itself.

    Where a tensor was expected: the one tensor that a list or tuple holds, or one made of all that it holds. Where a
    tuple was expected, a list as a tuple, and the other way round.
    """
    if type(got) not in (list, tuple) or not 0 < len(got) <= MAX_ENTRIES:
        return got
    if isinstance(expected, torch.Tensor):
        if is_single(got, expected):
            return got[0]
        made = _stacked(got, MAX_DEPTH)
        return got if made is None else made
    if type(expected) in (list, tuple) and type(got) is not type(expected) and len(got) == len(expected):
        return type(expected)(got)
    return got


def is_single(got: Any, expected: torch.Tensor) -> bool:
    """Tell whether a list or tuple holds one tensor alone, of as many axes as were expected."""
    return len(got) == 1 and isinstance(got[0], torch.Tensor) and got[0].dim() == expected.dim()


def _stacked(value: Any, depth: int) -> torch.Tensor | None:
    """Return a tensor of what lists hold, None where that are no numbers, too many, or rows of unequal length."""
    if isinstance(value, torch.Tensor):
        return None if value.is_complex() else value.detach()
    if isinstance(value, np.ndarray | np.generic):
        return torch.tensor(value) if value.dtype.kind in "biuf" and value.dtype.itemsize <= 8 else None
    if type(value) in (bool, int, float):
        if type(value) is int and abs(value) >= _EXACT:
            return None
        return torch.tensor(value, dtype=torch.float64 if type(value) is float else None)
    if type(value) not in (list, tuple) or not value or not depth:
        return None
    parts: list[torch.Tensor] = []
    for one in value:
        part = _stacked(one, depth - 1)
        if part is None or part.numel() * len(value) > MAX_ENTRIES or (parts and part.shape != parts[0].shape):
            return None
        parts.append(part)
    dtype = reduce(torch.promote_types, (part.dtype for part in parts))
    return torch.stack([part.to(dtype) for part in parts])
