"""The parts of checks that were passed, by what is asked and by slices of sources.

What a class writes alike is asked once, also in a check that goes wrong elsewhere. As with whole checks
(:mod:`.slice_cache`) nothing is remembered that failed, and nothing of a source that might keep or look at more than it
is given. What may draw by chance or open files is always asked: it hangs on what was before, and others hang on it.
"""

from __future__ import annotations

import copy
import random
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch

from ..sandbox.host.heard import Heard
from ..sandbox.host.record import Call, weight_of
from ..sandbox.host.student import Student
from .given import Given
from .slices import Slices

MAX_KEPT = 32 << 20  #: bytes of all that is kept, about; what nobody asked for the longest is forgotten


class Seen(NamedTuple):
    """What of a source a part sees.

    Args:
        names: the definitions that it calls.
        replaced: those that it uses, itself or by what it calls, in whose place the solution answers.
    """

    names: frozenset[str]
    replaced: frozenset[str]


@dataclass(frozen=True)
class Passed:
    """What a part left behind that was passed."""

    calls: list[Call]
    heard: str  #: a digest
    definitions: frozenset[str]
    root: str  #: the definition that was called last
    chance: tuple[Any, Any, Any]  #: where it stands afterwards
    weight: int


class PartCache:
    """The passed parts that one judge remembers."""

    def __init__(self) -> None:
        self._seen: dict[bytes, list[Seen]] = {}  # what each part saw of sources that passed
        self._passed: OrderedDict[tuple[bytes, Seen, bytes], Passed] = OrderedDict()
        self._of_check: dict[str, dict[Seen, set[bytes]]] = {}
        self._weight = 0

    def recall(self, question: bytes, replaced: frozenset[str], slices: Slices) -> Passed | None:
        """Return what a part left behind, if a source passed it that is the same as far as this part sees it."""
        for seen in self._seen.get(question, ()):
            digest = _digest(seen, replaced, slices)
            if digest is not None and (found := self._passed.get((question, seen, digest))) is not None:
                self._passed.move_to_end((question, seen, digest))
                return found
        return None

    def knows_of(self, check: str, replaced: frozenset[str], slices: Slices) -> bool:
        """Tell whether any part of a check was passed by a source that is the same as far as it sees it."""
        of_check = self._of_check.get(check, {})
        return any(_digest(seen, replaced, slices) in digests for seen, digests in of_check.items())

    def keep(self, check: str, question: bytes, replaced: frozenset[str], slices: Slices, passed: Passed) -> None:
        """Remember that a part was passed, if the source's text tells why."""
        uses = slices.uses(passed.definitions)
        if uses is None:
            return
        seen = Seen(passed.definitions, uses & replaced)
        digest = _digest(seen, replaced, slices)
        if digest is None:
            return
        known = self._seen.setdefault(question, [])
        if seen not in known:
            known.append(seen)
        if (question, seen, digest) in self._passed:
            return
        self._of_check.setdefault(check, {}).setdefault(seen, set()).add(digest)
        self._passed[question, seen, digest] = passed
        self._weight += passed.weight
        while self._weight > MAX_KEPT:
            (forgotten, *_), least = self._passed.popitem(last=False)
            self._weight -= least.weight
            self._seen.pop(forgotten, None)  # it is noted anew with the next source that passes


def _digest(seen: Seen, replaced: frozenset[str], slices: Slices) -> bytes | None:
    """Return a digest of all of a source that a part sees; None where it sees another part of this one, or more."""
    uses = slices.uses(seen.names)
    if uses is None or uses & replaced != seen.replaced or slices.hangs_on_more(seen.names):
        return None
    return slices.key(seen.names, seen.replaced)


class KnownParts(NamedTuple):
    """By what the parts of one check before one submission are known.

    Args:
        cache: remembers those that were passed.
        check: under which they are kept there.
        replaced: the definitions in whose place the solution answers.
        slices: of the source.
    """

    cache: PartCache
    check: str
    replaced: frozenset[str]
    slices: Slices

    @property
    def any(self) -> bool:
        """Tell whether any of them is known to be passed."""
        return self.cache.knows_of(self.check, self.replaced, self.slices)

    def recall(self, question: bytes) -> Passed | None:
        """Return what a part left behind that is known to be passed."""
        return self.cache.recall(question, self.replaced, self.slices)

    def keep(self, question: bytes, passed: Passed) -> None:
        """Remember that a part was passed."""
        self.cache.keep(self.check, question, self.replaced, self.slices, passed)


class Parts:
    """Asks the parts of one check, or knows that they are passed.

    Args:
        student: who is asked.
        noted: counts what did not hold so far, without ending the check.
        known: by what they are known; None to ask everything.
    """

    def __init__(
        self,
        student: Student,
        noted: Callable[[], int],
        known: KnownParts | None,
    ):
        self._student, self._noted, self._known = student, noted, known

    def ask(self, demand: Callable[..., None], args: tuple[Any, ...], options: dict[str, Any]) -> None:
        """Make a demand, unless it is known to hold.

        What it hears is noted as one digest: a part that is recalled then leaves what it would have left if asked.
        """
        student, known, noted = self._student, self._known, self._noted()
        given = Given(student)
        if known is None or not given.add((known.check, demand.__name__, args, options, _place_of(chance()))):
            self._heard(demand, args, options)
            return
        passed = known.recall(given.digest)
        if passed is not None:
            self._as_if(passed)
            return
        before = len(student.calls)
        heard = self._heard(demand, args, options)
        whole = heard.definitions is not None and not heard.served and self._noted() == noted
        if whole and heard.definitions is not None and student.problem is None:
            calls = [copy.copy(call) for call in student.calls[before:]]
            weight = sum(map(weight_of, calls), 8000)  # a generator's state takes five thousand
            definitions = heard.definitions | given.definitions
            known.keep(given.digest, Passed(calls, heard.digest, definitions, student._root, chance(), weight))

    def _heard(self, demand: Callable[..., None], args: tuple[Any, ...], options: dict[str, Any]) -> Heard:
        """Make a demand; return what it heard, which is noted as a whole."""
        student = self._student
        outer, student.heard = student.heard, Heard()
        try:
            demand(*args, **options)
        finally:
            heard, student.heard = student.heard, outer
            outer.note_part(heard.digest, heard.definitions)
        return heard

    def _as_if(self, passed: Passed) -> None:
        """Leave behind what the part left behind that was asked."""
        student = self._student
        student.calls += [copy.copy(call) for call in passed.calls]
        student.heard.note_part(passed.heard, passed.definitions)
        student._root = student.peer.tag = passed.root
        torch_state, numpy_state, python_state = passed.chance
        torch.default_generator.set_state(torch_state)
        np.random.set_state(numpy_state)
        random.setstate(python_state)


def chance() -> tuple[Any, Any, Any]:
    """Return where chance stands: PyTorch's, NumPy's and Python's."""
    return torch.default_generator.get_state(), np.random.get_state(), random.getstate()


def _place_of(states: tuple[Any, Any, Any]) -> tuple[bytes, bytes, tuple[Any, ...], int]:
    """Return what tells two places of chance apart, in few parts."""
    of_torch, of_numpy, of_python = states
    return of_torch.numpy().tobytes(), of_numpy[1].tobytes(), of_numpy[2:], hash(of_python)
