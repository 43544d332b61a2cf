"""What can be noted of a value, a module and the global generators, to be compared later."""

from __future__ import annotations

import random
import types
from typing import Any

import numpy as np
import torch

from .tools import tensors_in


def kinds_of(value: Any) -> str:
    """Return a word for what a value is."""
    if isinstance(value, torch.Tensor):
        return "float" if value.is_floating_point() else "bool" if value.dtype == torch.bool else "int"
    if isinstance(value, torch.nn.Module):
        return "module"
    if isinstance(value, torch.Generator):
        return "generator"
    if isinstance(value, types.GeneratorType):
        return "iterator"
    if hasattr(type(value), "iloc"):
        return "table"
    if isinstance(value, np.ndarray):
        return "array"
    plain: dict[str, Any] = {"none": type(None), "flag": bool, "number": (int, float), "text": str}
    for kind, types_ in plain.items():
        if isinstance(value, types_):
            return kind
    if isinstance(value, (list, tuple, dict)):
        return type(value).__name__
    return "function" if callable(value) else "object"


def has_callbacks(value: Any, depth: int = 2) -> bool:
    """Tell whether a value holds a function of the judge's, whose calls a check may count."""
    if type(value).__name__ == "Callback":
        return True
    if depth == 0:
        return False
    if isinstance(value, (list, tuple)):
        return any(has_callbacks(v, depth - 1) for v in value)
    if isinstance(value, dict):
        return any(has_callbacks(v, depth - 1) for v in value.values())
    return any(has_callbacks(v, depth - 1) for v in getattr(value, "__dict__", {}).values())


def unlike(a: Any, b: Any) -> bool:
    """Tell whether a value changed, as far as its tensors, arrays, entries and order go."""
    if isinstance(a, torch.Tensor):
        return not (
            isinstance(b, torch.Tensor) and a.shape == b.shape and a.dtype == b.dtype
            and torch.equal(a.detach().nan_to_num(), b.detach().nan_to_num())
        )  # fmt: skip
    if isinstance(a, np.ndarray):
        return bool(a.shape != b.shape or a.tobytes() != b.tobytes())
    if hasattr(type(a), "iloc"):
        return not a.equals(b)
    if isinstance(a, dict):
        return list(a) != list(b) or any(unlike(a[k], b[k]) for k in a)
    if isinstance(a, (list, tuple)):
        return len(a) != len(b) or any(map(unlike, a, b))
    return isinstance(a, (int, float, str, bool)) and a != b and a == a


def module_state(module: torch.nn.Module) -> dict[str, Any]:
    """Return what a function could leave behind on a module."""
    modules = list(module.modules())
    return {
        "mode": [m.training for m in modules],
        "requires_grad": [p.requires_grad for p in module.parameters()],
        "grads": [None if p.grad is None else p.grad.clone() for p in module.parameters()],
        "hooks": [len(m._forward_hooks) + len(m._forward_pre_hooks) + len(m._backward_hooks) for m in modules],
        "values": [v.detach().clone() for v in module.state_dict().values() if isinstance(v, torch.Tensor)],
    }


def same_state(a: Any, b: Any) -> bool:
    """Compare lists of plain values and tensors."""
    return len(a) == len(b) and all(
        torch.equal(x.nan_to_num(), y.nan_to_num()) if isinstance(x, torch.Tensor) and isinstance(y, torch.Tensor)
        else type(x) is type(y) and x == y
        for x, y in zip(a, b, strict=True)
    )  # fmt: skip


def randomness() -> tuple[Any, ...]:
    """Return the state of all global generators."""
    numpy: Any = np.random.get_state()
    return torch.get_rng_state(), random.getstate(), numpy[1].tobytes(), numpy[2]


def restore(state: tuple[Any, ...], numpy: Any) -> None:
    """Set the global generators back."""
    torch.set_rng_state(state[0])
    random.setstate(state[1])
    np.random.set_state(numpy)


def finite(value: Any) -> bool:
    """Tell whether a result holds no NaN."""
    return not any(t.is_floating_point() and t.isnan().any() for t in tensors_in(value))


def ramp(value: torch.Tensor) -> torch.Tensor:
    """Return weights from 1 to 2, by which the entries of a result are added up to be differentiated."""
    return torch.linspace(1, 2, value.numel(), dtype=torch.float64).view(value.shape)
