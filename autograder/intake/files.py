"""The files of a folder or a zip, one by one: found, judged by their outside, not read yet and never run.

Links, odd files, bombs and paths that lead out become a problem of that one file. Zips inside are looked into, two
deep, with the caps of the outer one. Environments, caches and checkpoints are not.
"""

from __future__ import annotations

import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from ..errors import SubmissionError
from . import naming
from .notebook_file import without_outputs
from .source import MAX_SOURCE, is_notebook

MAX_NOTEBOOK = 512 << 20  #: bytes of one notebook with its outputs, which are not kept
MAX_FILES = 2_000_000  #: entries of a folder or zip that are looked at
MAX_OTHERS = 20  #: files of a folder that are no source but told of
SUFFIXES = naming.SOURCES
NOTHING = ".nothing"  #: stands for a folder that holds nothing
#: what reading one file, or one entry of a zip, may raise
UNREADABLE = (OSError, ValueError, RuntimeError, zipfile.BadZipFile, EOFError, NotImplementedError, zlib.error)

#: folders of programs' making, which hold copies and libraries, never what is handed in
_NEVER = frozenset(
    ("__pycache__", "__MACOSX", "node_modules", "site-packages", "dist-packages", "__pypackages__", "conda-meta")
)
_ENVIRONMENT = frozenset(("venv", "virtualenv", "miniconda", "miniconda3", "anaconda", "anaconda3", "miniforge3"))
_ENVIRONMENT_MARKS = ("pyvenv.cfg", "conda-meta")
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


def walk(root: Path) -> Iterator[Entry]:
    """What lies below a folder and in the zips there, and the folders that hold nothing, sorted.

    Raises:
        SubmissionError: there are more files than a class can have.
    """
    from .zips import inside_of  # which is made of entries

    count = 0
    for folder, names, files in os.walk(root, followlinks=False):
        inside = PurePosixPath(Path(folder).relative_to(root).as_posix())
        if inside.parts and any(mark in files or mark in names for mark in _ENVIRONMENT_MARKS):
            names.clear()
            continue
        yield from _hidden(folder, inside, names)
        names[:] = sorted(n for n in names if not n.startswith(".") and not skipped((*inside.parts, n)))
        links = [n for n in names if os.path.islink(os.path.join(folder, n))]  # not followed, but not passed over
        for name in links:
            yield disk_entry(Path(folder) / name, inside / name)
        others = 0
        for name in sorted(files):
            count += 1
            if count > MAX_FILES:
                raise SubmissionError(
                    f"{root}: more than {MAX_FILES:,} files; name the folder of the submissions alone"
                )
            if name.startswith("._") or name.lower() in NOBODYS:
                continue
            full, place = Path(folder) / name, inside / name
            if name.startswith("."):
                if naming.is_source(name):
                    yield Entry(place, 0, None, DOTTED)
            elif name.lower().endswith(".zip") and not full.is_symlink() and full.is_file():
                yield from inside_of(partial(open, full, "rb"), place, 1)
            elif naming.is_source(name):
                yield disk_entry(full, place)
            elif others < MAX_OTHERS:
                others += 1
                yield disk_entry(full, place)
        if not names and not others and not any(map(naming.is_source, files)):
            yield Entry(inside / NOTHING, 0, None)


DOTTED = "its name begins with a dot, so it was not looked into; rename it if it was handed in"


def _hidden(folder: str, inside: PurePosixPath, names: list[str]) -> Iterator[Entry]:
    """Folders whose name begins with a dot, when a source lies in them that no program put there."""
    for name in sorted(names):
        if not name.startswith(".") or name in TOOLS:
            continue
        place = os.path.join(folder, name)
        try:
            found = not os.path.islink(place) and any(
                naming.is_source(f) for _, (_, _, fs) in zip(range(50), os.walk(place), strict=False) for f in fs
            )
        except OSError:
            found = False
        if found and not os.path.exists(os.path.join(place, "pyvenv.cfg")):
            yield Entry(inside / name, 0, None, DOTTED)


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
    """Is the last of these folders one that a program made? A student may be called like an environment."""
    return parts[-1] in _NEVER or (len(parts) > 1 and parts[-1].casefold() in _ENVIRONMENT)
