"""The files below a folder, one by one. Zips inside are looked into, environments, caches and checkpoints are not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath

from ..errors import SubmissionError
from . import naming
from .files import DOTTED, MAX_FILES, MAX_OTHERS, NOBODYS, NOTHING, TOOLS, Entry, disk_entry, skipped
from .zips import inside_of

_ENVIRONMENT_MARKS = ("pyvenv.cfg", "conda-meta")


def walk(root: Path) -> Iterator[Entry]:
    """Yield what lies below a folder and in the zips there, and the folders that hold nothing, sorted.

    Raises:
        SubmissionError: there are more files than a class can have.
    """
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
        count += len(files)
        if count > MAX_FILES:
            raise SubmissionError(f"{root}: more than {MAX_FILES:,} files; name the folder of the submissions alone")
        others = [name for name in sorted(files) if _is_other(Path(folder) / name)][:MAX_OTHERS]
        yield from _files(Path(folder), inside, files, {*others})
        if not names and not others and not any(map(naming.is_source, files)):
            yield Entry(inside / NOTHING, 0, None)


def _files(folder: Path, inside: PurePosixPath, names: list[str], others: set[str]) -> Iterator[Entry]:
    """Yield the files of one folder, and what is in its zips.

    Args:
        others: those that are no sources and are told of.
    """
    for name in sorted(names):
        if name.startswith("._") or name.lower() in NOBODYS:
            continue
        full, place = folder / name, inside / name
        if name.startswith("."):
            if naming.is_source(name):
                yield Entry(place, 0, None, DOTTED)
        elif _is_zip(full):
            yield from inside_of(partial(open, full, "rb"), place, 1)
        elif naming.is_source(name) or name in others:
            yield disk_entry(full, place)


def _is_zip(path: Path) -> bool:
    return path.name.lower().endswith(".zip") and not path.is_symlink() and path.is_file()


def _is_other(path: Path) -> bool:
    """Return whether a file is none of those that are read, or that some program put there."""
    passed_over = path.name.startswith(".") or path.name.lower() in NOBODYS
    return not passed_over and not naming.is_source(path.name) and not _is_zip(path)


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
