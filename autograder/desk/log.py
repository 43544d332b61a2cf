"""Every change of everybody, the latest first: who, when, what; nothing is ever taken out of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..gradebook.entries import effective, said
from .site import View

ROWS = 100  #: entries on one sheet


def context(view: View, query: Mapping[str, str]) -> dict[str, Any]:
    """Return a sheet of the log."""
    klass = view.desk.results.now()
    by = query.get("marker", "")
    everything = [one for entries in klass.entries.values() for one in entries]
    counting = {one.number for entries in klass.entries.values() for one in effective(entries)}
    markers = sorted({one.by for one in everything})
    found = sorted((one for one in everything if not by or one.by == by), key=lambda one: -one.number)
    number = query.get("sheet", "0")
    sheets = max(1, -(-len(found) // ROWS))
    sheet = min(int(number) if number.isascii() and number.isdecimal() and len(number) < 8 else 0, sheets - 1)
    rows = [
        {
            "entry": one, "label": view.label(one.student), "id": view.id(one.student),
            "there": (one.student, one.page) in klass.rows, "words": view.text(said(one), one.student),
            "gone": one.kind != "undo" and one.number not in counting,
        }
        for one in found[sheet * ROWS : (sheet + 1) * ROWS]
    ]  # fmt: skip
    return {
        "title": "Log", "rows": rows, "count": len(found), "sheet": sheet, "sheets": sheets, "markers": markers,
        "by": by,
    }  # fmt: skip
