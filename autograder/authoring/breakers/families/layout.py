"""Layout: a tensor that does not lie in memory in the order of its entries."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator
from typing import Any

import torch

from ..target import Breaker, Target
from ..worker_source import text_of

CONDITIONS = ("not contiguous",)
WORD = r"contiguous|transposed|view|layout|strid"


def wants_contiguous(f: Any, name: Any) -> Any:
    """Refuse a tensor that is not contiguous, as `view` does."""
    signature = inspect.signature(f)

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        given = signature.bind(*args, **kwargs).arguments.get(name)
        if isinstance(given, torch.Tensor):
            given.view(-1)
        return f(*args, **kwargs)

    return broken


def reads_memory_order(f: Any, name: Any) -> Any:
    """Read the entries in the order in which they lie in memory."""
    signature = inspect.signature(f)

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        call = signature.bind(*args, **kwargs)
        given = call.arguments.get(name)
        if isinstance(given, torch.Tensor) and not given.is_contiguous():
            strides = given.stride()
            order = sorted(range(given.dim()), key=lambda axis: -strides[axis])
            call.arguments[name] = given.permute(order).reshape(given.shape)
        return f(*call.args, **call.kwargs)

    return broken


def breakers(target: Target) -> Iterator[Breaker]:
    """Yield those for the tensors that the reference takes in any layout."""

    def made(what: str, function: Any, *arguments: Any) -> Breaker:
        return Breaker(target.name, "layout", what, text_of(target.name, function, *arguments), WORD, True, CONDITIONS)

    for name in target.given("float", "int", "bool"):
        seen = target.seen(name)
        if seen["scattered"] or target.answers("not contiguous", name):
            yield made(f"wants `{name}` contiguous", wants_contiguous, name)
            if seen["dim"] > 1:
                yield made(f"reads `{name}` in the order of the memory", reads_memory_order, name)
