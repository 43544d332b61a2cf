"""Files of weights that lie in a workspace, a stranger's among them: listed, and read as bytes alone."""

from __future__ import annotations

import contextlib
import os
import zipfile
from pathlib import Path

MOST_BYTES = 16 << 20  #: of a file of weights
MOST_FILES = 20


def files_of(root: Path) -> list[str]:
    """Return the files of weights that lie in a workspace, the newest first."""
    found = []
    for folder, inside, names in os.walk(root):
        inside[:] = [name for name in inside if not name.startswith(".")][:50]
        found += [Path(folder, name) for name in names if name.endswith((".pt", ".pth"))]
        if len(found) > 10 * MOST_FILES:
            break
    alive = []
    for path in found:
        with contextlib.suppress(OSError):  # gone meanwhile
            if path.is_file() and not path.is_symlink():
                alive.append((path.stat().st_mtime, path.relative_to(root).as_posix()))
    return [name for _, name in sorted(alive, reverse=True)[:MOST_FILES]]


def given(path: Path) -> bytes | str:
    """Return a file of weights, or in a sentence why it is not even looked at."""
    most = f"it is larger than {MOST_BYTES >> 20} MB"
    try:
        if path.stat().st_size > MOST_BYTES:
            return most
        with zipfile.ZipFile(path) as inside:  # as torch writes them
            return most if sum(one.file_size for one in inside.infolist()) > MOST_BYTES else path.read_bytes()
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError):  # the last: a zip of a newer kind
        return bytes_of(path)


def bytes_of(path: Path) -> bytes:
    """Return a file of no more than :data:`MOST_BYTES`, b"" for one that is larger or cannot be read."""
    try:
        return path.read_bytes() if path.stat().st_size <= MOST_BYTES else b""
    except OSError:
        return b""
