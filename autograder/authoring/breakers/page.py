"""What became of the breakers of a page, as values."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fate:
    """What became of one breaker.

    Args:
        what: a third-person sentence about the target.
        fate: "dies", "waived", "survives" or "does not apply".
        by: the check that rejects it.
        said: sentences of the docstring about the promise; of a waiver the one that leaves it open.
        shown: a call that tells it from the reference.
        why: how the check failed.
    """

    target: str
    family: str
    what: str
    fate: str
    by: str = ""
    said: str = ""
    shown: str = ""
    why: str = ""

    @property
    def name(self) -> str:
        """Return how waivers and reports name the breaker."""
        return f"{self.target} {self.what}"


@dataclass(frozen=True)
class Page:
    """The fates of a page's breakers.

    Args:
        uncalled: definitions that no check calls, apart from those that train in earnest.
        docs: the docstrings by definition.
        faults: what is wrong with the page's waivers.
    """

    address: str
    fates: tuple[Fate, ...] = ()
    uncalled: tuple[str, ...] = ()
    docs: dict[str, str] = field(default_factory=dict)
    faults: tuple[str, ...] = ()

    def of(self, fate: str) -> list[Fate]:
        """Return the breakers that met this fate."""
        return [f for f in self.fates if f.fate == fate]

    @property
    def summary(self) -> str:
        """Say in a few words how many die."""
        dead, waived, alive = (len(self.of(fate)) for fate in ("dies", "waived", "survives"))
        more = f", {waived} waived" if waived else ""
        return f"{dead} of {dead + waived + alive} breakers die{more}"
