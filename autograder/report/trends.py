"""Misconceptions over the weeks of a term, and by group: pure functions of all attempts of a class."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ..gradebook.states import NOT_HANDED_IN, UNGRADED, state
from ..model import Grade

UNKNOWN = "at no known time"  #: the week of what nobody knows the time of


@dataclass(frozen=True)
class Trend:
    """How many students showed a misconception in one week.

    Args:
        address: of the page.
        name: of the misconception.
        week: its Monday in ISO 8601, or `UNKNOWN`.
        group: of the students, "" where there are no groups.
        students: how many showed it in that week, each counted once; who hands in together is one.
        handed_in: how many of the group handed in the page in that week, counted likewise.
    """

    address: str
    name: str
    week: str
    group: str
    students: int
    handed_in: int

    @property
    def share(self) -> float:
        """The part of those who handed in."""
        return self.students / self.handed_in if self.handed_in else 0.0


def week_of(submitted: str) -> str:
    """Return the Monday of the week in which something was handed in, by the clock that its time was written with."""
    try:
        day = datetime.fromisoformat(submitted).date() if submitted else None
    except ValueError:
        day = None
    if day is None:
        return UNKNOWN
    return (day - timedelta(days=day.weekday())).isoformat() if day > date.min + timedelta(days=7) else day.isoformat()


def trends(attempts: Iterable[Grade], group_of: Mapping[str, str] = {}, teams: Mapping[str, str] = {}) -> list[Trend]:
    """Return how often each misconception was shown, by page, name, week and group.

    Args:
        attempts: every grade of the class, earlier attempts too.
        group_of: the group of each student who is in one.
        teams: who stands for whom, of those who hand in together.
    """
    came: dict[tuple[str, str, str], set[str]] = {}
    shown: dict[tuple[str, str, str, str], set[str]] = {}
    for grade in attempts:
        if state(grade) in (NOT_HANDED_IN, UNGRADED):
            continue
        week, group = week_of(grade.submitted), group_of.get(grade.student, "")
        who = teams.get(grade.student, grade.student)
        came.setdefault((grade.exercise, week, group), set()).add(who)
        for name in grade.diagnoses:
            shown.setdefault((grade.exercise, name, week, group), set()).add(who)
    return [
        Trend(address, name, week, group, len(who), len(came[address, week, group]))
        for (address, name, week, group), who in sorted(shown.items())
    ]


def weeks(found: Iterable[Trend]) -> list[str]:
    """Return the weeks in order, what has no time last."""
    return sorted({one.week for one in found}, key=lambda week: (week == UNKNOWN, week))
