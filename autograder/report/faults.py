"""What went wrong in the grader itself, as a teacher is told of it: a line for each check and reason."""

from __future__ import annotations

from collections.abc import Iterable

from ..model import Grade
from ..text import in_line

SHOWN = 5  #: students that a line names


def fault_lines(grades: Iterable[Grade]) -> list[str]:
    """Return one line for each check and each fault of the grader in it, with whose grade it touched."""
    whose: dict[tuple[str, str, str, bool], list[str]] = {}
    for grade in grades:
        for check in grade.checks:
            if check.fault:
                key = grade.exercise, check.name, check.fault, check.status == "internal"
                whose.setdefault(key, []).append(grade.student)
    lines = []
    for (exercise, name, fault, lost), students in whose.items():
        named = ", ".join(in_line(student, 40) for student in students[:SHOWN])
        more = f" and {len(students) - SHOWN} more" if len(students) > SHOWN else ""
        what = "counts for nobody here" if lost else "counts as ever"
        lines.append(f"{exercise}, {name}: {what}; the grader's own fault: {fault} ({named}{more})")
    return lines
