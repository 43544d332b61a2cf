"""Every change of everybody, the latest first: who, when, what; nothing is ever taken out of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..gradebook.entries import Entry, effective, said
from ..gradebook.rubric import Item, described
from .results import Class
from .site import View

ROWS = 100  #: changes on one sheet


@dataclass(frozen=True)
class Change:
    """One change as it is shown; `label` is "" of one of the rubric, and `id` where no such page is any more."""

    number: int
    at: str
    by: str
    page: str
    words: str
    label: str = ""
    id: str = ""
    gone: bool = False


def context(view: View, query: Mapping[str, str]) -> dict[str, Any]:
    """Return a sheet of the log."""
    klass, by = view.desk.results.now(), query.get("marker", "")
    entries = [one for some in klass.entries.values() for one in some]
    rubric = view.desk.results.rubric.history()
    whole: list[Entry | Item] = [*entries, *rubric]
    markers = sorted({one.by for one in whole})
    everything = [one for one in whole if not by or one.by == by]
    everything.sort(key=lambda one: (one.at, one.number), reverse=True)
    number = query.get("sheet", "0")
    sheets = max(1, -(-len(everything) // ROWS))
    sheet = min(int(number) if number.isascii() and number.isdecimal() and len(number) < 8 else 0, sheets - 1)
    rows = _shown(view, klass, everything[sheet * ROWS : (sheet + 1) * ROWS])
    return {
        "title": "Log", "rows": rows, "count": len(everything), "sheet": sheet, "sheets": sheets, "markers": markers,
        "by": by,
    }  # fmt: skip


def _shown(view: View, klass: Class, some: Iterable[Entry | Item]) -> list[Change]:
    counting = {one.number for entries in klass.entries.values() for one in effective(entries)}
    rows = []
    for one in some:
        if isinstance(one, Item):
            rows.append(Change(one.number, one.at, one.by, one.page, view.text(described(one))))
            continue
        there = (one.student, one.page) in klass.rows
        gone = one.kind != "undo" and one.number not in counting
        rows.append(
            Change(
                one.number, one.at, one.by, one.page, view.text(said(one)), view.label(one.student),
                view.id(one.student) if there else "", gone,
            )
        )  # fmt: skip
    return rows
