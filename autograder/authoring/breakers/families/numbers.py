"""Numbers: a number among the arguments loses its last digits on the way in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..over_there.tools import on_call
from ..target import Breaker, Target
from ..worker_source import text_of

WORD = r"number|between|share|rate|factor"


def rounded(f: Any, name: Any) -> Any:
    """Take a number with two digits."""

    def change(arguments: Any) -> Any:
        if type(arguments.get(name)) is float:
            arguments[name] = float(f"{arguments[name]:.1e}")

    return on_call(change)(f)


def breakers(target: Target) -> Iterator[Breaker]:
    """Yield those for numbers that need not be whole, where the reference answers others too."""
    for parameter in target.parameters:
        name = parameter.name
        if not target.answers("another number", name):
            continue
        source = text_of(target.name, rounded, name)
        what = f"takes `{name}` rounded to two digits"
        yield Breaker(target.name, "numbers", what, source, WORD, True, ("another number",))
