"""What is written as somebody's code that passed a check passes it: the checks that were passed, by slices of sources.

A check is seeded, and all that it learns of a submission it learns by asking for definitions and calling them. Where
these definitions, and all that they use, are the same as in a submission that passed, but for their layout, the check
is passed and not run again. So what a class has in common is asked once, also of submissions that differ elsewhere.

Unlike the cache of answers this one asks the student's code nothing: it believes the text of the source, which the
judge has. Failures are asked for anew each time. Code elsewhere in a submission may be the reason of one, so that to
remember it would let one student's code cost another's points.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from ..sandbox.host.record import weight_of
from .check import Verdict
from .part_cache import PartCache
from .slices import Slices

MAX_KEPT = 32 << 20  #: bytes of all verdicts, about; those that nobody asked for the longest are forgotten
WEIGHT = 400  #: bytes of a verdict without its calls, about


class Asked(NamedTuple):
    """A check as it was put.

    Args:
        check: which one, seeded how.
        without: the operators that the process lacked that was asked.
        replaced: the definitions in whose place the solution answered.
    """

    check: str
    without: tuple[str, ...]
    replaced: frozenset[str] = frozenset()


class SliceCache:
    """The passed checks that one judge remembers."""

    def __init__(self) -> None:
        self._definitions: dict[Asked, list[frozenset[str]]] = {}  # the sets of definitions that each asked for
        self._ends: OrderedDict[tuple[Asked, bytes], tuple[Verdict, int]] = OrderedDict()
        self._weight = 0
        self.parts = PartCache()  #: the parts of checks that were passed
        self._unsteady: set[str] = set()

    def recall(self, asked: Asked, slices: Slices) -> Verdict | None:
        """Return the verdict if a source passed that is the same as far as this check sees it."""
        for names in self._definitions.get(asked, ()) if asked.check not in self._unsteady else ():
            digest = slices.key(names, asked.replaced)
            if digest is not None and (asked, digest) in self._ends:
                self._ends.move_to_end((asked, digest))
                return self._ends[asked, digest][0]
        return None

    def keep(self, asked: Asked, slices: Slices, verdict: Verdict) -> None:
        """Remember that a check was passed, if the source's text tells why."""
        if verdict.asked is None or asked.check in self._unsteady:
            return
        digest = slices.key(verdict.asked, asked.replaced)
        if digest is None or (asked, digest) in self._ends:
            return
        known = self._definitions.setdefault(asked, [])
        if verdict.asked not in known:
            known.append(verdict.asked)
        weight = sum(map(weight_of, [*verdict.trace.calls, *verdict.trace.further]), WEIGHT)
        self._ends[asked, digest] = verdict, weight
        self._weight += weight
        while self._weight > MAX_KEPT:
            self._weight -= self._ends.popitem(last=False)[1][1]

    def distrust(self, check: str) -> None:
        """Remember nothing of a check that depends on more than the answers to it."""
        self._unsteady.add(check)

    def trusts(self, check: str) -> bool:
        """Tell whether it is not known that a check depends on more than the answers to it."""
        return check not in self._unsteady
