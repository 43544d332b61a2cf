"""What is in a zip and in the zips inside, two deep: judged by its directory, unpacked only to be read.

Every zip has the same caps: entries, their size, how much they unpack to; links, passwords and paths that lead out are
the problem of the one file.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from ..errors import SubmissionError
from . import naming
from .files import (
    DOTTED,
    MAX_FILES,
    MAX_OTHERS,
    NOBODYS,
    NOTHING,
    TOOLS,
    UNREADABLE,
    Entry,
    at_most,
    contents,
    most,
    skipped,
)

MAX_RATIO = 200  #: a zip entry that unpacks to more than this many times its size is a bomb
MAX_INNER = 64 << 20  #: bytes of a zip that is unpacked to be looked into
MAX_INNER_FILES = 20_000  #: entries of a zip inside that are looked at
MAX_DEPTH = 2  #: of zips in zips


def unzip(path: Path) -> Iterator[Entry]:
    """Yield what is in a zip and in the zips inside, and the folders that hold nothing; unpacked only to be read.

    Raises:
        SubmissionError: it is no zip, or has more entries than a class can have.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            count = len(archive.infolist())
    except UNREADABLE as error:
        raise SubmissionError(f"{path}: not a readable zip ({error}); download it again") from None
    if count > MAX_FILES:
        raise SubmissionError(f"{path}: more than {MAX_FILES:,} entries in the zip")
    yield from _entries_of(partial(open, path, "rb"), PurePosixPath(), 0)


Opener = Callable[[], Any]  #: gives a file to read a zip from
_open_zip: list[tuple[Opener, zipfile.ZipFile, Any]] = []  #: the one that was read from last, and its file


def _archive(opener: Opener) -> zipfile.ZipFile:
    """Open a zip; only the last one stays open: a class may be a thousand of them."""
    if not _open_zip or _open_zip[0][0] is not opener:
        file = opener()
        try:
            made = zipfile.ZipFile(file)
        except BaseException:
            file.close()
            raise
        while _open_zip:
            for part in _open_zip.pop()[1:]:
                part.close()
        _open_zip.append((opener, made, file))
    return _open_zip[0][1]


def inside_of(opener: Opener, place: PurePosixPath, depth: int) -> Iterator[Entry]:
    """Yield what is in a zip that lies among others' files; whatever is wrong with it is its own problem."""
    if depth > MAX_DEPTH:
        yield Entry(place, 0, None, f"{place.name} is a zip inside zips; pack the files themselves, once")
        return
    try:
        count = len(_archive(opener).infolist())
    except UNREADABLE as error:
        yield Entry(place, 0, None, f"{place.name} is not a readable zip ({error}); pack it again")
        return
    if count > MAX_INNER_FILES:
        yield Entry(place, 0, None, f"{place.name} has more than {MAX_INNER_FILES:,} entries; pack your sources alone")
        return
    empty = True
    for entry in _entries_of(opener, place, depth):
        empty = empty and entry.path.name == NOTHING
        yield entry
    if empty:
        yield Entry(place, 0, None, f"{place.name} holds nothing that can be graded; pack your sources again")


def _entries_of(opener: Opener, top: PurePosixPath, depth: int) -> Iterator[Entry]:
    infos = _archive(opener).infolist()
    places = [PurePosixPath(info.filename.replace("\\", "/")) for info in infos]
    environments = {place.parent for place in places if place.name == "pyvenv.cfg"}
    environments |= {PurePosixPath(*p.parts[: p.parts.index("conda-meta")]) for p in places if "conda-meta" in p.parts}
    others: Counter[PurePosixPath] = Counter()
    told: set[PurePosixPath] = set()
    for info, place in zip(infos, places, strict=True):
        folders = range(len(place.parts) - (not info.is_dir()))
        if any(skipped((*top.parts, *place.parts[: n + 1])) for n in folders):
            continue
        if environments and not environments.isdisjoint(place.parents) and environments != {PurePosixPath(".")}:
            continue
        hidden = _hidden(place)
        if hidden is not None:
            ours = hidden.name.startswith("._") or hidden.name in TOOLS or not naming.is_source(place.name)
            if not ours and hidden not in told:
                told.add(hidden)
                yield Entry(top / hidden, 0, None, DOTTED)
            continue
        inner = top / _inside(place)
        if info.is_dir():
            yield Entry(inner / NOTHING, 0, None)
        elif place.name.lower() in NOBODYS:
            continue
        elif place.name.lower().endswith(".zip"):
            problem = _zip_problem(info, place, MAX_INNER)
            if problem:
                yield Entry(inner, info.file_size, None, problem)
            else:
                yield from inside_of(partial(_unpacked, opener, info), inner, depth + 1)
        else:
            if not naming.is_source(place.name):
                others[inner.parent] += 1
                if others[inner.parent] > MAX_OTHERS:
                    continue
            yield _entry(opener, info, place, inner)


def _entry(opener: Opener, info: zipfile.ZipInfo, place: PurePosixPath, inner: PurePosixPath) -> Entry:
    """Return a file of a zip, to be read when somebody asks for it."""
    problem = _zip_problem(info, place, most(place.name))
    if problem and not naming.is_source(place.name) and info.file_size > most(place.name):
        problem = ""  # a data set: it is only told of
    return Entry(inner, info.file_size, partial(_read_zip, opener, info), problem, _zip_time(info))


def _hidden(place: PurePosixPath) -> PurePosixPath | None:
    """Return the part of a path that ends in a name with a dot before it, None where no name has one."""
    parts = place.parts
    dotted = next((n for n, part in enumerate(parts) if part.startswith(".") and part not in ("..", ".")), None)
    return None if dotted is None else _inside(PurePosixPath(*parts[: dotted + 1]))


def _inside(place: PurePosixPath) -> PurePosixPath:
    """Return the path without any way out of the folder."""
    parts = [part for part in place.parts if part not in ("/", "..", ".") and not re.fullmatch(r"[A-Za-z]:", part)]
    return PurePosixPath(*parts)


def _zip_time(info: zipfile.ZipInfo) -> float:
    """Return when an entry was changed last: local time of whoever packed it, which is taken to be ours."""
    try:
        return datetime(*info.date_time).timestamp() if info.date_time[0] > 1980 else 0.0
    except (ValueError, OverflowError, OSError):
        return 0.0


def _zip_problem(info: zipfile.ZipInfo, place: PurePosixPath, largest: int) -> str:
    if stat.S_ISLNK(info.external_attr >> 16):
        return f"{place.name} is a link inside the zip; hand in the file itself"
    if ".." in place.parts or place.is_absolute():
        return f"{place.name} has a path that leads out of the zip; pack the folder again"
    if info.flag_bits & 1:
        return f"{place.name} is encrypted in the zip; pack it without a password"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # others unpack in one go, bombs too
        return f"{place.name} is packed in an unusual way; pack the folder again as an ordinary zip"
    if info.file_size > largest or info.file_size > MAX_RATIO * max(info.compress_size, 1024):
        limit = f"a zip inside is at most {MAX_INNER >> 20} MB" if largest == MAX_INNER else at_most(place.name)
        return f"{place.name} unpacks to {info.file_size >> 20} MB; {limit}"
    return ""


def _read_zip(opener: Opener, info: zipfile.ZipInfo) -> bytes:
    with _archive(opener).open(info) as file:
        return contents(info.filename, file)


def _unpacked(opener: Opener, info: zipfile.ZipInfo) -> io.BytesIO:
    """Unpack a zip inside a zip, in memory."""
    with _archive(opener).open(info) as file:
        content = file.read(MAX_INNER + 1)
    if len(content) > MAX_INNER:
        raise zipfile.BadZipFile("larger than it says")
    return io.BytesIO(content)
