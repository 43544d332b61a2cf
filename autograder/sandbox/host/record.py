"""What is kept of the calls that a check makes: the failure message shows them, the diagnosis compares them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

import torch

from .handles import Handle, Placed

KEPT_NUMEL = 20_000  #: larger tensors are recorded by shape and a few numbers


@dataclass(frozen=True)
class Large:
    """What a record keeps of a large tensor."""

    shape: tuple[int, ...]
    dtype: torch.dtype
    mean: float
    last: float


@dataclass(frozen=True)
class Named:
    """What a record keeps of a function, class or object: how it is called."""

    name: str


@dataclass(eq=False)  # one call is no other's equal: what they have in common is compared part by part
class Call:
    """One call of the student's code: what was called, with what, and how it ended."""

    root: str
    label: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    outcome: tuple[str, Any, Any] = ("none", None, None)  #: ("value", v, joined to the graph?) or ("error", type, text)
    callbacks: list[tuple[Any, Any]] = field(default_factory=list)
    ours: bool = False  #: is it of an object that the check put there, or of Python's, that no student ever wrote?
    final: Any = None  #: the arguments afterwards, where the call changed them
    read: bool = False  #: is it an attribute that was read, and no call?


_CONSTANT = frozenset({type(None), bool, int, float, complex, str, bytes, torch.dtype})


def _real(value: complex) -> Any:
    return value.real if value.imag == 0 else value


def freeze(value: Any) -> Any:
    """Copy a value for the record: tensors cloned, objects by name."""
    if type(value) in _CONSTANT:
        return value
    if isinstance(value, torch.Tensor):
        plain = value.detach()
        if plain.numel() <= KEPT_NUMEL:
            return plain.clone()
        flat = plain.reshape(-1)
        total = sum(complex(part.to(torch.complex128).sum()) for part in flat.split(1 << 16))  # no copy of the whole
        return Large(tuple(plain.shape), plain.dtype, _real(total / len(flat)), _real(complex(flat[-1])))
    if isinstance(value, (set, deque)):
        return value.copy()
    if isinstance(value, (list, tuple)):
        kept = [freeze(v) for v in value]
        return kept if isinstance(value, list) else tuple(kept)
    if isinstance(value, dict):
        return {k: freeze(v) for k, v in value.items()}
    if isinstance(value, torch.Generator):
        return Named("generator")
    if isinstance(value, (Handle, Placed)):
        return Named(repr(value))
    if callable(value):
        return Named(getattr(value, "__name__", "function"))
    return value


def attached(value: Any) -> bool:
    """Tell whether a result, or part of it, is joined to the caller's graph."""
    if isinstance(value, (list, tuple)):
        return any(map(attached, value))
    return isinstance(value, torch.Tensor) and value.requires_grad


def weight_of(value: object) -> int:
    """Return about how many bytes a recorded call, or a part of it, takes."""
    if isinstance(value, Call):
        return 400 + weight_of([value.args, value.kwargs, value.outcome, value.callbacks, value.final])
    if isinstance(value, torch.Tensor):
        return 200 + value.nbytes
    if isinstance(value, dict):
        return sum(map(weight_of, value.values()), 60)
    if isinstance(value, (list, tuple)):
        return sum(map(weight_of, value), 60)
    return 50
