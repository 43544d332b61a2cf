"""Words for a student who is stuck: hints one at a time, and what a known mistake is about. Pure functions."""

from __future__ import annotations

import re

from ..catalogue import misconceptions
from ..model import Exercise
from ..paths import Trees
from ..syllabus import split_lesson

_WORDS = re.compile(r"[A-Za-z_]{4,}")


def explanation(trees: Trees, exercise: Exercise, mistake: str) -> tuple[str, str, str]:
    """(function, hint, the lesson's paragraph that says most about it) of a known mistake, "" for what is not known."""
    found = next((m for m in misconceptions(trees, exercise) if m.name == mistake), None)
    function, hint = (found.of, found.hint) if found is not None else ("", "")
    _, lesson = split_lesson(trees.lesson(exercise.address))
    return function, hint, paragraph(lesson, f"{mistake} {hint} {function}")


def paragraph(lesson: str, about: str) -> str:
    """The paragraph of a lesson that shares most words with some text; rare words count more."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", lesson)]
    parts = [block for block in blocks if block and not block.startswith(("#", "![", "-"))]
    wanted = {word.lower() for word in _WORDS.findall(about)}
    words = [{word.lower() for word in _WORDS.findall(part)} for part in parts]

    def score(own: set[str]) -> float:
        return sum(1.0 / sum(word in other for other in words) for word in own & wanted)

    best = max(zip(map(score, words), parts, strict=True), key=lambda pair: pair[0], default=(0.0, ""))
    return best[1] if best[0] > 0 else ""
