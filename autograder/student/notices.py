"""Hearing from the system that a file may have changed, so that nobody has to look all the time."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterable
from pathlib import Path

LOOK_ANYWAY_SECONDS = 1.0  #: a network's file system may tell of nothing
SETTLE_MS = 5  #: that changes are gathered over
STOP_MS = 200  #: that the system is waited for before it is looked whether to stop


class Notices:
    """Tells when to look at some folders: after a notice of the system, and once a second in any case.

    Where the system gives no notices, or the library that hears them is not there, it is always time to look.
    """

    def __init__(self, folders: Iterable[Path]):
        self._stirred, self._stop = threading.Event(), threading.Event()
        self._folders = sorted({folder for folder in folders if folder.is_dir()})
        self._looked = -math.inf  # the first look is always due, also on a machine that has just started
        self.heard = bool(self._folders)  #: are there notices at all?
        if self.heard:
            threading.Thread(target=self._listen, name="gradus-notices", daemon=True).start()

    def _listen(self) -> None:
        try:
            from watchfiles import watch

            notices = watch(
                *self._folders, stop_event=self._stop, debounce=SETTLE_MS * 4, step=SETTLE_MS, rust_timeout=STOP_MS,
                raise_interrupt=False, ignore_permission_denied=True, watch_filter=None,
            )  # fmt: skip
            for _ in notices:
                self._stirred.set()
        except (ImportError, OSError, RuntimeError):  # no library, too many watches, a folder that went
            pass
        self.heard = False

    def due(self) -> bool:
        """Tell whether it is time to look, and take the notice."""
        now = time.monotonic()
        if self.heard and not self._stirred.is_set() and now - self._looked < LOOK_ANYWAY_SECONDS:
            return False
        self._stirred.clear()
        self._looked = now
        return True

    def close(self) -> None:
        """Stop listening."""
        self._stop.set()
