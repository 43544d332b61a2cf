"""What a class did, in figures: pure functions of its grades, for the class page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..gradebook.class_totals import ClassTotals
from ..gradebook.states import NOT_HANDED_IN
from ..gradebook.totals import Standing, answers
from ..model import Grade

MOST_MISTAKES = 40
MOST_CHECKS = 15


@dataclass(frozen=True)
class PageFigures:
    """One page of the course over those who handed it in.

    Args:
        came: how many handed in.
        count: how many could have.
        full: how many of them have every point.
        reached, most: their points after lateness and by hand, and their maximum, summed up; of what is graded.
        graded: over how many students these go.
        answers: how many answers these are: what a group handed in together is one.
        ends: how many ended in which of `states.STATES`.
    """

    address: str
    came: int
    count: int
    full: int
    reached: float
    most: float
    graded: int = 0
    ends: dict[str, int] = field(default_factory=dict)
    answers: int = 0

    @property
    def share(self) -> float:
        """The part of the points that was reached."""
        return self.reached / self.most if self.most else 0.0

    @property
    def words(self) -> str:
        """The mean points of those who handed in, and how many these are."""
        if not self.graded:
            return "nobody handed in" if not self.came else "nothing is graded"
        mean, most = self.reached / self.graded, self.most / self.graded
        return f"mean {figure(mean)} of {figure(most)} {over(self.graded, self.answers)}"


def figure(mean: float) -> str:
    """Return a mean as every table and page has it: to two decimals."""
    return f"{round(mean, 2):g}"


def over(students: int, answers: int) -> str:
    """Say over whom a mean goes: students, each with points of their own, and in how many answers they handed in."""
    who = f"over {students} {'student' if students == 1 else 'students'} who handed in"
    together = f" ({answers} {'answer' if answers == 1 else 'answers'})"  # what a group handed in is one
    return who + (together if 0 < answers < students else "")


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


def by_page(totals: ClassTotals) -> list[PageFigures]:
    """Return what was reached on each page, of those who handed it in."""
    found = []
    rows: dict[str, list[Standing]] = {page: [] for page in totals.pages}
    for row in totals.rows:
        rows[row.exercise].append(row)
    for address, mine in rows.items():
        came = [row for row in mine if row.state != NOT_HANDED_IN]
        graded = [row for row in came if not row.pending]
        found.append(
            PageFigures(
                address, len(came), len(mine), sum(row.total >= row.max_points for row in graded),
                sum(row.total for row in graded), sum(row.max_points for row in graded), len(graded),
                dict(Counter(row.state for row in mine)), len(answers(graded)),
            )
        )  # fmt: skip
    return found


def mistakes(grades: Sequence[Grade]) -> list[Ranked]:
    """Return the misconceptions, the most frequent first: what a teacher wants to know before the next lecture."""
    counts = Counter((g.exercise, name) for g in grades for name in g.diagnoses)
    most = max(counts.values(), default=1)
    return [
        Ranked(address, name, count / most, str(count)) for (address, name), count in counts.most_common(MOST_MISTAKES)
    ]


def hardest(grades: Sequence[Grade]) -> list[Ranked]:
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
