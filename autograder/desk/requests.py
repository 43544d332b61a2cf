"""Requests of students to look again: a CSV as an inbox, each request beside what it is about."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import GradusError
from ..gradebook.entries import effective
from ..intake.roster import Roster
from ..model import Syllabus
from ..text import similar_name
from . import table
from .results import Class
from .site import View

MAX_BYTES = 10 << 20  #: of the file
WORDS = ("request", "reason", "text", "message", "words", "comment")  #: what the column with the words may be called
PAGES = ("page", "exercise", "assignment")


@dataclass(frozen=True)
class Request:
    """What one student asks of one page; `key` is the same as long as neither changes."""

    key: str
    student: str
    page: str
    text: str
    line: int


@dataclass(frozen=True)
class Wrong:
    """A line of the file that is no request: which, and why. `about` is what it names and nobody knows."""

    line: int
    why: str
    about: str = ""


def read(
    path: Path, klass: Class, course: Syllabus, ids: Mapping[str, str], roster: Roster
) -> tuple[list[Request], list[Wrong]]:
    """Return the requests of a CSV with columns for student, page and words, and the lines that are none.

    Args:
        ids: students by their ids in the anonymous view, which a request may have in place of the name.
        roster: further names, which a request may have as well.

    Raises:
        GradusError: the file cannot be read, or has not these columns; the message says so in a line.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise GradusError(f"{path}: more than {MAX_BYTES >> 20} MB, which is no list of requests")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise GradusError(f"{path}: {error.strerror}; name the CSV with --requests") from None
    except UnicodeDecodeError:
        raise GradusError(f"{path}: not UTF-8; save the file with UTF-8 encoding") from None
    first = text.partition("\n")[0]
    between = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text.replace("\0", "")), delimiter=between)
    try:
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise GradusError(f"{path}, line {reader.line_num}: {error}") from None
    head = [cell.strip().casefold() for cell in rows[0][1]] if rows else []
    kinds = (("student",), PAGES, WORDS)
    columns = [next((head.index(name) for name in names if name in head), -1) for names in kinds]
    if min(columns) < 0:
        raise GradusError(f"{path}: the first line must name columns student, page and request")
    short = {address.partition("/")[2]: address for address in course.pages}
    found, wrong = [], []
    for line, row in rows[1:]:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) <= max(columns):
            wrong.append(Wrong(line, "has fewer columns than the first line"))
            continue
        who, where, words = (row[column].strip() for column in columns)
        student = who if who in klass.totals else ids.get(who) or roster.find(who) or ""
        page = where if where in klass.pages else short.get(where, "")
        if not student or page not in klass.pages:
            if not student:
                wrong.append(Wrong(line, "there is no such student", who))
            elif where in (*short, *course.pages):
                wrong.append(Wrong(line, "nobody handed in this page", where))
            else:
                wrong.append(Wrong(line, "there is no such page", where[:60] + _near(where, (*short, *course.pages))))
            continue
        digest = hashlib.sha256(f"{student}\0{page}\0{words}".encode("utf-8", "surrogatepass")).hexdigest()[:8]
        found.append(Request(digest, student, page, words, line))
    return found, wrong


def _near(name: str, known: Iterable[str]) -> str:
    near = similar_name(name, known)
    return f"; is {near} meant?" if near else ""


def mark_of(key: str) -> str:
    """Return the words for markers by which an entry answers a request."""
    return f"request {key}"


def answered(klass: Class, request: Request) -> bool:
    """Tell whether an entry that counts answers a request."""
    mine = klass.entries.get((request.student, request.page), ())
    return any(mark_of(request.key) in one.why for one in effective(mine))


def inbox(view: View) -> tuple[list[Request], list[Wrong]]:
    """Return the requests of this desk, read now; none where no file was named."""
    path = view.desk.requests
    if path is None:
        return [], []
    klass = view.desk.results.now()
    view.desk.ids.learn(klass.students)
    results = view.desk.results
    return read(path, klass, results.course, {view.id(one): one for one in klass.students}, results.roster)


def context(view: View, query: Mapping[str, str]) -> dict[str, Any]:
    """Return the inbox: what is open first."""
    klass = view.desk.results.now()
    found, wrong = inbox(view)
    asked = [(answered(klass, one), one.line, one) for one in found]
    rows = [
        {"request": one, "label": view.label(one.student), "id": view.id(one.student), "answered": done,
         "text": view.text(one.text, one.student), "cell": table.cell(klass.rows[one.student, one.page])}
        for done, _, one in sorted(asked, key=lambda one: one[:2])
    ]  # fmt: skip
    return {
        "title": "Requests", "rows": rows, "wrong": wrong, "file": view.desk.requests, "title_of": view.title,
        "open": sum(not row["answered"] for row in rows),
    }  # fmt: skip


def of_answer(view: View, student: str, page: str) -> list[tuple[Request, bool]]:
    """Return what a student asks of a page, and whether it was answered; "" of a file that cannot be read now."""
    klass = view.desk.results.now()
    try:
        found, _ = inbox(view)
    except GradusError:
        return []
    return [(one, answered(klass, one)) for one in found if (one.student, one.page) == (student, page)]
