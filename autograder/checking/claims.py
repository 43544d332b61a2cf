"""What rests on a claim: on what the student's process says of itself, where the right answer is known beforehand.

Whether a hook is left behind or a list was altered only that process can tell, and whoever wrote the code in it can
have it tell anything. So a claim never ends a check: what else the check demands comes first, and if all of it holds,
a claim that does not costs a twentieth of the check's points. So much can a lie win, and no more than a twentieth of a
page.
"""

from __future__ import annotations

WORTH = 0.05  #: of a check's points: what all of its claims weigh together

_broken: list[BaseException] = []


def demand(failure: BaseException | None, claims: bool) -> None:
    """Raise a failure, or note it where it rests on a claim: the check goes on."""
    if failure is None:
        return
    if not claims:
        raise failure
    _broken.append(failure)


def take_broken() -> BaseException | None:
    """Return the first claim since the last time that did not hold, None where all did, and forget them."""
    first = _broken[0] if _broken else None
    _broken.clear()
    return first
