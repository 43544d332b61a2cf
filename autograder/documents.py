"""Our frozen values as JSON, and back: strict, and a complaint is one line. By msgspec."""

from __future__ import annotations

import dataclasses
import json
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec

T = TypeVar("T")


def plain(value: object) -> Any:
    """Return a value as dicts, lists, texts and numbers; bytes become base64."""
    return msgspec.to_builtins(value)


def encode(value: object, indent: int | None = None) -> str:
    """Return a value as JSON in ASCII.

    msgspec's own encoder takes no lone surrogate, which a file name may hold, and writes NaN as null.
    """
    separators = (",", ":") if indent is None else None
    return json.dumps(plain(value), ensure_ascii=True, indent=indent, separators=separators)


def parse(text: object) -> dict[str, Any]:
    """Return the object that a text of JSON holds.

    Raises:
        ValueError: it holds none; the message says in a few words what is wrong.
    """
    if not isinstance(text, (str, bytes)):
        raise ValueError("no text")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("no JSON") from None
    if not isinstance(found, dict):
        raise ValueError("no JSON object")
    return found


def read(plainly: object, kind: type[T]) -> T:
    """Return what :func:`plain` made of a value of this kind.

    Raises:
        ValueError: it is none; the message says in a line what is missing, not known, or of another kind.
    """
    try:
        value = msgspec.convert(plainly, kind)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError(" ".join(str(error).split())[:200]) from None
    unknown = _unknown(plainly, value)
    if unknown:
        raise ValueError(f"field {unknown!r} is not known"[:100])
    return value


def decode(text: object, kind: type[T]) -> T:
    """Return what :func:`encode` made of a value of this kind.

    Raises:
        ValueError: it is none.
    """
    return read(parse(text), kind)


@cache
def _names(kind: Any) -> frozenset[str] | None:
    """Return the fields of a dataclass, None of anything else."""
    return frozenset(one.name for one in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else None


_NESTED = (dict, list)
_FLAT = {str, int, float, bool, bytes, type(None)}


@cache
def _deep(kind: Any) -> tuple[str, ...]:
    """Return the fields of a dataclass that may hold more than one plain value."""
    hints = get_type_hints(kind)
    return tuple(name for name in sorted(_names(kind) or ()) if not {*get_args(hints[name])} | {hints[name]} <= _FLAT)


def _unknown(plainly: Any, value: Any) -> str:
    """Return the first field that no dataclass has a place for: msgspec would pass it over, a misspelt one too."""
    kind: Any = type(value)
    known = _names(kind)
    if known is not None:
        if not plainly.keys() <= known:
            return next(str(name) for name in plainly if name not in known)
        deep = ((plainly.get(name), name) for name in _deep(kind))
        pairs = [(part, getattr(value, name)) for part, name in deep if part and type(part) in _NESTED]
    elif isinstance(value, tuple):
        pairs = [(part, one) for part, one in zip(plainly, value, strict=True) if type(part) in _NESTED]
    else:
        return ""
    for part, one in pairs:
        inside = _unknown(part, one)
        if inside:
            return inside
    return ""
