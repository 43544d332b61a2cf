"""Rubric items and comments that markers use again, of each page, in the gradebook's file. Each change is kept."""

from __future__ import annotations

import itertools
import math
import re
import sqlite3
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from ..course.fields import toml_fault
from ..errors import GradebookError
from ..model import round_points
from .database import Log, stored
from .entries import Entry, effective
from .entry_log import Entries

_SCHEMA = """
CREATE TABLE IF NOT EXISTS rubric (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    by_whom TEXT NOT NULL,
    page TEXT NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    text TEXT NOT NULL,
    points REAL NOT NULL,
    gone INTEGER NOT NULL
)
"""
NOT_KEPT = "; yours was not kept: look, and repeat it where it holds"  #: at the end of what :class:`Changed` says
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@dataclass(frozen=True)
class Item:
    """One line of a page's rubric, or a comment of the bank.

    Args:
        page: the address; "" of a comment for every page.
        key: what it is called, unique on its page.
        text: what the student reads.
        points: what it adds, mostly below zero; 0 of a comment.
        kind: "item" or "comment".
        by, at: who wrote this version, and when.
        number: of this version, 0 of a draft.
        gone: this version took it out of the rubric.
    """

    page: str
    key: str
    text: str
    points: float = 0.0
    kind: str = "item"
    by: str = ""
    at: str = ""
    number: int = 0
    gone: bool = False


class Changed(GradebookError):
    """Another marker wrote an item in between; the message says who, when and what."""


class Rubric(Log):
    """The rubric and the bank of comments of a gradebook."""

    def __init__(self, path: Path):
        super().__init__(path, _SCHEMA, "rubric")

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the rubric in the gradebook's file.

        Raises:
            GradebookError: it cannot be opened.
        """
        return cls(path)

    def items(self, page: str, kind: str = "item") -> tuple[Item, ...]:
        """Return what a page offers now, in the order in which it was first written; comments for every page last."""
        rows = self.read(f"{_ASKED} WHERE page IN (?, '') AND kind = ? ORDER BY page = '', number", (page, kind))
        last: dict[tuple[str, str], Item] = {}
        for item in map(_version, rows):
            last[item.page, item.key] = item
        return tuple(item for item in last.values() if not item.gone)

    def history(self) -> tuple[Item, ...]:
        """Return every version of everything that was ever offered, oldest first."""
        return tuple(map(_version, self.read(f"{_ASKED} ORDER BY number")))

    def comments(self, page: str) -> tuple[Item, ...]:
        """Return the comments that a page offers."""
        return self.items(page, "comment")

    def key_for(self, page: str, text: str, kind: str = "item") -> str:
        """Return a key for a text: its first words, with a number where another text has them, or ever had."""
        made = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in text.lower())
        words = "-".join(part for part in made.split("-") if part)[:34].strip("-") or kind
        rows = self.read("SELECT key, text FROM rubric WHERE page = ? AND kind = ?", (page, kind))
        others = {key for key, was in rows if was != stored(text)}
        return next(key for n in itertools.count(1) if (key := words if n == 1 else f"{words}-{n}") not in others)

    def put(self, item: Item, by: str, seen: int | None = None) -> Item:
        """Write an item, anew or in place of the one of this key.

        Args:
            seen: the version of the item that the marker looked at; None where that is no matter.

        Raises:
            Changed: another version came in between; nothing was kept.
            GradebookError: its key or its points cannot be.
        """
        return self._write(checked(item), by, seen, gone=False)

    def remove(self, item: Item, by: str, seen: int | None = None) -> None:
        """Offer an item no longer; where it is applied it stays.

        Raises:
            Changed: as of :meth:`put`.
        """
        self._write(item, by, seen, gone=True)

    def _write(self, item: Item, by: str, seen: int | None, gone: bool) -> Item:
        made = replace(item, by=by, at=datetime.now(UTC).isoformat(timespec="seconds"), gone=gone)
        row = (made.at, by, item.page, item.kind, item.key, item.text, item.points, int(gone))
        values = tuple(stored(one) if isinstance(one, str) else one for one in row)
        sql = "INSERT INTO rubric (at, by_whom, page, kind, key, text, points, gone) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"

        def insert(db: sqlite3.Connection) -> Item:
            if seen is not None:
                place = item.page, item.kind, item.key
                last = db.execute(
                    f"{_ASKED} WHERE page = ? AND kind = ? AND key = ? ORDER BY number DESC LIMIT 1", place
                ).fetchone()
                if last is not None and last[-2] != seen:
                    raise Changed(f"{written(_version(last))}{NOT_KEPT}")
            return replace(made, number=db.execute(sql, values).lastrowid or 0)

        return self.write(insert)


_ASKED = "SELECT page, key, text, points, kind, by_whom, at, number, gone FROM rubric"


def _version(row: tuple[Any, ...]) -> Item:
    page, key, text, points, kind, by, at, number, gone = row
    return Item(page, key, text, points, kind, by, at, number, bool(gone))


def written(item: Item) -> str:
    """Say who made a version of an item, when, and what it says."""
    return f"{item.by or 'somebody'} at {item.at}: {described(item)}"


def described(item: Item) -> str:
    """Say in a few words what a version of an item does."""
    what = "takes out of the rubric" if item.gone else "writes"
    kind = f"the item {item.key} ({item.points:+g})" if item.kind == "item" else f"the comment {item.key}"
    return f"{what} {kind}: {item.text}"


def checked(item: Item) -> Item:
    """Return an item that can be kept.

    Raises:
        GradebookError: its kind, key, text or points cannot be.
    """
    if item.kind not in ("item", "comment"):
        raise GradebookError(f"{item.page} {item.key}: kind {item.kind!r} is neither item nor comment")
    if not _KEY.fullmatch(item.key):
        what = "a key has up to 40 small letters, digits, - and _, like axis or off-by-one"
        raise GradebookError(f"{item.page}: {item.key[:60]!r} is no key; {what}")
    if not item.text.strip():
        raise GradebookError(f"{item.page} {item.key}: say in words what it is for")
    if not math.isfinite(item.points):
        raise GradebookError(f"{item.page} {item.key}: {item.points} points cannot be; say a number")
    if item.points and not round_points(item.points):
        few = f"{item.points:g} points are too few to count; points have four decimals"
        raise GradebookError(f"{item.page} {item.key}: {few}")
    return item


def apply(item: Item, student: str, by: str, *, extra: bool = False) -> Entry:
    """Return the draft that applies an item to a student's page; one of the same key takes the place of an earlier."""
    kind = "item" if item.kind == "item" else "comment"
    return Entry(student, item.page, kind, item.points, item.key, item.text, by=by, extra=extra)


def reprice(entries: Entries, item: Item, by: str, most: float = math.inf) -> int:
    """Apply an item as it is now wherever it is applied already; return to how many students."""
    count = 0
    for (student, page), some in entries.by_row().items():
        mine = [one for one in effective(some) if one.kind in ("item", "unitem") and one.key == item.key]
        applied = page == item.page and bool(mine) and mine[-1].kind == "item"
        if applied and (mine[-1].value, mine[-1].text) != (item.points, item.text):
            draft = apply(item, student, by, extra=mine[-1].extra)
            entries.add(replace(draft, why="the rubric changed"), most=most)
            count += 1
    return count


def from_toml(text: str, name: str = "rubric.toml") -> list[Item]:
    """Read items of a TOML text: a table for each page, in it one for each key with `text` and `points`.

    Raises:
        GradebookError: naming the file and the page.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line, why = toml_fault(error)
        raise GradebookError(f"{name}, {f'line {line}' if line else 'at its end'}: {why}") from None
    found = []
    for page, lines in table.items():
        if not isinstance(lines, dict) or not all(isinstance(one, dict) for one in lines.values()):
            raise GradebookError(
                f"{name}, {page}: must be a table for each key, like [{page!r}.axis] with text and points"
            )
        found += [_item(name, page, key, fields) for key, fields in lines.items()]
    return found


def _item(name: str, page: str, key: str, fields: dict[str, Any]) -> Item:
    text, points = fields.get("text", ""), fields.get("points", 0.0)
    if not isinstance(text, str) or isinstance(points, bool) or not isinstance(points, int | float):
        raise GradebookError(f"{name}, {page}, {key}: text must be words in quotes, points a number")
    try:
        return checked(Item(page, key, text, float(points), "item" if "points" in fields else "comment"))
    except GradebookError as error:
        raise GradebookError(f"{name}: {error}") from None


def as_toml(items: Iterable[Item]) -> str:
    """Write items as :func:`from_toml` reads them."""
    lines = []
    for item in items:
        lines += [f"[{_quoted(item.page)}.{_quoted(item.key)}]", f"text = {_quoted(item.text)}"]
        lines += [f"points = {item.points:.15g}", ""] if item.kind == "item" else [""]
    return "\n".join(lines)


def _quoted(text: str) -> str:
    escaped = "".join(
        c if c.isprintable() and c not in '"\\' else f"\\u{ord(c):04x}" if ord(c) < 65536 else f"\\U{ord(c):08x}"
        for c in stored(text)
    )
    return f'"{escaped}"'
