"""What becomes of grades in a term: deadlines, lateness, extensions, groups, best or last.

A policy is a small TOML file beside the gradebook (``policy.toml``) or named with ``--policy``::

    count = "best"          # or "last", by the time of handing in
    late_per_day = 0.1      # of the points, for every begun day
    late_days = 3           # after these nothing counts
    grace_minutes = 15
    slip_days = 3           # of each student in the term: days late that cost nothing

    [due]                   # a section, an assignment or one exercise
    "s3_neural_networks" = 2026-11-30T23:59:00+01:00

    [extensions.ada]
    "s3_neural_networks" = 2026-12-03T23:59:00+01:00

    [groups]                # what one hands in counts for all
    team1 = ["ada", "bob"]

    [drop_lowest]           # of a section or assignment: so many pages, those that cost most, count as the others' mean
    "s3_neural_networks" = 1

    [maximum]               # of a section or assignment, the points above which no more count
    "s3_neural_networks" = 20
"""

from __future__ import annotations

import itertools
import math
import re
import tomllib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ..course.texts import line_of
from ..errors import GradebookError
from ..model import Grade, Syllabus
from ..text import similar_name

_LARGEST = 10**9
_KEYS = (
    "count", "late_per_day", "late_days", "grace_minutes", "slip_days", "due", "extensions", "groups", "drop_lowest",
    "maximum",
)  # fmt: skip

Wrong = Callable[..., GradebookError]  # (key, what is wrong with it, the table that it stands in)


@dataclass(frozen=True)
class Policy:
    """How points count. Dates have a time zone; `due` goes by section, assignment or exercise.

    `slip_days` are each student's days late that cost nothing, spent in the order of the dates. `drop_lowest` and
    `maximum` go by category, which is a section or an assignment; no page is in two of them.
    """

    count: str = "best"
    late_per_day: float = 0.0
    late_days: float = math.inf
    grace_minutes: float = 0.0
    due: dict[str, datetime] = field(default_factory=dict)
    extensions: dict[str, dict[str, datetime]] = field(default_factory=dict)
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    slip_days: float = 0.0
    drop_lowest: dict[str, int] = field(default_factory=dict)
    maximum: dict[str, float] = field(default_factory=dict)

    @property
    def named(self) -> tuple[str, ...]:
        """Every student whom it names."""
        return tuple(dict.fromkeys((*self.extensions, *(name for group in self.groups.values() for name in group))))

    @property
    def categories(self) -> tuple[str, ...]:
        """Every category of which it drops pages or that has a maximum."""
        return tuple(dict.fromkeys((*self.drop_lowest, *self.maximum)))

    def members(self, student: str) -> tuple[str, ...]:
        """Return whose submissions count for a student: their own and their group's."""
        return next((group for group in self.groups.values() if student in group), (student,))

    @property
    def teams(self) -> dict[str, str]:
        """Who stands for whom, where one answer is counted once: the first of each group for all of it."""
        return {name: group[0] for group in self.groups.values() for name in group}


def load(path: Path, syllabus: Syllabus) -> Policy:
    """Read the policy of a file.

    Raises:
        GradebookError: naming file, line and key.
    """
    text, table = _parsed(path)

    def wrong(key: str, what: str, head: str = "") -> GradebookError:
        # `head` is the table that the key stands in: the same key may stand in several
        places = [line_of(text, f"{before}{q}{name}{q}") for before, name in _heads(head) for q in ("", '"', "'")]
        first = max(places, default=1)
        shown = key if key.isprintable() else ascii(key)
        return GradebookError(f"{path}, line {line_of(text, key, first)}, key {shown}: {what}")

    for key in table:
        if key not in _KEYS:
            near = similar_name(key, _KEYS)
            raise wrong(key, f"is not known; there are {', '.join(_KEYS)}{f'; did you mean {near}?' if near else ''}")
    if table.get("count", "best") not in ("best", "last"):
        raise wrong("count", 'must be "best" or "last"')
    names = (*syllabus.pages, *syllabus.assignments)
    extensions = table.get("extensions", {})
    if not isinstance(extensions, dict):
        raise wrong("extensions", "must be a table for each student")
    policy = Policy(
        count=table.get("count", "best"), **_numbers(table, wrong),
        due=_dates(table.get("due", {}), "due", "due", names, wrong),
        extensions={name: _dates(d, name, f"extensions.{name}", names, wrong) for name, d in extensions.items()},
        groups=_groups(table.get("groups", {}), wrong),
        drop_lowest={name: int(n) for name, n in _amounts(table, "drop_lowest", syllabus, wrong).items()},
        maximum=_amounts(table, "maximum", syllabus, wrong),
    )  # fmt: skip
    _apart(policy, syllabus, wrong)
    return policy


def _apart(policy: Policy, syllabus: Syllabus, wrong: Wrong) -> None:
    """Insist that no page is in two categories: it would count in one of them alone, and the other would not hold."""
    for one, other in itertools.combinations(policy.categories, 2):
        both = [
            page for page in syllabus.pages if in_category(page, one, syllabus) and in_category(page, other, syllabus)
        ]
        if both:
            head = "maximum" if other in policy.maximum else "drop_lowest"
            what = f"shares {both[0]} with {one}, and a page counts in one category alone"
            raise wrong(other, f"{what}; name categories that share no page in [drop_lowest] and [maximum]", head)


def _parsed(path: Path) -> tuple[str, dict[str, Any]]:
    """Return the text of a policy, and what TOML makes of it."""
    try:
        text = path.read_text(encoding="utf-8")
        return text, tomllib.loads(text)
    except OSError as error:
        raise GradebookError(f"{path}: {error.strerror}; name the policy's file with --policy") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise GradebookError(f"{path}, line {line}: not UTF-8; save the file with UTF-8 encoding") from None
    except ValueError as error:  # a date or a number that Python cannot hold, too
        where = re.search(r"line (\d+)", str(error))
        line = int(where[1]) if where else text.count("\n") + 1
        raise GradebookError(f"{path}, line {line}: {error}") from None


def _numbers(table: dict[str, Any], wrong: Wrong) -> dict[str, float]:
    """Return what a policy says of lateness."""
    found = {key: table[key] for key in ("late_per_day", "late_days", "grace_minutes", "slip_days") if key in table}
    for key, value in found.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= 0:
            raise wrong(key, "must be a number, zero or above")
        if math.inf > value > _LARGEST:
            raise wrong(key, f"is larger than {_LARGEST}; say inf for no limit")
        if key == "late_per_day" and value > 1:
            raise wrong(key, "is a part of the points, from 0 to 1, like 0.1 for 10 %")
        if key == "slip_days" and value != math.inf and value != int(value):
            raise wrong(key, "must be a whole number of days")
    return {key: float(value) for key, value in found.items()}


def _amounts(table: dict[str, Any], head: str, syllabus: Syllabus, wrong: Wrong) -> dict[str, float]:
    """Return a table of numbers, each of a section or an assignment; whole ones of what is dropped."""
    found = table.get(head, {})
    if not isinstance(found, dict):
        raise wrong(head, "must be a table with a number for each section or assignment")
    names = tuple(dict.fromkeys((*syllabus.sections, *syllabus.assignments)))
    for name, value in found.items():
        if name not in names:
            near = similar_name(name, names)
            hint = f"; did you mean {near}?" if near else ""
            raise wrong(name, f"is no section or assignment of this course{hint}", head)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= _LARGEST:
            raise wrong(name, "must be a number, zero or above", head)
        if head == "drop_lowest" and value != int(value):
            raise wrong(name, "must be a whole number of pages", head)
    return {name: float(value) for name, value in found.items()}


def _dates(found: Any, about: str, head: str, names: Collection[str], wrong: Wrong) -> dict[str, datetime]:
    """Return a table of dates, each of one of these names.

    Args:
        about: what the table is of.
        head: how it begins in the file.
    """
    if not isinstance(found, dict):
        raise wrong(about, "must be a table of dates", head.rpartition(".")[0])
    for name, when in found.items():
        if name not in names:
            near = similar_name(name, names)
            hint = f"; did you mean {near}?" if near else ""
            raise wrong(name, f"is no section, assignment or exercise of this course{hint}", head)
        if not isinstance(when, datetime) or when.tzinfo is None:
            raise wrong(name, "must be a date with a time and a zone, like 2026-11-30T23:59:00+01:00", head)
    return dict(found)


def _groups(groups: Any, wrong: Wrong) -> dict[str, tuple[str, ...]]:
    """Return the students of each group; nobody is in two."""
    if not isinstance(groups, dict):
        raise wrong("groups", "must be a list of students for each group")
    grouped: dict[str, str] = {}
    for group, members in groups.items():
        if not isinstance(members, list) or not all(isinstance(name, str) for name in members):
            raise wrong(group, "must be a list of students", "groups")
        for name in members:
            if name in grouped:
                raise wrong(group, f"{name!r} is in {grouped[name]!r} already", "groups")
            grouped[name] = group
    return {name: tuple(group) for name, group in groups.items()}


def ghosts(policy: Policy, known: Collection[str]) -> list[str]:
    """Say of each student whom the policy names and nobody else knows, who may be meant.

    Args:
        known: everybody who handed in or was given anything, and whom a roster names.
    """
    lines = []
    for name in policy.named:
        near = similar_name(name, known, 0.75) if known and name not in known else ""
        if near:
            lines.append(f"there is no student {name}; did you mean {near}?")
    return lines


def _heads(head: str) -> list[tuple[str, str]]:
    """Return how the head of a table may be written: ``[extensions.ada]``, or ``ada = {…}`` below ``[extensions]``."""
    table, _, name = head.partition(".")
    return [(before, key) for before, key in (("", table), ("", name), (f"{table}.", name)) if key]


def in_category(page: str, name: str, syllabus: Syllabus) -> bool:
    """Tell whether a category, which is a section or an assignment, holds a page."""
    assignment = syllabus.assignments.get(name)
    return page.partition("/")[0] == name or (assignment is not None and page in assignment.exercises)


def due(policy: Policy, syllabus: Syllabus, student: str, exercise: str) -> datetime | None:
    """Return when an exercise is due for a student: the nearest date said of it, an extension before all else."""
    holding = [name for name, a in syllabus.assignments.items() if exercise in a.exercises]
    for dates in (policy.extensions.get(student, {}), policy.due):
        for name in (exercise, *holding):
            if name in dates:
                return dates[name]
    return next((a.due for n in holding if (a := syllabus.assignments[n]).due is not None), None)


def days_late(policy: Policy, deadline: datetime | None, submitted: str) -> int:
    """Return how many days after the deadline have begun, 0 within the grace. An unknown time is in time."""
    if deadline is None or not submitted:
        return 0
    deadline = deadline if deadline.tzinfo is not None else deadline.replace(tzinfo=UTC)
    late = moment(submitted) - deadline
    return 0 if late.total_seconds() <= 60 * policy.grace_minutes else math.ceil(late / timedelta(days=1))


def penalty(policy: Policy, deadline: datetime | None, submitted: str, free: float = 0.0) -> float:
    """Return the part of the points, 0 to 1, that lateness costs. What nobody knows the time of is in time.

    Args:
        free: days late that cost nothing.
    """
    late = days_late(policy, deadline, submitted)
    if late <= free:
        return 0.0
    days = late - int(free)
    return 1.0 if days > policy.late_days else min(1.0, policy.late_per_day * days)


def moment(submitted: str) -> datetime:
    """Return a time of handing in that can be compared; one that nobody knows lies before all others."""
    when = datetime.fromisoformat(submitted) if submitted else datetime.min
    return when if when.tzinfo is not None else when.replace(tzinfo=UTC)


def counted(history: Iterable[Grade]) -> list[Grade]:
    """Of each submission the grade that was made last: an earlier one, under other checks, was replaced."""
    last: dict[tuple[str, str], Grade] = {}
    for grade in history:
        last[grade.student, grade.digest or grade.key] = grade  # where it was: grading again is not handing in again
    return list(last.values())
