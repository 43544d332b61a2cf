"""Length: one step more or less than asked for, and results without their end."""

from __future__ import annotations

import functools
import types
from collections.abc import Iterator
from typing import Any

from ..over_there.tools import on_call
from ..target import Breaker, Target
from ..worker_source import text_of

ALSO_INSIDE = True  #: shows outside, too, where only the solution itself calls a definition
COUNTS = ("epochs", "steps", "n_steps", "iterations", "max_iter", "patience", "warmup", "rounds")


def another_count(f: Any, name: Any, by: Any, default: Any) -> Any:
    """Do so many steps more than asked for."""

    def change(arguments: Any) -> Any:
        value = arguments.get(name, default)
        if type(value) is int:
            arguments[name] = max(value + by, 0)

    return on_call(change)(f)


def without_end(f: Any, end: Any) -> Any:
    """Leave out the first or the last value of a list, tuple or generator."""

    def cut(value: Any) -> Any:
        if type(value) in (list, tuple) and len(value) > 1:
            return value[:-1] if end == "last" else value[1:]
        return value

    def all_but_last(value: Any) -> Any:
        held: list[Any] = []
        for item in value:
            if held:
                yield held.pop()
            held.append(item)

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        result = f(*args, **kwargs)
        return all_but_last(result) if isinstance(result, types.GeneratorType) else cut(result)

    return broken


def breakers(target: Target) -> Iterator[Breaker]:
    """Yield those for parameters that count, and for results that are lists."""

    def made(what: str, word: str, function: Any, *arguments: Any) -> Breaker:
        return Breaker(target.name, "length", what, text_of(target.name, function, *arguments), word)

    for parameter in target.parameters:
        if parameter.name in COUNTS and "number" in target.seen(parameter.name).get("kinds", ("number",)):
            default = int(parameter.default) if parameter.default.isdigit() else None
            for by, word in ((1, "more"), (-1, "less")):
                source = (parameter.name, by, default)
                yield made(f"counts one of `{parameter.name}` {word}", parameter.name, another_count, *source)
    if target.gives("list", "iterator"):
        yield made("leaves out the last", r"list|one|each|batch", without_end, "last")
    if target.gives("list"):
        yield made("leaves out the first", r"list|one|each|batch", without_end, "first")
