"""Totals worked out anew from what `docs/teacher.md` says, in another way than the package: nothing of it is imported.

Slow and plain: every choice of dropped pages is tried, and every number is a fraction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import combinations
from typing import Any

DAY = timedelta(days=1)


def alive(entries: Iterable[Any]) -> list[Any]:
    """Return what nobody took back, in order of its number; an undo may be taken back itself."""
    log = sorted(entries, key=lambda one: one.number)

    def stands(one: Any) -> bool:
        return not any(later.kind == "undo" and later.undoes == one.number and stands(later) for later in log)

    return [one for one in log if one.kind != "undo" and stands(one)]


def last(entries: list[Any], kind: str) -> Any:
    """Return the latest entry of a kind, None where there is none."""
    return next((one for one in reversed(entries) if one.kind == kind), None)


def rubric(entries: list[Any]) -> list[Any]:
    """Return of each key the item that is applied now."""
    state = {one.key: one for one in entries if one.kind in ("item", "unitem")}
    return [one for one in state.values() if one.kind == "item"]


def questions(entries: list[Any]) -> list[Any]:
    """Return what each question was given last; an entry for all of them takes the place of each, and each of it."""
    held: dict[str, Any] = {}
    for one in (one for one in entries if one.kind == "question"):
        held = {one.key: one} if not one.key else {k: v for k, v in held.items() if k} | {one.key: one}
    return list(held.values())


def nothing_in(attempt: Any) -> bool:
    """Tell whether a grade only says that there was no file: all is missing, and of no function."""
    failures = [check.failure for check in attempt.checks]
    return attempt.status == "missing" and not any(one is not None and one.function for one in failures)


def late_days(rules: Mapping[str, Any], due: datetime | None, when: str) -> int:
    """Return how many days after a date were begun."""
    if due is None or not when:
        return 0
    late = datetime.fromisoformat(when) - due
    if late <= timedelta(minutes=rules["grace_minutes"]):
        return 0
    days = 0
    while late > days * DAY:
        days += 1
    return days


def lost(rules: Mapping[str, Any], late: int, free: int) -> Fraction:
    """Return the part of the points that so many days cost."""
    costly = max(late - free, 0)
    if costly > rules["late_days"]:
        return Fraction(1)
    return min(Fraction(1), costly * Fraction(rules["late_per_day"]))


def due_of(rules: Mapping[str, Any], student: str, page: str, entries: list[Any]) -> datetime | None:
    """Return when a page is due for a student."""
    moved = [one for one in entries if one.kind in ("extension", "excuse")]
    if any(one.kind == "excuse" for one in moved):
        return None
    if moved:
        return datetime.fromisoformat(moved[-1].key)
    section = page.split("/")[0]
    for dates in (rules["extensions"].get(student, {}), rules["due"]):
        if page in dates or section in dates:
            return dates.get(page, dates.get(section))
    return None


def page_total(
    rules: Mapping[str, Any], page: Any, attempts: list[Any], entries: list[Any], due: datetime | None, free: int,
    asked: bool, waits: bool = False,
) -> tuple[Fraction, Fraction, int]:  # fmt: skip
    """Return total, maximum and the free days that were used.

    The written question of who handed in counts once it is marked; of who handed in nothing it counts as 0.
    """
    best, used = None, 0
    latest: dict[Any, Any] = {(one.student, one.digest): one for one in attempts}  # graded again: the last one counts
    for one in latest.values():
        if nothing_in(one):  # a run over a folder without the page is no handing in
            continue
        late = late_days(rules, due, one.submitted)
        points = Fraction(one.points) * (1 - lost(rules, late, free))
        points = Fraction(round(float(points), 4))
        key = (points if rules["count"] == "best" else 0, one.submitted)
        if best is None or key > best[0]:
            best = key, points, one
            spares = one.points * lost(rules, late, free) < one.points * lost(rules, late, 0)
            used = min(late, free) if spares else 0
    whole, written = last(entries, "points"), questions(entries)
    if whole:
        used = 0
    base = Fraction(whole.value) if whole else best[1] if best else Fraction(0)
    base += sum(Fraction(one.value) for one in written)
    asked = asked and bool(written or not (best or waits))
    most = Fraction(best[2].max_points if best else page.points) + (Fraction(page.question_points) if asked else 0)
    changes = [one for one in entries if one.kind == "adjust"] + rubric(entries)
    ceiling = max(most, base) if any(one.extra for one in (whole, *written) if one) else most
    inside = min(max(base + sum(Fraction(one.value) for one in changes if not one.extra), Fraction(0)), ceiling)
    total = max(inside + sum(Fraction(one.value) for one in changes if one.extra), Fraction(0))
    return Fraction(round(float(total), 4)), most, used


def sums(rules: Mapping[str, Any], rows: list[tuple[Any, Fraction, Fraction]]) -> tuple[float, float]:
    """Return a student's sum and its maximum, of pages with their totals and maxima."""
    points, most = Fraction(0), Fraction(0)
    names = list(dict.fromkeys([*rules["drop_lowest"], *rules["maximum"]]))
    kinds: dict[str, list[tuple[Fraction, Fraction]]] = {}
    for page, got, of in rows:
        name = next((name for name in names if page.address.split("/")[0] == name), "")
        weight = Fraction(page.weight)
        kinds.setdefault(name, []).append((weight * got, weight * of))
    for name, pages in kinds.items():
        worth, got = sum(of for _, of in pages), sum(one for one, _ in pages)
        drop = min(rules["drop_lowest"].get(name, 0), len(pages) - 1)
        if drop > 0 and worth:
            shares = [
                sum(one for one, _ in kept) / sum(of for _, of in kept)
                for kept in combinations(pages, len(pages) - drop)
            ]  # fmt: skip
            got = max(shares) * worth
        cap = Fraction(rules["maximum"].get(name, 10**9))
        points, most = points + min(got, cap), most + min(worth, cap)
    return float(points), float(most)


def totals(
    rules: Mapping[str, Any], pages: Mapping[str, Any], attempts: list[Any], entries: list[Any],
    pending: set[tuple[str, str]], students: Iterable[str],
) -> tuple[dict[tuple[str, str], float | None], dict[str, tuple[float, float]]]:  # fmt: skip
    """Return each student's total of each page, None where it is ungraded, and each student's sum with its maximum.

    Args:
        rules: the keys of ``policy.toml``, all of them.
        pages: the exercises, by address, as the course goes.
        pending: what could not be graded.
    """
    by_place: dict[tuple[str, str], list[Any]] = {}
    for one in entries:
        by_place.setdefault((one.student, one.page), []).append(one)
    given = {place: alive(some) for place, some in by_place.items()}
    asked = {page for (_, page), some in given.items() if any(one.kind == "question" for one in some)}
    used = {one.exercise for one in attempts} | {page for _, page in pending}
    used |= {page for (_, page), some in given.items() if any(one.kind not in ("extension", "excuse") for one in some)}
    found: dict[tuple[str, str], float | None] = {}
    sums_of = {}
    for student in students:
        team = next((team for team in rules["groups"].values() if student in team), (student,))
        mine = [page for page in pages if page in used]
        dates = {page: due_of(rules, student, page, given.get((student, page), [])) for page in mine}
        # free days go by the dates of the policy: what an entry moves or forgives changes no order
        order = {p: due_of(rules, student, p, []) for p in mine}
        free, rows = rules["slip_days"], {}
        for page in sorted(mine, key=lambda p: (order[p] is None, order[p] or datetime.min)):
            here = [one for member in team for one in attempts if (one.student, one.exercise) == (member, page)]
            some = given.get((student, page), [])
            lost_ = any((member, page) in pending for member in team)
            total, most, took = page_total(rules, pages[page], here, some, dates[page], free, page in asked, lost_)
            free -= took
            waits = lost_ and last(some, "points") is None
            rows[page] = (pages[page], total, most)
            found[student, page] = None if waits else float(total)
        ready = [rows[page] for page in mine if found[student, page] is not None]
        sums_of[student] = sums(rules, ready)
    return found, sums_of
