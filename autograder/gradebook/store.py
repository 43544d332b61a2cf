"""What is kept: every grade, in SQLite, keyed by hashes of all that decides it.

The same submission under the same conditions is not run again, and a run that was stopped goes on where it was. An end
that may have been the machine's doing is kept as history and tried again.
"""

from __future__ import annotations

import contextlib
import sqlite3
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TypeVar
from weakref import WeakValueDictionary

from ..errors import GradebookError
from ..model import ENDS, Grade
from .database import stored
from .rows import from_json, to_json
from .shared import Shared

_SCHEMA = """
CREATE TABLE IF NOT EXISTS grades (
    id INTEGER PRIMARY KEY,
    student TEXT NOT NULL,
    exercise TEXT NOT NULL,
    key TEXT NOT NULL,
    status TEXT NOT NULL,
    points REAL NOT NULL,
    max_points REAL NOT NULL,
    isolation TEXT NOT NULL,
    seed INTEGER NOT NULL,
    graded TEXT NOT NULL,
    grade TEXT NOT NULL,
    digest TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS by_key ON grades (student, exercise, key);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS pending (
    student TEXT NOT NULL,
    exercise TEXT NOT NULL,
    grade TEXT NOT NULL,
    PRIMARY KEY (student, exercise)
);
"""
_OURS = ("grades", "settings", "pending")
#: tables of the same file that other modules make, and those of an older Gradus
_BESIDE = ("manual", "entries", "rubric", "elsewhere", "missions", "code", "sqlite_sequence")
_OF_STUDENTS = ("manual", "entries", "elsewhere", "missions", "code")  #: of these, what is about a student
VERSION = 2  #: of the tables; the first had no digests and nothing pending
PATIENCE = 30.0  #: seconds that another program may keep the file to itself
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE}
_Any = TypeVar("_Any")


def certain(grade: Grade) -> bool:
    """Tell whether the same submission would end like this again."""
    ends = {check.status for check in grade.checks if not check.own}
    whole = {grade.status} - ({"crashed"} if grade.checks else set())  # of that the checks say more
    return all(ENDS[status].certain for status in ends | whole)


def _code(error: Exception) -> int:
    return getattr(error, "sqlite_errorcode", None) or 0


def _say(line: str) -> None:
    with contextlib.suppress(OSError, AttributeError):  # nobody listens
        print(line, file=sys.stderr, flush=True)


class Gradebook:
    """The grades of a course.

    Args:
        path: the file; it is made when it is not there.
        say: told in a line what the caller waits for.

    Raises:
        GradebookError: it is not a gradebook, or cannot be written.

    Attributes:
        unread: rows that were met and could not be read, by table and number: whose, and why.
    """

    def __init__(self, path: Path, say: Callable[[str], None] = _say):
        self.path, self._say = path, say
        self.unread: dict[tuple[str, int], str] = {}
        self._shared, self._read_before = Shared(), WeakValueDictionary[tuple[int, str, str, int], Grade]()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=1)
            self._db.text_factory = lambda raw: raw.decode("utf-8", "backslashreplace")
            self._patiently(self._open)
        except (sqlite3.Error, OSError) as error:
            if _code(error) & 0xFF in _BUSY:
                raise GradebookError(f"{path}: {self._why(error)}") from None
            raise GradebookError(f"{path}: not a gradebook that can be opened ({error}); name another --out") from None

    def _open(self) -> None:
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if not 0 <= version <= VERSION:
            raise GradebookError(f"{self.path}: written by another version of Gradus; move it away or update")
        others = f"SELECT 1 FROM sqlite_master WHERE type = 'table' AND name NOT IN {(*_OURS, *_BESIDE)}"
        if version == 0 and self._db.execute(others).fetchone():
            raise GradebookError(f"{self.path}: a database of another program, not a gradebook; name another --out")
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        there = {row[0] for row in self._db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if version == VERSION and there.issuperset(_OURS):  # who only reads leaves the file as it is
            return
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            if version == 1 and "grades" in there:
                self._give_digests()
            for statement in _SCHEMA.split(";"):
                self._db.execute(statement)
            self._db.execute(f"PRAGMA user_version = {VERSION}")

    def _give_digests(self) -> None:
        """From the first version to the second: the digests stood in the rows alone."""
        if "digest" not in {row[1] for row in self._db.execute("PRAGMA table_info(grades)")}:
            self._db.execute("ALTER TABLE grades ADD COLUMN digest TEXT NOT NULL DEFAULT ''")
        for number, text in self._db.execute("SELECT id, grade FROM grades").fetchall():
            with contextlib.suppress(ValueError):
                self._db.execute("UPDATE grades SET digest = ? WHERE id = ?", (from_json(text).digest, number))

    # -- grades --------------------------------------------------------------------------------------

    def _read(self, number: int, student: str, exercise: str, text: object) -> Grade | None:
        """Read the grade of a row, once as long as anybody keeps it; one that cannot be read is noted."""
        row = number, student, exercise, hash(text)  # a number is given anew where the last row was erased
        known = self._read_before.get(row)
        if known is not None:
            return known
        try:
            grade = self._shared.grade(from_json(text))
            if (stored(grade.student), grade.exercise) == (student, exercise):
                self._read_before[row] = grade
                return grade
            why = "the grade of another student or page"
        except ValueError as error:
            why = str(error)
        self.unread["grades" if number > 0 else "pending", abs(number)] = f"{student} {exercise}: {why}"
        return None

    def share(self, grade: Grade) -> Grade:
        """Return an equal grade whose parts are those of the grades that were read, where they are equal."""
        return self._shared.grade(grade)

    def known(self, student: str, exercise: str, key: str, seed: int | None = None) -> Grade | None:
        """Return the last grade of exactly this submission under exactly these conditions, if its end was certain.

        Args:
            seed: of the grade, any by default.
        """
        row = self._ask(
            "SELECT id, student, exercise, grade FROM grades WHERE student = ? AND exercise = ? AND key = ?"
            " AND seed = coalesce(?, seed) ORDER BY id DESC LIMIT 1",
            (stored(student), exercise, key, seed),
        ).fetchone()
        grade = self._read(*row) if row else None
        return grade if grade is not None and certain(grade) else None

    def attempts(self, student: str, exercise: str) -> list[tuple[str, int]]:
        """List the digest of each submission that was graded with its seed, oldest first."""
        asked = "SELECT digest, seed FROM grades WHERE student = ? AND exercise = ? ORDER BY id"
        return self._ask(asked, (stored(student), exercise)).fetchall()

    def last_attempts(self) -> dict[tuple[str, str], tuple[str, int]]:
        """Return the digest and the seed of what was graded last, by student as SQLite has them and exercise."""
        asked = "SELECT student, exercise, digest, seed FROM grades ORDER BY id"
        return {(student, exercise): (digest, seed) for student, exercise, digest, seed in self._ask(asked, ())}

    def add(self, grade: Grade) -> None:
        """Keep a grade; earlier ones stay as history. What the grader itself failed at waits to be tried again."""
        place = stored(grade.student), grade.exercise
        if grade.status == "internal":
            self._ask("INSERT OR REPLACE INTO pending VALUES (?, ?, ?)", (*place, to_json(grade)))
            return
        self._ask(
            "INSERT INTO grades (student, exercise, key, status, points, max_points, isolation, seed, graded, grade,"
            " digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *place, grade.key, grade.status, grade.points, grade.max_points, grade.isolation, grade.seed,
                datetime.now(UTC).isoformat(timespec="seconds"), to_json(grade), grade.digest,
            ),
        )  # fmt: skip
        self._ask("DELETE FROM pending WHERE student = ? AND exercise = ?", place)

    def students(self) -> set[str]:
        """Return everybody of whom a grade is kept, or waits to be tried again."""
        found = {row[0] for row in self._ask("SELECT student FROM grades UNION SELECT student FROM pending", ())}
        odd = {name for name in found if "\\" in name}  # as the grades have them, where SQLite keeps them escaped
        for name in odd:
            row = self._ask(
                "SELECT id, student, exercise, grade FROM grades WHERE student = ? LIMIT 1", (name,)
            ).fetchone()
            grade = self._read(*row) if row else None
            found = found - {name} | {grade.student} if grade is not None else found
        return found

    def seeds(self) -> set[int]:
        """Return every seed that anything was graded with."""
        return {row[0] for row in self._ask("SELECT DISTINCT seed FROM grades", ())}

    def renew(self, grade: Grade) -> None:
        """Make a kept grade the last one: its submission was handed in again, as it was, after another."""
        self.add(grade)

    def pending(self) -> dict[tuple[str, str], Grade]:
        """Return what was to be graded last and could not be, by student and exercise."""
        rows = self._ask("SELECT -rowid, student, exercise, grade FROM pending ORDER BY rowid", ())
        grades = [grade for row in rows if (grade := self._read(*row)) is not None]
        return {(grade.student, grade.exercise): grade for grade in grades}

    def latest(self, but: set[tuple[str, str]] | None = None) -> list[Grade]:
        """Return where every page of everybody stands: the last grade, or that the last run could not grade it.

        Args:
            but: students and exercises that are not asked for.
        """
        found = self.pending()
        passed_over = {(stored(student), exercise) for student, exercise in (*(but or ()), *found)}
        places = self._ask("SELECT student, exercise FROM grades GROUP BY student, exercise", ()).fetchall()
        for place in places:
            if place not in passed_over:
                rows = self._ask(
                    "SELECT id, student, exercise, grade FROM grades WHERE student = ? AND exercise = ?"
                    " ORDER BY id DESC", place,
                )  # fmt: skip
                grade = next((one for row in rows if (one := self._read(*row)) is not None), None)
                if grade is not None:
                    found[grade.student, grade.exercise] = grade
        return [grade for place, grade in found.items() if place not in (but or ())]

    def history(self, student: str, exercise: str) -> list[Grade]:
        """Every grade kept, oldest first."""
        rows = self._ask(
            "SELECT id, student, exercise, grade FROM grades WHERE student = ? AND exercise = ? ORDER BY id",
            (stored(student), exercise),
        )
        return [grade for row in rows if (grade := self._read(*row)) is not None]

    def mark(self) -> tuple[int, int, int]:
        """Return what differs whenever grades were added or taken out: the last row, how many rows, how many wait."""
        asked = "SELECT coalesce(max(id), 0), count(*), (SELECT coalesce(sum(rowid), 0) FROM pending) FROM grades"
        last, count, waiting = self._ask(asked, ()).fetchone()
        return last, count, waiting

    def histories(self, since: int = 0) -> dict[tuple[str, str], list[Grade]]:
        """Every grade kept, oldest first, by student and exercise.

        Args:
            since: only those after this row, see :meth:`mark`.
        """
        found: dict[tuple[str, str], list[Grade]] = {}
        for row in self._ask("SELECT id, student, exercise, grade FROM grades WHERE id > ? ORDER BY id", (since,)):
            grade = self._read(*row)
            if grade is not None:
                found.setdefault((grade.student, grade.exercise), []).append(grade)
        return found

    def trouble(self) -> str:
        """Say in a line which rows were met that cannot be read, "" where there were none."""
        if not self.unread:
            return ""
        rows = "1 row" if len(self.unread) == 1 else f"{len(self.unread)} rows"
        return f"{self.path}: {rows} cannot be read ({next(iter(self.unread.values()))})"

    def set_aside(self) -> str:
        """Keep the file aside, take the rows that cannot be read out of it, and say so; "" where none was met.

        Raises:
            GradebookError: the copy cannot be written; nothing was changed.
        """
        trouble = self.trouble()
        lost = list(self.unread)
        if not lost:
            return ""
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
        aside = self.path.with_name(f"{self.path.stem}-{stamp}.aside.db")
        try:
            with contextlib.closing(sqlite3.connect(aside)) as copy:
                self._db.backup(copy)
        except sqlite3.Error as error:
            aside.unlink(missing_ok=True)
            raise GradebookError(f"{aside}: cannot be written ({error}); {trouble}") from None
        for table, number in lost:
            self._ask(f"DELETE FROM {table} WHERE rowid = ?", (number,))
        self.unread.clear()
        return f"{trouble}; the file is kept as {aside}, and what is missing is graded again"

    # -- a student's rows, and settings ---------------------------------------------------------------

    def erase(self, student: str) -> int:
        """Remove everything about a student, from the file too; how many rows there were."""
        removed = sum(
            self._ask(f"DELETE FROM {table} WHERE student = ?", (stored(student),)).rowcount
            for table in ("grades", "pending", *self._beside())
        )
        self._erase_aside(stored(student))
        try:  # the pages of deleted rows, and the log, would still hold them
            self._db.execute("VACUUM")
            busy = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            why = "another program has it open; close that and erase again" if busy else ""
        except sqlite3.Error as error:
            why = str(error)
        if why:
            raise GradebookError(f"{self.path}: the rows are gone, but the file was not rewritten: {why}")
        return removed

    def _beside(self) -> list[str]:
        """Return the tables of others that are there and have a column with the student."""
        asked = f"SELECT name FROM sqlite_master WHERE type = 'table' AND name IN {_OF_STUDENTS}"
        return [row[0] for row in self._ask(asked, ())]

    def _erase_aside(self, student: str) -> None:
        """Remove a student from the files that were kept aside, too."""
        for aside in self.path.parent.glob(f"{self.path.stem}-*.aside.db"):
            try:
                with contextlib.closing(sqlite3.connect(aside)) as copy:
                    tables = {row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
                    for table in tables & {"grades", "pending", *_OF_STUDENTS}:
                        copy.execute(f"DELETE FROM {table} WHERE student = ?", (student,))
                    copy.commit()
                    copy.execute("VACUUM")
            except sqlite3.Error as error:
                raise GradebookError(f"{aside}: {error}; it was kept aside and may hold {student} still") from None

    def setting(self, name: str) -> str | None:
        """Return a value kept beside the grades."""
        row = self._ask("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def keep_setting(self, name: str, value: str) -> None:
        """Keep a value beside the grades."""
        self._ask("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))

    def forget_setting(self, name: str) -> None:
        """Keep a value no longer."""
        self._ask("DELETE FROM settings WHERE name = ?", (name,))

    def _patiently(self, action: Callable[[], _Any]) -> _Any:
        """Do something, again and again while another program keeps the file to itself; that is said once."""
        until, said = time.monotonic() + PATIENCE, False
        while True:
            try:
                return action()
            except sqlite3.OperationalError as error:
                if _code(error) & 0xFF not in _BUSY or time.monotonic() > until:
                    raise
                if not said:
                    self._say(f"{self.path}: another program has it open; waiting up to {PATIENCE:g} s")
                said = True

    def _why(self, error: Exception) -> str:
        if _code(error) & 0xFF in _BUSY:
            return "another program has it open; close that, and run the same command again"
        if _code(error) in _FULL:
            return f"{error}; what was graded is kept; make room and run the same command to go on"
        return f"{error}; move it away, or name another --out"

    def _ask(self, sql: str, values: tuple[object, ...]) -> sqlite3.Cursor:
        """One statement, kept at once; a damaged or full file is one clear error."""

        def ask() -> sqlite3.Cursor:
            with self._db:
                return self._db.execute(sql, values)

        try:
            return self._patiently(ask)
        except sqlite3.Error as error:
            raise GradebookError(f"{self.path}: {self._why(error)}") from None

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> Gradebook:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
