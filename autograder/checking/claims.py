"""What rests on a claim: on what the student's process says of itself, where the right answer is known beforehand.

Whether a hook is left behind or a list was altered only that process can tell, and whoever wrote the code in it can
have it tell anything. So a claim never ends a check: what else the check demands comes first, and if all of it holds,
a claim that does not costs a twentieth of the check's points. So much can a lie win, and no more than a twentieth of a
page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

WORTH = 0.05  #: of a check's points: what all of its claims weigh together

_broken: list[BaseException] = []
_note: Callable[[BaseException], None] | None = None
_witness: Callable[[BaseException], None] | None = None


def demand(failure: BaseException | None, claims: bool = False) -> None:
    """Raise a failure, or note it where it rests on a claim, or where all are noted: the check goes on."""
    if failure is None:
        return
    if _note is not None:
        _note(failure)
    elif not claims:
        raise failure
    if claims:
        if _witness is not None:
            _witness(failure)
        _broken.append(failure)


def witnessed_by(witness: Callable[[BaseException], None] | None) -> None:
    """Show each claim that does not hold to `witness` at once: the check goes on to calls that it is not about."""
    global _witness
    _witness = witness


@contextmanager
def noting(note: Callable[[BaseException], None]) -> Iterator[None]:
    """Let a check go on after each failure inside, and hand the failure over.

    What it shows of the first failing example is then known of those after it, too.
    """
    global _note
    outer, _note = _note, note
    try:
        yield
    finally:
        _note = outer


def broken() -> int:
    """Return how many claims did not hold since they were taken."""
    return len(_broken)


def take_broken() -> BaseException | None:
    """Return the first claim since the last time that did not hold, None where all did, and forget them."""
    first = _broken[0] if _broken else None
    _broken.clear()
    return first
