"""Missions that a student did in the lab's playgrounds: the file in which a workspace keeps them, read when handed in.

A student's own machine says so of itself: it counts as completion, and never as points.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..documents import parse
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
            found, odd_entries = entries_of(_read(entry))
        except UNREADABLE as error:
            passed_over.append((entry.shown, f"says nothing of missions: {' '.join(str(error).split())[:200]}"))
            continue
        passed_over += [(entry.shown, f"{why}; its other entries count") for why in odd_entries]
        for page, names in found.items():
            if page not in known:
                continue
            counted = known[page].counted((*done.get(page, ()), *names))
            done[page] = dict.fromkeys(counted)
            if odd := [name for name in dict.fromkeys(names) if name not in counted]:
                shown = printable(", ".join(odd[:5]), 100) + (" and others" if len(odd) > 5 else "")
                passed_over.append((entry.shown, f"names what are no missions of {page}, which do not count: {shown}"))
    return {page: list(names) for page, names in done.items() if names}, passed_over


def _read(entry: Entry) -> dict[str, Any]:
    if entry.problem or entry.read is None:
        raise ValueError(entry.problem or "it cannot be read")
    if entry.size > MOST_BYTES:
        raise ValueError("it is too large")
    return parse(entry.read())


def entries_of(found: dict[str, Any]) -> tuple[dict[str, list[str]], list[str]]:
    """Return the entries that are lists of names; and in words what is wrong with each other one, which alone is lost.

    Args:
        found: of each playground, as it stands in a file of JSON, the names of what is done there.
    """
    sound: dict[str, list[str]] = {}
    odd = []
    for page, names in found.items():
        shown = printable(page, 60)
        if not isinstance(names, list) or len(names) > MOST:
            odd.append(f"says of {shown} what is no list of missions, which does not count")
            continue
        sound[page] = [name for name in names if isinstance(name, str) and name.isprintable() and 0 < len(name) <= 100]
        if lost := len(names) - len(sound[page]):
            odd.append(f"{lost} of the names of {shown} are no names of missions, and do not count")
    return sound, odd
