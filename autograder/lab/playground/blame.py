"""Whose fault it was, where nothing says so.

Of a worker that ended, one that closed its line and went on for example: each part of the student's is tried alone, all
others being the course's, in a worker of its own. The one with which that worker ends too is at fault. Of a run that
goes wrong without an error: the part without which it does not, as the worker itself finds out.
"""

from __future__ import annotations

from typing import Any

from ...errors import GradusError
from .hosted import Hosted, Trouble
from .inside.names import PAGE_OF

REPLAY = 5.0  #: seconds that a run may take to come where it went wrong
FURTHER = 0.5  #: seconds of steps beyond the one at which the run was last seen


def search(
    tried: Hosted, state: dict[str, Any], used: tuple[str, ...], step: int, seconds: float, trouble: Trouble
) -> tuple[str, str]:
    """Return (page, part) at fault, what ran last where none ends its worker alone.

    Args:
        tried: a worker that nothing was asked yet; it is closed.
        state: of the run.
        used: the student's parts in it.
        step: at which the run was last seen.
        seconds: that the way to that step may take.
        trouble: how the worker ended. What ran last is tried first.

    Raises:
        Trouble: the student does not want to wait for it any longer.
    """
    if trouble.reading:
        own = dict(tried.own)
        for page in sorted(own, key=lambda page: page != trouble.ran):
            tried.own = {page: own[page]}
            if _ends(tried, "notes"):
                return page, ""
            tried.close()
        return "", ""
    for part in sorted(used, key=lambda part: part != trouble.ran):
        tried.used = (part,)
        alone = {**state, "course": [*state["course"], *(other for other in used if other != part)]}
        if _ends(tried, "build", alone, step, seconds, more=seconds) or _ends(tried, "advance", 10_000, FURTHER, True):
            return PAGE_OF[part], part
        tried.close()
    return (PAGE_OF[trouble.ran], trouble.ran) if trouble.ran in used else ("", "")


def _ends(tried: Hosted, name: str, *args: Any, more: float = 0.0) -> bool:
    """Tell whether the worker ends of a question; then the next question begins another."""
    try:
        tried.ask(name, *args, seconds=more)
    except Trouble as trouble:
        if trouble.kind == "unawaited":  # nobody waits for the search any longer
            raise
        if trouble.dead:
            return True
    except GradusError:  # a part is missing: nothing is learned
        pass
    return False


def culprit(hosted: Hosted, state: dict[str, Any], step: int) -> tuple[str, bool]:
    """Return the student's part without which a run passes a step, "" for none; and whether that is sure.

    Args:
        hosted: the worker of the run.
        state: of the run.
    """
    time = REPLAY * max(len(hosted.used), 1)
    found = hosted.ask("culprit", state, step, REPLAY, seconds=time)
    if type(found) not in (tuple, list) or len(found) != 2 or found[0] not in PAGE_OF:
        return "", type(found) in (tuple, list) and found[1:] in ([True], (True,))
    return str(found[0]), True


def idle(hosted: Hosted, state: dict[str, Any]) -> str:
    """Return the student's optimizer where it no longer moves a parameter that the course's moves; "" elsewhere."""
    found = hosted.ask("idle_optimizer", state, REPLAY, seconds=REPLAY)
    return found if type(found) is str and found in PAGE_OF else ""
