"""Whether two wrong answers are one: last digits, names of one's own, addresses and the order of a set tell nothing."""

from __future__ import annotations

import ast
import math
import re

from ..model import Failure

_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w])")
_ADDRESS = re.compile(r"\b0x[0-9a-f]{4,}\b")
_PLACE = re.compile(r'(?:File "[^"]*", |\()?\b(?:[\w/.-]+\.py, )?line \d+\)?')
_UNBOUND = re.compile(r"^(NameError|UnboundLocalError|NotImplementedError)\b")
_QUOTED = re.compile(r"'[^']*'")
_CALLED = re.compile(r"(?:\w+\.)*(?:<\w+>\.?)*\w+\(\)")
SHOWN = 2e-3  #: by how much, relatively, two numbers in four digits may differ and be one
WRITTEN = 1e-6  #: so for numbers that are written out: what the order of a sum changes in float32
CLOSE = 1e-4  #: an answer that is nearer to the right one is wrong by so little that every digit counts


def alike(one: Failure | None, other: Failure | None, function: str = "") -> bool:
    """Tell whether two failures of a check are the same answer to the same call.

    Args:
        function: whose name in a message tells something; those of other functions are the student's own.
    """
    if one is None or other is None:
        return one is other
    if (one.call, one.where, one.kind) != (other.call, other.where, other.kind):
        return False
    if not _same(one.got, other.got, SHOWN) and not _unordered(one.got, other.got):
        return False
    told, said = (_plain(each.reason, function or one.function) for each in (one, other))
    return _same(told, said, 0.0 if _fine(told) or _fine(said) else WRITTEN) or _unordered(one.got, other.got)


def _plain(reason: str, function: str) -> str:
    """Return a message without addresses, lines, and names that students chose."""
    text = _PLACE.sub("", _ADDRESS.sub("0x", reason))
    if _UNBOUND.match(text):
        text = _QUOTED.sub("''", text)
    return _CALLED.sub(lambda match: match[0] if match[0] == f"{function}()" else "f()", text)


def _same(one: str, other: str, within: float) -> bool:
    """Tell whether two texts are equal but for blanks, addresses and the last digits of their numbers."""
    one, other = (_ADDRESS.sub("0x", text) for text in (one, other))
    if one == other:
        return True
    if ["".join(part.split()) for part in _NUMBER.split(one)] != ["".join(p.split()) for p in _NUMBER.split(other)]:
        return False
    return all(_near(a, b, within) for a, b in zip(_NUMBER.findall(one), _NUMBER.findall(other), strict=True))


def _near(one: str, other: str, within: float) -> bool:
    whole = re.compile(r"[-+]?\d+")
    if whole.fullmatch(one) and whole.fullmatch(other):
        return int(one) == int(other)  # a count, a size, a place
    return math.isclose(float(one), float(other), rel_tol=within, abs_tol=1e-12 if within else 0.0)


def _fine(reason: str) -> bool:
    """Tell whether a wrong number is so near to the right one that its last digits are what is wrong."""
    pair = re.search(rf"({_NUMBER.pattern}) (?:instead of|is not) ({_NUMBER.pattern})", reason)
    return pair is not None and math.isclose(float(pair[1]), float(pair[2]), rel_tol=CLOSE, abs_tol=1e-12)


def _unordered(one: str, other: str) -> bool:
    """Tell whether two texts are equal sets or dictionaries, written in another order."""
    try:
        a, b = ast.literal_eval(one), ast.literal_eval(other)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return False
    if type(a) is not type(b) or not isinstance(a, set | dict):
        return False
    return sorted(map(repr, a.items() if isinstance(a, dict) else a)) == sorted(
        map(repr, b.items() if isinstance(b, dict) else b)
    )
