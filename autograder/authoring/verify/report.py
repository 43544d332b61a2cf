"""What verify found out about one page."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...model import LEVELS
from ..breakers.alibis import Named
from ..breakers.page import Page
from .first_drafts import DraftTally


@dataclass
class Report:
    """What was found out about one page; it is in order when `faults` is empty.

    Args:
        level: how far it was to be proved; "" where the page cannot be read.
        unasked: what that level asks for besides, and this run left out.
        killed: mutants that differ from the solution and die; `survivors` are those that live.
        of_variants: how many of the mutants that differ were made of variants.
        equivalent: mutants that never answer otherwise.
        unmutated: mutants of definitions that no check calls.
        seeds: at how many seeds the solution was graded; `training_seeds` by the checks that train.
        claimed: how many of the page's points rest on what a student's process says of itself.
        drafts: what the page's first drafts are told.
        named: the breakers that are called by the name of a known mistake, where that was asked.
        unproved: what a docstring promises without a breaker that dies for it.
        questions: of a page without code how many there are; `by_hand` are the points that a person gives for them.
    """

    address: str
    faults: list[str] = field(default_factory=list)
    checks: int = 0
    misconceptions: int = 0
    variants: int = 0
    killed: int = 0
    of_variants: int = 0
    equivalent: int = 0
    survivors: list[str] = field(default_factory=list)
    unmutated: list[str] = field(default_factory=list)
    seeds: int = 0
    training_seeds: int = 0
    claimed: float = 0.0
    breakers: Page | None = None
    drafts: DraftTally = field(default_factory=DraftTally)
    named: list[Named] = field(default_factory=list)
    unproved: list[str] = field(default_factory=list)
    level: str = LEVELS[-1]
    unasked: tuple[str, ...] = ()
    questions: int = 0
    by_hand: float = 0.0

    @property
    def proved(self) -> str:
        """Say how far this run proved it: never further than it asked."""
        if not self.unasked:
            return self.level
        reached = LEVELS[0] if "breakers" in self.unasked else LEVELS[1]
        rest = " and ".join(filter(None, (", ".join(self.unasked[:-1]), self.unasked[-1])))
        return f"{reached} (for {self.level} `gradus verify {self.address}` asks {rest}, too)"

    @property
    def mutants(self) -> int:
        """Count the mutants that differ from the solution."""
        return self.killed + len(self.survivors)
