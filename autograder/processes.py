"""What a process of ours makes sure of when it begins, whoever started it and wherever."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time

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


def end_with(parent: int) -> None:
    """End this process, whatever it does, soon after its parent has ended."""

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_SECONDS)
        os._exit(0)

    threading.Thread(target=look, daemon=True).start()
