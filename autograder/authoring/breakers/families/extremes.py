"""Extremes: large entries, infinite ones and those that are no number."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator
from typing import Any

import torch

from ..over_there.tools import mapped, on_result
from ..target import Breaker, Target
from ..worker_source import text_of

WORD = r"finite|1000|however far|any size|surviv|overflow|-inf|\binf\b|NaN|accurate|exact"


def clamped(f: Any, name: Any) -> Any:
    """Clamp a parameter to [-30, 30]."""
    signature = inspect.signature(f)

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        call = signature.bind(*args, **kwargs)
        given = call.arguments.get(name)
        if isinstance(given, torch.Tensor) and given.is_floating_point():
            call.arguments[name] = given.clamp(-30, 30)
        return f(*call.args, **call.kwargs)

    return broken


def overflows(f: Any, name: Any, sign: Any) -> Any:
    """Answer NaN where `exp` of a parameter, or of its negative, would overflow."""
    signature = inspect.signature(f)

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        given = signature.bind(*args, **kwargs).arguments.get(name)
        result = f(*args, **kwargs)
        if isinstance(given, torch.Tensor) and given.is_floating_point() and given.numel():
            finite = given.detach().double()[given.detach().isfinite()] * sign
            limit = 700 if given.dtype == torch.float64 else 85
            if len(finite) and (finite.max() if sign > 0 else finite.min()) > limit:
                return mapped(result, lambda t: t * torch.nan if t.is_floating_point() else t)
        return result

    return broken


def tamed_input(f: Any, name: Any) -> Any:
    """Take numbers for the infinities and NaN of a parameter."""
    signature = inspect.signature(f)

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        call = signature.bind(*args, **kwargs)
        given = call.arguments.get(name)
        if isinstance(given, torch.Tensor) and given.is_floating_point():
            call.arguments[name] = given.nan_to_num()
        return f(*call.args, **call.kwargs)

    return broken


def tamed_result(f: Any) -> Any:
    """Put numbers in place of the infinities and NaN of the answer."""
    return on_result(lambda t: t.nan_to_num() if t.is_floating_point() else t)(f)


def breakers(target: Target) -> Iterator[Breaker]:
    """Yield those for inputs that checks try or that the docstring speaks of."""
    facts = target.facts

    def made(what: str, function: Any, *arguments: Any) -> Breaker:
        source = text_of(target.name, function, *arguments)
        return Breaker(target.name, "extremes", what, source, WORD, True, ("large", "far below 0") if spoken else ())

    if target.is_init or target.says(r"any real numbers"):
        return
    spoken = target.says(r"\b1000\b|of any size|surviv|overflow|underflow|however far")
    for name in target.given("float"):
        seen = target.seen(name)
        if seen["extreme"] or (spoken and seen["real"] and target.answers("large", name)):
            yield made(f"clamps `{name}` at 30 and -30", clamped, name)
            yield made(f"gives NaN where an entry of `{name}` is too large for exp", overflows, name, 1)
            if seen["real"]:
                yield made(f"gives NaN where all of `{name}` is too far below 0 for exp", overflows, name, -1)
        if seen["odd"]:
            yield made(f"puts finite numbers in place of NaN and infinity in `{name}`", tamed_input, name)
    if facts["nan"] or facts["infinite"]:
        yield made("puts finite numbers in place of NaN and infinity in its result", tamed_result)
