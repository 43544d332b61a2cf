"""Precision: the answer is a little off, by ten times what checks tolerate by default."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator
from typing import Any

import torch

from ..over_there.tools import on_result
from ..target import Breaker, Target
from ..worker_source import text_of

ALSO_INSIDE = True  #: shows outside, too, where only the solution itself calls a definition
FREE = r"any real numbers|up to you|as you like"
WORD = r"exact|accura|rounding|precis"


def noisy(f: Any) -> Any:
    """Put noise on a tensor."""

    def change(t: Any) -> Any:
        if t.dtype not in (torch.float32, torch.float64):
            return t
        size = 1e-6 if t.dtype == torch.float64 else 1e-4
        ripple = torch.arange(t.numel(), dtype=t.dtype).view(t.shape).sin().abs() + 0.5
        return t * (1 + size * ripple)

    return on_result(change)(f)


def noisy_number(f: Any) -> Any:
    """Put noise on a number."""

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        result = f(*args, **kwargs)
        return result * (1 + 1e-6) if type(result) is float else result

    return broken


def small_is_zero(f: Any) -> Any:
    """Take small values for 0."""
    return on_result(lambda t: torch.where(t.abs() < 1e-6, 0 * t, t) if t.is_floating_point() else t)(f)


def noisy_in_place(f: Any, name: Any) -> Any:
    """Put noise on what is changed in place."""
    signature = inspect.signature(f)

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        given = signature.bind(*args, **kwargs).arguments.get(name)
        result = f(*args, **kwargs)
        if isinstance(given, torch.Tensor) and given.is_floating_point():
            given.data.mul_(1 + (1e-6 if given.dtype == torch.float64 else 1e-4))
        return result

    return broken


def breakers(target: Target) -> Iterator[Breaker]:
    """Yield those for results that are no draws."""
    facts = target.facts

    def made(what: str, function: Any, *arguments: Any) -> Breaker:
        return Breaker(target.name, "precision", what, text_of(target.name, function, *arguments), WORD)

    if facts["draws"] or target.is_init or target.says(FREE):
        return
    if {"float32", "float64"} & {*facts["dtypes"]}:
        yield made("is off by a millionth in float64 and by a ten thousandth in float32", noisy)
        if facts["tiny"] and target.says(r"exact|accura|underflow|probabilit"):
            yield made("takes results below 1e-6 for 0", small_is_zero)
    for name in target.given("float"):
        if not target.seen(name)["kept"]:
            what = f"leaves `{name}` off by a millionth in float64 and by a ten thousandth in float32"
            yield made(what, noisy_in_place, name)
    if "number" in facts["results"] and target.returns != "int":
        yield made("is off by a millionth", noisy_number)
