"""What a beginner is told of a first draft: is it true, and is something said of each flaw? Pure functions."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from ...course.drafts import Draft, Flaw
from ...model import Failure, Grade
from ...text import told
from ..breakers.room import failed

#: how well a page should understand its drafts
MIN_DRAFTS, MIN_NAMED, MIN_TOLD = 10, 0.7, 0.9


@dataclass(frozen=True)
class Told:
    """What was said of one flaw.

    Args:
        fate: named (by a true name), fact (a true relation, or the words that the author asks for), or nothing.
        by: the name, or what else was said.
    """

    draft: str
    function: str
    fate: str
    wanted: str
    by: str = ""


@dataclass(frozen=True)
class DraftTally:
    """What all drafts of a page were told, and every name that is not true, with the draft it was said of."""

    drafts: int = 0
    flaws: list[Told] = field(default_factory=list)
    false: list[str] = field(default_factory=list)

    def count(self, fate: str) -> int:
        """Count the flaws of a fate."""
        return Counter(told.fate for told in self.flaws)[fate]

    @property
    def summary(self) -> str:
        """All of it in a few words."""
        return (
            f"{self.drafts} drafts: of {len(self.flaws)} flaws {self.count('named')} named, "
            f"{self.count('fact')} told a fact, {self.count('nothing')} nothing, {len(self.false)} false"
        )

    @property
    def short(self) -> list[str]:
        """What the standard asks for more of."""
        found = []
        if self.drafts < MIN_DRAFTS:
            found.append(f"{self.drafts} first drafts; the standard asks for {MIN_DRAFTS} or more")
        flaws, named = len(self.flaws), self.count("named")
        if flaws and named < MIN_NAMED * flaws:
            found.append(f"{named} of {flaws} flaws of first drafts are named, fewer than {MIN_NAMED:.0%}")
        if flaws and named + self.count("fact") < MIN_TOLD * flaws:
            found.append(f"{self.count('nothing')} of {flaws} flaws of first drafts are told nothing")
        return found


def tallied(drafts: tuple[Draft, ...], grades: dict[str, Grade]) -> DraftTally:
    """Count what was said of every flaw of these drafts.

    Args:
        grades: by the draft's title.
    """
    tally = DraftTally()
    for draft in drafts:
        if draft.title in grades:
            first = [check.failure for check in grades[draft.title].checks if failed(check) and check.failure]
            failures = [one for failure in first for one in (failure, *failure.besides)]
            flaws = [_told(draft.title, flaw, failures) for flaw in draft.flaws]
            tally = DraftTally(tally.drafts + 1, tally.flaws + flaws, tally.false + _false(draft, failures))
    return tally


def _told(title: str, flaw: Flaw, failures: list[Failure]) -> Told:
    own = [failure for failure in failures if failure.function == flaw.function and not failure.follows]
    wanted = " / ".join((*flaw.names, *(f"“{words}”" for words in flaw.says)))
    for name in (one.name for failure in own for one in failure.diagnosis if one.function == flaw.function):
        if name in flaw.names:
            return Told(title, flaw.function, "named", wanted, name)
    for failure in own:
        text = told(replace(failure, diagnosis=(), besides=()))
        for words in flaw.says:
            if words in text:
                return Told(title, flaw.function, "fact", wanted, words)
    for relation in (one for failure in own for one in failure.relations):
        return Told(title, flaw.function, "fact", wanted, relation.text)
    return Told(title, flaw.function, "nothing", wanted)


def _false(draft: Draft, failures: list[Failure]) -> list[str]:
    """List every name that is said and not true of the draft, or stands beside another function's failure."""
    true = {(flaw.function, name) for flaw in draft.flaws for name in flaw.names}
    found = []
    for failure in failures:
        for one in failure.diagnosis:
            if (one.function, one.name) not in true:
                found.append(f"{draft.title}: “{one.function} {one.name}” is not true")
            elif one.function != failure.function:
                about = failure.function or "no function"
                found.append(f"{draft.title}: “{one.function} {one.name}” stands beside a failure of {about}")
        found += [
            f"{draft.title}: a failure of {failure.function} is said to follow from {function}, which is right"
            for function in failure.follows if function not in {flaw.function for flaw in draft.flaws}
        ]  # fmt: skip
    return [*dict.fromkeys(found)]
