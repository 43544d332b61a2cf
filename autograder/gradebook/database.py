"""One SQLite file that several markers and a grading run write at once: each write is one transaction, kept at once."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from ..errors import GradebookError

PATIENCE = 30.0  #: seconds that another program may keep the file to itself
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_Any = TypeVar("_Any")


def stored(text: str) -> str:
    """Return a text as SQLite takes it: what a file name that is no UTF-8 holds, escaped."""
    return text.encode("utf-8", "backslashreplace").decode()


class Log:
    """A table of the gradebook's file that only grows. Threads may share one.

    Args:
        path: the gradebook; it is made where it is not there, by the first write.
        schema: statements that make the table; they run before the first write. Who only reads changes nothing.
        table: its name.

    Raises:
        GradebookError: the file cannot be opened.
    """

    def __init__(self, path: Path, schema: str, table: str):
        self.path, self._lock = path, threading.RLock()
        self._schema: str | None = schema
        self._table = table
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
            self._db.text_factory = lambda raw: raw.decode("utf-8", "backslashreplace")
            self._db.execute("PRAGMA synchronous=FULL")  # what a person gave outlives the power, too
            self._there(table)  # a file that is none says so here
        except (sqlite3.Error, OSError) as error:
            raise GradebookError(f"{path}: {_why(error)}") from None

    def _there(self, table: str) -> bool:
        found = self._db.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,))
        return found.fetchone() is not None

    def write(self, action: Callable[[sqlite3.Connection], _Any]) -> _Any:
        """Do something in one transaction that no other writer comes into; all of it is kept, or nothing.

        Raises:
            GradebookError: the file cannot be written.
        """
        with self._lock:
            try:
                if self._schema is not None and not self._there(self._table):
                    self._db.execute("PRAGMA journal_mode=WAL")
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    if self._schema is not None:
                        for statement in self._schema.split(";"):
                            self._db.execute(statement)
                    made = action(self._db)
                except BaseException:
                    self._db.execute("ROLLBACK")
                    raise
                self._db.execute("COMMIT")
                self._schema = None
                return made
            except sqlite3.Error as error:
                with contextlib.suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")
                what = "nothing of this edit was kept; make room, or name another --out"
                raise GradebookError(f"{self.path}: {_why(error, what)}") from None

    def read(self, sql: str, values: tuple[object, ...] = ()) -> list[Any]:
        """Return the rows of a question; none where nothing was ever written.

        Raises:
            GradebookError: the file cannot be read.
        """
        with self._lock:
            try:
                if self._schema is not None and self._there(self._table):
                    self._schema = None
                return self._db.execute(sql, values).fetchall() if self._schema is None else []
            except sqlite3.Error as error:
                raise GradebookError(f"{self.path}: {_why(error)}") from None

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _why(error: Exception, what: str = "it cannot be read as a gradebook; name another folder") -> str:
    if (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF in _BUSY:
        return "another program has it open; close that, and do the same again"
    return f"{error}; {what}"
