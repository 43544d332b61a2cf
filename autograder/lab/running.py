"""What ran last in a worker, and what it printed: it notes both in files, and the judge reads them there.

So both are known of one that does not answer, or has ended.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from ..text import printable
from .inside.running import COUNT, SAID, WIDTH

if TYPE_CHECKING:
    from ..sandbox.host.student import Student

INSIDE = Path(__file__).resolve().parent / "inside" / "running.py"  #: its other half


MOST_LINES = 40  #: of what was printed that are shown
MOST_SHOWN = 4000  #: characters of it


class _Beside:
    """A file of one worker, opened before any of the student's code runs, so that it is there when that has ended.

    What stands in it is a claim of that process: fit for a word to the student, and for nothing else.

    Args:
        student: a worker that has run nothing yet.
    """

    def __init__(self, student: Student, name: str, size: int):
        self.path, self._size = student.write(name, bytes(size)), size
        self._file = -1
        with contextlib.suppress(OSError):  # another system's worker has no folder here: then nothing is known
            self._file = os.open(self.path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))

    def read(self) -> bytes:
        """Return what stands in it now, b"" where nothing can be read; any thread may ask."""
        with contextlib.suppress(OSError):
            if (file := self._file) >= 0:
                return os.pread(file, self._size, 0)
        return b""

    def close(self) -> None:
        """Look no more."""
        file, self._file = self._file, -1
        if file >= 0:
            os.close(file)


class Running(_Beside):
    """What of the student's runs in a worker: fit for saying whose fault something is, and for nothing else."""

    def __init__(self, student: Student):
        super().__init__(student, "running", WIDTH)

    def name(self) -> str:
        """Return what ran last, "" for nothing of the student's."""
        return self.read().partition(b"\0")[0].decode("ascii", "replace")


class Said(_Beside):
    """What the student's code printed in a worker, the last of it."""

    def __init__(self, student: Student):
        super().__init__(student, "said", COUNT + SAID)

    def text(self) -> str:
        """Return the last lines, harmless to show as text."""
        found = self.read()
        count, ring = int.from_bytes(found[:COUNT], "little"), found[COUNT:]
        at = count % SAID
        kept = ring[:count] if count <= SAID else ring[at:] + ring[:at]
        lines = kept.decode("utf-8", "replace").split("\n")
        if count > SAID:
            del lines[0]  # of which the beginning is lost, if it is not all that there is
        last = ("\n".join(lines) or kept.decode("utf-8", "replace")).rstrip("\n")
        last = "\n".join(last.split("\n")[-MOST_LINES:])
        return "\n".join(printable(line, MOST_SHOWN) for line in last[-MOST_SHOWN:].expandtabs(4).split("\n"))
