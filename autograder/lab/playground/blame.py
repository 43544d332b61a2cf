"""Whose fault it was that a worker ended, where nothing says so: one that closed its line and went on, for example.

Each part of the student's is tried alone, all others being the course's, in a worker of its own. The one with which
that worker ends too is at fault.
"""

from __future__ import annotations

from typing import Any

from ...errors import GradusError
from .hosted import Hosted, Trouble
from .inside.names import PAGE_OF

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
