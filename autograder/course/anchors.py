"""Anchors in lessons: the author ties a paragraph to a mistake, a check or a function, and `explain` opens it.

An anchor is a line of its own above the paragraph, ``<!-- about: forgets to add the maximum back -->``; readers never
see it. Several may stand above one paragraph.
"""

from __future__ import annotations

import re
from itertools import pairwise

_LINE = re.compile(r"^[ \t]*<!--[ \t]*about:[ \t]*(.*?)[ \t]*-->[ \t]*\n", re.MULTILINE)


def without_anchors(lesson: str) -> str:
    """Return a lesson as it is read."""
    return _LINE.sub("", lesson)


def anchored(lesson: str) -> dict[str, str]:
    """Return the paragraphs of a lesson by what they are about."""
    found: dict[str, str] = {}
    for match in _LINE.finditer(lesson):
        rest = without_anchors(lesson[match.end() :].lstrip("\n"))
        found.setdefault(match[1], _whole_sentences(rest.strip("\n")))
    return found


def _whole_sentences(lesson: str) -> str:
    """Return the first paragraph, with the formula, list or code in which its last sentence ends."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", lesson)]
    end = next((n for n, (one, then) in enumerate(pairwise(blocks)) if _is_end(one, then)), len(blocks) - 1)
    return "\n\n".join(blocks[: end + 1])


def _is_end(block: str, following: str) -> bool:
    if following.startswith("#"):
        return True
    if block.startswith("```") or block.endswith("```"):
        return block.endswith("```") and len(block) > 3
    if block.endswith("$$"):
        return block.removesuffix("$$").rstrip().endswith(".") or not following[:1].islower()
    if block.startswith(("|", "- ", "* ", "1.")):
        return not following[:1].islower()
    return block.rstrip("*_)\"'`").endswith((".", "!", "?"))
