"""Students by pages: which of them are shown, in which order. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ..gradebook.entries import DATES, Entry
from ..gradebook.states import LOOKS, NOT_HANDED_IN, STATES, reason
from ..gradebook.totals import Standing, answers, cut_words
from ..report.anchors import failure_anchor
from ..report.statistics import figure, over
from .results import Class

ROWS = 50  #: students on one sheet
#: by how many an answer was marked
MARKED = ("nobody", "one", "two or more", "differently")


@dataclass(frozen=True)
class Asked:
    """What of the class is asked for; a part that there is none of is empty.

    Args:
        state: one of `STATES`: students with a page in it.
        page: the address that `state` and `marked` are about; else any.
        find: letters that the name holds.
        mistake: the name of a misconception.
        marked: one of `MARKED`.
        sort: "name", "total", "share" or the address of a page.
        down: the largest first.
        sheet: from 0.
    """

    state: str = ""
    page: str = ""
    find: str = ""
    mistake: str = ""
    marked: str = ""
    sort: str = "name"
    down: bool = False
    sheet: int = 0


@dataclass(frozen=True)
class Cell:
    """One page of one student, as it is shown."""

    state: str
    sign: str
    tone: str
    points: str  #: "" where nobody knows them
    why: str
    page: str
    changes: str = ""  #: what else than the checks made the points
    at: str = ""  #: where on the student's page the first failure stands


def asked_of(query: Mapping[str, str], pages: Iterable[str]) -> Asked:
    """Read what an address asks for; what it cannot ask for is left out."""
    known = tuple(pages)
    number = query.get("sheet", "0")
    sort = query.get("sort", "name")
    return Asked(
        state=query.get("state", "") if query.get("state") in STATES else "",
        page=query.get("page", "") if query.get("page") in known else "",
        find=query.get("find", "")[:200], mistake=query.get("mistake", "")[:500],
        marked=query.get("marked", "") if query.get("marked") in MARKED else "",
        sort=sort if sort in ("name", "total", "share", *known) else "name", down=query.get("down", "") == "1",
        sheet=int(number) if number.isascii() and number.isdecimal() and len(number) < 8 else 0,
    )  # fmt: skip


def selected(
    klass: Class, asked: Asked, label: Callable[[str], str], sought: Callable[[str], str] | None = None
) -> list[str]:
    """Return the students who are asked for, in order.

    Args:
        label: what a student is called; the order by name goes by that.
        sought: what `find` is looked for in; else the label.
    """
    sought = sought or label
    wanted = asked.find.casefold()
    found = [
        student for student in klass.students
        if (not wanted or wanted in sought(student).casefold())
        and (not (asked.state or asked.mistake or asked.marked) or _has(klass, student, asked))
    ]  # fmt: skip

    def rank(student: str) -> tuple[float, str]:
        name = label(student).casefold()
        if asked.sort == "total":
            return klass.totals[student].points, name
        if asked.sort == "share":
            return klass.totals[student].share, name
        row = klass.rows.get((student, asked.sort))
        return row.total if row is not None and row.grade is not None else -1.0, name

    if asked.sort == "name":
        return sorted(found, key=lambda student: label(student).casefold(), reverse=asked.down)
    found.sort(key=lambda student: rank(student)[1])
    return sorted(found, key=lambda student: rank(student)[0], reverse=asked.down)


def _has(klass: Class, student: str, asked: Asked) -> bool:
    pages = (asked.page,) if asked.page else klass.pages
    return any((row := klass.rows.get((student, page))) is not None and fits(row, asked) for page in pages)


def fits(row: Standing, asked: Asked) -> bool:
    """Tell whether a student's page is in the state, has the mistake and was marked as asked for."""
    return (
        (not asked.state or row.state == asked.state)
        and (not asked.mistake or (row.grade is not None and asked.mistake in row.grade.diagnoses))
        and (not asked.marked or marked(row.entries) == asked.marked)
    )


def marks_of(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the entries that mark an answer: a later date and forgiven lateness do not."""
    return tuple(one for one in entries if one.kind not in DATES)


def marked(entries: Iterable[Entry]) -> str:
    """Say by how many a page was marked, one of `MARKED`: *differently* where two set it to different points."""
    mine = marks_of(entries)
    who = {one.by for one in mine}
    points = {one.by: one.value for one in mine if one.kind == "points"}
    if len(set(points.values())) > 1:
        return "differently"
    return "nobody" if not who else "one" if len(who) == 1 else "two or more"


def cell(row: Standing, text: Callable[[str], str] = str) -> Cell:
    """Return one page of one student as it is shown: its state in a word, its points, and why it is not right.

    Args:
        text: what becomes of the words that say why.
    """
    pending = row.pending
    points = "" if pending else f"{row.total:g}/{row.max_points:g}"
    why = reason(row.grade, shown=text) if row.state != NOT_HANDED_IN else ""  # the word says it
    shown, at = LOOKS[row.state], failure_anchor(row.grade)
    return Cell(row.state, shown.sign, shown.tone, points, why, row.exercise, _changes(row), at)


def _changes(row: Standing) -> str:
    """Say what lateness, the written question and markers made of the points of the checks."""
    late = f"late, −{100 * row.penalty:g} %" if row.penalty else ""
    slip = f"{row.slip} free {'day' if row.slip == 1 else 'days'} used" if row.slip else ""
    written = f"question {row.written:g}" if row.written is not None else ""
    unmarked = "a written question is not marked yet" if row.unmarked else ""
    hand = f"by hand {row.manual:+g}" if row.manual else ""
    return " · ".join(filter(None, (late, slip, written, unmarked, hand, cut_words(row))))


def counts(klass: Class, page: str) -> dict[str, int]:
    """Return how many students are in each state on a page."""
    found = Counter(klass.rows[student, page].state for student in klass.students if (student, page) in klass.rows)
    return {state: found[state] for state in STATES}


def mean(klass: Class, page: str) -> tuple[str, str, str]:
    """Return the mean points and the mean maximum of those who handed a page in, and who they are, "" for nobody."""
    rows = [
        row for student in klass.students
        if (row := klass.rows.get((student, page))) is not None and row.grade is not None and not row.pending
        and row.state != NOT_HANDED_IN
    ]  # fmt: skip
    n = len(rows)
    if not n:
        return "–", "–", ""
    points, most = sum(row.total for row in rows) / n, sum(row.max_points for row in rows) / n
    return figure(points), figure(most), over(n, len(answers(rows)))
