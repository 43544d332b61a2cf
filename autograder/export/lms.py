"""Filling in what a learning platform exported: Canvas's gradebook and Moodle's grading worksheet. Pure functions.

Both platforms know their rows by what stands in the file, so nothing of it is changed but the cells that are filled in,
to the byte: quotes, line ends and a mark at its beginning stay as the platform wrote them.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

from ..errors import GradebookError
from ..roster import Roster, delimiter
from .files import number, safe_cell

CANVAS_KEYS = ("SIS Login ID", "SIS User ID", "ID", "Integration ID", "Student")
MOODLE_KEYS = ("ID number", "Email address", "Username", "Full name", "Identifier")


@dataclass(frozen=True)
class Filled:
    """The file to import, and whom it does not speak of: rows without points, students without a row."""

    text: str
    rows_without: tuple[str, ...]
    students_without: tuple[str, ...]


class Form:
    """A CSV text whose cells can be filled in; all others stay as they are written.

    Args:
        name: what to call it.

    Raises:
        GradebookError: it holds no rows.
    """

    def __init__(self, text: str, name: str):
        self.mark = text[: text.startswith("\ufeff")]
        text = text.removeprefix("\ufeff")
        self.between = delimiter(text)
        cell = re.compile(
            rf'("(?:[^"]|"")*"[^{self.between}\r\n]*|(?!")[^{self.between}\r\n]*)({self.between}|\r\n|\n|\r|$)'
        )
        self.lines: list[tuple[list[str], str]] = []  #: each row's cells as they are written, and its line end
        raw: list[str] = []
        place = 0
        while place < len(text):
            match = cell.match(text, place)
            if match is None:  # a quote that never ends
                raise GradebookError(f"{name}: not a CSV file that can be read; export it again from the platform")
            raw.append(match[1])
            if match[2] != self.between:
                self.lines.append((raw, match[2]))
                raw = []
            place = match.end()
        if raw:  # the text ends with a separator
            self.lines.append(([*raw, ""], ""))
        #: the rows that hold something: where they are, and their values
        self.rows = [(n, [_value(cell) for cell in cells]) for n, (cells, _) in enumerate(self.lines) if any(cells)]
        if len(self.rows) < 2:
            raise GradebookError(f"{name}: holds no students; export it again from the platform")

    def fill(self, line: int, column: int, value: str) -> None:
        """Write a value into a cell, in quotes where the cell had some or the value needs them."""
        needed = any(mark in value for mark in (self.between, '"', "\n", "\r"))
        quoted = needed or self.lines[line][0][column].startswith('"')
        self.lines[line][0][column] = '"' + value.replace('"', '""') + '"' if quoted else value

    def __str__(self) -> str:
        return self.mark + "".join(self.between.join(cells) + end for cells, end in self.lines)


def _value(cell: str) -> str:
    return next(csv.reader(io.StringIO(cell, newline="")), [""])[0] if cell.startswith('"') else cell


def _owners(
    rows: list[tuple[int, list[str]]], head: list[str], keys: tuple[str, ...], roster: Roster
) -> dict[int, str]:
    """Whose each line is; of several that answer to one student, the one by the surest key, if it is one alone."""
    found: dict[str, list[tuple[int, int]]] = {}
    for line, row in rows:
        named = dict(zip(head, row, strict=False))
        for rank, key in enumerate(keys):
            student = roster.find(named.get(key, ""))
            if student is not None:
                found.setdefault(student, []).append((rank, line))
                break
    owners = {}
    for student, places in found.items():
        surest = [line for rank, line in places if rank == min(places)[0]]
        if len(surest) == 1:
            owners[surest[0]] = student
    return owners


def canvas(text: str, column: str, points: dict[str, float], roster: Roster, name: str = "the export") -> Filled:
    """Fill one assignment's column of an exported Canvas gradebook.

    Args:
        column: the head of the column, or a part of it that no other has; a head that Canvas did not write would
            make a new assignment, so none is added.
        points: by student.

    Raises:
        GradebookError: no such column, or several.
    """
    form = Form(text, name)
    head = form.rows[0][1]
    found = [n for n, title in enumerate(head) if title == column] or [
        n for n, title in enumerate(head) if column.casefold() in title.casefold() and n > 0
    ]
    if len(found) != 1:
        some = ", ".join(head[n] for n in found) if found else ", ".join(h for h in head if "(" in h) or "none"
        what = f"{'several columns' if found else 'no column'} named {column}; there are {some}"
        raise GradebookError(f"{name}: {' '.join(safe_cell(what).split())}")
    place = found[0]
    people = []
    for line, row in form.rows[1:]:
        first = row[0].strip()
        special = first in ("Points Possible", "Student, Test") or first.startswith("Manual Posting")
        if not special and len(row) > place and not set(map(str.strip, row[1:])) <= {"", "Manual Posting"}:
            people.append((line, row))
    owners = _owners(people, head, CANVAS_KEYS, roster)
    without, seen = [], set()
    for line, row in people:
        student = owners.get(line, "")
        if student in points:
            seen.add(student)
            if row[place].strip().upper() != "EX":  # excused stays excused
                form.fill(line, place, number(points[student]))
        else:
            without.append(row[0].strip())
    return Filled(str(form), tuple(without), tuple(sorted(points.keys() - seen)))


def moodle(
    text: str, points: dict[str, float], comments: dict[str, str], roster: Roster, name: str = "the worksheet"
) -> Filled:
    """Fill grades and feedback into a downloaded Moodle grading worksheet.

    Raises:
        GradebookError: a column that every worksheet has is missing.
    """
    form = Form(text, name)
    head = form.rows[0][1]
    if "Identifier" not in head or "Grade" not in head:
        raise GradebookError(f"{name}: has no columns Identifier and Grade; download the grading worksheet in English")
    grade, feedback = head.index("Grade"), head.index("Feedback comments") if "Feedback comments" in head else None
    owners = _owners(form.rows[1:], head, MOODLE_KEYS, roster)
    without, seen = [], set()
    for line, row in form.rows[1:]:
        student = owners.get(line, "")
        if student in points and len(row) > grade:
            seen.add(student)
            form.fill(line, grade, number(points[student]))
            if feedback is not None and len(row) > feedback and comments.get(student):
                form.fill(line, feedback, safe_cell(comments[student]))
        else:
            without.append(row[head.index("Full name")] if "Full name" in head else row[0])
    return Filled(str(form), tuple(without), tuple(sorted(points.keys() - seen)))
