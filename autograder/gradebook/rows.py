"""One grade as a row of text, and back: whole, versioned, and read strictly, since a row may have met anything."""

from __future__ import annotations

import dataclasses
import json
import math
import types
import typing
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from ..model import STATUSES, CheckResult, Grade

VERSION = 2  #: of a row
#: from each older version to the next; the first had no number
MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: lambda fields: fields}


def to_json(grade: Grade) -> str:
    """Write a grade as text, whole."""
    return json.dumps({"v": VERSION, **dataclasses.asdict(grade)}, ensure_ascii=True, separators=(",", ":"))


def from_json(text: object) -> Grade:
    """Read the grade of :func:`to_json`, of this version or an older one.

    Raises:
        ValueError: it is none; the message says in a few words what is wrong.
    """
    if not isinstance(text, str):
        raise ValueError("no text")
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("no JSON") from None
    if not isinstance(fields, dict):
        raise ValueError("no JSON object")
    version = fields.pop("v", 1)
    if type(version) is not int or not 1 <= version <= VERSION:
        raise ValueError(f"version {version!r} of a row, this Gradus knows up to {VERSION}"[:100])
    for older in range(version, VERSION):
        fields = MIGRATIONS[older](fields)
    grade: Grade = _value(fields, Grade, "the row")
    _sound(grade)
    return grade


def _sound(grade: Grade) -> None:
    parts: list[Grade | CheckResult] = [grade, *grade.checks]
    for one in parts:
        if one.status not in STATUSES:
            raise ValueError(f"status {one.status!r} is none"[:100])
        if not (math.isfinite(one.points) and math.isfinite(one.max_points)):
            raise ValueError("points that are no number")
    if grade.submitted:
        try:
            datetime.fromisoformat(grade.submitted)
        except ValueError:
            raise ValueError(f"submitted {grade.submitted!r} is no time"[:100]) from None


@cache
def _fields(kind: type) -> dict[str, tuple[Any, bool]]:
    """The fields of a dataclass: their types, and whether they must be there."""
    hints = typing.get_type_hints(kind)
    needed = (dataclasses.MISSING, dataclasses.MISSING)
    return {f.name: (hints[f.name], (f.default, f.default_factory) == needed) for f in dataclasses.fields(kind)}


def _value(value: Any, kind: Any, name: str) -> Any:
    """A value of JSON as a type has it: tuples for lists, dataclasses for objects."""
    if kind is Any:
        return value
    if kind is CheckResult or kind is Grade:
        if not isinstance(value, dict):
            raise ValueError(f"{name} is no object")
        known = _fields(kind)
        for field in value:
            if field not in known:
                raise ValueError(f"field {field!r} is not known"[:100])
        for field, (_, needed) in known.items():
            if needed and field not in value:
                raise ValueError(f"field {field} is missing")
        return kind(**{field: _value(one, known[field][0], field) for field, one in value.items()})
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple and isinstance(value, list):
        if len(inner) == 2 and inner[1] is Ellipsis:
            return tuple(_value(one, inner[0], name) for one in value)
        if len(inner) == len(value):
            return tuple(_value(one, part, name) for one, part in zip(value, inner, strict=True))
    elif origin in (types.UnionType, typing.Union):
        for part in inner:
            try:
                return _value(value, part, name)
            except ValueError:
                continue
    elif origin is None and isinstance(kind, type):
        right = (int, float) if kind is float else kind
        if isinstance(value, right) and (kind is bool or not isinstance(value, bool)):
            return value
    elif origin is dict and isinstance(value, dict):
        return value
    raise ValueError(f"field {name} holds something else than it should")
