"""Questions that are answered in words, as the front matter of a lesson lists them: ``[[questions]]``."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Callable
from typing import Any

from ..errors import CourseError
from ..model import Question

KEYS: dict[str, tuple[type, ...]] = {"ask": (str,), "points": (int, float), "scheme": (str,)}
Wrong = Callable[[str, str], CourseError]


def questions(value: Any, wrong: Wrong) -> tuple[Question, ...]:
    """Return the questions of a page.

    Args:
        value: what stands under ``questions``, as TOML has it.
        wrong: makes the error of a key, from it and what is wrong with it.

    Raises:
        CourseError: it is no list of tables with a text and points each.
    """
    if not isinstance(value, list) or not value or not all(isinstance(one, dict) for one in value):
        raise wrong("questions", "is a table for each question, [[questions]], with ask, points and scheme")
    return tuple(_question(one, number, wrong) for number, one in enumerate(value, 1))


def without_schemes(text: str) -> str:
    """Return a lesson, front matter included, that does not say what good answers say; any other as it is."""
    front, _, rest = text.removeprefix("+++\n").partition("\n+++")
    try:
        fields = tomllib.loads(front)
    except tomllib.TOMLDecodeError:
        return text
    asked = fields.pop("questions", [])
    if fields.pop("question_answer", None) is None and not any("scheme" in one for one in asked):
        return text
    lines = ["+++", *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items())]
    for one in asked:
        lines += ["[[questions]]", f"ask = {json.dumps(one['ask'], ensure_ascii=False)}", f"points = {one['points']}"]
    return "\n".join([*lines, "+++"]) + rest


def _question(table: dict[str, Any], number: int, wrong: Wrong) -> Question:
    for key, one in table.items():
        if key not in KEYS:
            raise wrong(key, f"question {number} has ask, points and scheme, and no {key}")
        if not isinstance(one, KEYS[key]) or isinstance(one, bool):
            raise wrong(key, f"of question {number} must be {'a number' if key == 'points' else 'a text'}")
    if not str(table.get("ask", "")).strip():
        raise wrong("questions", f"question {number} asks nothing; give it an ask")
    worth = table.get("points", 0)
    if not 0 < worth < math.inf:
        raise wrong("points", f"of question {number} must be a number above zero")
    return Question(table["ask"].strip(), float(worth), table.get("scheme", "").strip())
