"""One file of a folder or a zip: judged by its outside, not read yet and never run.

Links, odd files and paths that lead out become a problem of that one file.
"""

from __future__ import annotations

import os
import re
import stat
import zipfile
import zlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from . import naming
from .notebook_file import without_outputs
from .source import MAX_SOURCE, is_notebook

MAX_NOTEBOOK = 512 << 20  #: bytes of one notebook with its outputs, which are not kept
MAX_FILES = 2_000_000  #: entries of a folder or zip that are looked at
MAX_OTHERS = 20  #: files of a folder that are no source but told of
NOTHING = ".nothing"  #: stands for a folder that holds nothing
#: what reading one file, or one entry of a zip, may raise
UNREADABLE = (OSError, ValueError, RuntimeError, zipfile.BadZipFile, EOFError, NotImplementedError, zlib.error)

#: folders of programs' making, which hold copies and libraries, never what is handed in
_NEVER = frozenset(
    ("__pycache__", "__MACOSX", "node_modules", "site-packages", "dist-packages", "__pypackages__", "conda-meta")
)
_ENVIRONMENT = frozenset(("venv", "virtualenv", "miniconda", "miniconda3", "anaconda", "anaconda3", "miniforge3"))
#: files that platforms and systems lay beside what was handed in
NOBODYS = frozenset(
    ("thumbs.db", "desktop.ini", "timestamp.txt", "submission_metadata.yml", "submission_metadata.json")
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: its path inside the folder or zip, and how to read it."""

    path: PurePosixPath
    size: int
    read: Any  # Callable[[], bytes]
    problem: str = ""
    when: float = 0.0  #: of its last change, in seconds since 1970; 0 when nobody knows
    attempt: float = 0.0  #: the platform's number or time of the attempt that it belongs to; 0 without
    origin: str = ""  #: where it was found, when `path` is where it belongs

    @property
    def shown(self) -> str:
        """The place of this file as a teacher finds it."""
        return self.origin or str(self.path)


def disk_entry(path: Path, relative: PurePosixPath, *, follow: bool = False) -> Entry:
    """One file on the disk; a link counts as a problem unless it is followed."""
    try:
        status = path.stat() if follow else path.lstat()
    except OSError as error:
        return Entry(relative, 0, None, f"{relative.name} cannot be read: {error.strerror}")
    problem = ""
    if stat.S_ISLNK(status.st_mode):
        problem = f"{relative.name} is a link, not a file; hand in the file itself"
    elif not stat.S_ISREG(status.st_mode):
        problem = f"{relative.name} is not a regular file; hand in a .py file or a notebook"
    elif status.st_size > most(relative.name) and naming.is_source(path.name):
        problem = f"{relative.name} is {status.st_size >> 20} MB; {at_most(relative.name)}"

    read = partial(_read_disk, os.fspath(path), follow)  # a Path that was used is five times its text
    return Entry(relative, status.st_size, read, problem, status.st_mtime)


def _read_disk(path: str, follow: bool) -> bytes:
    flags = os.O_RDONLY | (0 if follow else getattr(os, "O_NOFOLLOW", 0)) | getattr(os, "O_NONBLOCK", 0)
    with open(os.open(path, flags), "rb") as file:
        return contents(path, file)


def contents(name: str, file: Any) -> bytes:
    """Return what is read of an open file: of a notebook no outputs; one byte more than may be, if it is larger."""
    return without_outputs(file, MAX_SOURCE) if is_notebook(name) else file.read(MAX_SOURCE + 1)


def most(name: str) -> int:
    """Return how many bytes a file of this name may have."""
    return MAX_NOTEBOOK if is_notebook(name) else MAX_SOURCE


def at_most(name: str) -> str:
    """Say how many bytes a file of this name may have."""
    return f"a {'notebook' if is_notebook(name) else 'source file'} is at most {most(name) >> 20} MB"


DOTTED = "its name begins with a dot, so it was not looked into; rename it if it was handed in"


#: folders whose names begin with a dot by their programs' custom
TOOLS = frozenset(
    re.findall(
        r"\S+",
        """
        .git .github .svn .hg .ipynb_checkpoints .virtual_documents .jupyter .ipython .venv .env .conda .eggs .tox .nox
        .idea .vscode .vs .gradus .cache .mypy_cache .ruff_cache .pytest_cache .local .config .Trash
        """,
    )
)


def skipped(parts: tuple[str, ...]) -> bool:
    """Tell whether a program made the last of these folders. A student may be called like an environment."""
    return parts[-1] in _NEVER or (len(parts) > 1 and parts[-1].casefold() in _ENVIRONMENT)
