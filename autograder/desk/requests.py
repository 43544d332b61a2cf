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
from ..gradebook.codes import Codes, plain
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
CODES = ("code", "request code")  #: as it stands on the student's page


_COLUMNS = (CODES, ("student",), PAGES, WORDS)


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
    path: Path, klass: Class, course: Syllabus, ids: Mapping[str, str], roster: Roster, codes: Codes | None = None
) -> tuple[list[Request], list[Wrong]]:
    """Return the requests of a CSV, and the lines that are none.

    It has columns code and request, or student, page and request.

    Args:
        ids: students by their ids in the anonymous view, which a request may have in place of the name.
        roster: further names, which a request may have as well.
        codes: of the gradebook: one says student and page.

    Raises:
        GradusError: the file cannot be read, or has not these columns; the message says so in a line.
    """
    rows = _rows(path)
    head = [cell.strip().casefold() for cell in rows[0][1]] if rows else []
    at = {names[0]: next((head.index(one) for one in names if one in head), -1) for names in _COLUMNS}
    if at["request"] < 0 or (at["code"] < 0 and min(at["student"], at["page"]) < 0):
        raise GradusError(f"{path}: the first line must name columns code and request, or student, page and request")
    by_code = codes.places(klass.rows) if codes is not None and at["code"] >= 0 else {}

    def of(line: int, row: list[str]) -> Request | Wrong:
        if len(row) <= max(at.values()):
            return Wrong(line, "has fewer columns than the first line")
        code, who, where, words = (row[at[name]].strip() if at[name] >= 0 else "" for name in at)
        if not words:
            return Wrong(line, "asks nothing")
        if code:
            if plain(code) not in by_code:
                return Wrong(line, "there is no such code", code[:60])
            who, where = by_code[plain(code)]
        if not who:
            return Wrong(line, "has no code" if at["student"] < 0 else "names no student")
        if not where:
            return Wrong(line, "names no page")
        student = who if who in klass.totals else ids.get(who) or roster.find(who) or ""
        if not student:
            return Wrong(line, "there is no such student", who)
        page = _page(where, klass, course)
        if isinstance(page, str):
            digest = hashlib.sha256(f"{student}\0{page}\0{words}".encode("utf-8", "surrogatepass")).hexdigest()[:8]
            return Request(digest, student, page, words, line)
        return Wrong(line, *page)

    made = [of(line, row) for line, row in rows[1:] if any(cell.strip() for cell in row)]
    return [one for one in made if isinstance(one, Request)], [one for one in made if isinstance(one, Wrong)]


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """Return the rows of a CSV with their lines.

    Raises:
        GradusError: it cannot be read.
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
        return [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise GradusError(f"{path}, line {reader.line_num}: {error}") from None


def _page(where: str, klass: Class, course: Syllabus) -> str | tuple[str, str]:
    """Return the address of a page of the class; where it is none, why, and what was named."""
    short = {address.partition("/")[2]: address for address in course.pages}
    page = where if where in klass.pages else short.get(where, "")
    if page in klass.pages:
        return page
    if where in (*short, *course.pages):
        return "nobody handed in this page", where
    return "there is no such page", where[:60] + _near(where, (*short, *course.pages))


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
    return read(
        path, klass, results.course, {view.id(one): one for one in klass.students}, results.roster, view.desk.codes
    )


def context(view: View, query: Mapping[str, str]) -> dict[str, Any]:
    """Return the inbox: what is open first."""
    klass = view.desk.results.now()
    found, wrong = inbox(view)
    asked = [(answered(klass, one), one.line, one) for one in found]
    rows = [
        {"request": one, "label": view.label(one.student), "id": view.id(one.student), "answered": done,
         "text": view.text(one.text), "cell": table.cell(klass.rows[one.student, one.page], view.text)}
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
