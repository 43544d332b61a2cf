"""What a process of ours makes sure of when it begins, whoever started it and wherever."""

from __future__ import annotations

import ast
import contextlib
import functools
import os
import signal
import sys
import threading
import time
from typing import Any

LOOK_SECONDS = 0.5  #: how often it is looked whether the parent still lives


def own_children() -> None:
    """Be told how one's children end, even if whoever started this process ignores theirs."""
    with contextlib.suppress(AttributeError, ValueError):  # Windows has no such signal; a thread may not ask
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def somewhere() -> str | None:
    """Give the root where the working folder was deleted, in which few libraries can start; else None."""
    try:
        os.getcwd()
    except OSError:
        return os.path.abspath(os.sep)
    return None


def parse_in_turn() -> None:
    """Let only one thread of this process parse Python at a time, in a Python whose parser is not ready for more.

    Up to 3.11.7 and 3.12.1 all threads share one count of how deep the tree is, and another one may run whenever
    garbage is collected: ``SystemError: AST constructor recursion depth mismatch`` (python/cpython#106905).
    """
    if (3, 11, 8) <= sys.version_info < (3, 12) or sys.version_info >= (3, 12, 2) or hasattr(ast.parse, "__wrapped__"):
        return
    parse, turn = ast.parse, threading.RLock()  # a finalizer may parse, too

    @functools.wraps(parse)
    def alone(*args: Any, **settings: Any) -> Any:
        with turn:
            return parse(*args, **settings)

    ast.parse = alone


def end_with(parent: int) -> None:
    """End this process, whatever it does, soon after its parent has ended."""

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_SECONDS)
        os._exit(0)

    threading.Thread(target=look, daemon=True).start()
