"""Random inputs made from recorded calls: does an altered function ever answer differently?"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import torch

from ..sandbox.host.record import Call


def variations(call: Call, others: list[Call], count: int, seed: int) -> Iterator[Call]:
    """Yield calls like `call` with other values: same kinds and shapes, other numbers, flags and words.

    Args:
        others: further calls of the same function; their words (such as "sum") are borrowed.
    """
    rng = random.Random(seed)
    generator = torch.Generator().manual_seed(seed)
    words = {k: sorted({c.kwargs[k] for c in others if isinstance(c.kwargs.get(k), str)}) for k in call.kwargs}
    for number in range(count):
        scale = (1.0, 0.1, 30.0, 3.0)[number % 4]
        args = tuple(_vary(a, scale, rng, generator) for a in call.args)
        kwargs = {
            k: rng.choice(words[k]) if isinstance(v, str) and words[k] else _vary(v, scale, rng, generator)
            for k, v in call.kwargs.items()
        }
        yield replace(call, args=args, kwargs=kwargs, callbacks=[])


def _vary(value: Any, scale: float, rng: random.Random, generator: torch.Generator) -> Any:
    if isinstance(value, torch.Tensor):
        return _vary_tensor(value, scale, generator)
    if isinstance(value, bool):
        return rng.random() < 0.5
    if isinstance(value, float):
        return value * rng.choice((0.5, 0.8, 1.25, 2.0))
    if isinstance(value, list):
        return [_vary(v, scale, rng, generator) for v in value]
    if isinstance(value, tuple):
        return tuple(_vary(v, scale, rng, generator) for v in value)
    return value


def _vary_tensor(value: torch.Tensor, scale: float, generator: torch.Generator) -> torch.Tensor:
    if not value.numel():
        return value
    if value.is_floating_point():
        fresh = scale * torch.randn(value.shape, dtype=torch.float64, generator=generator)
        inside = bool(((value >= 0) & (value <= 1)).all())
        fresh = torch.sigmoid(fresh) if inside else fresh
        odd = ~torch.isfinite(value)
        return torch.where(odd, value.double(), fresh).to(value.dtype)
    flat = value.flatten()
    return flat[torch.randint(len(flat), (len(flat),), generator=generator)].reshape(value.shape)
