"""What the checks of a page tell about a class, and which misconceptions it has, week by week."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from markupsafe import Markup

from ..gradebook.states import NOT_HANDED_IN
from ..gradebook.totals import answers
from ..model import Grade
from ..report.item_picture import picture
from ..report.items import figures
from ..report.trends import UNKNOWN, trends, week_of
from . import pictures, table
from .site import View

SHOWN = 40  #: misconceptions of a list
DRAWN = 6  #: of them that are drawn over the weeks
NAMES = 30  #: students who are named beside a check


def course(view: View, query: Mapping[str, str]) -> dict[str, Any]:
    """Return the misconceptions of all pages, and how each page went."""
    klass = view.desk.results.now()
    last = answers(klass.rows.values())
    every = [grade for grades in klass.histories.values() for grade in grades]
    return {
        "title": "Figures", "title_of": view.title, **_mistakes(last, every, view.desk.results.policy.teams),
        "pages": [(page, table.counts(klass, page), table.mean(klass, page)) for page in klass.pages],
        "bar": pictures.bar,
    }  # fmt: skip


def page(view: View, address: str) -> dict[str, Any]:
    """Return the figures of one page's checks, who fails one and nothing else, and its misconceptions."""
    klass, address = view.desk.results.now(), view.page(address)
    rows = [klass.rows[student, address] for student in klass.students]
    handed_in = [row for row in rows if row.grade is not None and row.state != NOT_HANDED_IN]
    every = [grade for (_, where), grades in klass.histories.items() if where == address for grade in grades]
    alone: dict[str, list[str]] = {}  # who fails a check and nothing else, by the check's name
    for row, grade in ((row, row.grade) for row in handed_in if row.grade is not None):
        failed = [check.name for check in grade.checks if check.status not in ("passed", "skipped", "internal")]
        if len(failed) == 1:
            alone.setdefault(failed[0], []).append(row.student)
    last = answers(handed_in)
    items = figures(last, None)
    return {
        "title": f"{view.title(address)}: figures", "page": address, "page_title": view.title(address), "items": items,
        "scatter": Markup(picture(items)), "bar": pictures.bar,
        "alone": {name: _named(view, who) for name, who in alone.items()},
        "more": {name: max(0, len(who) - NAMES) for name, who in alone.items()},
        "mean": table.mean(klass, address), **_mistakes(last, every, view.desk.results.policy.teams),
    }  # fmt: skip


def _named(view: View, who: Iterable[str]) -> list[tuple[str, str]]:
    """Return ids and labels of the first few students of a list."""
    return [(view.id(student), view.label(student)) for student in sorted(who, key=view.label)[:NAMES]]


def _mistakes(last: Iterable[Grade], every: Iterable[Grade], teams: Mapping[str, str]) -> dict[str, Any]:
    """Return misconceptions by frequency, and over the weeks in which they were handed in.

    Args:
        last: the grade of each student's page that counts, that of a group once.
        every: all attempts.
    """
    counts = Counter((grade.exercise, name) for grade in last for name in grade.diagnoses)
    most = counts.most_common(SHOWN)
    weeks, series = over_weeks(every, [key for key, _ in most[:DRAWN]], teams)
    top = most[0][1] if most else 1
    return {
        "mistakes": [(address, name, count, count / top) for (address, name), count in most],
        "weeks": pictures.over_weeks(weeks, series),
    }  # fmt: skip


def over_weeks(
    grades: Iterable[Grade], wanted: list[tuple[str, str]], teams: Mapping[str, str] = {}
) -> tuple[list[str], list[tuple[str, list[int]]]]:
    """Count who showed a misconception, week by week; what nobody knows the time of is left out.

    Args:
        wanted: addresses and names.
        teams: who stands for whom, of those who hand in together.

    Returns:
        The Mondays from the first week to the last, and for each name how many showed it, a group counted once.
    """
    attempts = list(grades)
    came = {week_of(grade.submitted) for grade in attempts} - {UNKNOWN}
    if not came:
        return [], []
    first, last = (date.fromisoformat(week) for week in (min(came), max(came)))
    if last - first > timedelta(days=3650):  # a clock was wrong
        return [], []
    weeks = [(first + timedelta(days=7 * n)).isoformat() for n in range((last - first).days // 7 + 1)]
    counts = {(one.address, one.name, one.week): one.students for one in trends(attempts, teams=teams)}
    return weeks, [(name, [counts.get((address, name, week), 0) for week in weeks]) for address, name in wanted]
