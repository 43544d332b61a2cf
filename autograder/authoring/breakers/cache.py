"""What did not change is known from before: the fates of a page, kept under a hash of all that decides them."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
from functools import cache
from pathlib import Path

import torch

from ...course.trees import Trees
from ...model import Exercise, Settings
from .page import Fate, Page

_ENGINE = Path(__file__).resolve().parents[2]
#: rooms that decide no fate
_OTHERS = ("pages", "cli", "report", "export", "live", "nbcourse", "student")


@cache
def engine_key() -> str:
    """Return a hash of the sources that grade and that break."""
    sha = hashlib.sha256(torch.__version__.encode())
    for path in sorted(_ENGINE.rglob("*.py")):
        inside = path.relative_to(_ENGINE)
        if inside.parts[0] not in _OTHERS:
            sha.update(str(inside).encode() + path.read_bytes())
    return sha.hexdigest()


def page_key(trees: Trees, exercise: Exercise, settings: Settings) -> str:
    """Return a hash of all that decides the fates of a page's breakers."""
    sha = hashlib.sha256(f"{engine_key()} {exercise!r} {settings!r}".encode())
    for path in (trees.solution(exercise.address), trees.check(exercise.address)):
        sha.update(path.read_bytes() if path.is_file() else b"")
    return sha.hexdigest()


def _file(trees: Trees, address: str) -> Path:
    return trees.root / ".gradus" / "breakers" / f"{address.replace('/', '__')}.json"


def recall(trees: Trees, address: str, key: str) -> Page | None:
    """Return the page that was kept under this key, if it still is."""
    try:
        kept = json.loads(_file(trees, address).read_text(encoding="utf-8"))
        if kept["key"] != key:
            return None
        return Page(address, tuple(Fate(**fate) for fate in kept["fates"]), tuple(kept["uncalled"]), kept["docs"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep(trees: Trees, page: Page, key: str) -> None:
    """Keep a page; where nothing can be written, nothing is kept."""
    path = _file(trees, page.address)
    text = json.dumps({"key": key, **dataclasses.asdict(page)})
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
