"""What students wrote, as it was graded: read from the pages that `gradus grade` wrote for them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path

from markupsafe import Markup

from ..gradebook.kept_code import KeptCode
from ..model import Failure, Grade
from ..report.page import page_name
from ..web.code import coloured_lines

_NUMBER = re.compile(r"\s*\d+ ?")
FOLDER = "students"


@dataclass(frozen=True)
class Source:
    """A file that was graded: its name, its cells, and the digest of the submission that it belongs to."""

    filename: str
    cells: tuple[str, ...]
    digest: str = ""


@dataclass(frozen=True)
class Line:
    """One line of code: its number, the code in colours, and the names of the checks that fail at it."""

    number: int
    code: Markup
    checks: tuple[str, ...] = ()


class _Reader(HTMLParser):
    """Takes the code out of a student's page: ``details`` with an address, in them a ``pre`` for each cell."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[str, Source] = {}
        self._address, self._digest = "", ""
        self._name: list[str] = []
        self._cells: list[list[str]] = []
        self._into: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin what the element holds."""
        if tag == "details":
            given = dict(attrs)
            self._address, self._digest = given.get("data-page") or "", given.get("data-digest") or ""
            self._name, self._cells = [], []
        elif tag == "summary" and self._address:
            self._into = self._name
        elif tag == "pre" and self._address:
            self._cells.append([])
            self._into = self._cells[-1]

    def handle_endtag(self, tag: str) -> None:
        """End it."""
        if tag in ("summary", "pre"):
            self._into = None
        elif tag == "details" and self._address:
            cells = tuple(_text("".join(parts)) for parts in self._cells)
            self.found[self._address] = Source("".join(self._name), cells, self._digest)
            self._address = ""

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        if self._into is not None:
            self._into.append(data)


def _text(shown: str) -> str:
    """Return a cell without the line numbers that stand before each line."""
    lines = shown.removeprefix("\n").split("\n")
    return "\n".join(_NUMBER.sub("", line, count=1) for line in lines)


@lru_cache(maxsize=64)
def _page(path: Path, when: int, size: int) -> dict[str, Source]:
    reader = _Reader()
    reader.feed(path.read_text(encoding="utf-8", errors="replace"))
    reader.close()
    return reader.found


def source_of(folder: Path, grade: Grade) -> Source | None:
    """Return what was graded, None where the results do not hold it (any more)."""
    path = folder / FOLDER / page_name(grade.student)
    try:
        there = path.stat()
        found = _page(path, there.st_mtime_ns, there.st_size).get(grade.exercise)
    except OSError:
        return None
    return found if found is not None and found.digest == grade.digest else None


def kept_source(kept: KeptCode, grade: Grade) -> Source | None:
    """Return what was graded as the gradebook keeps it, of an earlier attempt too; None where it does not."""
    found = kept.of(grade.student, grade.exercise, grade.digest)
    return Source(found.filename, found.cells, found.digest) if found is not None else None


def lines_of(source: Source, grade: Grade, shown: Callable[[str], str] = str) -> list[list[Line]]:
    """Return each cell in colours, the failing checks pinned to their lines.

    A check that raised belongs to the innermost line of the student's; another one to the definition that it is about.

    Args:
        shown: what becomes of the code before it is shown, line by line.
    """
    pins = _pins(source, grade)
    cells = []
    for number, cell in enumerate(source.cells):
        lines = enumerate(coloured_lines(shown(cell)), 1)
        cells.append([Line(at, code, tuple(pins.get((number, at), ()))) for at, code in lines])
    return cells


def _pins(source: Source, grade: Grade) -> dict[tuple[int, int], list[str]]:
    """Return the names of checks by cell (from 0) and line (from 1)."""
    found: dict[tuple[int, int], list[str]] = {}
    for check in grade.checks:
        if check.status == "passed" or check.failure is None:
            continue
        place = _raised(source, check.failure) or _defined(source, check.failure)
        if place is not None:
            found.setdefault(place, []).append(check.name)
    return found


def _raised(source: Source, failure: Failure) -> tuple[int, int] | None:
    names = {
        source.filename if len(source.cells) == 1 else f"{source.filename}[{number}]": number - 1
        for number in range(1, len(source.cells) + 1)
    }
    places = [(names[frame.file], frame.line) for frame in failure.all_frames if frame.file in names]
    return places[-1] if places else None


def _defined(source: Source, failure: Failure) -> tuple[int, int] | None:
    name = (failure.function or failure.call.partition("(")[0]).rpartition(".")[2].strip()
    if not name.isidentifier():
        return None
    head = re.compile(rf"\s*(?:async\s+def|def|class)\s+{re.escape(name)}\b|{re.escape(name)}\s*=[^=]")
    places = [
        (number, line)
        for number, cell in enumerate(source.cells)
        for line, text in enumerate(cell.split("\n"), 1)
        if head.match(text)
    ]
    return places[-1] if places else None  # the last definition is the one that holds
