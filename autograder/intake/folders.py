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
    """What lies below a folder and in the zips there, and the folders that hold nothing, sorted.

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
