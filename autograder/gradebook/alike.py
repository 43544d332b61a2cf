"""Who answered alike on a page: groups that are looked at once. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from ..model import CheckResult, Grade
from .states import NOT_HANDED_IN, reason
from .totals import Standing

#: by every answer, to the last bit; by why it is not right; by the file that was handed in
KINDS = ("answers", "failure", "file")


@dataclass(frozen=True)
class Group:
    """Students who are alike, and a key that stays the same as long as they are."""

    key: str
    students: tuple[str, ...]


def groups_of(rows: Iterable[Standing], kind: str) -> list[Group]:
    """Return the groups of one page's rows, the largest first; who handed nothing in is in none.

    Args:
        kind: one of `KINDS`.
    """
    found: dict[str, list[str]] = {}
    for row in rows:
        if row.grade is not None and row.state != NOT_HANDED_IN:
            found.setdefault(_key(row.grade, kind), []).append(row.student)
    groups = [Group(key, tuple(students)) for key, students in found.items()]
    return sorted(groups, key=lambda group: (-len(group.students), group.key))


def _key(grade: Grade, kind: str) -> str:
    if kind == "file":
        text = grade.digest
    elif kind == "failure":
        text = f"{grade.status} {reason(grade, 500)} {[(one.name, one.status) for one in grade.checks]}"
    else:
        text = repr([(one.name, one.status, one.points, _answers(one)) for one in grade.checks])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _answers(check: CheckResult) -> object:
    """Return what tells a check's answers from others: their digest, and what was told where none was kept."""
    if not check.answers:
        return check.failure
    style = check.status == "forbidden" and check.failure is not None  # which is no matter of the answers
    return check.answers, check.failure.reason if style and check.failure is not None else ""
