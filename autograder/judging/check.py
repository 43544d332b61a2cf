"""One check: what it is, how its draws are seeded, what happened in it, how it ended, and who remembers that."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..checking import Marks
from ..checking.plot import Plot
from ..model import Failure
from ..sandbox.host.record import Call
from ..sandbox.wire.channel import Channel, Line


@dataclass(frozen=True)
class Check:
    """One collected check: its name, title and marks."""

    name: str
    title: str
    marks: Marks


@dataclass(frozen=True)
class Compared:
    """The two values by which a check failed, as they are recorded, and the call that they are about."""

    got: Any
    expected: Any
    about: str
    call: Call | None
    altered: bool = False  #: they are an argument after the call and before it


@dataclass(frozen=True)
class Fall:
    """One failure of a check that went on: the call that it is about, and after how many calls.

    Args:
        said: the property that does not hold, see :attr:`Trace.said`.
        failure: what a student is told of it; of the course's own sources nobody asks.
        claimed: it rests on a claim, which holds or not whatever else does.
    """

    said: str
    blamed: Call | None
    calls: int
    failure: Failure | None = None
    compared: Compared | None = None
    claimed: bool = False


@dataclass
class Trace:
    """What happened in one check: the calls, whether it passed, and by what it failed."""

    calls: list[Call] = field(default_factory=list)
    passed: bool = False
    trouble: bool = False  #: it ended by a limit or a crash, which says little of the answers
    compared: Compared | None = None
    blamed: Call | None = None  #: the call that its failure is about
    said: str = ""  #: the property that does not hold; "" where it failed otherwise, by a value or an exception
    further: list[Call] = field(default_factory=list)  #: those after the failure, where the check went on
    falls: list[Fall] = field(default_factory=list)  #: further failures of it


@dataclass(frozen=True)
class Verdict:
    """How a check ended, as far as the answers to it tell."""

    status: str
    failure: Failure | None
    earned: float
    trace: Trace
    badge: str = ""
    advice: str = ""
    figures: tuple[tuple[str, float], ...] = ()
    plot: Plot | None = None
    fault: str = ""  #: what went wrong in the grader itself
    answers: str = ""  #: a digest of all that the check heard
    #: the definitions that it got hold of; None if it learnt more than they tell, such as that one is missing
    asked: frozenset[str] | None = None


class Conversation(Line, Protocol):
    """A line that knows how a check ended that got the same answers."""

    asked_differently: bool  #: the check depends on more than the answers

    def ask_ahead(self) -> Any:
        """Return the verdict of the check if it is known, else None."""

    def close(self) -> None:
        """Note that the check ended."""

    def keep(self, verdict: Any) -> None:
        """Remember this verdict."""


class Memory(Protocol):
    """Remembers how checks ended, by all that they asked and heard. Without one every check runs every time."""

    def converse(self, check: str, channel: Channel) -> Conversation | None:
        """Return a line before the channel, for one check; None if this check cannot be remembered."""


class Known(Exception):
    """The verdict of this check is known: an earlier submission gave the same answers."""

    def __init__(self, verdict: Verdict):
        super().__init__()
        self.verdict = verdict


class Recalled(Known):
    """The verdict of this check is known, and nothing was asked: an earlier submission is written the same."""


def check_seed(seed: int, exercise: str, check: str) -> int:
    """Return the seed of one check: the same for every student, another for every check."""
    digest = hashlib.sha256(f"{seed}/{exercise}/{check}".encode()).digest()
    return int.from_bytes(digest[:8], "little") >> 1


def worker_seed(exercise: str, check: str, lot: int = 0) -> int:
    """Return the seed of the worker in one check, of which nothing about the judge's can be learnt: it is no secret.

    Args:
        lot: another one draws otherwise, as right code may that draws in another order.
    """
    return check_seed(lot, exercise, f"worker of {check}")
