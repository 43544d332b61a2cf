"""The files of a folder or a zip, one by one: found, judged by their outside, not read yet and never run.

Links, odd files, bombs and paths that lead out become a problem of that one file.
"""

from __future__ import annotations

import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from ..errors import SubmissionError
from . import downloads
from .notebook_file import without_outputs
from .source import MAX_SOURCE, is_notebook

MAX_NOTEBOOK = 512 << 20  #: bytes of one notebook with its outputs, which are not kept
MAX_FILES = 2_000_000  #: entries of a folder or zip that are looked at
MAX_RATIO = 200  #: a zip entry that unpacks to more than this many times its size is a bomb
SUFFIXES = (".py", ".ipynb")
NOTHING = downloads.NOTHING  #: stands for a folder that holds no source itself
#: what reading one file, or one entry of a zip, may raise
UNREADABLE = (OSError, ValueError, RuntimeError, zipfile.BadZipFile, EOFError, NotImplementedError, zlib.error)


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: its path inside the folder or zip, and how to read it."""

    path: PurePosixPath
    size: int
    read: Any  # Callable[[], bytes]
    problem: str = ""
    when: float = 0.0  #: of its last change, in seconds since 1970; 0 when nobody knows


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
    elif status.st_size > most(relative.name):
        problem = f"{relative.name} is {status.st_size >> 20} MB; {_most(relative.name)}"

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


def _most(name: str) -> str:
    return f"a {'notebook' if is_notebook(name) else 'source file'} is at most {most(name) >> 20} MB"


def walk(root: Path) -> Iterator[Entry]:
    """The sources below a folder, and the folders that hold none, sorted.

    Raises:
        SubmissionError: there are more files than a class can have.
    """
    count = 0
    for folder, names, files in os.walk(root, followlinks=False):
        names[:] = sorted(n for n in names if not n.startswith(".") and n not in ("__pycache__", "__MACOSX"))
        links = [n for n in names if os.path.islink(os.path.join(folder, n))]  # not followed, but not passed over
        inside = PurePosixPath(Path(folder).relative_to(root).as_posix())
        if not names and not any(name.endswith(SUFFIXES) for name in files):
            yield Entry(inside / NOTHING, 0, None)
        for name in links:
            yield disk_entry(Path(folder) / name, PurePosixPath((Path(folder) / name).relative_to(root).as_posix()))
        for name in sorted(files):
            count += 1
            if count > MAX_FILES:
                raise SubmissionError(
                    f"{root}: more than {MAX_FILES:,} files; name the folder of the submissions alone"
                )
            if name.endswith(SUFFIXES) and not name.startswith("."):
                full = Path(folder) / name
                yield disk_entry(full, PurePosixPath(full.relative_to(root).as_posix()))
            elif downloads.numbered(name):  # of somebody who handed in no source
                yield Entry(inside / name / NOTHING, 0, None)


def unzip(path: Path) -> Iterator[Entry]:
    """The sources in a zip, and the folders that hold none; nothing is unpacked before it is read.

    Raises:
        SubmissionError: it is no zip, or has more entries than a class can have.
    """
    try:
        archive = zipfile.ZipFile(path)
        infos = archive.infolist()
    except UNREADABLE as error:
        raise SubmissionError(f"{path}: not a readable zip ({error}); download it again") from None
    if len(infos) > MAX_FILES:
        raise SubmissionError(f"{path}: more than {MAX_FILES:,} entries in the zip")
    for info in infos:
        place = PurePosixPath(info.filename.replace("\\", "/"))
        if any((part.startswith(".") and part != "..") or part == "__MACOSX" for part in place.parts):
            continue
        if info.is_dir() or not place.name.endswith(SUFFIXES):
            shown = place if info.is_dir() or downloads.numbered(place.name) else place.parent
            yield Entry(_inside(shown) / NOTHING, 0, None)
            continue
        problem = _zip_problem(info, place)
        yield Entry(_inside(place), info.file_size, _zip_reader(archive, info), problem, _zip_time(info))


def _inside(place: PurePosixPath) -> PurePosixPath:
    """The path without any way out of the folder."""
    parts = [part for part in place.parts if part not in ("/", "..", ".") and not re.fullmatch(r"[A-Za-z]:", part)]
    return PurePosixPath(*parts)


def _zip_time(info: zipfile.ZipInfo) -> float:
    """When an entry was changed last: local time of whoever packed it, which is taken to be ours."""
    try:
        return datetime(*info.date_time).timestamp() if info.date_time[0] > 1980 else 0.0
    except (ValueError, OverflowError, OSError):
        return 0.0


def _zip_problem(info: zipfile.ZipInfo, place: PurePosixPath) -> str:
    if stat.S_ISLNK(info.external_attr >> 16):
        return f"{place.name} is a link inside the zip; hand in the file itself"
    if ".." in place.parts or place.is_absolute():
        return f"{place.name} has a path that leads out of the zip; pack the folder again"
    if info.flag_bits & 1:
        return f"{place.name} is encrypted in the zip; pack it without a password"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # others unpack in one go, bombs too
        return f"{place.name} is packed in an unusual way; pack the folder again as an ordinary zip"
    if info.file_size > most(place.name) or info.file_size > MAX_RATIO * max(info.compress_size, 1024):
        return f"{place.name} unpacks to {info.file_size >> 20} MB; {_most(place.name)}"
    return ""


def _zip_reader(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Any:
    def read() -> bytes:
        with archive.open(info) as file:
            return contents(info.filename, file)

    return read
