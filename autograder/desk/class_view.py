"""The class: students by pages, totals first, with filters; and as a CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from ..export.files import number, safe_cell
from ..gradebook.states import STATES
from ..report.counting import gone_line, rules, unmarked
from . import table
from .site import View
from .table import MARKED, ROWS, Asked

#: what the anonymous view says of itself
UNCOVERED = (
    "Names are covered wherever they are known. What may still tell who wrote something: a name that is a common word "
    "or a word of code, written as one; names that neither class nor roster holds; initials alone; pictures; a style."
)


def context(view: View, query: Mapping[str, str]) -> dict[str, Any]:
    """Return what the sheet shows."""
    klass = view.desk.results.now()
    asked = table.asked_of(query, klass.pages)
    found = table.selected(klass, asked, view.label, view.sought)
    sheets = max(1, -(-len(found) // ROWS))
    sheet = min(asked.sheet, sheets - 1)
    shown = found[sheet * ROWS : (sheet + 1) * ROWS]
    rows = []
    for student in shown:
        cells = [table.cell(klass.rows[student, page], view.text) for page in klass.pages]
        total = klass.totals[student]
        rows.append({"label": view.label(student), "id": view.id(student), "total": total, "cells": cells})
    graded = [klass.rows[student, asked.page].grade for student in klass.students] if asked.page else []
    mistakes = sorted({name for grade in graded if grade is not None for name in grade.diagnoses})
    return {
        "title": "Class", "asked": asked, "rows": rows, "pages": klass.pages, "count": len(found), "everybody":
        len(klass.students), "sheet": sheet, "sheets": sheets, "first": sheet * ROWS + 1, "states": STATES,
        "marks": MARKED, "mistakes": mistakes, "title_of": view.title,
        "counts": {page: table.counts(klass, page) for page in klass.pages},
        "means": {page: table.mean(klass, page) for page in klass.pages},
        "notes": [
            *((UNCOVERED,) if view.hidden else ()),
            *filter(None, (view.text(view.desk.results.told),)),
            *rules(klass.pages, view.desk.results.policy, view.desk.results.course),
            *unmarked(klass.rows.values(), view.desk.results.course),
            *(gone_line(page) for page in sorted({page for _, page in klass.gone})),
        ],
        "link": lambda **change: "?" + urlencode(_query(asked, change)),
    }  # fmt: skip


def _query(asked: Asked, change: Mapping[str, object]) -> dict[str, str]:
    """Return the query of what is asked for with a change; a change that is not about the sheet begins at the first."""
    values = {
        "state": asked.state, "page": asked.page, "find": asked.find, "mistake": asked.mistake, "marked": asked.marked,
        "sort": asked.sort, "down": "1" if asked.down else "", "sheet": "0",
    } | {key: str(value) for key, value in change.items()}  # fmt: skip
    if values["sort"] == "name":
        values["sort"] = ""
    if values["sheet"] == "0":
        values["sheet"] = ""
    return {key: value for key, value in values.items() if value}


def as_csv(view: View, query: Mapping[str, str]) -> str:
    """Return all who are asked for as a CSV: what each is called in this view, totals, each page's points and state."""
    klass = view.desk.results.now()
    asked = table.asked_of(query, klass.pages)
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    heads = [head for page in klass.pages for head in (page, f"{page} state")]
    writer.writerow(["student", "points", "max_points", *heads])
    for student in table.selected(klass, asked, view.label, view.sought):
        total = klass.totals[student]
        cells = [view.label(student) if view.hidden else student, number(total.points), number(total.maximum)]
        for page in klass.pages:
            row = klass.rows[student, page]
            cells += ["" if row.pending else number(row.total), row.state]
        writer.writerow([safe_cell(cell) for cell in cells])
    return file.getvalue()
