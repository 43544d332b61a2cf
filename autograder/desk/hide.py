"""Students by ids in place of their names, and grades without names: pure, for the anonymous view."""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
from collections.abc import Iterable
from typing import Any

from ..model import CheckResult, Grade
from .cover import Cover

LENGTH = 12  #: letters of an id: of 10,000 students no two have the same one, but by a chance of one in 10^9


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


def cover_grade(grade: Grade, cover: Cover) -> Grade:
    """Return a grade of which no text has a student's name."""
    return dataclasses.replace(
        grade, student="", filename=cover.text(grade.filename), key="", digest="",
        notes=tuple(map(cover.text, grade.notes)), checks=tuple(_check(check, cover) for check in grade.checks),
    )  # fmt: skip


def _check(check: CheckResult, cover: Cover) -> CheckResult:
    failure, plot = _deep(check.failure, cover), _deep(check.plot, cover)
    output, advice = cover.text(check.output), cover.text(check.advice)
    return dataclasses.replace(check, failure=failure, output=output, advice=advice, plot=plot)


def _deep(value: Any, cover: Cover) -> Any:
    """Return a value in whose texts the names are covered."""
    if isinstance(value, str):
        return cover.text(value)
    if isinstance(value, tuple | list):
        return type(value)(_deep(one, cover) for one in value)
    if isinstance(value, dict):
        return {key: _deep(one, cover) for key, one in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: _deep(getattr(value, field.name), cover) for field in dataclasses.fields(value)}
        return type(value)(**fields)
    return value
