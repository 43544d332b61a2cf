"""What a class did, in figures: pure functions of its grades, for the class page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ..model import Grade, Syllabus

MOST_MISTAKES = 40
MOST_CHECKS = 15


@dataclass(frozen=True)
class PageFigures:
    """One page of the course: who came, who passed all, what was reached of what could be."""

    address: str
    came: int
    count: int
    full: int
    reached: float
    most: float

    @property
    def share(self) -> float:
        """The part of the points that was reached."""
        return self.reached / self.most

    @property
    def words(self) -> str:
        """The mean points of those who handed in."""
        return f"{self.reached / self.came:.3g} of {self.most / self.came:.3g}"


@dataclass(frozen=True)
class Ranked:
    """Something of a page with how often it happened: `share` is the length of its bar, 0 to 1."""

    address: str
    name: str
    share: float
    words: str


@dataclass(frozen=True)
class Cost:
    """What grading one page took, in seconds a submission, and with which isolation."""

    address: str
    count: int
    median: float
    longest: float
    levels: str


def total(grades: Iterable[Grade], syllabus: Syllabus) -> str:
    """Return the sum of points and maximum, each page by its weight; what the grader failed at counts in neither."""
    counted = [(syllabus.weight(grade.exercise), grade) for grade in grades if grade.status != "internal"]
    return f"{sum(w * g.points for w, g in counted):g}/{sum(w * g.max_points for w, g in counted):g}"


def by_page(grades: list[Grade], addresses: list[str]) -> list[PageFigures]:
    """Return what was reached on each page, of those who handed it in."""
    found = []
    for address in addresses:
        mine = [g for g in grades if g.exercise == address]
        came = [g for g in mine if g.status not in ("missing", "internal")]
        found.append(
            PageFigures(
                address, len(came), len(mine), sum(g.status == "passed" for g in came), sum(g.points for g in came),
                sum(g.max_points for g in came),
            )
        )  # fmt: skip
    return found


def mistakes(grades: list[Grade]) -> list[Ranked]:
    """Return the misconceptions, the most frequent first: what a teacher wants to know before the next lecture."""
    counts = Counter((g.exercise, name) for g in grades for name in g.diagnoses)
    most = max(counts.values(), default=1)
    return [
        Ranked(address, name, count / most, str(count)) for (address, name), count in counts.most_common(MOST_MISTAKES)
    ]


def hardest(grades: list[Grade]) -> list[Ranked]:
    """Return the checks that most of those who tried did not pass."""
    tried: Counter[tuple[str, str]] = Counter()
    lost: Counter[tuple[str, str]] = Counter()
    for grade in grades:
        for check in grade.checks:
            if check.status not in ("missing", "skipped", "internal"):
                tried[grade.exercise, check.title] += 1
                lost[grade.exercise, check.title] += check.status != "passed"
    ranked = sorted((k for k in lost if lost[k]), key=lambda k: (-lost[k] / tried[k], -lost[k], k))[:MOST_CHECKS]
    return [Ranked(*key, lost[key] / tried[key], f"{lost[key]} of {tried[key]}") for key in ranked]


def costs(grades: list[Grade], addresses: list[str]) -> list[Cost]:
    """Return what grading each page took."""
    found = []
    for address in addresses:
        mine = [g for g in grades if g.exercise == address]
        seconds = sorted(g.seconds for g in mine)
        levels = ", ".join(f"{level or '?'} {n}" for level, n in Counter(g.isolation for g in mine).most_common())
        found.append(Cost(address, len(mine), seconds[len(seconds) // 2], seconds[-1], levels))
    return found
