"""What does not fit a schema, in words for people: of a message, a link, an edit."""

from __future__ import annotations

import re

from ..language import _

_NO_JSON = ("JSON is malformed", "Input data was truncated", "maximum recursion", "Invalid UTF-8", "'utf-8'")
_BOUND = re.compile(r"Expected `(?:int|float)` (>=|<=|>|<) (\S+)")
_LENGTH = re.compile(r"Expected `(array|str|bytes)` of length (>= |<= )?(\d+).*")
_KIND = re.compile(r"Expected `([\w |]+)`(?:, got `\w+`)?")
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")


def refusal(said: str, whole: str = "") -> str:
    """Return in a sentence what is wrong with a value, from what msgspec says of it.

    A sentence that one of our own structs says of itself stays as it is.

    Args:
        whole: what the value is called; "" for a message.
    """
    what, _sep, path = " ".join(said.split()).partition(" - at `")
    where = _place(path.removesuffix("`")) or whole or _("the message")
    if (found := _BOUND.fullmatch(what)) is not None:
        n = f"{float(found[2]):.15g}"
        if found[1] == ">=":
            return _("{where} must be {n} or more", where=where, n=n)
        if found[1] == "<=":
            return _("{where} must be {n} or less", where=where, n=n)
        return (
            _("{where} must be more than {n}", where=where, n=n) if found[1] == ">"
            else _("{where} must be less than {n}", where=where, n=n)
        )  # fmt: skip
    if (found := _LENGTH.fullmatch(what)) is not None:
        many = {"array": _("entries"), "str": _("characters"), "bytes": _("bytes")}[found[1]]
        if found[2] is None:
            return _("{where} must have {n} {many}", where=where, n=found[3], many=many)
        if found[2] == ">= ":
            return _("{where} must have {n} {many} or more", where=where, n=found[3], many=many)
        return _("{where} must have {n} {many} or fewer", where=where, n=found[3], many=many)
    if (found := _KIND.fullmatch(what)) is not None:
        kinds = f" {_('or')} ".join(_kinds().get(kind, kind) for kind in found[1].split(" | "))
        return _("{where} must be {kind}", where=where, kind=kinds)
    return _other(what, where)


def _other(what: str, where: str) -> str:
    name = what.partition("`")[2].removesuffix("`")
    if what.startswith("Object missing required field"):
        return _("{where} has no {name}", where=where, name=name)
    if what.startswith("Object contains unknown field"):
        return _("{where} has {name}, which is not known here", where=where, name=name)
    if (found := re.fullmatch(r"Invalid (?:enum )?value (.*)", what)) is not None:
        name = found[1].strip("'")
        return (
            _("{where} cannot be {name}", where=where, name=name)
            if name
            else _("{where} must not be empty", where=where)
        )
    if what.startswith(("Number out of range", "Integer value out of range")):
        return _("{where} is a number beyond all bounds", where=where)
    if what.startswith(("Invalid base64", "Expected `str` matching")):
        return _("{where} is not written as it must be", where=where)
    return _("this cannot be read as JSON") if what.startswith(_NO_JSON) else what


def _kinds() -> dict[str, str]:
    return {
        "int": _("a whole number"), "float": _("a number"), "str": _("a text"), "bool": _("true or false"),
        "array": _("a list"), "object": _("values with names"), "bytes": _("bytes as base64"), "null": _("nothing"),
    }  # fmt: skip


def _place(path: str) -> str:
    """Return in words what msgspec calls `$.layers[0]`; "" for the whole."""
    if path.startswith("key` in `"):
        return _("a name in {place}", place=_place(path.removeprefix("key` in `")))
    words = ""
    for name, entry in _STEP.findall(path):
        if name:
            words = f"{words}.{name}" if words else name
        elif entry == "...":
            words = _("one of {place}", place=words)
        else:
            words = _("entry {n} of {place}", n=int(entry) + 1, place=words)
    return words
