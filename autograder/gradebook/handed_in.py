"""Where what was handed in lies: the gradebook keeps what was graded, so that the desk finds answers in words."""

from __future__ import annotations

import json
from pathlib import Path

from .store import Gradebook

SETTING = "handed in at"  #: places as JSON: a path and the roster beside it, "" for none; the last is the latest
MOST = 20  #: places that are kept


def note(book: Gradebook, place: Path, roster: Path | None) -> None:
    """Keep where a run found what it graded."""
    mine = [str(place.resolve()), str(roster.resolve()) if roster is not None else ""]
    before = _kept(book)
    after = [*(one for one in before if one[0] != mine[0]), mine][-MOST:]
    if after != before:
        book.keep_setting(SETTING, json.dumps(after))


def places(book: Gradebook) -> list[tuple[Path, Path | None]]:
    """Return where what was graded lies still, each with its roster, the latest last."""
    found = [(Path(place), Path(roster) if roster else None) for place, roster in _kept(book)]
    return [(place, roster) for place, roster in found if place.exists()]


def _kept(book: Gradebook) -> list[list[str]]:
    return [[str(place), str(roster)] for place, roster in json.loads(book.setting(SETTING) or "[]")]
