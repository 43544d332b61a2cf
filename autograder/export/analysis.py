"""Item analysis and misconceptions over weeks, for other programs: CSV and JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from typing import Any

from ..report.items import ItemFigures
from ..report.trends import Trend
from .files import number, safe_cell


def items_csv(items: Sequence[ItemFigures]) -> str:
    """Return a line for each check."""
    return _csv([one.name for one in fields(ItemFigures)], (asdict(one) for one in items))


def trends_csv(trends: Sequence[Trend]) -> str:
    """Return a line for each misconception, week and group."""
    head = [*(one.name for one in fields(Trend)), "share"]
    return _csv(head, ({**asdict(one), "share": one.share} for one in trends))


def document(items: Sequence[ItemFigures], trends: Sequence[Trend]) -> dict[str, Any]:
    """Return both; discrimination is the point-biserial correlation, null where it says nothing."""
    return {
        "items": [asdict(one) for one in items],
        "misconceptions": [{**asdict(one), "share": one.share} for one in trends],
    }


def _csv(head: list[str], rows: Iterable[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    for row in rows:
        values = [row[name] for name in head]
        writer.writerow(["" if v is None else safe_cell(v) if isinstance(v, str) else number(v) for v in values])
    return text.getvalue()
