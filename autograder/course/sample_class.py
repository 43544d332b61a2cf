"""The sample class and what must come out of it."""

from __future__ import annotations

import csv
from pathlib import Path

from ..model import Grade

SEED = 20260


def expected_rows(grades: list[Grade]) -> list[tuple[str, ...]]:
    """Return the outcome as ``expected.csv`` has it: student, exercise, status, points, diagnosis."""
    return [(g.student, g.exercise, g.status, f"{g.points:g}", " | ".join(g.diagnoses)) for g in grades]


def differences(grades: list[Grade], expected: Path) -> list[str]:
    """Return what is not as expected, a line each."""
    with open(expected, newline="", encoding="utf-8") as file:
        want = {(row[0], row[1]): tuple(row) for row in list(csv.reader(file))[1:]}
    got = {(row[0], row[1]): row for row in expected_rows(grades)}
    lines = [f"not graded: {' '.join(key)}" for key in want if key not in got]
    for key, row in got.items():
        if key not in want:
            lines.append(f"not expected: {', '.join(row)}")
        elif row != want[key]:
            lines.append(f"differs: {', '.join(row)}\n   wanted: {', '.join(want[key])}")
    return lines
