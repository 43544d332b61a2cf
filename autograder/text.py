"""Texts of answers: made harmless to a screen, taken apart again. Pure functions, without torch."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def similar_name(name: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """Return the name among these that is most like one that is none of them, "" where none is like it."""
    folded: dict[str, str] = {}
    for one in known:
        folded.setdefault(" ".join(one.split()).casefold(), one)
    near = difflib.get_close_matches(" ".join(name.split()).casefold(), sorted(folded), 1, cutoff)
    return folded[near[0]] if near else ""


def printable(text: str, limit: int = 2000) -> str:
    """Text from a student made harmless to a terminal: control and direction marks escaped, length capped."""
    out = []
    for char in text[:limit]:
        hidden = (ord(char) < 32 and char not in "\n\t") or 127 <= ord(char) < 160 or 0xD800 <= ord(char) < 0xE000
        if hidden or char in "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069":
            out.append(char.encode("unicode_escape", "surrogatepass").decode())
        else:
            out.append(char)
    return "".join(out) + ("…" if len(text) > limit else "")


def fields(message: str) -> list[tuple[str, str]]:
    """A message as (label, text) pairs: what it was put together from. A line without a label has "" there."""
    found: list[tuple[str, str]] = []
    for line in message.splitlines():
        if found and not line[:1].strip():
            found[-1] = (found[-1][0], f"{found[-1][1]}\n{line[12:]}")
        elif line[:1].strip() and line[10:12] == "  ":
            found.append((line[:12].strip(), line[12:]))
        else:
            found.append(("", line))
    return found
