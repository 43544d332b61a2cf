"""The page that grades again: what would change, for whom, and which checks are the reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import GradusError
from ..text import printable
from .again import IDLE, State
from .site import View

SHOWN = 500  #: changes of a page


def context(view: View, query: Mapping[str, str]) -> dict[str, Any]:
    """Return how far it is, and the differences."""
    again = view.desk.again
    state = again.state if again is not None else State(IDLE)
    there = view.desk.results.now().totals
    rows = []
    for change in state.changes[:SHOWN]:
        student = change["student"]
        old = change["old"] or {"checks": (), "points": None}  # of what was never graded there is none
        before = {check["name"]: check for check in old["checks"]}
        after = {check["name"]: check for check in change["new"]["checks"]}
        differing = [
            (_told(before.get(name), name), _told(after.get(name), name))
            for name in {**before, **after}
            if change["old"] and _told(before.get(name), name) != _told(after.get(name), name)
        ]
        rows.append({
            "label": view.label(student), "id": view.id(student) if student in there else "",
            "page": change["exercise"],
            "old": old["points"], "fresh": change["old"] is None, "new": change["new"]["points"],
            "of": change["new"]["max_points"],
            "difference": change["difference"] or 0.0, "checks": differing,
            "totals": [old.get("total"), change["new"].get("total")],
        })  # fmt: skip
    covered = "it could not be graded again; the named view says why"
    told = covered if state.told and view.hidden else state.told
    fresh = sum(change["old"] is None for change in state.changes)
    beside = "grading said something beside; the named view shows it"
    notes = (beside,) if state.notes and view.hidden else state.notes[:SHOWN]
    return {
        "title": "Grade again", "state": state, "rows": rows, "told": told, "there": again is not None, "notes": notes,
        "count": len(state.changes), "fresh": fresh, "changed": len(state.changes) - fresh,
        "waits": state.step == "running",
    }  # fmt: skip


def _told(check: Mapping[str, Any] | None, name: str) -> str:
    """Return one check before or after in a few words."""
    if check is None:
        return f"{name}: not there"
    return f"{printable(check['title'], 120)}: {check['status']} {check['points']:g}/{check['max_points']:g}"


def begin(view: View, apply: bool) -> None:
    """Begin, as a marker asked.

    Raises:
        GradusError: nobody said what was graded, or it may only be read, or it runs already.
    """
    if view.desk.again is None:
        raise GradusError("say at the start what was graded, with --submissions")
    if view.desk.results.plain or (apply and view.desk.results.read_only):
        raise GradusError("these results may only be read")
    view.desk.again.begin(view.marker, apply)
