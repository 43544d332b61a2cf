"""Who answered alike on a page: groups that are looked at once. Pure.

Who was graded in another run answered to other inputs, so two digests of answers tell nothing there: those of other
seeds come together where their code is the same.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..model import CheckResult, Grade
from .states import NOT_HANDED_IN, reason
from .totals import Standing

#: by every answer, to the last bit, or by equal code; by why it is not right; by equal code
KINDS = ("answers", "failure", "file")
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_NO_SHAPES: Mapping[tuple[str, str, str], str] = {}


@dataclass(frozen=True)
class Group:
    """Students who are alike, and a key that stays the same as long as they are."""

    key: str
    students: tuple[str, ...]


def groups_of(
    rows: Iterable[Standing], kind: str, shapes: Mapping[tuple[str, str, str], str] = _NO_SHAPES
) -> list[Group]:
    """Return the groups of one page's rows, the largest first; who handed nothing in is in none.

    Args:
        kind: one of `KINDS`.
        shapes: what code has in common that differs in comments and blanks alone, by student, page and digest.
    """
    found: dict[str, list[str]] = {}
    same = _Same()
    keys: list[tuple[str, str]] = []
    for row in rows:
        if row.grade is None or row.state == NOT_HANDED_IN:
            continue
        key = _hash(_key(row.grade, kind, shapes))
        keys.append((row.student, key))
        code = _shape(row.grade, shapes)
        if kind == "answers" and code:
            same.join(key, _hash(("code", _ends(row.grade), code)))
    for student, key in keys:
        found.setdefault(same.first(key), []).append(student)
    groups = [Group(key, tuple(students)) for key, students in found.items()]
    return sorted(groups, key=lambda group: (-len(group.students), group.key))


class _Same:
    """Keys that mean the same; the smallest stands for all."""

    def __init__(self) -> None:
        self._smaller: dict[str, str] = {}

    def first(self, key: str) -> str:
        while key in self._smaller:
            key = self._smaller[key]
        return key

    def join(self, one: str, other: str) -> None:
        low, high = sorted((self.first(one), self.first(other)))
        if low != high:
            self._smaller[high] = low


def _hash(value: object) -> str:
    return hashlib.sha256(repr(value).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _key(grade: Grade, kind: str, shapes: Mapping[tuple[str, str, str], str]) -> object:
    if kind == "file":
        return _shape(grade, shapes)
    if kind == "failure":  # the numbers are those of the inputs
        return grade.status, _NUMBER.sub("#", reason(grade, 500)), [(one.name, one.status) for one in grade.checks]
    return [(*end, _answers(check)) for end, check in zip(_ends(grade), grade.checks, strict=True)]


def _shape(grade: Grade, shapes: Mapping[tuple[str, str, str], str]) -> str:
    return shapes.get((grade.student, grade.exercise, grade.digest)) or grade.digest


def _ends(grade: Grade) -> list[tuple[str, str, float]]:
    return [(one.name, one.status, one.points) for one in grade.checks]


def _answers(check: CheckResult) -> object:
    """Return what tells a check's answers from others: their digest, and what was told where none was kept."""
    if not check.answers:
        return check.failure
    style = check.status == "forbidden" and check.failure is not None  # which is no matter of the answers
    return check.answers, check.failure.reason if style and check.failure is not None else ""
