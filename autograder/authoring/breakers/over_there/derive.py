"""Inputs made of recorded ones: what else would a docstring promise an answer to?"""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterator
from typing import Any

import torch

from .tools import own

DTYPES = {
    "float16": torch.float16, "bfloat16": torch.bfloat16, "float32": torch.float32, "float64": torch.float64,
}  # fmt: skip


def derived(call: inspect.BoundArguments) -> Iterator[tuple[str, str, inspect.BoundArguments]]:
    """Yield (condition, parameter, call) for the calls that can be made of one; parameter "" where all change."""
    tensors = {n: v for n, v in call.arguments.items() if isinstance(v, torch.Tensor)}
    floats = {n: v for n, v in tensors.items() if v.is_floating_point()}

    def like(**changes: Any) -> inspect.BoundArguments:
        arguments = {n: own(v) for n, v in call.arguments.items() if n not in changes}
        made = inspect.BoundArguments(call.signature, arguments | changes)
        made.arguments = {n: made.arguments[n] for n in call.signature.parameters if n in made.arguments}
        return made

    for name, parameter in call.signature.parameters.items():
        if parameter.default is not parameter.empty and name in call.arguments:
            left = like()
            del left.arguments[name]
            yield "left out", name, left
    for name, number in others(call):
        yield "another number", name, like(**{name: number})
    for name, value in tensors.items():
        for condition, changes in resized(tensors, name, value):
            yield condition, name, like(**changes)
    if floats:
        for dtype, kind in DTYPES.items():
            yield dtype, "", like(**{n: v.detach().to(kind) for n, v in floats.items()})
    for name, value in floats.items():
        for condition, other in revalued(value, alone=len(tensors) == 1):
            yield condition, name, like(**{name: other})


def others(call: inspect.BoundArguments) -> Iterator[tuple[str, float]]:
    """Yield (parameter, number) for each number that need not be whole: one near it with many digits."""
    for name, value in call.arguments.items():
        if type(value) is float and math.isfinite(value):
            yield name, value * 1.0371


def resized(
    tensors: dict[str, torch.Tensor], name: str, value: torch.Tensor
) -> Iterator[tuple[str, dict[str, torch.Tensor]]]:
    """Yield (condition, tensors by name) for one of them in other memory, with large integers, with fewer rows."""
    if not value.is_floating_point() and value.dtype != torch.bool and value.numel():
        yield "large integers", {name: value + 2**53 + 1}
    if value.dim():
        yield "not contiguous", {name: scattered(value)}
    for axis, conditions in ((0, {"one row": 1, "empty": 0}), (-1, {"one column": 1})):
        if value.dim() > (axis == -1):
            for condition, size in conditions.items():
                if value.shape[axis] > size:
                    yield condition, cut(tensors, value.shape[axis], axis, size)


def revalued(value: torch.Tensor, alone: bool) -> Iterator[tuple[str, torch.Tensor]]:
    """Yield (condition, tensor) for other values in place of these; one number too, where no other tensor is there."""
    plain, flat = value.detach(), value.detach().flatten()
    if not len(flat):
        return
    largest = flat.abs().max().clamp(min=1e-3)
    if alone:
        yield "0-d", flat[0].clone()
    yield "zeros", torch.zeros_like(value)
    yield "large", plain * (1000 / largest)
    yield "far below 0", plain - 1000
    for tiny in (1e-5, 1e-8, 1e-12):
        yield "tiny", plain * (tiny / largest)
    yield "a zero", zeroed(value)


def scattered(value: torch.Tensor) -> torch.Tensor:
    """Return a tensor of the same values that is not contiguous: transposed, or every other entry of a longer one."""
    plain = value.detach()
    if plain.dim() == 1:
        return torch.stack([plain, plain], 1).flatten()[::2] if len(plain) else plain.clone()
    return plain.transpose(0, -1).contiguous().transpose(0, -1)


def cut(tensors: dict[str, torch.Tensor], size: int, axis: int, to: int) -> dict[str, torch.Tensor]:
    """Return the tensors that are `size` long along an axis, the first `to` entries of them."""
    return {n: v.detach().narrow(axis, 0, to).clone() for n, v in tensors.items() if v.dim() and v.shape[axis] == size}


def zeroed(value: torch.Tensor) -> torch.Tensor:
    """Return a copy whose first entry is 0."""
    made = value.detach().clone(memory_format=torch.contiguous_format)
    made.view(-1)[0] = 0
    return made
