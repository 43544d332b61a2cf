"""Files of weights that lie in a workspace, a stranger's among them: listed, and read as bytes alone."""

from __future__ import annotations

import contextlib
import os
import stat
import zipfile
from pathlib import Path
from typing import BinaryIO

MOST_BYTES = 16 << 20  #: of a file of weights
MOST_FILES = 20
SUFFIXES = (".pt", ".pth")
_KINDS = {
    stat.S_IFIFO: "it is a pipe, no file", stat.S_IFDIR: "it is a folder, no file",
    stat.S_IFSOCK: "it is a socket, no file", stat.S_IFCHR: "it is a device, no file",
    stat.S_IFBLK: "it is a device, no file",
}  # fmt: skip
#: nothing is waited for, and no link followed, whatever is put there meanwhile
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def files_of(root: Path) -> list[str]:
    """Return the files of weights that lie in a workspace, the newest first."""
    found = []
    for folder, inside, names in os.walk(root):
        inside[:] = [name for name in inside if not name.startswith(".")][:50]
        found += [Path(folder, name) for name in names if name.endswith(SUFFIXES)]
        if len(found) > 10 * MOST_FILES:
            break
    alive = []
    for path in found:
        with contextlib.suppress(OSError):  # gone meanwhile
            if path.is_file() and not path.is_symlink():
                alive.append((path.stat().st_mtime, path.relative_to(root).as_posix()))
    return [name for _, name in sorted(alive, reverse=True)[:MOST_FILES]]


def given(root: Path, name: str) -> bytes | str:
    """Return a file of weights of a workspace, or in a sentence why it is not even looked at.

    Args:
        name: its path below the workspace.
    """
    path = root / name
    try:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            return "it is a symbolic link, which is not followed: put the file itself there"
        if not path.resolve().is_relative_to(root.resolve()):
            return "it does not lie in the workspace"
        if path.suffix not in SUFFIXES:
            return "it is no .pt and no .pth file"
        if not stat.S_ISREG(mode):
            return _KINDS.get(stat.S_IFMT(mode), "it is no file")
        with open(os.open(path, _FLAGS), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):  # put there just now
                return "it is no file"
            if os.fstat(file.fileno()).st_size > MOST_BYTES or _unpacked(file) > MOST_BYTES:
                return f"it is larger than {MOST_BYTES >> 20} MB"
            file.seek(0)
            return file.read(MOST_BYTES) or "it is empty"
    except FileNotFoundError:
        return "it is not there any more"
    except (OSError, ValueError) as error:
        return f"it cannot be read: {getattr(error, 'strerror', None) or error}"


def _unpacked(file: BinaryIO) -> int:
    """Return how large it is once it is unpacked, if it is a zip, as torch writes it; else 0."""
    try:
        with zipfile.ZipFile(file) as inside:
            return sum(one.file_size for one in inside.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):  # the last: a zip of a newer kind
        return 0


def bytes_of(path: Path) -> bytes:
    """Return a file of ours of no more than :data:`MOST_BYTES`, b"" for one that is larger or cannot be read."""
    try:
        return path.read_bytes() if path.is_file() and path.stat().st_size <= MOST_BYTES else b""
    except OSError:
        return b""
