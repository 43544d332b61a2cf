"""Importing Jupyter's libraries without two seconds that nobody needs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_GRAMMARS = "rfc3987_syntax"


@contextmanager
def quick_imports() -> Iterator[None]:
    """Hide one module while something that imports jsonschema is imported inside.

    jsonschema, which all of Jupyter imports, would compile 38 grammars for kinds of addresses that no notebook is
    checked for: two to four seconds. It goes on without when this module is not there; afterwards it is again.
    """
    modules: dict[str, Any] = sys.modules
    hidden = _GRAMMARS not in modules
    if hidden:
        modules[_GRAMMARS] = None
    try:
        yield
    finally:
        if hidden:
            del modules[_GRAMMARS]
