"""What a judge process is asked by verify, and what it answers, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...model import CheckResult, Submission


@dataclass(frozen=True)
class Collected:
    """A check of a page."""

    name: str
    points: float
    replayable: bool
    trains: bool


@dataclass(frozen=True)
class _OfASource:
    """What is done to one source of ours; it goes by the names of its submission."""

    submission: Submission

    @property
    def exercise(self) -> str:
        """The address of its page."""
        return self.submission.exercise

    @property
    def student(self) -> str:
        """The name of the source."""
        return self.submission.student


@dataclass(frozen=True)
class Mistaken(_OfASource):
    """A known mistake: its submission, the definition that it is about, and the check that it should die by."""

    of: str
    dies_by: str


@dataclass(frozen=True)
class Seen:
    """What a known mistake did before the checks of its page, whatever the other mistakes are.

    Args:
        notes: what is said of statements that were not carried out.
        traces: by check, see :mod:`...judging.kept_traces`; None where they cannot be kept.
    """

    results: tuple[CheckResult, ...]
    seconds: float
    notes: tuple[str, ...]
    traces: dict[str, bytes] | None


@dataclass(frozen=True)
class Rest:
    """What is asked of a source of which is known how it ended in some checks, by the names of those.

    Args:
        kind, subject: the task that it is the rest of.
        notes, traces: what is said of statements that were not carried out, and what a known mistake did there.
    """

    kind: str
    subject: Any
    results: Mapping[str, CheckResult] = field(repr=False)
    notes: tuple[str, ...] = field(repr=False)
    traces: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def exercise(self) -> str:
        """The address of its page."""
        return str(self.subject.exercise)

    @property
    def student(self) -> str:
        """The name of the source."""
        return str(self.subject.student)


@dataclass(frozen=True)
class Naming:
    """The known mistakes of a page, each to be named: what each of them did, by its key."""

    exercise: str
    seen: Mapping[str, Seen] = field(repr=False)  # it follows from the page


@dataclass(frozen=True)
class Told:
    """An answer for which mistakes were looked for: those of these definitions."""

    answer: Any
    of: tuple[str, ...]


@dataclass(frozen=True)
class Altered(_OfASource):
    """A mutant: its submission, and the definitions whose answers the change can reach."""

    reach: tuple[str, ...]


@dataclass(frozen=True)
class Fate:
    """What became of one mutant."""

    killed_by: str = ""
    differs: bool = True
    false_accusations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draws(_OfASource):
    """One source of ours before the checks of its page, at the seeds from `first` to before `end`.

    Args:
        trains: before the checks that train; otherwise before all others.
    """

    first: int
    end: int
    trains: bool = False


@dataclass(frozen=True)
class Ends:
    """How one check ended at several seeds: how often it was passed and not, and the first seed of each.

    Args:
        status, why: of the first seed at which it was not passed.
    """

    check: str
    lives: int = 0
    dies: int = 0
    lives_at: int = -1
    dies_at: int = -1
    status: str = ""
    why: str = ""

    def and_then(self, other: Ends) -> Ends:
        """Return this and what came at other seeds as one."""
        alive = min((end for end in (self, other) if end.lives), key=lambda end: end.lives_at, default=self)
        dead = min((end for end in (self, other) if end.dies), key=lambda end: end.dies_at, default=self)
        lives, dies = self.lives + other.lives, self.dies + other.dies
        return Ends(self.check, lives, dies, alive.lives_at, dead.dies_at, dead.status, dead.why)


@dataclass(frozen=True)
class Again:
    """The breakers of a page at another seed."""

    exercise: str
    seed: int

    @property
    def student(self) -> str:
        """Return how a fault names it."""
        return f"at seed {self.seed}"
