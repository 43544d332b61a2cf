"""The log of entries in the gradebook's file, which only grows.

Nothing is ever changed or taken out of it: what was wrong is undone by a further entry. Several markers may write at
once; the second of two edits of one student's page is told of the first.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from ..errors import GradebookError
from .database import Log, stored
from .entries import Entry, checked, said
from .rows import from_json

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    by_whom TEXT NOT NULL,
    student TEXT NOT NULL,
    page TEXT NOT NULL,
    kind TEXT NOT NULL,
    value REAL NOT NULL,
    key TEXT NOT NULL,
    text TEXT NOT NULL,
    why TEXT NOT NULL,
    extra INTEGER NOT NULL,
    undoes INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS entries_by_row ON entries (student, page)
"""
_COLUMNS = "number, at, by_whom, student, page, kind, value, key, text, why, extra, undoes"
_MOVED = "manual moved"  #: the setting that says up to where points of older gradebooks stand here


class Conflict(GradebookError):
    """Another marker changed this student's page in between; the message names who, what and when.

    Attributes:
        entries: the entries that were not seen, oldest first.
    """

    def __init__(self, message: str, entries: tuple[Entry, ...]):
        super().__init__(message)
        self.entries = entries


class Entries(Log):
    """The log of a gradebook. Points by hand that an older Gradus kept are taken over when it is opened.

    Attributes:
        unread: numbers of rows that were met and cannot be read, and whose they are.
    """

    def __init__(self, path: Path):
        super().__init__(path, _SCHEMA, "entries")
        self.unread: dict[int, str] = {}
        self._take_manual()

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the log in the gradebook's file.

        Raises:
            GradebookError: it cannot be opened.
        """
        return cls(path)

    def add(self, draft: Entry, seen: int | None = None, most: float = math.inf) -> Entry:
        """Keep an entry, and return it with its number and time.

        Args:
            seen: the :meth:`version` of the student's page that the marker looked at; None where that is no matter.
            most: the points that an entry of its kind may give; beyond that the draft must say `extra`.

        Raises:
            Conflict: another entry came in between; nothing was kept.
            GradebookError: the points are out of bounds, or the file cannot be written.
        """
        draft = checked(draft, most)

        def write(db: sqlite3.Connection) -> Entry:
            if seen is not None:
                self._insist(db, draft, seen)
            return _insert(db, draft)

        return self.write(write)

    def undo(self, number: int, by: str, why: str = "", seen: int | None = None) -> Entry:
        """Take an entry back, or bring it back where the entry is an undo itself; return the new entry.

        Raises:
            GradebookError: there is no such entry, or it is undone already.
            Conflict: as of :meth:`add`.
        """

        def write(db: sqlite3.Connection) -> Entry:
            row = db.execute("SELECT student, page FROM entries WHERE number = ?", (number,)).fetchone()
            if row is None:
                raise GradebookError(f"{self.path}: there is no entry number {number}; `gradus history` lists them")
            mine = self._of(db, "student = ? AND page = ?", row)
            undone = _undone(mine)
            if number in undone:
                who = f"{undone[number].by} did so at {undone[number].at}"
                raise GradebookError(
                    f"number {number} is taken back already: {who}; undo {undone[number].number} instead"
                )
            draft = Entry(row[0], row[1], "undo", why=why, by=by, undoes=number)
            if seen is not None:
                self._insist(db, draft, seen)
            return _insert(db, draft)

        return self.write(write)

    def version(self, student: str, page: str) -> int:
        """Return the number of the last entry of a student's page, 0 where there is none."""
        found = self.read(_VERSION, (stored(student), page))
        return int(found[0][0]) if found else 0

    def history(self, student: str, page: str) -> tuple[Entry, ...]:
        """Return every entry of a student's page, oldest first, undone ones and undos included."""
        return tuple(replace(one, student=student) for one in self._where("student = ? AND page = ?", student, page))

    def all(self, since: int = 0) -> tuple[Entry, ...]:
        """Return every entry after a number, oldest first, each under the student's name as the grades have it."""
        found = self._where("number > ?", since)
        if not any("\\" in one.student for one in found):
            return found
        names = self._odd_names()
        return tuple(replace(one, student=names.get(one.student, one.student)) for one in found)

    def by_row(self) -> dict[tuple[str, str], tuple[Entry, ...]]:
        """Return every entry, oldest first, by student and page."""
        found: dict[tuple[str, str], list[Entry]] = {}
        for entry in self.all():
            found.setdefault((entry.student, entry.page), []).append(entry)
        return {place: tuple(entries) for place, entries in found.items()}

    def take_over(self, others: Iterable[Entry]) -> int:
        """Copy the entries of another log that are not here yet, undos with what they undo; return how many."""

        def write(db: sqlite3.Connection) -> int:
            here = {_content(one): one.number for one in self._of(db, "1", ())}
            moved: dict[int, int] = {}
            count = 0
            for entry in sorted(others, key=lambda one: one.number):
                copy = replace(entry, student=stored(entry.student), undoes=moved.get(entry.undoes, 0))
                known = here.get(_content(copy))
                moved[entry.number] = known if known is not None else _insert(db, copy).number
                count += known is None
            return count

        return self.write(write)

    def _where(self, condition: str, *values: object) -> tuple[Entry, ...]:
        values = tuple(stored(one) if isinstance(one, str) else one for one in values)
        return self._entries(self.read(f"SELECT {_COLUMNS} FROM entries WHERE {condition} ORDER BY number", values))

    def _of(self, db: sqlite3.Connection, condition: str, values: tuple[object, ...]) -> tuple[Entry, ...]:
        return self._entries(db.execute(f"SELECT {_COLUMNS} FROM entries WHERE {condition} ORDER BY number", values))

    def _entries(self, rows: Iterable[Any]) -> tuple[Entry, ...]:
        found = []
        for row in rows:
            number, at, by, student, page, kind, value, key, text, why, extra, undoes = row
            texts = (at, by, student, page, kind, key, text, why)
            if isinstance(value, int | float) and math.isfinite(value) and all(isinstance(one, str) for one in texts):
                found.append(
                    Entry(student, page, kind, float(value), key, text, why, by, bool(extra), undoes, number, at)
                )
            else:  # SQLite keeps any value in any column
                self.unread[number] = f"{student} {page}: points or words of another kind"
        return tuple(found)

    def _insist(self, db: sqlite3.Connection, draft: Entry, seen: int) -> None:
        place = stored(draft.student), draft.page
        if db.execute(_VERSION, place).fetchone()[0] == seen:
            return
        unseen = self._of(db, "student = ? AND page = ? AND number > ?", (*place, seen))
        lines = "; ".join(f"{one.by or 'somebody'} at {one.at}: {said(one)}" for one in unseen[-3:])
        raise Conflict(
            f"{draft.student}, {draft.page}: changed in between ({lines or 'it was erased'}); "
            "nothing of yours was kept: look again, and repeat it where it still holds", unseen,
        )  # fmt: skip

    def _odd_names(self) -> dict[str, str]:
        """Return names that SQLite keeps escaped, as the grades have them."""
        names = {}
        for (row,) in (
            self.read("SELECT grade FROM grades WHERE instr(student, char(92))") if self._there("grades") else ()
        ):
            try:
                name = from_json(row).student
                names[stored(name)] = name
            except ValueError:
                continue
        return names

    def _take_manual(self) -> None:
        """Take over what an older Gradus kept: there the last word alone counted, so earlier ones come undone."""
        if not (self._there("manual") and self._there("settings")):
            return
        setting = "SELECT value FROM settings WHERE name = ?"
        try:
            last_row = self._db.execute("SELECT coalesce(max(id), 0) FROM manual").fetchone()[0]
            if last_row <= int((self._db.execute(setting, (_MOVED,)).fetchone() or (0,))[0]):
                return
        except sqlite3.Error as error:
            raise GradebookError(f"{self.path}: {error}; move it away, or name another --out") from None

        def write(db: sqlite3.Connection) -> None:
            row = db.execute(setting, (_MOVED,)).fetchone()
            done, last = int(row[0]) if row else 0, 0
            rows = db.execute(
                "SELECT id, student, exercise, points, comment, by_whom, at FROM manual WHERE id > ? ORDER BY at, id",
                (done,),
            ).fetchall()
            before: dict[tuple[str, str], Entry] = {}
            for number, student, page, points, *texts in rows:
                last = max(last, number)
                if isinstance(points, int | float) and all(isinstance(one, str) for one in (student, page, *texts)):
                    comment, by, at = texts
                    older = before.get((student, page))
                    if older is not None:
                        _insert(db, Entry(student, page, "undo", why="a later word took its place", by=by,
                                          undoes=older.number, at=at))  # fmt: skip
                    made = Entry(student, page, "adjust", float(points), text=comment, by=by, extra=True, at=at)
                    before[student, page] = _insert(db, made)
            db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (_MOVED, str(last or done)))

        self.write(write)


_VERSION = "SELECT coalesce(max(number), 0) FROM entries WHERE student = ? AND page = ?"


def _insert(db: sqlite3.Connection, draft: Entry) -> Entry:
    at = draft.at or datetime.now(UTC).isoformat(timespec="seconds")
    values = (
        at, stored(draft.by), stored(draft.student), draft.page, draft.kind, float(draft.value), stored(draft.key),
        stored(draft.text), stored(draft.why), int(draft.extra), draft.undoes,
    )  # fmt: skip
    number = db.execute(
        f"INSERT INTO entries ({_COLUMNS.partition(', ')[2]}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values
    ).lastrowid
    return replace(draft, number=number or 0, at=at)


def _content(entry: Entry) -> tuple[object, ...]:
    return tuple(getattr(entry, one.name) for one in fields(Entry) if one.name != "number")


def _undone(entries: Iterable[Entry]) -> dict[int, Entry]:
    """Return the entries that are undone now, by number, with the undo that counts."""
    found: dict[int, Entry] = {}
    for entry in sorted(entries, key=lambda one: one.number, reverse=True):
        if entry.kind == "undo" and entry.number not in found:
            found[entry.undoes] = entry
    return found
