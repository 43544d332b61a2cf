"""One grade as a row of text, and back: whole, versioned, and read strictly, since a row may have met anything."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import datetime
from typing import Any

from .. import documents
from ..model import KINDS, STATUSES, CheckResult, Grade
from .older import with_failures

VERSION = 3  #: of a row
#: from each older version to the next; the first had no number, the second told failures in padded texts
MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: lambda fields: fields, 2: with_failures}


def to_json(grade: Grade) -> str:
    """Write a grade as text, whole."""
    return json.dumps({"v": VERSION, **documents.plain(grade)}, ensure_ascii=True, separators=(",", ":"))


def from_json(text: object) -> Grade:
    """Read the grade of :func:`to_json`, of this version or an older one.

    Raises:
        ValueError: it is none; the message says in a few words what is wrong.
    """
    if not isinstance(text, str):
        raise ValueError("no text")
    fields = documents.parse(text)
    version = fields.pop("v", 1)
    if type(version) is not int or not 1 <= version <= VERSION:
        raise ValueError(f"version {version!r} of a row, this Gradus knows up to {VERSION}"[:100])
    for older in range(version, VERSION):
        fields = MIGRATIONS[older](fields)
    grade = documents.read(fields, Grade)
    _sound(grade)
    return grade


def _sound(grade: Grade) -> None:
    parts: list[Grade | CheckResult] = [grade, *grade.checks]
    for one in parts:
        if one.status not in STATUSES:
            raise ValueError(f"status {one.status!r} is none"[:100])
        if not (math.isfinite(one.points) and math.isfinite(one.max_points)):
            raise ValueError("points that are no number")
    for check in grade.checks:
        if check.failure is not None and check.failure.kind not in KINDS:
            raise ValueError(f"kind {check.failure.kind!r} of a failure is none"[:100])
    if grade.submitted:
        try:
            datetime.fromisoformat(grade.submitted)
        except ValueError:
            raise ValueError(f"submitted {grade.submitted!r} is no time"[:100]) from None
