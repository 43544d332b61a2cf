"""Filling in what a learning platform exported: Canvas's gradebook and Moodle's grading worksheet. Pure functions.

Both platforms know their rows by what stands in the file, so nothing of it is changed but the cells that are filled in,
to the byte: quotes, line ends and a mark at its beginning stay as the platform wrote them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..errors import GradebookError
from ..intake.roster import Roster
from .csv_form import Form, cell_value
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
_WAITS = "nothing counts for them yet that could be scaled"


@dataclass(frozen=True)
class Filled:
    """The file to import, and whom it does not speak of: rows without points, students without a row.

    Attributes:
        left: rows whose points the platform would pass over without a word, or that are not surely one student's, with
            the reason; they stay as they are.
        replaced: rows in which something else stood, with that and what stands there now.
        cut: rows whose points were given beyond the platform's maximum, with what is written and what it would be.
        note: what is to be known of the whole file, "" for nothing.
    """

    text: str
    rows_without: tuple[str, ...]
    students_without: tuple[str, ...]
    left: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    note: str = ""
    cut: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scale:
    """How points fit a platform's maximum, where that is another than theirs.

    Scaled is the share that a student has of their own maximum: of what counts for them now. What waits for a mark is
    in neither, so marking one student changes nobody else's number.

    Attributes:
        most: that our points can reach; 0 when nobody asks.
        wanted: to be scaled, or not; None when nobody said.
        own: what each student can reach now; `most` of whom it does not hold.
        shares: the part of that each has, where points are rounded.
    """

    most: float = 0.0
    wanted: bool | None = None
    own: Mapping[str, float] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=dict)

    def fitted(self, points: Mapping[str, float], theirs: float | None, name: str) -> dict[str, float | None]:
        """Return the points as they are written; None of whom nothing counts yet, so that there is no share to scale.

        Raises:
            GradebookError: the maxima differ, and nobody said what is meant; or there is nothing to scale to.
        """
        if not theirs and self.wanted:
            raise GradebookError(
                f"{name}: names no maximum to scale to; say --no-scale to write the points as they are"
            )
        if self.wanted and theirs and self.most:
            own = {student: self.maximum(student) for student in points}
            return {
                student: theirs * self.shares.get(student, value / own[student]) if own[student] else None
                for student, value in points.items()
            }
        if theirs and self.most and theirs != self.most and self.wanted is None:
            what = f"the maximum there is {number(theirs)}, and these points go up to {number(self.most)}"
            how = "say --scale to scale each student's share of their own maximum, --no-scale to write them as they are"
            raise GradebookError(f"{name}: {what}; {how}")
        return dict(points)

    def maximum(self, student: str) -> float:
        """Return what a student can reach now."""
        return self.own.get(student, self.most)

    def beyond(self, student: str, points: float, theirs: float) -> bool:
        """Tell whether points go beyond a platform's maximum by what was given beyond the student's own alone."""
        own = self.maximum(student)
        return points > own > 0 and (bool(self.wanted) or own <= theirs)

    def note(self, theirs: float | None) -> str:
        """Say that nobody knows whether points fit, "" where that is known or was said."""
        unknown = not theirs and self.most and self.wanted is None
        return f"names no maximum: points up to {number(self.most)} are written as they are" if unknown else ""


def _number(text: str) -> float | None:
    """Return a number as a platform writes it, None where it is none."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return value if 0 < value < 1e9 else None


@dataclass
class _Rows:
    """The rows of people as they are gone through: whose each is, and what became of it."""

    owners: dict[int, str]
    doubtful: dict[int, tuple[str, str]]  #: rows that answer to a student too, with the student and why nothing goes in
    without: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def whose(self, line: int, who: str, points: dict[str, float]) -> str | None:
        """Return the student of a row whose points go in; None where there are none, which is noted."""
        if line in self.doubtful and self.doubtful[line][0] in points:
            student, why = self.doubtful[line]
            self.seen.add(student)
            self.left.append(f"{who}: {why}")
            return None
        student = self.owners.get(line, "")
        if student not in points:
            self.without.append(who)
            return None
        self.seen.add(student)
        return student

    def fill(self, form: Form, line: int, column: int, words: str, who: str) -> None:
        """Write something into a cell; what stood there, if it was something else, is noted."""
        before = cell_value(form.lines[line][0][column]).strip()
        if before and _same(before, words):
            return
        if before:
            self.replaced.append(f"{who} ({_short(before)}, now {_short(words)})")
        form.fill(line, column, words)

    def filled(self, form: Form, points: dict[str, float], note: str) -> Filled:
        """Return what was made of the form."""
        return Filled(
            str(form), tuple(self.without), tuple(sorted(points.keys() - self.seen)), tuple(self.left),
            tuple(self.replaced), note, tuple(self.cut),
        )  # fmt: skip


def _same(before: str, after: str) -> bool:
    """Tell whether two cells say the same, as words or as numbers."""
    try:
        return before == after or float(before.replace(",", ".")) == float(after)
    except ValueError:
        return False


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 40 else text[:39] + "…"


def _owners(rows: list[tuple[int, dict[str, str]]], keys: tuple[str, ...], roster: Roster, own: str) -> _Rows:
    """Return whose each line is; of several that answer to one student, the one by the surest key, if one alone is.

    Args:
        own: the column with the platform's own number of a person: rows that have the same one are all theirs.
    """
    numbers = {line: named.get(own, "").strip() for line, named in rows}
    found: dict[str, list[tuple[int, int]]] = {}
    for line, named in rows:
        for rank, key in enumerate(keys):
            student = roster.find(named.get(key, ""))
            if student is not None:
                found.setdefault(student, []).append((rank, line))
                break
    made = _Rows({}, {})
    for student, places in found.items():
        surest = [line for rank, line in places if rank == min(places)[0]]
        one = len(surest) == 1 or (bool(numbers[surest[0]]) and len({numbers[line] for line in surest}) == 1)
        made.owners |= dict.fromkeys(surest, student) if one else {}
        several = f"{len(places)} rows answer to {student}"
        why = (
            f"{several}, and the points are in another, whose {keys[min(places)[0]]} says so" if one
            else f"{several}, and no points are in any: leave one, or give the roster a column that tells them apart"
        )  # fmt: skip
        made.doubtful |= {line: (student, why) for _, line in places if line not in made.owners}
    return made


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
    most = _number(possible[0]) if possible else None
    fitted = scale.fitted(points, most, f"{name}, {' '.join(head[place].split())}")
    people = []
    for line, row in form.rows[1:]:
        who = ", ".join(filter(None, map(_unquoted, row[:width])))
        known = dict(zip(head, row, strict=False))
        nobody = _HIDDEN.fullmatch(who) and not any(known.get(key, "").strip() for key in CANVAS_KEYS[:-1])
        if not nobody and "Points Possible" not in row[0] and who != "Student, Test" and len(row) > place:
            people.append((line, {**known, "Student": who}))
    rows = _owners(people, CANVAS_KEYS, roster, "ID")
    for line, named in people:
        who = named["Student"] or named.get("ID", "")
        student = rows.whose(line, who, points)
        if student is None:
            continue
        value = fitted[student]
        kept = _KEPT.get(named[head[place]].strip().upper()) or (_WAITS if value is None else "")
        if kept or value is None:
            rows.left.append(f"{who}: {kept}")
        else:
            rows.fill(form, line, place, number(value), who)
    return rows.filled(form, points, scale.note(most))


def _column(form: Form, column: str, name: str) -> int:
    """Find where an assignment's points stand in a Canvas gradebook."""
    head = form.rows[0][1]
    titles = {n: t for n, t in enumerate(head) if n > head.index("Section") and _ASSIGNMENT.fullmatch(t)}
    wanted = " ".join(column.split()).casefold()
    ways: tuple[Callable[[str], bool], ...] = (  # the surest first
        lambda title: title == column,
        lambda title: " ".join(title.rpartition(" (")[0].split()).casefold() == wanted,  # without Canvas's number
        lambda title: column.casefold() in title.casefold(),
    )
    found = next((mine for way in ways if (mine := [n for n, title in titles.items() if way(title)])), [])
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
    twice = [title for title in dict.fromkeys(head) if head.count(title) > 1 and title in _TITLES.values()]
    if twice:
        raise GradebookError(f"{name}: has several columns {' and '.join(twice)}; leave one of each")
    if "Scale" in head and "Maximum grade" not in head:
        raise GradebookError(f"{name}: the assignment has a scale, into which Moodle takes no points; give it points")
    grade, feedback = head.index("Grade"), head.index("Feedback comments") if "Feedback comments" in head else None
    rows = [(line, dict(zip(head, row, strict=False))) for line, row in form.rows[1:]]
    most = {value for _, named in rows if (value := _number(named.get("Maximum grade", ""))) is not None}
    fitted = scale.fitted(points, max(most, default=None), name)
    made = _owners(rows, MOODLE_KEYS, roster, "Identifier")
    for line, named in rows:
        who = named.get("Full name") or named["Identifier"]
        student = made.whose(line, who, points) if "Grade" in named else None
        if student is None:
            made.without += [] if "Grade" in named else [who]
            continue
        value, top = fitted[student], _number(named.get("Maximum grade", ""))
        if value is not None and top and value > top and scale.beyond(student, points[student], top):
            made.cut.append(f"{who} ({number(top)} instead of {number(value)})")
            value = top
        why = _WAITS if value is None else _refused(named, value)
        if why or value is None:
            made.left.append(f"{who}: {why}")
            continue
        made.fill(form, line, grade, number(value), who)
        if feedback is not None and "Feedback comments" in named and comments.get(student):
            made.fill(form, line, feedback, _feedback(comments[student]), who)
    return made.filled(form, points, scale.note(max(most, default=None)))


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
    owners = _owners(rows, MOODLE_KEYS, roster, "Identifier").owners
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
