"""What ran last in a worker that answers no more: it notes each name in a file, and the judge reads it there."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from .inside.running import WIDTH

if TYPE_CHECKING:
    from ..sandbox.host.student import Student

INSIDE = Path(__file__).resolve().parent / "inside" / "running.py"  #: its other half


class Running:
    """The file of one worker, opened before any of the student's code runs, so that it is there when that has ended.

    What stands in it is a claim of that process: fit for saying whose fault something is, and for nothing else.

    Args:
        student: a worker that has run nothing yet.
    """

    def __init__(self, student: Student):
        self.path = student.write("running", bytes(WIDTH))
        self._file = -1
        with contextlib.suppress(OSError):  # another system's worker has no folder here: then nobody is named
            self._file = os.open(self.path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))

    def name(self) -> str:
        """Return what ran last, "" for nothing of the student's."""
        if self._file < 0:
            return ""
        with contextlib.suppress(OSError):
            os.lseek(self._file, 0, os.SEEK_SET)
            return os.read(self._file, WIDTH).partition(b"\0")[0].decode("ascii", "replace")
        return ""

    def close(self) -> None:
        """Look no more."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
