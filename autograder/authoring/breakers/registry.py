"""The families: each module of :mod:`.families` is one, and a new file there is a new family."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType

from . import families
from .target import Breaker, Target


@cache
def all_families() -> dict[str, ModuleType]:
    """Return the families by name; the first line of a module's docstring says what it breaks."""
    names = sorted(module.name for module in pkgutil.iter_modules(families.__path__))
    return {name: importlib.import_module(f"{families.__name__}.{name}") for name in names}


def proposals(target: Target) -> list[Breaker]:
    """Return the breakers of all families that apply to a target, by the facts of its calls."""
    # of a definition that only the solution calls most is its own business
    chosen = [f for f in all_families().values() if not target.inner or getattr(f, "ALSO_INSIDE", False)]
    return [breaker for family in chosen for breaker in family.breakers(target)]
