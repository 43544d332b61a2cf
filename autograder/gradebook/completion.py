"""Missions that students did in playgrounds: completion, kept beside the grades and never a part of them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from .database import Log, stored

_SCHEMA = """
CREATE TABLE IF NOT EXISTS missions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    student TEXT NOT NULL,
    page TEXT NOT NULL,
    done TEXT NOT NULL
)
"""


@dataclass(frozen=True)
class Done:
    """What a student did in a playground.

    Args:
        missions: their names, in the order in which they were handed in.
        at: when the last of them was noted, in UTC; "" for now.
    """

    student: str
    page: str
    missions: tuple[str, ...]
    at: str = ""


class Completion(Log):
    """The missions of a gradebook. What is done stays done, whatever is handed in later.

    Args:
        path: the gradebook.

    Raises:
        GradebookError: it cannot be opened.
    """

    def __init__(self, path: Path):
        super().__init__(path, _SCHEMA, "missions")

    def note(self, done: Iterable[Done]) -> int:
        """Keep what is new of what students did, and return of how many rows something was."""
        known = {(one.student, one.page): one.missions for one in self.all()}
        rows = []
        for one in done:
            student = stored(one.student)
            new = [name for name in one.missions if name not in known.get((student, one.page), ())]
            if new:
                rows.append(
                    (one.at or datetime.now(UTC).isoformat(timespec="seconds"), student, one.page, json.dumps(new))
                )

        def insert(db: sqlite3.Connection) -> None:
            db.executemany("INSERT INTO missions (at, student, page, done) VALUES (?, ?, ?, ?)", rows)

        if rows:
            self.write(insert)
        return len(rows)

    def all(self) -> list[Done]:
        """Return everybody's, by student and playground."""
        found: dict[tuple[str, str], Done] = {}
        for student, page, names, at in self.read("SELECT student, page, done, at FROM missions ORDER BY number"):
            before = found.get((student, page), Done(student, page, (), at))
            together = dict.fromkeys((*before.missions, *map(str, json.loads(names))))
            found[student, page] = Done(student, page, tuple(together), max(at, before.at))
        return [found[key] for key in sorted(found)]
