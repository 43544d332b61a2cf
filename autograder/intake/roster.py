"""Who is who: one CSV that maps the ids of submissions to the names that other systems use. Pure but for reading it.

The column ``student`` holds the id that Gradus uses (the name of the folder). Every other column is another name of the
same person: an email, a login, an id number, a name. What they are called is free.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ..errors import GradebookError


def fold(name: str) -> str:
    """Return a name as it is compared: without case and outer blanks."""
    return " ".join(name.split()).casefold()


def _unaccented(name: str) -> str:
    """Return a name without case, outer blanks and accents: Max and Máx are both asked for by Max."""
    return fold("".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)))


def _words(name: str) -> set[str]:
    return set(re.findall(r"\w+", _unaccented(name)))


@dataclass(frozen=True)
class Roster:
    """The students by every one of their names; a name of two students is nobody's."""

    students: dict[str, dict[str, str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def find(self, *names: str) -> str | None:
        """Find the student with the first of these names that is known."""
        return next((self.names[fold(name)] for name in names if name and fold(name) in self.names), None)

    @cached_property
    def _bearers(self) -> Counter[str]:
        """How many students have a name."""
        return Counter(name for known in self.students.values() for name in {fold(value) for value in known.values()})

    def unique(self, student: str) -> tuple[str, ...]:
        """Return the names that are a student's alone: not a group, a section or a role, which others have as well."""
        known = self.students.get(student, {})
        mine = (name for column, name in known.items() if column != "group" and self._bearers[fold(name)] == 1)
        return tuple(dict.fromkeys((student, *filter(None, mine))))

    def called(self, name: str) -> tuple[str, ...]:
        """Return everybody whom a name may mean: one of their names whole, else all of its words among theirs.

        Max Sum is who has *surname* Sum and *given name* Max, too. The column ``group`` names nobody.
        """
        own = {
            student: [value for column, value in known.items() if column != "group" and value]
            for student, known in self.students.items()
        }
        whole = tuple(s for s, names in own.items() if _unaccented(name) in map(_unaccented, (s, *names)))
        asked = _words(name)
        return whole or tuple(s for s, names in own.items() if asked and asked <= set().union(*map(_words, names)))

    def further(self, known: Iterable[str]) -> tuple[str, ...]:
        """Return the students who are none of these, under whatever name."""
        there = set(known)
        there |= {found for name in there if (found := self.find(name)) is not None}
        return tuple(student for student in self.students if student not in there)

    def including(self, ids: list[str]) -> Roster:
        """With these ids as names of themselves, as far as they are new."""
        new = [student for student in dict.fromkeys(ids) if student not in self.students]
        alike = Counter(map(fold, new))
        names = {fold(student): student for student in new if alike[fold(student)] == 1}
        return Roster({**{student: {} for student in ids}, **self.students}, {**names, **self.names})


def load(path: Path) -> Roster:
    """Read the roster of a CSV file, comma or semicolon.

    Raises:
        GradebookError: it cannot be read, has no column ``student``, or names two students alike in that column.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter(text)))
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise GradebookError(f"{path}: the roster cannot be read: {why}; say where it lies") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise GradebookError(f"{path}: the roster cannot be read ({error}); save it as CSV in UTF-8") from None
    if not rows or "student" not in rows[0]:
        raise GradebookError(f"{path}, line 1: a roster needs a column named student")
    students: dict[str, dict[str, str]] = {}
    names: dict[str, str] = {}
    shared: set[str] = set()
    for number, row in enumerate(rows, 2):
        student = (row["student"] or "").strip()
        if not student or student in students:
            raise GradebookError(f"{path}, line {number}: {'twice ' + student if student else 'no student'}")
        students[student] = {key: value.strip() for key, value in row.items() if key and isinstance(value, str)}
        for name in {fold(value) for value in students[student].values() if value.strip()}:
            shared |= {name} if names.get(name, student) != student else set()
            names[name] = student
    return Roster(students, {name: student for name, student in names.items() if name not in shared})


def delimiter(text: str) -> str:
    """Return what separates the columns of a CSV text: the one that its first line has more of."""
    first = text.split("\n", 1)[0]
    return ";" if first.count(";") > first.count(",") else "\t" if first.count("\t") > first.count(",") else ","
