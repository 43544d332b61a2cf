"""What breakers are made of: change a result, change an argument, leave the rest."""

from __future__ import annotations

import copy
import functools
import inspect
import types
from collections.abc import Callable
from typing import Any

import numpy as np
import torch


def mapped(value: Any, change: Callable[[torch.Tensor], Any]) -> Any:
    """Return a result with `change` made to each tensor in it; a generator is changed as it yields."""
    if isinstance(value, torch.Tensor):
        return change(value)
    if type(value) in (list, tuple):
        return type(value)(mapped(part, change) for part in value)
    if type(value) is dict:
        return {key: mapped(part, change) for key, part in value.items()}
    if isinstance(value, types.GeneratorType):
        return (mapped(part, change) for part in value)
    return value


def tensors_in(value: Any) -> list[torch.Tensor]:
    """Return the tensors of a result or an argument, in order; a generator is left alone."""
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [t for part in value for t in tensors_in(part)] if isinstance(value, (list, tuple)) else []


def on_result(change: Callable[[torch.Tensor], Any]) -> Callable[[Any], Any]:
    """Return a breaker that makes `change` to each tensor of the result."""

    def breaker(f: Any) -> Any:
        @functools.wraps(f)
        def broken(*args: Any, **kwargs: Any) -> Any:
            return mapped(f(*args, **kwargs), change)

        return broken

    return breaker


def on_call(change: Callable[[dict[str, Any]], None]) -> Callable[[Any], Any]:
    """Return a breaker that makes `change` to what was passed, by the parameters' names, before the call."""

    def breaker(f: Any) -> Any:
        signature = inspect.signature(f)

        @functools.wraps(f)
        def broken(*args: Any, **kwargs: Any) -> Any:
            call = signature.bind(*args, **kwargs)
            change(call.arguments)
            return f(*call.args, **call.kwargs)

        return broken

    return breaker


def spare(value: Any) -> Any:
    """Return a copy to compute with in an argument's place; the gradient of a tensor goes through it."""
    if isinstance(value, torch.Tensor):
        return value.clone()
    if type(value) in (list, tuple):
        return type(value)(map(spare, value))
    if type(value) is dict:
        return {key: spare(part) for key, part in value.items()}
    if isinstance(value, np.ndarray) or hasattr(type(value), "iloc"):
        return value.copy()
    return value


def alter(value: Any) -> None:
    """Change a tensor, array or table, or those in a list or dict, in place, where that is possible."""
    if isinstance(value, torch.Tensor):
        plain = value.data
        if plain.numel() and not any(s == 0 and n > 1 for s, n in zip(plain.stride(), plain.shape, strict=True)):
            plain.logical_not_() if plain.dtype == torch.bool else plain.add_(1)
    elif isinstance(value, np.ndarray):
        if value.size and value.flags.writeable and value.dtype.kind in "iuf":
            value += value.dtype.type(1)
    elif hasattr(type(value), "iloc"):
        if len(value):
            value.drop(value.index[0], inplace=True)
    elif isinstance(value, dict):
        for part in value.values():
            alter(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            alter(part)


def modules_in(values: Any) -> list[torch.nn.Module]:
    """Return the modules among these values."""
    return [value for value in values if isinstance(value, torch.nn.Module)]


def own(value: Any) -> Any:
    """Return a copy of anything, strides and requires_grad included; what cannot be copied is given back itself."""
    if isinstance(value, torch.Tensor):
        return copy.deepcopy(value.detach()).requires_grad_(value.requires_grad)
    if type(value) in (list, tuple):
        return type(value)(map(own, value))
    if type(value) is dict:
        return {key: own(part) for key, part in value.items()}
    try:
        return copy.deepcopy(value)
    except Exception:
        return value


def spoil(module: Any, what: Any) -> None:
    """Leave this of a module other than it was."""
    if what == "mode":
        module.train(not module.training)
    elif what == "requires_grad":
        for p in module.parameters():
            p.requires_grad_(not p.requires_grad)
    elif what == "grads":
        for p in module.parameters():
            p.grad = torch.ones_like(p)
    elif what == "values":
        for p in module.parameters():
            p.data.add_(1e-2)
    elif what == "hooks":
        for m in module.modules():
            m.register_forward_hook(lambda module, args, result: None)
