"""What a student wrote in a notebook's cells in words: read for the person who marks it, never run."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from .files import UNREADABLE, Entry
from .source import decoded

STUBS = ("", "YOUR ANSWER HERE")  #: what stands in a cell in which nothing was written
_HEAD = re.compile(r"\*\*[^*\n]{1,80}\*\* ?")


def answers(entry: Entry, asked: Mapping[str, str]) -> dict[str, str]:
    """Return the answers of a notebook by question, without the question that stands before them.

    A cell is a question's by nbgrader's name of it, else by the question's words. Of a cell as it was handed out the
    answer is ""; a question without a cell has none, nor has any of a file that cannot be read.

    Args:
        asked: by the name of each question's cell what is asked.
    """
    try:
        text, why = decoded(entry.read(), entry.path.name) if not entry.problem else ("", entry.problem)
        cells = json.loads(text)["cells"] if not why else []
        found = [(_name(cell), _text(cell)) for cell in cells]
    except (*UNREADABLE, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
    made: dict[str, str] = {}
    for key, ask in asked.items():
        named = [said for name, said in found if name == key]
        said = next(iter(named or [said for _, said in found if ask.strip() and ask.strip() in said]), None)
        if said is not None:
            made[key] = _without(said, ask.strip())
    return made


def _name(cell: Mapping[str, object]) -> str:
    metadata = cell.get("metadata")
    grader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return str(grader.get("grade_id") or "") if isinstance(grader, dict) else ""


def _text(cell: Mapping[str, object]) -> str:
    source = cell.get("source", "")
    text = "".join(map(str, source)) if isinstance(source, list) else str(source)
    return text.encode("utf-8", "replace").decode().replace("\r\n", "\n").strip()  # half a sign is nothing to show


def _without(said: str, ask: str) -> str:
    """Return a cell's text without its question, where the cell begins with that, and without the stub."""
    head = _HEAD.match(said)
    at = head.end() if head is not None else 0
    rest = said[at + len(ask) :].strip() if ask and said.startswith(ask, at) else said
    return "" if rest in STUBS else rest
