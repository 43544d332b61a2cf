"""Missions that a student did in the lab's playgrounds: the file in which a workspace keeps them, read when handed in.

A student's own machine says so of itself: it counts as completion, and never as points.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..documents import parse, read
from ..model import Playground
from ..text import printable
from .files import UNREADABLE, Entry

MISSIONS = "missions.json"  #: in the workspace: of each playground the names of the missions that are done
MOST_BYTES = 100_000
MOST = 200  #: missions of one playground


def missions_of(
    entries: Iterable[Entry], playgrounds: Iterable[Playground]
) -> tuple[dict[str, list[str]], list[tuple[str, str]]]:
    """Return what a student's files say is done, by playground; and the files that say something else, each with why.

    What counts is what the course has: a name that it does not know is told, and nothing is done by it.

    Args:
        playgrounds: the course's.
    """
    done: dict[str, dict[str, None]] = {}
    passed_over = []
    known = {one.address: one for one in playgrounds}
    for entry in entries:
        if entry.path.name != MISSIONS:
            continue
        try:
            found = _read(entry)
        except UNREADABLE as error:
            passed_over.append((entry.shown, f"says nothing of missions: {' '.join(str(error).split())[:200]}"))
            continue
        for page, names in found.items():
            if page not in known:
                continue
            counted = known[page].counted((*done.get(page, ()), *names))
            done[page] = dict.fromkeys(counted)
            if odd := [name for name in dict.fromkeys(names) if name not in counted]:
                shown = printable(", ".join(odd[:5]), 100) + (" and others" if len(odd) > 5 else "")
                passed_over.append((entry.shown, f"names what are no missions of {page}, which do not count: {shown}"))
    return {page: list(names) for page, names in done.items() if names}, passed_over


def _read(entry: Entry) -> dict[str, list[str]]:
    if entry.problem or entry.read is None:
        raise ValueError(entry.problem or "it cannot be read")
    if entry.size > MOST_BYTES:
        raise ValueError("it is too large")
    found = read(parse(entry.read()), dict[str, list[str]])
    for names in found.values():
        if len(names) > MOST or any(not name.isprintable() or not 0 < len(name) <= 100 for name in names):
            raise ValueError("these are no names of missions")
    return found
