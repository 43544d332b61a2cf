"""The families: each module of :mod:`.families` is one, and a new file there is a new family."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from functools import cache

from . import families
from .target import Breaker, Target

#: what shows outside where only the solution itself calls a definition; the rest is its own business
INSIDE = ("chance", "inputs", "length", "precision", "state", "structure")
Propose = Callable[[Target], Iterator[Breaker]]


@cache
def all_families() -> dict[str, Propose]:
    """Return the families by name; the first line of a module's docstring says what it breaks."""
    names = sorted(module.name for module in pkgutil.iter_modules(families.__path__))
    return {name: importlib.import_module(f"{families.__name__}.{name}").breakers for name in names}


def proposals(target: Target) -> list[Breaker]:
    """Return the breakers of all families that apply to a target, by the facts of its calls."""
    chosen = {name: f for name, f in all_families().items() if not target.inner or name in INSIDE}
    return [breaker for propose in chosen.values() for breaker in propose(target)]
