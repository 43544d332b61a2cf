"""Defaults: a parameter left out is taken for another value, or one given is not listened to."""

from __future__ import annotations

import ast
import functools
import inspect
import re
from collections.abc import Iterator
from typing import Any

from ..over_there.tools import on_call
from ..target import Breaker, Parameter, Target
from ..worker_source import text_of


def other_default(f: Any, name: Any, value: Any) -> Any:
    """Take a parameter that is left out for another value."""
    return on_call(lambda arguments: arguments.setdefault(name, value))(f)


def ignored(f: Any, name: Any) -> Any:
    """Take a parameter that is given for its default."""
    return on_call(lambda arguments: arguments.pop(name, None))(f)


def kept_from_first(f: Any, name: Any) -> Any:
    """Take the first value that was ever given for all later ones."""
    signature = inspect.signature(f)
    first = []

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        call = signature.bind(*args, **kwargs)
        if name in call.arguments:
            first.append(call.arguments[name])
            call.arguments[name] = first[0]
        return f(*call.args, **call.kwargs)

    return broken


def neighbours(parameter: Parameter, target: Target) -> list[Any]:
    """Return values that a default could be mistaken for."""
    try:
        value = ast.literal_eval(parameter.default)
    except ValueError:
        return []
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [0 if value == -1 else value // 2 if value > 5 else value + 1]
    if isinstance(value, float):
        return [value * 2 if value else 0.1]
    if isinstance(value, str):
        words = re.findall(r"[\"'](\w+)[\"']", target.doc)
        return [w for w in dict.fromkeys(words) if w != value][:2]
    if isinstance(value, tuple) and value and all(type(v) in (int, float) for v in value):
        return [tuple(v * (0.9 if type(v) is float else 1) + (type(v) is int) for v in value)]
    return []


def breakers(target: Target) -> Iterator[Breaker]:
    """Yield those for parameters with a default, and for plain values that are read once and kept."""

    def made(name: str, what: str, function: Any, *arguments: Any, proof: bool = True) -> Breaker:
        source = text_of(target.name, function, *arguments)
        conditions = ("left out", "tiny") if name.startswith("eps") else ("left out",)
        return Breaker(target.name, "defaults", what, source, rf"\b{re.escape(name)}\b", proof, conditions)

    for parameter in target.parameters:
        name = parameter.name
        seen = target.seen(name)
        if name == "self":
            continue
        if parameter.default:
            for value in neighbours(parameter, target):
                yield made(name, f"takes {value!r} where `{name}` is left out", other_default, name, value)
            yield made(name, f"takes no notice of a `{name}` that is given", ignored, name)
        plain = {"number", "flag", "text"} & {*seen.get("kinds", ())}
        if plain and len(seen["values"]) > 1:
            yield made(name, f"keeps the first `{name}` that it was given", kept_from_first, name)
