"""What a lesson's front matter may say: its keys, the kind of each, and what is said of another."""

from __future__ import annotations

import difflib
import math
import re
import tomllib
from collections.abc import Callable, Collection
from typing import Any

from ..errors import CourseError

FIELDS: dict[str, tuple[type, ...]] = {
    "title": (str,), "points": (int, float), "seconds": (int, float), "memory_mb": (int,), "threads": (int,),
    "needs": (list,), "hints": (list,), "ships_solved": (bool,), "mutants": (bool,), "data": (list,),
    "introduces": (list,), "question": (str,), "question_points": (int, float),
    "question_answer": (list,), "level": (str,), "questions": (list,), "language": (str,),
}  # fmt: skip
Wrong = Callable[..., CourseError]  #: (key, what is wrong with it)
LISTS = tuple(key for key, kinds in FIELDS.items() if kinds == (list,) and key != "questions")
OF_WORDS = ("title", "level", "questions", "language")  #: keys of a page without code


def near(name: object, known: Collection[str]) -> str:
    """Return the question after the nearest of some names, "" where none is near; an address is near its last part."""
    whole = [one for one in known if one.rpartition("/")[2] == name]
    found = whole or difflib.get_close_matches(str(name), known, 1)
    return f"; did you mean {found[0]}?" if found else ""


_KINDS = {float: "a number", int: "a whole number", str: "a text", bool: "true or false", list: "a list"}
_TWICE = re.compile(r"Cannot (?:overwrite a value|declare .* twice|mutate .*)")


def toml_fault(error: tomllib.TOMLDecodeError) -> tuple[int, str]:
    """Return the line of the text at which it is no TOML, 0 for its end, and why, without the place."""
    said = str(error)
    where = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)", said)
    said = _TWICE.sub("this key was given a value before; keep one of the two", re.sub(r" \(at .*\)$", "", said))
    return int(where[1] or 0) if where else 0, said


def check(fields: dict[str, Any], wrong: Wrong) -> None:
    """Refuse a key that nothing reads, and a value of another kind than its key has.

    Raises:
        CourseError: of the first that is wrong.
    """
    for key, value in fields.items():
        if key not in FIELDS:
            raise wrong(key, f"is not known{near(key, FIELDS)}")
        if key in ("question", "questions") and isinstance(value, dict if key == "questions" else dict | list):
            raise wrong(key, "is a table for each question, [[questions]], with ask, points and scheme")
        if not isinstance(value, FIELDS[key]) or (isinstance(value, bool) and bool not in FIELDS[key]):
            raise wrong(key, f"must be {_KINDS[FIELDS[key][-1]]}, not {_KINDS.get(type(value), 'a table')}")
        if isinstance(value, list) and key in LISTS and not all(isinstance(item, str) for item in value):
            raise wrong(key, "must be a list of texts")
        if isinstance(value, (int, float)) and not isinstance(value, bool) and not 0 < value < math.inf:
            raise wrong(key, "must be a number above zero")
