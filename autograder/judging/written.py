"""One check before one submission, as far as what is written there tells how it ends: recalled, and kept."""

from __future__ import annotations

from dataclasses import dataclass

from .check import Verdict
from .part_cache import KnownParts
from .slice_cache import Asked, SliceCache
from .slices import Slices


@dataclass(frozen=True)
class Written:
    """A check that depends on nothing but the answers to it, and the source before it.

    Args:
        cache: remembers how others ended.
        slices: of the source.
        key: the check, its seed, and how it runs.
        part_key: the same of its parts, which are the same whatever follows on a failure.
        replaced: the definitions in whose place the solution answers.
    """

    cache: SliceCache
    slices: Slices
    key: str
    part_key: str
    replaced: frozenset[str]

    def recall(self, without: tuple[str, ...]) -> Verdict | None:
        """Return the verdict, if it is known that what is written here passes without these operators."""
        return self.cache.recall(Asked(self.key, without, self.replaced), self.slices)

    def keep(self, without: tuple[str, ...], verdict: Verdict) -> None:
        """Keep for whoever writes alike that a check is passed.

        A failure is not kept: code outside of the slice may be the reason of it, and that is nobody else's.
        """
        if verdict.status == "passed":
            self.cache.keep(Asked(self.key, without, self.replaced), self.slices, verdict)

    def parts(self, without: tuple[str, ...]) -> KnownParts | None:
        """Return by what its parts are known; None where they are not."""
        if not self.cache.trusts(self.part_key):
            return None
        return KnownParts(self.cache.parts, f"{self.part_key} {without}", self.replaced, self.slices)

    def distrust(self) -> None:
        """Remember nothing of it: it depends on more than the answers."""
        self.cache.distrust(self.key)
        self.cache.distrust(self.part_key)
