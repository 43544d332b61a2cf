"""Results that may only be looked at: SQLite writes beside a file that it reads, so a copy is opened in its place."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

ENDS = ("", "-wal")  #: of the files that make a gradebook: what was written last may stand in the second alone
_TRIES = 5  #: to copy a file that is being written


def writable(file: Path) -> bool:
    """Tell whether a gradebook and its log can be written."""
    return os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)


def stamp(file: Path) -> tuple[int, ...]:
    """Return what is another after a file, or its write-ahead log, was written."""
    found: list[int] = []
    for end in ENDS:
        with contextlib.suppress(OSError):
            there = Path(f"{file}{end}").stat()
            found += [there.st_mtime_ns, there.st_size]
    return tuple(found)


def copied(file: Path, copy: Path) -> tuple[int, ...]:
    """Copy a gradebook, and return its stamp: of one that is being written a copy may be neither old nor new.

    Raises:
        OSError: it cannot be read.
    """
    was = stamp(file)
    for _ in range(_TRIES):
        was = stamp(file)
        for end in ENDS:
            with contextlib.suppress(FileNotFoundError):
                shutil.copyfile(f"{file}{end}", f"{copy}{end}")
        if stamp(file) == was:
            break
    return was
