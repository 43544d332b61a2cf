"""Gradient: the value is right, and what flows back through it is not."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator
from typing import Any

import torch

from ..over_there.tools import mapped
from ..target import Breaker, Target
from ..worker_source import text_of

PROMISE = r"differentiable|gradients? (flow|reach|go)"
WORD = r"differentia|gradient"
NOT_ONE = r"(2|two) or more|at least (2|two)"


def detached(f: Any, place: Any) -> Any:
    """Detach the answer: the tensor at this place, or all."""

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        count = -1

        def cut(t: Any) -> Any:
            nonlocal count
            count += 1
            return t.detach() if place in (None, count) else t

        return mapped(f(*args, **kwargs), cut)

    return broken


def cut_off(f: Any, name: Any) -> Any:
    """Let no gradient reach a parameter."""
    signature = inspect.signature(f)

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        call = signature.bind(*args, **kwargs)
        if isinstance(call.arguments.get(name), torch.Tensor):
            call.arguments[name] = call.arguments[name].detach()
        return f(*call.args, **call.kwargs)

    return broken


def detached_for_one_row(f: Any, name: Any) -> Any:
    """Detach the answer where a parameter has one row."""
    signature = inspect.signature(f)

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        given = signature.bind(*args, **kwargs).arguments.get(name)
        result = f(*args, **kwargs)
        one = isinstance(given, torch.Tensor) and given.dim() > 0 and len(given) == 1
        return mapped(result, lambda t: t.detach()) if one else result

    return broken


def doubled(f: Any) -> Any:
    """Double every gradient that flows back."""

    class Doubled(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x.view_as(x)

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return 2 * grad

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        return mapped(f(*args, **kwargs), lambda t: Doubled.apply(t) if t.requires_grad else t)  # type: ignore[no-untyped-call]

    return broken


def not_a_number_at_zero(f: Any, name: Any) -> Any:
    """Let the gradient be NaN where a parameter is 0."""

    class AtZero(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x.view_as(x)

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            (x,) = ctx.saved_tensors
            return torch.where(x == 0, torch.nan, grad)

    signature = inspect.signature(f)

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        call = signature.bind(*args, **kwargs)
        given = call.arguments.get(name)
        if isinstance(given, torch.Tensor) and given.requires_grad:
            call.arguments[name] = AtZero.apply(given)  # type: ignore[no-untyped-call]
        return f(*call.args, **call.kwargs)

    return broken


def breakers(target: Target) -> Iterator[Breaker]:
    """Yield those for a result that carries a gradient."""
    facts = target.facts
    wanted = target.page_says(PROMISE) and not target.says(
        r"carries no graph|(requires|needs) no gradient|no gradient need"
    )
    if not facts["grad"] or target.is_init or not wanted:
        return

    def made(what: str, function: Any, *arguments: Any, proof: bool = True) -> Breaker:
        source = text_of(target.name, function, *arguments)
        conditions = ("one row",) if function is detached_for_one_row else ("a zero",)
        return Breaker(target.name, "gradient", what, source, WORD, proof, conditions)

    yield made("cuts its result off the graph", detached, None, proof=False)
    yield made("gives twice the gradient", doubled, proof=False)
    joined = facts.get("joined", 0)
    if joined > 1 and facts["results"] != ["iterator"]:
        for place in range(min(joined, 4)):
            yield made(f"cuts result {place + 1} off the graph", detached, place)
    leaves = facts["grads"]
    for name in leaves:
        if not name.startswith("self.") and len(leaves) > 1 and (not target.is_module or target.says(WORD)):
            yield made(f"lets no gradient through to `{name}`", cut_off, name, proof=False)
        if target.answers("one row", name) and not target.says(NOT_ONE):
            yield made(f"cuts its result off the graph where `{name}` has one row", detached_for_one_row, name)
    if target.says(r"differentiable(?! (where|except|away|but))"):
        for name in leaves:
            if target.answers("a zero", name) and name in facts["bends"]:
                yield made(f"gives a NaN gradient where `{name}` is 0", not_a_number_at_zero, name)
