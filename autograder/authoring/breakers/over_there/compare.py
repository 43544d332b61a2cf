"""Shows where a broken definition answers otherwise than the reference; runs in the worker."""

from __future__ import annotations

import functools
import inspect
from typing import Any

import numpy as np
import torch

from .derive import derived
from .notes import finite, has_callbacks, module_state, ramp, randomness, restore
from .tools import own, tensors_in

CLOSE = {torch.float64: (1e-9, 1e-12), torch.float32: (1e-6, 1e-9)}  #: relative and absolute, what counts as alike
AFTERWARDS = "drawn afterwards"  #: a condition under which the global generator is part of an answer
MAX_COMPARED = 60  #: calls


def alike(a: Any, b: Any) -> bool:
    """Compare two results: kind, shape, dtype, values."""
    if isinstance(a, torch.Tensor):
        if not isinstance(b, torch.Tensor) or a.shape != b.shape or a.dtype != b.dtype:
            return False
        if not (a.is_floating_point() or a.is_complex()):
            return torch.equal(a, b)
        rtol, atol = CLOSE.get(a.dtype, (1e-2, 1e-3))
        return torch.allclose(a.detach(), b.detach(), rtol=rtol, atol=atol, equal_nan=True)
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return bool(a.shape == b.shape and a.tobytes() == b.tobytes())
    if hasattr(type(a), "iloc"):
        return bool(a.equals(b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(alike(a[k], b[k]) for k in a)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, torch.nn.Module):
        ours, theirs = module_state(a), module_state(b)
        return all(alike(ours[what], theirs[what]) for what in ("values", "mode", "requires_grad"))
    if isinstance(a, float):
        return bool(a == b or (a != a and b != b) or abs(a - b) <= 1e-12 + 1e-9 * abs(b))
    if isinstance(a, (int, str, bool, bytes, type(None))):
        return bool(a == b)
    return alike(vars(a), vars(b)) if hasattr(a, "__dict__") and not callable(a) else True


def shown(value: Any) -> str:
    """Return a short text for an argument."""
    if isinstance(value, torch.Tensor):
        kind = str(value.dtype).removeprefix("torch.")
        return repr(value.tolist()) if value.dim() == 0 else f"{kind} {tuple(value.shape)}"
    if isinstance(value, (int, float, str, bool, type(None))):
        return repr(value)
    if isinstance(value, (list, tuple)) and len(value) < 4:
        return f"[{', '.join(map(shown, value))}]"
    return f"<{type(value).__name__}>"


class Compared:
    """Wraps one definition: each call is made by copies of both, and then by the reference.

    Args:
        reference, broken: the two.
        conditions: derived inputs that count beside the recorded calls.
    """

    def __init__(self, reference: Any, broken: Any, conditions: list[str], found: dict[str, str]):
        self.reference, self.broken, self.conditions, self.found = reference, broken, conditions, found
        self.signature = inspect.signature(reference)
        self.inside = False
        self.count = 0

    def wrapped(self) -> Any:
        """Return the definition that compares."""

        @functools.wraps(self.reference)
        def compared(*args: Any, **kwargs: Any) -> Any:
            if not self.inside and self.count < MAX_COMPARED and "recorded" not in self.found:
                self.count += 1
                self.inside = True
                chance, numpy = randomness(), np.random.get_state()
                try:
                    self.compare(inspect.signature(self.reference).bind(*args, **kwargs))
                except TypeError:
                    pass
                finally:
                    self.inside = False
                    restore(chance, numpy)
            return self.reference(*args, **kwargs)

        return compared

    def compare(self, call: inspect.BoundArguments) -> None:
        """Compare on a call, and on what is derived from it."""
        if any(type(v).__name__ == "generator" for v in call.arguments.values()):
            return
        if self.differ(call):
            self.note("recorded", "", call)
        if self.conditions and not any(map(has_callbacks, call.arguments.values())):
            for condition, name, made in derived(call):
                if condition in self.conditions and condition not in self.found and self.differ(made, answered=True):
                    self.note(condition, name, made)

    def note(self, condition: str, name: str, call: inspect.BoundArguments) -> None:
        """Keep the call that shows a difference."""
        arguments = ", ".join(f"{n}={shown(v)}" for n, v in call.arguments.items() if n != "self")
        said = "" if condition == "recorded" else f"{condition}{f' {name}' if name else ''}: "
        self.found.setdefault(condition, f"{said}{self.reference.__qualname__}({arguments})")

    def differ(self, call: inspect.BoundArguments, answered: bool = False) -> bool:
        """Tell whether the two answer otherwise; not where the reference's answer to a derived call is none."""
        mine = self.outcome(self.reference, call)
        if answered and (mine[0] == "error" or not finite(mine[1])):
            return False
        theirs = self.outcome(self.broken, call)
        if mine[0] != theirs[0]:
            return True
        if mine[0] == "error":
            return bool(mine[1] != theirs[1])
        return not all(alike(a, b) for a, b in zip(mine[1:], theirs[1:], strict=True))

    def outcome(self, f: Any, call: inspect.BoundArguments) -> tuple[Any, ...]:
        """Return how a call ends on copies: value, gradients, what became of the arguments."""
        chance, numpy = randomness(), np.random.get_state()
        made = {n: own(v) for n, v in call.arguments.items()}
        leaves = [v.requires_grad_() for n, v in made.items() if isinstance(v, torch.Tensor) and v.is_floating_point()]
        again = inspect.BoundArguments(self.signature, made)
        try:
            result = f(*again.args, **again.kwargs)
            if type(result).__name__ == "generator":
                result = list(result)
        except Exception:
            leaves = []
            again = inspect.BoundArguments(self.signature, {n: own(v) for n, v in call.arguments.items()})
            try:  # in-place work on a leaf is no fault of the call
                result = f(*again.args, **again.kwargs)
                if type(result).__name__ == "generator":
                    result = list(result)
            except Exception as error:
                return "error", type(error).__name__
        finally:
            drawn = torch.get_rng_state() if AFTERWARDS in self.conditions else None
            restore(chance, numpy)
        joined = [t for t in tensors_in(result) if t.requires_grad and t.numel() and t.is_floating_point()]
        if isinstance(made.get("self"), torch.nn.Module):
            leaves += [p for p in made["self"].parameters() if p.requires_grad]
        grads: list[Any] = [torch.zeros_like(leaf) for leaf in leaves]  # what is cut off where it is flat shows nothing
        if joined and leaves:
            total: Any = sum((t.double() * ramp(t)).sum() for t in joined)
            try:
                found = torch.autograd.grad(total, leaves, allow_unused=True)
                grads = [torch.zeros_like(x) if g is None else g for g, x in zip(found, leaves, strict=True)]
            except Exception as error:
                grads = [type(error).__name__]
        states = [module_state(v)["mode"] for v in made.values() if isinstance(v, torch.nn.Module)]
        left = {n: v for n, v in again.arguments.items() if not isinstance(v, torch.Generator)}
        return "value", result, grads, left, states, drawn


def compare_with(space: dict[str, Any], name: str, reference: Any, conditions: list[str]) -> dict[str, str]:
    """Put a comparison in a broken definition's place; what is found, which grows as it is called."""
    found: dict[str, str] = {}
    owner, _, last = name.rpartition(".")
    holder = space[owner] if owner else None
    broken = space[name] if holder is None else vars(holder)[last]
    compared = Compared(reference, broken, conditions, found).wrapped()
    if holder is None:
        space[name] = compared
    else:
        setattr(holder, last, compared)
    return found
