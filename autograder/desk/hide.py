"""Students by ids in place of their names, and their names covered in texts: pure, for the anonymous view."""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from ..model import CheckResult, Grade

COVER = "•••"
LENGTH = 12  #: letters of an id: of 10,000 students no two have the same one, but by a chance of one in 10^9
LEAST = 3  #: letters of a name that is looked for in code; a shorter one stands in every second word
PART = 4  #: letters of a part of a name, as Zoë in "Müller, Zoë", that is looked for by itself


class Ids:
    """Ids of students, and back.

    Args:
        secret: without it nobody finds the student of an id.
    """

    def __init__(self, secret: str):
        self._secret = secret.encode("utf-8", "surrogatepass")
        self._names: dict[str, str] = {}
        self._ids: dict[str, str] = {}

    def of(self, student: str) -> str:
        """Return a student's id."""
        if student not in self._ids:
            digest = hmac.new(self._secret, student.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
            made = "".join("abcdefghijkmnpqrstuvwxyz23456789"[byte % 32] for byte in digest[:LENGTH])
            self._ids[student], self._names[made] = made, student
        return self._ids[student]

    def learn(self, students: Iterable[str]) -> None:
        """Know these students by their ids."""
        for student in students:
            self.of(student)

    def student(self, id: str) -> str | None:
        """Return the student of an id, None where it is nobody's."""
        return self._names.get(id)


@lru_cache(maxsize=4096)
def _pattern(student: str) -> re.Pattern[str] | None:
    """Return what finds a name: whole, however its words are joined, and each part that is long enough."""
    parts = [part for part in re.split(r"[\W_]+", student[:2000]) if part]
    ways = []
    if len(student) >= LEAST:
        ways.append(re.escape(student[:2000]))
    if len(parts) > 1:
        ways.append(r"[\W_]*".join(map(re.escape, parts[:50])))
    ways += [re.escape(part) for part in parts if len(part) >= PART or (len(parts) == 1 and len(part) >= LEAST)]
    if not ways:
        return None
    either = "|".join(sorted(dict.fromkeys(ways), key=len, reverse=True))
    return re.compile(rf"(?<![^\W_])(?:{either})(?![^\W_])", re.IGNORECASE)


def covered(text: str, *names: str) -> str:
    """Return a text in which a student's names are covered wherever they stand as words of their own."""
    for name in names:
        pattern = _pattern(name)
        text = pattern.sub(COVER, text) if pattern is not None else text
    return text


def cover_grade(grade: Grade, *names: str) -> Grade:
    """Return a grade of which no text has one of its student's names."""
    return dataclasses.replace(
        grade, student="", filename=covered(grade.filename, *names), key="", digest="",
        notes=tuple(covered(note, *names) for note in grade.notes),
        checks=tuple(_check(check, names) for check in grade.checks),
    )  # fmt: skip


def _check(check: CheckResult, names: tuple[str, ...]) -> CheckResult:
    failure = _deep(check.failure, names)
    plot = _deep(check.plot, names)
    return dataclasses.replace(check, failure=failure, output=covered(check.output, *names), plot=plot)


def _deep(value: Any, names: tuple[str, ...]) -> Any:
    """Return a value in whose texts the names are covered."""
    if isinstance(value, str):
        return covered(value, *names)
    if isinstance(value, tuple | list):
        return type(value)(_deep(one, names) for one in value)
    if isinstance(value, dict):
        return {key: _deep(one, names) for key, one in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: _deep(getattr(value, field.name), names) for field in dataclasses.fields(value)}
        return type(value)(**fields)
    return value
