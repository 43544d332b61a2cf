"""Item analysis: what each check of a page tells about a class. Pure functions of its grades."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..gradebook.states import NOT_HANDED_IN, UNGRADED, state
from ..model import CheckResult, Grade

MOST = 60  #: checks that a report shows
_SAYS_NOTHING = ("skipped", "internal")


@dataclass(frozen=True)
class ItemFigures:
    """One check over the answers that were handed in for its page.

    Args:
        address: of the page.
        name, title: of the check.
        max_points: what it is worth.
        count: over how many answers all figures go, less those whose check could not be judged; a group that hands in
            together is one (:func:`autograder.gradebook.totals.answers`).
        right: how many passed.
        difficulty: the part of them who passed, 0 to 1; small is hard.
        discrimination: the point-biserial correlation, -1 to 1, of passing with the points of the page's other checks;
            None where all or none passed, or where the others do not differ.
        blank: the part to whom something is missing that is not written, 0 to 1.
        alone: how many fail this check and no other.
        seconds: the median time of grading the page, in seconds; single checks are not timed.
    """

    address: str
    name: str
    title: str
    max_points: float
    count: int
    right: int
    difficulty: float
    discrimination: float | None
    blank: float
    alone: int
    seconds: float


def figures(grades: Iterable[Grade], most: int | None = MOST) -> list[ItemFigures]:
    """Return the figures of every check, page by page; the hardest `most` of them, all for None."""
    pages: dict[str, list[Grade]] = {}
    for grade in grades:
        if state(grade) not in (NOT_HANDED_IN, UNGRADED):
            pages.setdefault(grade.exercise, []).append(grade)
    found = [one for address, mine in pages.items() for one in _of_page(address, mine)]
    if most is None or len(found) <= most:
        return found
    hardest = sorted(found, key=lambda one: one.difficulty)[:most]
    return [one for one in found if one in hardest][:most]


def _of_page(address: str, grades: Sequence[Grade]) -> list[ItemFigures]:
    seconds = sorted(grade.seconds for grade in grades)
    items: dict[str, list[tuple[CheckResult, Grade]]] = {}
    for grade in grades:
        for check in grade.checks:
            if check.status not in _SAYS_NOTHING:
                items.setdefault(check.name, []).append((check, grade))
    failing = [sum(one.status not in ("passed", *_SAYS_NOTHING) for one in grade.checks) for grade in grades]
    lone = {id(grade) for grade, count in zip(grades, failing, strict=True) if count == 1}
    found = []
    for name, pairs in items.items():
        passed = [check.status == "passed" for check, _ in pairs]
        rest = [grade.points - check.points for check, grade in pairs]
        found.append(
            ItemFigures(
                address, name, pairs[0][0].title, max(check.max_points for check, _ in pairs), len(pairs), sum(passed),
                sum(passed) / len(pairs), point_biserial(passed, rest),
                sum(check.status == "missing" for check, _ in pairs) / len(pairs),
                sum(not ok and id(grade) in lone for ok, (_, grade) in zip(passed, pairs, strict=True)),
                seconds[len(seconds) // 2],
            )
        )  # fmt: skip
    return found


def point_biserial(passed: Sequence[bool], scores: Sequence[float]) -> float | None:
    """Return the correlation of passing with a score, -1 to 1; None where either does not vary.

    Args:
        passed: of each student.
        scores: of the same students, in the same order.
    """
    count = len(scores)
    yes = sum(passed)
    if not 0 < yes < count:
        return None
    mean = math.fsum(scores) / count
    spread = math.sqrt(math.fsum((score - mean) ** 2 for score in scores) / count)
    if spread <= 1e-12 * max(1.0, *(abs(score) for score in scores)):
        return None
    above = math.fsum(score for score, ok in zip(scores, passed, strict=True) if ok) / yes
    below = math.fsum(score for score, ok in zip(scores, passed, strict=True) if not ok) / (count - yes)
    share = yes / count
    return max(-1.0, min(1.0, (above - below) / spread * math.sqrt(share * (1 - share))))
