"""Plain values of Python's own libraries, and of pandas, that cross by what they are made of: a Counter, a date.

One entry a kind: what a value of it is made of, in values that cross by themselves, and how such parts become one
again. The parts come from whoever answers, so `made` refuses what is none, and what would grow when it is used.
"""

from __future__ import annotations

import sys
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from keyword import iskeyword
from typing import Any

from .codec import MAX_HASHED, TABLE_DTYPE

MAX_INT_BYTES = 1700  #: of a whole number: Python writes down no more than 4,300 digits of one
MAX_RANGE = 100_000  #: values of a range: whoever lists it makes them
MAX_EXPONENT = 5000  #: of a Decimal: as a whole number it has so many digits
MAX_FIELDS = 100
_FACTORIES = {kind.__name__: kind for kind in (int, float, str, list, dict, set, tuple, bool)}


@dataclass(frozen=True)
class Kind:
    """How values of one type cross.

    Args:
        parts: what one is made of; None where this one stays an object.
        made: one of such parts. Raises ValueError, TypeError or ArithmeticError where they make none.
    """

    parts: Callable[[Any], Any]
    made: Callable[[Any], Any]


def _of(kind: type, value: Any) -> Any:
    """Return a value that is of a kind.

    Raises:
        TypeError: it is of another.
    """
    if type(value) is not kind:
        raise TypeError(f"no {kind.__name__}")
    return value


def _whole(raw: Any) -> int:
    if not 8 < len(_of(bytes, raw)) <= MAX_INT_BYTES + 1:
        raise ValueError("a length that such a number has not")
    return int.from_bytes(raw, "little", signed=True)


def _whole_parts(value: int) -> bytes | None:
    length = value.bit_length() // 8 + 1
    return value.to_bytes(length, "little", signed=True) if length <= MAX_INT_BYTES else None


def _range(parts: Any) -> range:
    found = range(*(_of(int, part) for part in _of(tuple, parts)))
    if len(found) > MAX_RANGE:
        raise ValueError("too long")
    return found


def _decimal(text: Any) -> Decimal:
    found = Decimal(_of(str, text)[: 2 * MAX_EXPONENT])
    if found.is_finite() and abs(found.adjusted()) > MAX_EXPONENT:
        raise ValueError("too large")
    return found


def _fraction(parts: Any) -> Fraction:
    return Fraction(*(part if type(part) is int else _of(int, part) for part in _of(tuple, parts)))


def _default(parts: Any) -> defaultdict[Any, Any]:
    name, values = _of(tuple, parts)
    return defaultdict(_FACTORIES.get(_of(str, name)), _of(dict, values))


def _factory(value: defaultdict[Any, Any]) -> str:
    made: Any = value.default_factory
    return next((name for name, kind in _FACTORIES.items() if kind is made), "")


@lru_cache(maxsize=256)
def _tuple_class(name: str, fields: tuple[str, ...]) -> Any:
    return namedtuple(name, fields)


def _fits(fields: Any) -> bool:
    return (
        type(fields) is tuple
        and 0 < len(fields) <= MAX_FIELDS
        and all(_is_name(field) and field[0] != "_" for field in fields)
    )


def _is_name(text: Any) -> bool:
    """Tell whether a class may have this name: one that begins with an underscore is a library's own, and may."""
    return type(text) is str and text.isidentifier() and not iskeyword(text) and len(text) < 100


def _name_of(kind: type) -> str:
    name = kind.__name__[:99]
    return name if _is_name(name) else "Named"


def fields_of(value: Any) -> tuple[str, ...]:
    """Return the names of a named tuple's fields, () of another value."""
    fields: Any = getattr(type(value), "_fields", None)
    return fields if isinstance(value, tuple) and _fits(fields) and len(fields) == tuple.__len__(value) else ()


def _named(parts: Any) -> Any:
    name, fields, values = _of(tuple, parts)
    if not _is_name(name) or not _fits(fields):
        raise ValueError("a name that is none")
    return _tuple_class(name, fields)(*_of(tuple, values))


def _pandas() -> Any:
    import pandas

    return pandas


def _index(parts: Any) -> Any:
    values, names, dtype = _of(tuple, parts)
    if len(_of(list, names)) > 1:
        return _pandas().MultiIndex.from_tuples(_of(list, values), names=names)
    if not TABLE_DTYPE.match(_of(str, dtype)):
        raise ValueError("an index of an unknown kind")
    return _pandas().Index(_of(list, values), name=names[0], dtype=None if dtype == "object" else dtype)


#: by the name that a message gives
KINDS: dict[str, Kind] = {
    "int": Kind(_whole_parts, _whole),
    "Counter": Kind(dict, lambda parts: Counter(_of(dict, parts))),
    "OrderedDict": Kind(dict, lambda parts: OrderedDict(_of(dict, parts))),
    "defaultdict": Kind(lambda value: (_factory(value), dict(value)), _default),
    "deque": Kind(
        lambda value: (list(value), value.maxlen), lambda parts: deque(_of(list, parts[0]), _of(tuple, parts)[1])
    ),
    "range": Kind(
        lambda value: (value.start, value.stop, value.step) if value[MAX_RANGE:] == range(0) else None, _range
    ),
    "namedtuple": Kind(lambda value: (_name_of(type(value)), fields_of(value), tuple(value)), _named),
    "Fraction": Kind(lambda value: (value.numerator, value.denominator), _fraction),
    "Decimal": Kind(str, _decimal),
    "date": Kind(date.isoformat, lambda text: date.fromisoformat(_of(str, text))),
    "time": Kind(time.isoformat, lambda text: time.fromisoformat(_of(str, text))),
    "datetime": Kind(datetime.isoformat, lambda text: datetime.fromisoformat(_of(str, text))),
    "timedelta": Kind(
        lambda value: (value.days, value.seconds, value.microseconds),
        lambda parts: timedelta(*(_of(int, part) for part in _of(tuple, parts))),
    ),
    "dict_keys": Kind(lambda value: dict.fromkeys(value), lambda parts: _of(dict, parts).keys()),
    "dict_values": Kind(lambda value: dict(enumerate(value)), lambda parts: _of(dict, parts).values()),
    "dict_items": Kind(dict, lambda parts: _of(dict, parts).items()),
    "Timestamp": Kind(lambda value: value.isoformat(), lambda text: _pandas().Timestamp(_of(str, text))),
    "Timedelta": Kind(lambda value: value.isoformat(), lambda text: _pandas().Timedelta(_of(str, text))),
    "Period": Kind(lambda value: (str(value), value.freqstr), lambda parts: _pandas().Period(*map(str, parts[:2]))),
    "Interval": Kind(lambda value: (value.left, value.right, value.closed), lambda parts: _pandas().Interval(*parts)),
    "NaT": Kind(lambda value: 0, lambda _: _pandas().NaT),
    "NA": Kind(lambda value: 0, lambda _: _pandas().NA),
    "Index": Kind(lambda value: (value.tolist(), list(value.names), str(value.dtype)), _index),
}
_VIEWS: list[Any] = [{}.keys(), {}.values(), {}.items()]
_OWN: dict[type, str] = {
    Counter: "Counter", OrderedDict: "OrderedDict", defaultdict: "defaultdict", deque: "deque", range: "range",
    Fraction: "Fraction", Decimal: "Decimal", date: "date", time: "time", datetime: "datetime",
    timedelta: "timedelta",
    **{type(view): type(view).__name__ for view in _VIEWS},
}  # fmt: skip
_OF_PANDAS = {"NaTType": "NaT", "NAType": "NA"} | {k: k for k in ("Timestamp", "Timedelta", "Period", "Interval")}
#: what may be in a set beside numbers and texts: its hash is Python's own
HASHED = (frozenset, Fraction, Decimal, date, time, timedelta, range)


def kind_of(value: Any) -> str:
    """Return the name of a value's kind, "" where it is of none of these."""
    kind = type(value)
    found = _OWN.get(kind)
    if found is not None:
        return found
    if fields_of(value):
        return "namedtuple"
    if str(getattr(kind, "__module__", "")).partition(".")[0] != "pandas":
        return ""
    if isinstance(value, of_pandas("Index")):
        whole = len(value.names) > 1 or TABLE_DTYPE.match(str(value.dtype))
        return "Index" if whole and len(value) <= MAX_HASHED * 100 else ""
    return _OF_PANDAS.get(kind.__name__, "")


def of_pandas(*names: str) -> tuple[type[Any], ...]:
    """Return the classes of pandas with these names, as far as there are any.

    Where nobody imported it there are none, nor while another thread has only begun to.
    """
    pandas = sys.modules.get("pandas")
    return tuple(found for name in names if isinstance(found := getattr(pandas, name, None), type))
