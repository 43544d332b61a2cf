"""The C library, its functions looked up once.

A symbol is sought through every library that torch brings along. Done in a fork, that touches a page or two of each.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

_USED = ("prctl", "unshare", "setns", "mount", "capset", "syscall")


@cache
def libc() -> Any:
    """Load the C library, with ``ctypes.get_errno()``."""
    return ctypes.CDLL(None, use_errno=True)


def look_up() -> None:
    """Look up what a worker will use, before it is forked."""
    for name in _USED:
        getattr(libc(), name)
