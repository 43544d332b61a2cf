"""Filling in what a learning platform exported: Canvas's gradebook and Moodle's grading worksheet. Pure functions.

Both platforms know their rows by what stands in the file, so nothing of it is changed but the cells that are filled in,
to the byte: quotes, line ends and a mark at its beginning stay as the platform wrote them.
"""

from __future__ import annotations

import csv
import html
import io
import re
from dataclasses import dataclass

from ..errors import GradebookError
from ..intake.roster import Roster
from .files import number, safe_cell

CANVAS_KEYS = ("SIS Login ID", "SIS User ID", "ID", "Integration ID", "Student")
MOODLE_KEYS = ("ID number", "Email address", "Username", "Full name", "Identifier")
#: without one of these Moodle refuses the whole worksheet
MOODLE_NEEDS = ("Identifier", "Grade", "Last modified (grade)")
#: the titles that are looked for, by how they are compared: some versions write them otherwise
_TITLES = {
    title.casefold(): title
    for title in (*MOODLE_KEYS, *MOODLE_NEEDS, "Maximum grade", "Scale", "Feedback comments", "Grade can be changed")
}
#: what Canvas works out itself; its import passes over every column with one of these anywhere in its head
_COMPUTED = re.compile(r"(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)")
_ASSIGNMENT = re.compile(r".*\s\(\d+\)", re.DOTALL)  #: a head with Canvas's own number; any other makes an assignment
_HIDDEN = re.compile(r"\s*(Muted|Manual Posting.*)?\s*", re.IGNORECASE | re.DOTALL)
#: cells that Canvas keeps whatever stands there
_KEPT = {"EX": "excused", "N/A": "the assignment is not theirs, or Canvas hides who is who"}


@dataclass(frozen=True)
class Filled:
    """The file to import, and whom it does not speak of: rows without points, students without a row.

    Attributes:
        left: rows whose points the platform would pass over without a word, with the reason; they stay as they are.
    """

    text: str
    rows_without: tuple[str, ...]
    students_without: tuple[str, ...]
    left: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scale:
    """How points fit a platform's maximum, where that is another than theirs.

    Attributes:
        most: that our points can reach; 0 when nobody asks.
        wanted: to be scaled, or not; None when nobody said.
    """

    most: float = 0.0
    wanted: bool | None = None

    def factor(self, theirs: float | None, name: str) -> float:
        """Return what points are multiplied with.

        Raises:
            GradebookError: the maxima differ, and nobody said what is meant.
        """
        if not theirs or not self.most or theirs == self.most or self.wanted is False:
            return 1.0
        if self.wanted is None:
            what = f"the maximum there is {number(theirs)}, and these points go up to {number(self.most)}"
            raise GradebookError(f"{name}: {what}; say --scale to scale them, --no-scale to write them as they are")
        return theirs / self.most


def _number(text: str) -> float | None:
    """Return a number as a platform writes it, None where it is none."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return value if 0 < value < 1e9 else None


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
        self.between = _between(text)
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


def _between(text: str) -> str:
    """Return what separates the columns: the first separator outside of quotes, for a title may hold others."""
    quoted = False
    for char in text:
        if char == '"':
            quoted = not quoted
        elif not quoted and char in ",;\t":
            return char
        elif not quoted and char in "\r\n":
            break
    return ","


def _value(cell: str) -> str:
    return next(csv.reader(io.StringIO(cell, newline="")), [""])[0] if cell.startswith('"') else cell


def _owners(rows: list[tuple[int, dict[str, str]]], keys: tuple[str, ...], roster: Roster) -> dict[int, str]:
    """Return whose each line is; of several that answer to one student, the one by the surest key, if one alone is."""
    found: dict[str, list[tuple[int, int]]] = {}
    for line, named in rows:
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


def canvas(
    text: str, column: str, points: dict[str, float], roster: Roster, name: str = "the export", scale: Scale = Scale()
) -> Filled:
    """Fill one assignment's column of an exported Canvas gradebook.

    Args:
        column: the head of the column, or a part of it that no other has; a head that Canvas did not write would
            make a new assignment, so none is added.
        points: by student.

    Raises:
        GradebookError: not such a gradebook; no such column, several, or one that Canvas takes no points into.
    """
    form = Form(text, name)
    head = form.rows[0][1]
    width = 2 if head[0] == "LastName" else 1  # of the name
    if head[0] not in ("LastName", "Student") or head[width : width + 1] != ["ID"] or "Section" not in head:
        what = "not a gradebook as Canvas exports it, with Student, ID and Section before the assignments"
        raise GradebookError(f"{name}: {what}; export it again and leave its columns as they are")
    if width == 2:
        form.mark = ""  # behind a mark Canvas does not recognise the heading LastName
    place = _column(form, column, name)
    possible = [row[place] for _, row in form.rows if "Points Possible" in row[0] and len(row) > place]
    factor = scale.factor(_number(possible[0]) if possible else None, f"{name}, {' '.join(head[place].split())}")
    people = []
    for line, row in form.rows[1:]:
        who = ", ".join(filter(None, map(_unquoted, row[:width])))
        special = "Points Possible" in row[0] or who == "Student, Test" or all(map(_HIDDEN.fullmatch, row))
        if not special and len(row) > place:
            people.append((line, {**dict(zip(head, row, strict=False)), "Student": who}))
    owners = _owners(people, CANVAS_KEYS, roster)
    without, left, seen = [], [], set()
    for line, named in people:
        student, who = owners.get(line, ""), named["Student"]
        if student not in points:
            without.append(who)
            continue
        seen.add(student)
        kept = _KEPT.get(named[head[place]].strip().upper())
        if kept:
            left.append(f"{who}: {kept}")
        else:
            form.fill(line, place, number(points[student] * factor))
    return Filled(str(form), tuple(without), tuple(sorted(points.keys() - seen)), tuple(left))


def _column(form: Form, column: str, name: str) -> int:
    """Find where an assignment's points stand in a Canvas gradebook."""
    head = form.rows[0][1]
    titles = {n: t for n, t in enumerate(head) if n > head.index("Section") and _ASSIGNMENT.fullmatch(t)}
    found = [n for n, title in titles.items() if title == column] or [
        n for n, title in titles.items() if column.casefold() in title.casefold()
    ]
    if len(found) != 1:
        some = ", ".join(head[n] for n in found) if found else ", ".join(titles.values()) or "none"
        what = f"{'several columns' if found else 'no column'} named {column}; there are {some}"
        raise GradebookError(f"{name}: {' '.join(safe_cell(what).split())}")
    place = found[0]
    possible = [row[place] for _, row in form.rows if "Points Possible" in row[0] and len(row) > place]
    computed = _COMPUTED.search(head[place])
    if computed or any("read only" in cell for cell in possible):
        why = f"its head holds {computed[0]!r}, as what it works out itself does" if computed else "it is read only"
        what = f"Canvas takes no points into {head[place]}: {why}"
        raise GradebookError(f"{name}: {' '.join(safe_cell(what).split())}")
    return place


def _unquoted(cell: str) -> str:
    """Return a name without what Canvas puts around one that begins like a formula."""
    match = re.fullmatch(r'="(.*)"', cell, re.DOTALL)
    return (match[1] if match else cell).strip()


def moodle(
    text: str, points: dict[str, float], comments: dict[str, str], roster: Roster, name: str = "the worksheet",
    scale: Scale = Scale(),
) -> Filled:  # fmt: skip
    """Fill grades and feedback into a downloaded Moodle grading worksheet.

    Raises:
        GradebookError: a column that every worksheet has is missing, or the assignment is graded by words.
    """
    form = Form(text, name)
    head = [_TITLES.get(" ".join(title.split()).casefold(), title) for title in form.rows[0][1]]
    missing = " and ".join(title for title in MOODLE_NEEDS if title not in head)
    if missing:
        raise GradebookError(f"{name}: has no column {missing}; download the grading worksheet with Moodle in English")
    if "Scale" in head and "Maximum grade" not in head:
        raise GradebookError(f"{name}: the assignment has a scale, into which Moodle takes no points; give it points")
    grade, feedback = head.index("Grade"), head.index("Feedback comments") if "Feedback comments" in head else None
    rows = [(line, dict(zip(head, row, strict=False))) for line, row in form.rows[1:]]
    most = {value for _, named in rows if (value := _number(named.get("Maximum grade", ""))) is not None}
    factor = scale.factor(max(most, default=None), name)
    owners = _owners(rows, MOODLE_KEYS, roster)
    without, left, seen = [], [], set()
    for line, named in rows:
        student, who = owners.get(line, ""), named.get("Full name") or named["Identifier"]
        if student not in points or "Grade" not in named:
            without.append(who)
            continue
        seen.add(student)
        why = _refused(named, points[student] * factor)
        if why:
            left.append(f"{who}: {why}")
            continue
        form.fill(line, grade, number(points[student] * factor))
        if feedback is not None and "Feedback comments" in named and comments.get(student):
            form.fill(line, feedback, _feedback(comments[student]))
    return Filled(str(form), tuple(without), tuple(sorted(points.keys() - seen)), tuple(left))


def worksheet_people(text: str, roster: Roster, name: str = "the worksheet") -> dict[str, tuple[str, str]]:
    """Return the full name and the participant's number of each student of a Moodle grading worksheet.

    Raises:
        GradebookError: not such a worksheet.
    """
    form = Form(text, name)
    head = [_TITLES.get(" ".join(title.split()).casefold(), title) for title in form.rows[0][1]]
    if "Identifier" not in head:
        raise GradebookError(f"{name}: has no column Identifier; download the grading worksheet with Moodle in English")
    rows = [(line, dict(zip(head, row, strict=False))) for line, row in form.rows[1:]]
    owners = _owners(rows, MOODLE_KEYS, roster)
    found = {}
    for line, named in rows:
        number_ = re.search(r"\d+", named.get("Identifier", ""))
        if line in owners and number_:
            found[owners[line]] = (named.get("Full name", ""), number_[0])
    return found


def _refused(named: dict[str, str], points: float) -> str:
    """Why Moodle would pass over a row's points, if it would."""
    most = named.get("Maximum grade", "").strip()
    if named.get("Grade can be changed", "").strip().casefold() == "no":
        return "Moodle has locked the grade"
    if points < 0:
        return f"Moodle takes no points below zero, and these are {number(points)}"
    try:
        over = points > float(most.replace(",", "."))
    except ValueError:  # an older worksheet without the column
        over = False
    return f"Moodle takes no more than the maximum {most}, and these are {number(points)}" if over else ""


def _feedback(text: str) -> str:
    """Words as Moodle takes them, which is as HTML.

    Its reader lets a backslash guard the quote behind it, and then loses count of the columns: no backslash is
    written. Nor does the cell begin like a formula, for a spreadsheet that opens it in between.
    """
    text = "".join(c if c.isprintable() or c == "\n" else " " for c in text.strip())
    text = html.escape(text, quote=False).replace("\\", "&#92;").replace("\n", "<br>")
    return f"&#{ord(text[0])};{text[1:]}" if text.startswith(("=", "+", "-", "@")) else text
