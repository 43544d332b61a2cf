"""What earlier versions of Gradus told as one padded text, as the fields that it has now.

Rows of the gradebook up to version 2, ``grades.json`` of schema 1 and older workspaces hold such texts: a label in the
first twelve columns, its text behind it, further lines below that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ..documents import plain
from ..model import Diagnosis, Failure, Frame

_WIDTH = 12
_FRAME = re.compile(r"(.*?), line (\d+)(?: in (\w+))?:  (.*)")
_VALUES = {"call": "call", "came back": "got", "expected": "expected"}
_KINDS = {"differs": "difference", "problem": "problem", "raised": "exception", "hidden": "hidden"}


def failure_of(message: object, names: Iterable[str] = ()) -> Failure | None:
    """Return the failure that a text told of, None for an empty one without names.

    Args:
        names: of the known mistakes.

    Raises:
        ValueError: there is no text.
    """
    if not isinstance(message, str):
        raise ValueError("field message holds something else than a text")
    names = list(names)
    pairs = _pairs(message)
    cuts = [number for number, (label, _) in enumerate(pairs) if label == "diagnosis"]
    own, about = (pairs[: cuts[0]], pairs[cuts[0] :]) if cuts and names else (pairs, [])
    found = _failure(own) if own else Failure("remark", "") if names else None
    return replace(found, diagnosis=_diagnoses(about, names)) if found is not None else None


def _pairs(message: str) -> list[tuple[str, str]]:
    """Return the (label, text) pairs that a text was put together from; a line without a label has "" there."""
    found: list[tuple[str, str]] = []
    for line in message.splitlines():
        if found and not line[:1].strip():
            found[-1] = (found[-1][0], f"{found[-1][1]}\n{line[_WIDTH:]}")
        elif line[:1].strip() and line[_WIDTH - 2 : _WIDTH] == "  ":
            found.append((line[:_WIDTH].strip(), line[_WIDTH:]))
        else:
            found.append(("", line))
    return found


def _failure(pairs: list[tuple[str, str]]) -> Failure:
    values: dict[str, Any] = {}
    notes: list[tuple[str, str]] = []
    for number, (label, text) in enumerate(pairs):
        if "kind" in values and (label in _VALUES or label in _KINDS):  # what stands behind it
            values["cause"] = _failure(pairs[number:])
            break
        if label in _VALUES:
            values[_VALUES[label]] = text
        elif label in _KINDS:
            values |= {"kind": _KINDS[label], "reason": text}
        elif label == "where" and all(map(_FRAME.fullmatch, text.splitlines())):
            matches = filter(None, map(_FRAME.fullmatch, text.splitlines()))
            values["frames"] = tuple(Frame(m[1], int(m[2]), m[3] or "<module>", m[4]) for m in matches)
        else:
            notes.append((label, text))
    if "kind" not in values:
        words = "\n".join(text for label, text in notes if not label)
        values |= {"kind": "remark", "reason": words}
        notes = [(label, text) for label, text in notes if label]
    return Failure(**values, notes=tuple(notes))


def _diagnoses(pairs: list[tuple[str, str]], names: list[str]) -> tuple[Diagnosis, ...]:
    told = {label_text[1]: n for n, label_text in enumerate(pairs) if label_text[0] in ("diagnosis", "or")}
    found = []
    for name in names:
        text, place = next(((t, n) for t, n in told.items() if t.endswith(name)), ("", -1))
        after = pairs[place + 1] if 0 <= place < len(pairs) - 1 else ("", "")
        function = text.removesuffix(name).strip()
        found.append(Diagnosis(name, after[1] if after[0] == "hint" else "", function))
    return tuple(found)


def with_failures(grade: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a grade whose checks have a failure in the place of a message and names.

    Raises:
        ValueError: its checks are no list of objects.
    """
    checks = grade.get("checks", [])
    if not isinstance(checks, (list, tuple)) or not all(isinstance(check, dict) for check in checks):
        raise ValueError("field checks holds something else than it should")
    return {**grade, "checks": [_with_failure(check) for check in checks]}


def _with_failure(check: dict[str, Any]) -> dict[str, Any]:
    if "failure" in check:
        raise ValueError("field failure is not known")
    names = check.get("diagnosis") or ()
    names = [names] if isinstance(names, str) else names
    if not isinstance(names, (list, tuple)) or not all(isinstance(name, str) for name in names):
        raise ValueError("field diagnosis holds something else than it should")
    rest = {name: value for name, value in check.items() if name not in ("message", "diagnosis")}
    return {**rest, "failure": plain(failure_of(check.get("message", ""), names))}
