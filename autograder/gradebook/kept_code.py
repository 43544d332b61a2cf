"""The code of every attempt that was graded, kept beside the grades: the one that counts may not be the last one."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .database import Log, stored

_SCHEMA = """
CREATE TABLE IF NOT EXISTS code (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    student TEXT NOT NULL,
    page TEXT NOT NULL,
    digest TEXT NOT NULL,
    filename TEXT NOT NULL,
    cells BLOB NOT NULL,
    shape TEXT NOT NULL,
    UNIQUE (student, page, digest)
)
"""
_MANY = 100  #: attempts that are written at once
#: a text with quotes, which stays as it is, or a comment
_PART = re.compile(
    r"""(\"{3}(?:\\.|[^\\])*?\"{3}|'{3}(?:\\.|[^\\])*?'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|\#[^\n]*""",
    re.DOTALL,
)
_BLANKS = re.compile(r"(?<=\S)[ \t\f]*([^\w\s\"'])[ \t\f]*|(?<=\S)[ \t\f]+")
_Key = tuple[str, str, str]  # student, page, digest


@dataclass(frozen=True)
class Code:
    """What was graded: whose, of which page, under which digest of the submission, and the cells of the source."""

    student: str
    page: str
    digest: str
    filename: str
    cells: tuple[str, ...]


def shape(cells: Iterable[str]) -> str:
    """Return a digest of code that comments, blank lines and blanks beside signs make no difference to."""
    text = _PART.sub(lambda match: match[1] or "", "\n".join(cells))
    pieces = _PART.split(text)  # what stands between texts in quotes, and those texts
    pieces[::2] = [_BLANKS.sub(lambda match: match[1] or " ", piece) for piece in pieces[::2]]
    lines = (line.rstrip() for line in "".join(piece or "" for piece in pieces).splitlines())
    plain = "\n".join(line for line in lines if line)
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:16]


class KeptCode(Log):
    """The code that a gradebook keeps.

    Args:
        path: the gradebook.

    Raises:
        GradebookError: it cannot be opened.
    """

    def __init__(self, path: Path):
        super().__init__(path, _SCHEMA, "code")

    def known(self) -> set[_Key]:
        """Return what is kept, by student, page and digest."""
        return {
            (student, page, digest) for student, page, digest in self.read("SELECT student, page, digest FROM code")
        }

    def note(self, some: Iterable[Code]) -> None:
        """Keep code; what is there already stays as it is.

        Raises:
            GradebookError: the file cannot be written.
        """
        sql = "INSERT OR IGNORE INTO code (student, page, digest, filename, cells, shape) VALUES (?, ?, ?, ?, ?, ?)"
        rows: list[tuple[str, str, str, str, bytes, str]] = []

        def insert(db: sqlite3.Connection) -> None:
            db.executemany(sql, rows)
            rows.clear()

        for one in some:
            cells = zlib.compress(json.dumps(one.cells).encode())
            rows.append((stored(one.student), one.page, one.digest, stored(one.filename), cells, shape(one.cells)))
            if len(rows) == _MANY:
                self.write(insert)
        if rows:
            self.write(insert)

    def of(self, student: str, page: str, digest: str) -> Code | None:
        """Return the code of an attempt, None where it is not kept."""
        found = self.read(
            "SELECT filename, cells FROM code WHERE student = ? AND page = ? AND digest = ?",
            (stored(student), page, digest),
        )
        if not found:
            return None
        filename, cells = found[0]
        try:
            return Code(student, page, digest, filename, tuple(map(str, json.loads(zlib.decompress(cells)))))
        except (zlib.error, ValueError, TypeError):  # SQLite keeps anything in a column
            return None

    def shapes(self, since: int = 0) -> tuple[dict[_Key, str], int]:
        """Return the :func:`shape` of each attempt after a number, by student, page and digest; and the last number."""
        rows = self.read("SELECT student, page, digest, shape, number FROM code WHERE number > ?", (since,))
        return {(one[0], one[1], one[2]): str(one[3]) for one in rows}, max((one[4] for one in rows), default=since)

    def take_over(self, other: Path) -> None:
        """Copy what another gradebook keeps and this one does not."""
        known = self.known()
        with KeptCode(other) as theirs:
            new = [key for key in sorted(theirs.known()) if key not in known]
            self.note(code for key in new if (code := theirs.of(*key)) is not None)
