"""The families: each module of :mod:`.families` is one, and a new file there is a new family."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from . import families, over_there
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


@cache
def worker_text(*names: str) -> str:
    """Return the text of modules of :mod:`.over_there` as one source, without the imports of each other."""
    text = ""
    for name in names:
        lines = (Path(over_there.__path__[0]) / f"{name}.py").read_text(encoding="utf-8").splitlines()
        text += "\n".join(line for line in lines if not line.startswith(("from .", "from __future__"))) + "\n"
    return text


@cache
def _source(function: Any) -> str:
    return inspect.getsource(function)


def text_of(target: str, function: Any, *arguments: Any) -> str:
    """Return the source that puts a broken definition in a target's place.

    Args:
        target: like ``softmax`` or ``SGD.step``.
        function: of a family's module: takes the definition, and these arguments, and returns the broken one. It may
            use what is in :mod:`.over_there.tools`, nothing else.
    """
    given = "".join(f", {argument!r}" for argument in arguments)
    call = f"{target} = {function.__name__}({target}{given})\n"
    return f"{worker_text('tools')}\n\n{_source(function)}\n\n{call}"
