"""The source of a small class or function of ours that is to run over there."""

from __future__ import annotations

import inspect
import textwrap
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=256)  # of a class inspect parses the whole file
def source_of(what: Any) -> str:
    """Return the source of a class or function, from its first column."""
    return textwrap.dedent(inspect.getsource(what))
