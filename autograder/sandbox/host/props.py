"""Small classes and functions of ours that run over there: their source, and how people read of what they made."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from .handles import Handle


@lru_cache(maxsize=256)  # of a class inspect parses the whole file
def source_of(what: Any) -> str:
    """Return the source of a class or function, from its first column."""
    return textwrap.dedent(inspect.getsource(what))


def shown(handle: Handle, props: Iterable[Any]) -> str:
    """Return how people read of an object: by its name, or as what its class gave.

    The name of a class that a prop made says nothing to a student, who never saw it.
    """
    name = repr(handle).strip("<>")
    if not name.endswith(" object"):
        return name
    home = next(iter((*handle._info, (), (), ())[2]), "")  # the full name of its class
    if any(f".{what.__name__}.<locals>." in home for what in props):
        return "model" if handle._is("module") else "object"
    return f"{name.removesuffix(' object')}(…)"
