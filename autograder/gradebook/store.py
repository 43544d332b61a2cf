"""What is kept: every grade, in SQLite, keyed by hashes of all that decides it.

The same submission under the same checks, seed and isolation is not run again, and a run that was
stopped goes on where it was.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from ..course.trees import Trees
from ..errors import GradebookError
from ..model import CheckResult, Exercise, Grade
from .policy import Manual

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
    grade TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS by_key ON grades (student, exercise, key);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS manual (
    id INTEGER PRIMARY KEY,
    student TEXT NOT NULL,
    exercise TEXT NOT NULL,
    points REAL NOT NULL,
    comment TEXT NOT NULL,
    by_whom TEXT NOT NULL,
    at TEXT NOT NULL
);
"""
_OURS = ("grades", "settings", "manual")
VERSION = 1  #: of the tables that were there from the start; later ones are only added


def grade_key(submission_digest: str, checks_key: str, environment: str, seed: int, isolation: str, data: str) -> str:
    """The hash of all that decides a grade."""
    text = json.dumps([VERSION, submission_digest, checks_key, environment, seed, isolation, data])
    return hashlib.sha256(text.encode()).hexdigest()


def checks_key(trees: Trees, exercise: Exercise) -> str:
    """A hash of all that decides an exercise's grade beside the submission: checks, solution, misconceptions."""
    sha = hashlib.sha256(repr(exercise).encode())
    for path in (
        trees.check(exercise.address),
        trees.solution(exercise.address),
        trees.misconception(exercise.address),
    ):
        sha.update(path.read_bytes() if path.is_file() else b"")
    return sha.hexdigest()


def to_json(grade: Grade) -> str:
    """A grade as text, whole."""
    return json.dumps(dataclasses.asdict(grade), ensure_ascii=True, separators=(",", ":"))


def from_json(text: str) -> Grade:
    """The grade of :func:`to_json`."""
    fields = json.loads(text)
    checks = tuple(
        CheckResult(**{**c, "diagnosis": tuple(c["diagnosis"]), "figures": tuple(map(tuple, c.get("figures", ())))})
        for c in fields.pop("checks")
    )
    notes = tuple(fields.pop("notes"))
    return Grade(**fields, checks=checks, notes=notes)


def _text(name: str) -> str:
    """A name as SQLite takes it: what a file name that is no UTF-8 holds, escaped."""
    return name.encode("utf-8", "backslashreplace").decode()


class Gradebook:
    """The grades of a course.

    Args:
        path: the file; it is made when it is not there.

    Raises:
        GradebookError: it is not a gradebook, or cannot be written.
    """

    def __init__(self, path: Path):
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=30)
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, VERSION):
                raise GradebookError(f"{path}: written by another version of Gradus; move it away or update")
            others = f"SELECT 1 FROM sqlite_master WHERE type = 'table' AND name NOT IN {_OURS}"
            if version == 0 and self._db.execute(others).fetchone():
                raise GradebookError(f"{path}: a database of another program, not a gradebook; name another --out")
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            there = {row[0] for row in self._db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if version != VERSION or not there.issuperset(_OURS):  # who only reads leaves the file as it is
                self._db.executescript(_SCHEMA)
                self._db.execute(f"PRAGMA user_version = {VERSION}")
                self._db.commit()
        except (sqlite3.Error, OSError) as error:
            raise GradebookError(f"{path}: not a gradebook that can be opened ({error}); name another --out") from None

    def known(self, student: str, exercise: str, key: str) -> Grade | None:
        """The grade of exactly this submission under exactly these conditions."""
        row = self._ask(
            "SELECT grade FROM grades WHERE student = ? AND exercise = ? AND key = ? ORDER BY id DESC LIMIT 1",
            (_text(student), exercise, key),
        ).fetchone()
        return from_json(row[0]) if row else None

    def add(self, grade: Grade) -> None:
        """Keep a grade; earlier ones of the student stay as history. The grader's own faults are not kept."""
        if grade.status == "internal":
            return
        self._ask(
            "INSERT INTO grades (student, exercise, key, status, points, max_points, isolation, seed, graded, grade)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                _text(grade.student), grade.exercise, grade.key, grade.status, grade.points, grade.max_points,
                grade.isolation, grade.seed, datetime.now(UTC).isoformat(timespec="seconds"), to_json(grade),
            ),
        )  # fmt: skip

    def history(self, student: str, exercise: str) -> list[Grade]:
        """Every grade kept, oldest first."""
        rows = self._ask(
            "SELECT grade FROM grades WHERE student = ? AND exercise = ? ORDER BY id", (_text(student), exercise)
        )
        return [from_json(row[0]) for row in rows]

    def histories(self) -> dict[tuple[str, str], list[Grade]]:
        """Every grade kept, oldest first, by student and exercise."""
        found: dict[tuple[str, str], list[Grade]] = {}
        for (text,) in self._ask("SELECT grade FROM grades ORDER BY id", ()):
            grade = from_json(text)
            found.setdefault((grade.student, grade.exercise), []).append(grade)
        return found

    def give(self, manual: Manual) -> None:
        """Keep points and a comment that a person gave; what was given before stays as history."""
        now = manual.at or datetime.now(UTC).isoformat(timespec="seconds")
        self._ask(
            "INSERT INTO manual (student, exercise, points, comment, by_whom, at) VALUES (?, ?, ?, ?, ?, ?)",
            (_text(manual.student), manual.exercise, manual.points, _text(manual.comment), _text(manual.by), now),
        )

    def words(self) -> list[Manual]:
        """Everything that persons gave, oldest first."""
        odd = self._ask("SELECT grade FROM grades WHERE instr(student, char(92)) GROUP BY student", ())
        names = {_text(name): name for name in (from_json(row[0]).student for row in odd)}  # as the grades have them
        rows = self._ask("SELECT student, exercise, points, comment, by_whom, at FROM manual ORDER BY at, id", ())
        return [Manual(names.get(row[0], row[0]), *row[1:]) for row in rows]

    def given(self) -> dict[tuple[str, str], Manual]:
        """The last word of a person, by student and exercise."""
        return {(manual.student, manual.exercise): manual for manual in self.words()}

    def erase(self, student: str) -> int:
        """Remove everything about a student, from the file too; how many rows there were."""
        removed = sum(
            self._ask(f"DELETE FROM {table} WHERE student = ?", (_text(student),)).rowcount
            for table in ("grades", "manual")
        )
        try:  # the pages of deleted rows, and the log, would still hold them
            self._db.execute("VACUUM")
            busy = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            why = "another program has it open; close that and erase again" if busy else ""
        except sqlite3.Error as error:
            why = str(error)
        if why:
            raise GradebookError(f"{self.path}: the rows are gone, but the file was not rewritten: {why}")
        return removed

    def setting(self, name: str) -> str | None:
        """A value kept beside the grades."""
        row = self._ask("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def keep_setting(self, name: str, value: str) -> None:
        """Keep a value beside the grades."""
        self._ask("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))

    def _ask(self, sql: str, values: tuple) -> sqlite3.Cursor:
        """One statement, kept at once; a damaged or full file is one clear error."""
        try:
            with self._db:
                return self._db.execute(sql, values)
        except sqlite3.Error as error:
            what = "move it away, or name another --out"
            if getattr(error, "sqlite_errorcode", None) in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE):
                what = "what was graded is kept; make room and run the same command to go on"
            raise GradebookError(f"{self.path}: {error}; {what}") from None

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> Gradebook:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
