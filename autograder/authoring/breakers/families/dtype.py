"""Dtype: another one comes out, or the computation goes through another one."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator
from typing import Any

import torch

from ..over_there.tools import mapped, on_result, tensors_in
from ..target import Breaker, Target
from ..worker_source import text_of
from .shape import EITHER_NUMBER

WORD = r"dtype|float|int64|integer|bool|half"


def through_float32(f: Any) -> Any:
    """Compute in float32 what came in float64."""

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        def small(value: Any) -> Any:
            return mapped(value, lambda t: t.float() if t.dtype == torch.float64 else t)

        if not any(t.dtype == torch.float64 for a in (*args, *kwargs.values()) for t in tensors_in(a)):
            return f(*args, **kwargs)
        result = f(*map(small, args), **{k: small(v) for k, v in kwargs.items()})
        return mapped(result, lambda t: t.double() if t.dtype == torch.float32 else t)

    return broken


def rounded(f: Any) -> Any:
    """Round a float64 answer to what float32 can hold."""
    return on_result(lambda t: t.float().double() if t.dtype == torch.float64 else t)(f)


def another(f: Any, old: Any, new: Any) -> Any:
    """Answer with another dtype."""
    old, new = getattr(torch, old), getattr(torch, new)
    return on_result(lambda t: t.to(new) if t.dtype == old else t)(f)


def refuses_dtype(f: Any, name: Any, dtypes: Any) -> Any:
    """Refuse one parameter in these dtypes, as an operator without such a kernel does."""
    signature = inspect.signature(f)
    refused = [getattr(torch, dtype) for dtype in dtypes]

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        given = signature.bind(*args, **kwargs).arguments.get(name)
        if any(t.dtype in refused for t in tensors_in(given)):
            raise RuntimeError(f"not implemented for half precision: {name}")
        return f(*args, **kwargs)

    return broken


def widens_halves(f: Any) -> Any:
    """Answer half precision with float32."""

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        halves = (torch.float16, torch.bfloat16)
        if any(t.dtype in halves for a in (*args, *kwargs.values()) for t in tensors_in(a)):
            return mapped(f(*args, **kwargs), lambda t: t.float() if t.dtype in halves else t)
        return f(*args, **kwargs)

    return broken


def integers_through_float(f: Any, name: Any) -> Any:
    """Send large integers through float64, which cannot hold them."""
    signature = inspect.signature(f)

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        call = signature.bind(*args, **kwargs)
        given = call.arguments.get(name)
        if isinstance(given, torch.Tensor) and given.dtype == torch.int64:
            call.arguments[name] = given.double().long()
        return f(*call.args, **call.kwargs)

    return broken


CONDITIONS: dict[Any, tuple[str, ...]] = {
    through_float32: ("float64",),
    another: ("float32", "float64"),
    refuses_dtype: ("float16", "bfloat16"),
    widens_halves: ("float16", "bfloat16"),
    integers_through_float: ("large integers",),
}


def breakers(target: Target) -> Iterator[Breaker]:
    """Yield those for the dtypes that come out, and for those that may go in."""
    facts = target.facts
    dtypes = facts["dtypes"]
    floating = target.says(r"floating[- ]point|dtype of|same (shape and )?dtype|'s dtype|of that dtype")

    def made(what: str, function: Any, *arguments: Any) -> Breaker:
        source = text_of(target.name, function, *arguments)
        conditions = CONDITIONS.get(function, ()) if floating or function is integers_through_float else ()
        return Breaker(target.name, "dtype", what, source, WORD, True, conditions)

    numbers = target.says(EITHER_NUMBER) and {*facts["sizes"]} <= {"0"}  # a Python number has no dtype
    takes = {d for name in target.given("float", "list", "tuple") for d in target.seen(name)["dtypes"]}
    if not target.is_init and target.base == "" and "float64" in dtypes and "float64" in takes:
        yield made("computes in float32 inside", through_float32)
    elif not target.is_init and "float64" in dtypes:
        yield made("rounds its result to float32", rounded)
    for old, new in (("float32", "float64"), ("float64", "float32"), ("int64", "float32"), ("int64", "int32"),
                     ("bool", "int64")):  # fmt: skip
        reached = old in dtypes or (floating and old in ("float32", "float64") and target.answers(old) and dtypes)
        if reached and not target.is_init and not numbers:
            yield made(f"gives {new} for {old}", another, old, new)
    if floating and not target.is_init:
        halves = [half for half in ("float16", "bfloat16") if target.answers(half)]
        for name in target.given("float"):
            if halves and not target.says(r"float32 (or|and) float64|float64 or float32"):
                yield made(f"refuses a half-precision `{name}`", refuses_dtype, name, halves)
                if {"float32", "float64"} & {*dtypes}:
                    yield made("gives float32 for half precision", widens_halves)
                break
    for name in target.given("int"):
        if "int64" in dtypes and target.answers("large integers", name) and target.says(r"\bintegers?\b"):
            yield made(f"takes the integers of `{name}` through float64", integers_through_float, name)
