"""Cost: more calls than promised, counted and never timed: along every path, for every row, a second time."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any

import torch

from ..over_there.tools import on_call
from ..target import Breaker, Target
from ..worker_source import text_of

#: what a docstring says of a graph that is gone through without going along each of its paths
PATHS = r"however many paths|each (node|operation) once|every (node|operation) (is gone through )?once"
LOOPS = r"without (a |any )?(python )?loops?"
SINGLE = r"iterated once|gone through once|walked through (only )?once"
WORD = r"once|loop|paths"


def along_every_path(f: Any) -> Any:
    """Go along every path of a graph before it is gone through once."""

    @functools.wraps(f)
    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        stack, left = [self], 200_000
        while stack:
            left -= 1
            if not left:
                raise RuntimeError("there are more than 200,000 steps along all paths")
            for value in vars(stack.pop()).values():
                parts = value if isinstance(value, (list, tuple, set)) else [value]
                stack += [part for part in parts if type(part) is type(self)]
        return f(self, *args, **kwargs)

    return broken


def for_every_row(f: Any) -> Any:
    """Call once for every row before the call that counts."""

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        rows = max((len(a) for a in (*args, *kwargs.values()) if isinstance(a, torch.Tensor) and a.dim()), default=0)
        with torch.no_grad():
            for _ in range(rows):
                f(*args, **kwargs)
        return f(*args, **kwargs)

    return broken


def goes_through_twice(f: Any, name: Any) -> Any:
    """Use an iterator up, and then begin."""

    def change(arguments: Any) -> None:
        given = arguments.get(name)
        if hasattr(given, "__next__"):
            for _ in given:  # nothing is left for the second time
                pass

    return on_call(change)(f)


def breakers(target: Target) -> Iterator[Breaker]:
    """Yield those for what a docstring says of how often something is asked, or gone through."""

    def made(what: str, function: Any, *arguments: Any) -> Breaker:
        return Breaker(target.name, "cost", what, text_of(target.name, function, *arguments), WORD, needs_proof=False)

    if target.owner and not target.is_init and target.says(PATHS):
        yield made("goes along every path", along_every_path)
    if target.says(LOOPS) and target.given("float", "int"):
        yield made("does its work again for every row", for_every_row)
    for parameter in target.parameters:
        if re.search(SINGLE, target.entry(parameter.name)):
            yield made(f"goes through `{parameter.name}` twice", goes_through_twice, parameter.name)
