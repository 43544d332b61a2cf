"""The one total: of a page and of a student, from all that counts. Pure; every view and every export asks here.

Of a page::

    base   = the points that a marker set, else those of the attempt that counts, less lateness
             + what the written question got
    total  = base + adjustments + rubric items, held between 0 and the maximum,
             + what was given beyond the maximum

Of a student: the pages of the class by their weights; the pages of a category that cost most count as the mean of its
others, and a category counts up to its maximum.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ..model import Exercise, Grade, QuestionPage, Syllabus, round_points
from .entries import DATES, Entry, effective, holding, maximum, questions_of
from .policy import Policy, counted, days_late, due, in_category, moment, penalty
from .states import NOT_HANDED_IN, UNGRADED, state

Place = tuple[str, str]  #: a student and a page
_PLAIN = Policy()
_CHANGES = ("adjust", "item")  #: kinds of entries that are added to what a page has


@dataclass(frozen=True)
class Standing:
    """Where one student stands in one exercise.

    Args:
        grade: the one that counts, None where nothing was graded.
        automatic: its points after lateness.
        penalty: the part, 0 to 1, that lateness took.
        manual: what persons changed: `total` less `automatic` and `written`.
        comment: what persons said to the student.
        total, max_points: of the page, with its written question where that counts.
        pending: the last run could not grade it, and nobody gave it points: no total is right yet.
        state: one of `states.STATES`.
        written: the points of the written question, None where nobody gave any.
        slip: days late that were free.
        entries: what persons gave and what counts of it, oldest first.
        unmarked: the points of written questions that wait for a mark; they are in neither number.
        cut: what was cut off between 0 and the maximum: above 0 what lay beyond the maximum, below it what was missing
            to 0.
        rest: what rounding to four decimals took from `total`; shares of a maximum are worked out with it.
    """

    student: str
    exercise: str
    grade: Grade | None
    automatic: float
    penalty: float
    manual: float
    comment: str
    total: float
    max_points: float
    pending: bool = False
    state: str = NOT_HANDED_IN
    written: float | None = None
    slip: int = 0
    entries: tuple[Entry, ...] = ()
    unmarked: float = 0.0
    cut: float = 0.0
    rest: float = 0.0

    @property
    def of_group(self) -> str:
        """Who of the student's group handed in what counts, "" where they did so themselves, or nobody did."""
        another = self.grade is not None and self.grade.student != self.student and self.state != NOT_HANDED_IN
        return self.grade.student if another and self.grade is not None else ""

    @property
    def held(self) -> tuple[Entry, ...]:
        """What of the entries holds: none whose place a later one took. Readers are told of these alone."""
        return holding(self.entries)


@dataclass(frozen=True)
class StudentTotal:
    """Where one student stands in all.

    Args:
        points, maximum: by the weights of the course.
        pages: how many count.
        dropped: pages that count as the mean of the others of their category.
        pending: pages that the grader could not grade; they are in neither number.
        unmarked: pages with a written question that waits for a mark; its points are in neither number.
        share: the part of the maximum that was reached, of points as they were before they were rounded.
    """

    student: str
    points: float
    maximum: float
    pages: int = 0
    dropped: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    unmarked: tuple[str, ...] = ()
    share: float = 0.0


def page_total(
    student: str, exercise: Exercise | QuestionPage, history: Iterable[Grade], entries: Iterable[Entry] = (),
    policy: Policy = _PLAIN, deadline: datetime | None = None, free: float = 0.0, *, asked: bool = False,
    waits: bool = False,
) -> Standing:  # fmt: skip
    """Work out where a student stands on a page.

    Args:
        history: every grade of the student and of their group, oldest first.
        entries: everything that persons gave for it, in any order.
        deadline: when it is due for this student.
        free: days late that cost nothing.
        asked: its written questions count: of who handed in each as soon as it is marked.
        waits: the last run could not grade it.
    """
    mine = effective(entries)
    held = holding(mine)
    for one in held:
        if one.kind == "extension":
            deadline = datetime.fromisoformat(one.key)
    forgiven = any(one.kind == "excuse" for one in held)
    grade, automatic, lost, slip = _attempt(history, policy, None if forgiven else deadline, free)
    override = next((one for one in held if one.kind == "points"), None)
    slip = slip if override is None else 0  # points in the place of the checks' are not late
    questions = [one for one in held if one.kind == "question"]
    written = sum(one.value for one in questions) if questions else None
    code = grade.max_points if grade is not None else exercise.points if isinstance(exercise, Exercise) else 0.0
    words = maximum(exercise, "question") if asked or isinstance(exercise, QuestionPage) else 0.0
    unmarked = _unmarked(exercise, questions) if words and _may_have_answered(exercise, grade, waits) else 0.0
    most = code + words - unmarked
    beyond = sum(one.value for one in held if one.kind in _CHANGES and one.extra)
    uncut, above = _uncut(held, automatic, written, most)
    inside = min(max(uncut, 0.0), above)
    total = round_points(max(inside + beyond, 0.0))
    counts = grade is not None and override is None and inside == uncut  # what the checks gave, to its last digit
    rest = round(grade.points * (1 - lost) - automatic, 10) if grade is not None and counts else 0.0
    return Standing(
        student, exercise.address, grade, automatic, lost, round_points(total - automatic - (written or 0.0)),
        "\n".join(one.text for one in held if one.text), total, round_points(most),
        waits and override is None, UNGRADED if waits else state(grade), written, slip, mine,
        round_points(unmarked), round_points(uncut - inside), rest,
    )  # fmt: skip


def _may_have_answered(page: Exercise | QuestionPage, grade: Grade | None, waits: bool) -> bool:
    """Tell whether there may be an answer to mark: who handed in nothing has none, but where words are all there is."""
    return waits or isinstance(page, QuestionPage) or state(grade) != NOT_HANDED_IN


def _unmarked(page: Exercise | QuestionPage, marks: Collection[Entry]) -> float:
    """Return the points of a page's written questions that nobody has marked."""
    keys = {one.key for one in marks}
    return 0.0 if "" in keys else sum(most for key, most in questions_of(page).items() if key not in keys)


def _uncut(held: Sequence[Entry], automatic: float, written: float | None, most: float) -> tuple[float, float]:
    """Return what a page's points make before they are cut at 0 and above, and where they are cut above.

    What was given beyond the maximum by adjustments or items is in neither: it is added after the cut.
    """
    override = next((one for one in held if one.kind == "points"), None)
    base = (override.value if override is not None else automatic) + (written or 0.0)
    # an override or a question beyond the maximum was allowed when it was given; else the page's maximum holds
    allowed = any(one.extra for one in held if one is override or one.kind == "question")
    return base + sum(one.value for one in held if one.kind in _CHANGES and not one.extra), max(most, base * allowed)


def cut_words(row: Standing) -> str:
    """Say what of a page's points does not count, since a page has no less than 0 and no more than its maximum."""
    if not row.cut or row.pending:
        return ""
    where = "beyond the maximum" if row.cut > 0 else "below 0"
    return f"{abs(row.cut):g} {where} {'does' if abs(row.cut) == 1 else 'do'} not count"


def swallowed(row: Standing, value: float) -> str:
    """Say why an adjustment by so many points would not change a page by all of them, "" where it would."""
    uncut, above = _uncut(row.held, row.automatic, row.written, row.max_points)
    now = round_points(uncut)
    if 0 <= round_points(now + value) <= above:
        return ""
    before = f"{row.total:g} of {row.max_points:g}"
    if not 0 <= now <= above:
        before += f", where what was given before makes {now:g},"
    return f"{before} and {value:+g} points make {round_points(now + value):g}"


def _attempt(
    history: Iterable[Grade], policy: Policy, deadline: datetime | None, free: float
) -> tuple[Grade | None, float, float, int]:
    """Choose the attempt that counts; return it with its points, the part that lateness took, and free days used."""
    attempts = counted(history)
    # where a later run, or another of the group, had no file for the page, that is no attempt, and late is nothing
    handed_in = [grade for grade in attempts if grade.status != "missing" or state(grade) != NOT_HANDED_IN]
    if not handed_in:
        return (attempts[-1] if attempts else None), 0.0, 0.0, 0
    options = []
    for order, grade in enumerate(handed_in):
        lost = penalty(policy, deadline, grade.submitted, free)
        points = round_points(grade.points * (1 - lost))
        rank = (points if policy.count == "best" else 0.0, moment(grade.submitted))
        options.append((rank, order, grade, points, lost))
    _, _, grade, points, lost = max(options, key=lambda option: option[:2])
    used = int(min(free, days_late(policy, deadline, grade.submitted)))
    # a free day that spares nothing, of a page that is too late even so, or without points, is left to the next page
    spares = points > round_points(grade.points * (1 - penalty(policy, deadline, grade.submitted)))
    return grade, points, lost, used if spares else 0


def standings(
    book: Mapping[Place, list[Grade]], entries: Mapping[Place, Iterable[Entry]], policy: Policy, syllabus: Syllabus,
    pending: Collection[Place] = (), everybody: Iterable[str] = (), also: Collection[str] = (),
) -> list[Standing]:  # fmt: skip
    """Work out where everybody stands on every page that anybody handed in or was given something for.

    Args:
        book: the history of every student and exercise, oldest first.
        entries: what persons gave, by student and exercise.
        pending: what the last run could not grade.
        everybody: further students, of whom nothing is known.
        also: further pages, that nobody handed in.

    Returns:
        One row for each student and page, by student, then as the course goes.
    """
    places = dict.fromkeys((*book, *entries, *pending))
    pages = pages_of(syllabus, book, entries, pending, also)
    students = dict.fromkeys((*(student for student, _ in places), *everybody))
    for student in list(students):
        students.update(dict.fromkeys(policy.members(student)))
    asked = asked_pages(entries)
    rows: list[Standing] = []
    for student in sorted(students):
        rows += student_rows(student, pages, book, entries, policy, syllabus, pending, asked)
    return rows


def pages_of(
    syllabus: Syllabus, book: Collection[Place], entries: Mapping[Place, Iterable[Entry]], pending: Collection[Place],
    also: Collection[str] = (),
) -> list[str]:  # fmt: skip
    """Return the pages of the class, as the course goes: anybody handed them in, or has something given for them.

    What was taken back is not given, and a later date alone is no page to count: it comes before there is any.
    """
    given = {place for place, some in entries.items() if any(one.kind not in DATES for one in effective(some))}
    found = {page for _, page in (*book, *given, *pending)} | set(also)
    return [page for page in syllabus.pages if page in found]  # one that the course no longer has counts nothing


def gone(syllabus: Syllabus, *sources: Iterable[Place]) -> tuple[Place, ...]:
    """Return the students and pages of which something is kept, and which are no pages of the course any more."""
    return tuple(sorted({place for places in sources for place in places if place[1] not in syllabus.pages}))


def asked_pages(entries: Mapping[Place, Iterable[Entry]]) -> set[str]:
    """Return the pages whose written question counts: anybody was given points for it."""
    return {page for (_, page), some in entries.items() if any(one.kind == "question" for one in effective(some))}


def student_rows(
    student: str, pages: Sequence[str], book: Mapping[Place, list[Grade]], entries: Mapping[Place, Iterable[Entry]],
    policy: Policy, syllabus: Syllabus, pending: Collection[Place], asked: Collection[str],
) -> list[Standing]:  # fmt: skip
    """Work out where one student stands on these pages, which :func:`standings` does for everybody.

    Args:
        asked: the pages whose written question counts.
    """
    dates = {page: due(policy, syllabus, student, page) for page in pages}
    free, all_pages = policy.slip_days, syllabus.pages
    found: dict[str, Standing] = {}
    # free days go to the page that was due first; sorted is stable, so pages of one date go as the course goes
    for page in sorted(pages, key=lambda page: _aware(dates[page])):
        members = policy.members(student)
        history = [grade for member in members for grade in book.get((member, page), [])]
        waits = any((member, page) in pending for member in members)
        found[page] = page_total(
            student, all_pages[page], history, entries.get((student, page), ()), policy, dates[page], free,
            asked=page in asked, waits=waits,
        )  # fmt: skip
        free -= found[page].slip
    return [found[page] for page in pages]


def _aware(when: datetime | None) -> datetime:
    if when is None:
        return datetime.max.replace(tzinfo=UTC)
    return when if when.tzinfo is not None else when.replace(tzinfo=UTC)


def student_total(rows: Iterable[Standing], policy: Policy, syllabus: Syllabus) -> StudentTotal:
    """Sum up one student's pages.

    A page's points and maximum are multiplied by its weight. Of each category with `drop_lowest` those pages count as
    the mean of the others that lower the sum most; one page at least is left. Points of a category with a `maximum`
    count up to that.
    """
    mine = list(rows)
    ready = [row for row in mine if not row.pending]
    points, most, dropped = _summed([(row.exercise, row.total, row.max_points) for row in ready], policy, syllabus)
    reached, of = points, most
    if any(row.rest for row in ready):
        exactly = [(row.exercise, row.total + row.rest, row.max_points) for row in ready]
        reached, of, _ = _summed(exactly, policy, syllabus)
    return StudentTotal(
        mine[0].student if mine else "", round_points(points), round_points(most), len(ready), dropped,
        tuple(row.exercise for row in mine if row.pending), tuple(row.exercise for row in mine if row.unmarked),
        reached / of if round_points(most) else 0.0,
    )  # fmt: skip


def _summed(
    pages: Iterable[tuple[str, float, float]], policy: Policy, syllabus: Syllabus
) -> tuple[float, float, tuple[str, ...]]:
    """Return the points and the maximum that pages make together, and which of them are dropped."""
    by_category: dict[str, list[_Weighted]] = {}
    for page, got, most in pages:
        weight = syllabus.weight(page)
        one = _Weighted(page, weight * got, weight * most)
        by_category.setdefault(category(page, policy, syllabus), []).append(one)
    points = maximum = 0.0
    dropped: list[str] = []
    for name, group in by_category.items():
        share, gone = _without_lowest(group, policy.drop_lowest.get(name, 0))
        dropped += gone
        worth = sum(page.most for page in group)
        cap = policy.maximum.get(name, math.inf)
        points += min(share * worth if gone else sum(page.got for page in group), cap)
        maximum += min(worth, cap)
    return points, maximum, tuple(dropped)


@dataclass(frozen=True)
class _Weighted:
    page: str
    got: float
    most: float


def _without_lowest(pages: Sequence[_Weighted], drop: int) -> tuple[float, tuple[str, ...]]:
    """Return the largest part of the maximum that pages reach without `drop` of them, and which are left out.

    The page with the smallest part is not always the one to leave out, where pages have different maxima. Each round
    keeps what lies highest above the part that was reached before, and no round reaches less: the last is the largest.
    """
    pages = [page for page in pages if page.most]
    drop = min(drop, len(pages) - 1)
    if drop <= 0:
        return 0.0, ()
    share: float = -math.inf
    gone: tuple[str, ...] = ()
    for _ in range(100):  # a few do; the bound is against what rounding may do
        level = max(share, 0.0)
        ranked = sorted(pages, key=lambda page: (page.got - level * page.most, page.page))
        kept = ranked[drop:]
        reached = sum(page.got for page in kept) / sum(page.most for page in kept)
        if reached <= share:
            break
        share, gone = reached, tuple(page.page for page in ranked[:drop])
    return share, gone


def answers(rows: Iterable[Standing]) -> list[Grade]:
    """Return the grades that count, in the order of the rows; what a group handed in together is one answer."""
    found: dict[tuple[str, str, str, str], Grade] = {}
    for row in rows:
        if (one := row.grade) is not None:
            found.setdefault((one.student, one.exercise, one.digest, one.submitted), one)
    return list(found.values())


def category(page: str, policy: Policy, syllabus: Syllabus) -> str:
    """Return the category that the policy speaks of and that holds a page, "" where none does."""
    return next((name for name in policy.categories if in_category(page, name, syllabus)), "")


def student_totals(rows: Iterable[Standing], policy: Policy, syllabus: Syllabus) -> dict[str, StudentTotal]:
    """Sum up everybody's pages, in the order of the rows."""
    by_student: dict[str, list[Standing]] = {}
    for row in rows:
        by_student.setdefault(row.student, []).append(row)
    return {student: student_total(mine, policy, syllabus) for student, mine in by_student.items()}
