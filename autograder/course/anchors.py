"""Anchors in lessons: the author ties a paragraph to a mistake, a check or a function, and `explain` opens it.

An anchor is a line of its own above the paragraph, ``<!-- about: forgets to add the maximum back -->``; readers never
see it. Several may stand above one paragraph.
"""

from __future__ import annotations

import re

_LINE = re.compile(r"^[ \t]*<!--[ \t]*about:[ \t]*(.*?)[ \t]*-->[ \t]*\n", re.MULTILINE)


def without_anchors(lesson: str) -> str:
    """Return a lesson as it is read."""
    return _LINE.sub("", lesson)


def anchored(lesson: str) -> dict[str, str]:
    """Return the paragraphs of a lesson by what they are about."""
    found: dict[str, str] = {}
    for match in _LINE.finditer(lesson):
        rest = without_anchors(lesson[match.end() :].lstrip("\n"))
        found.setdefault(match[1], re.split(r"\n\s*\n", rest.strip("\n"), maxsplit=1)[0].strip())
    return found
