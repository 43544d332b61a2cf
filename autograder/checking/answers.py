"""Answers that must be values: for checks that compare in plain Python, with `==`, `in` or by their truth alone."""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Mapping
from functools import wraps
from typing import Any

import numpy as np
import torch

from ..sandbox.host.handles import Handle
from ..sandbox.host.student import Student
from ..sandbox.wire.kinds import fields_of
from ..sandbox.wire.problems import RemoteError, stand_in
from .asserts import CheckFailure

_DEPTH = 20  #: of containers in containers that are looked through


def plain(thing: Any) -> Any:
    """Return a student's function as one whose answers must be values, and a value as it is.

    An object of the student's is true, unlike everything else, and says itself what it contains: a check that asks
    ``assert student.is_prime(7)`` would take its word for it.
    """
    if not isinstance(thing, Handle):
        return _value(thing, "what this name stands for")

    @wraps(thing.__call__)
    def call(*args: Any, **kwargs: Any) -> Any:
        return _value(thing(*args, **kwargs), "what came back")

    return call


def in_place(what: Any) -> Any:
    """Return a student's function as :func:`plain` does, whose changes to its arguments are made here, too.

    Of the student itself, ``in_place(student)``: from here on in this check every call of theirs, of a method as well,
    changes here what it changes there, as if the two were one process. What a call leaves of lists, dicts, sets and
    tables is what its process says: compare these, and use them for nothing else.
    """
    if isinstance(what, Student):
        what.on_changes = _make
        return what
    call_plain = plain(what)
    if not isinstance(what, Handle):
        return call_plain

    @wraps(what.__call__)
    def call(*args: Any, **kwargs: Any) -> Any:
        student = what._student
        before, student.on_changes = student.on_changes, _make
        try:
            return call_plain(*args, **kwargs)
        finally:
            student.on_changes = before

    return call


def their_error(kind: Any) -> type[Exception]:
    """Return an exception of ours for one that the student defines, for ``pytest.raises`` and ``except``.

    Args:
        kind: their class, as in ``their_error(student.EmptyError)``.
    """
    name = kind._info[3] if isinstance(kind, Handle) and len(kind._info) > 3 else None
    return stand_in(name if isinstance(name, str) else "Exception")


_ASKED: dict[str, tuple[Any, str, str]] = {
    "==": (operator.eq, "__eq__", "__eq__"), "!=": (operator.ne, "__ne__", "__ne__"),
    "<": (operator.lt, "__lt__", "__gt__"), "<=": (operator.le, "__le__", "__ge__"),
    ">": (operator.gt, "__gt__", "__lt__"), ">=": (operator.ge, "__ge__", "__le__"),
    "repr": (repr, "__repr__", ""), "str": (str, "__str__", ""),
}  # fmt: skip


def ask_object(what: str, *values: Any) -> Any:
    """Return what an object of the student's says itself: ``ask_object("==", a, b)``, ``ask_object("repr", a)``.

    ``ask_object("isinstance", a, student.Stack)`` says whether it is one of their class, ``ask_object("type", …)``
    whether it is of that class itself.

    Elsewhere such an object is compared by what it is and written by its class, since it could say anything. Where its
    own ``__eq__`` or ``__repr__`` is what is tested, that is the answer. Of values Python is asked as ever.
    """
    if what in ("isinstance", "issubclass"):
        return _is_a(*values)
    if what == "type":
        return _is_a(*values, itself=True)
    plainly, method, reflected = _ASKED[what]
    if not any(isinstance(value, Handle) for value in values):
        return plainly(*values)
    for name, mine, *other in ((method, *values), (reflected, *values[::-1])):
        if isinstance(mine, Handle) and name:
            answer = mine._student.call(mine, name, tuple(other), {})
            if not isinstance(answer, Handle):  # which stands for NotImplemented
                return answer
    return {"==": values[0] is values[-1], "!=": values[0] is not values[-1]}.get(what, False)


def _is_a(thing: Any, kind: Any, *, itself: bool = False) -> bool:
    """Tell whether an object, or a class, of the student's is one of their class or inherits from it.

    Args:
        itself: of that class, and of none that inherits from it.
    """
    if isinstance(kind, type):
        named = type(thing).__name__ == kind.__name__ and bool(fields_of(thing))  # made anew of its parts
        same = named and fields_of(thing) == getattr(kind, "_fields", ())
        return same or (type(thing) is kind if itself else isinstance(thing, kind))
    kind = getattr(getattr(kind, "__wrapped__", None), "__self__", kind)  # as `plain` returns it
    if not (isinstance(kind, Handle) and kind._is("class") and len(kind._info) > 2):
        raise CheckFailure("what should be a class is none")
    full = next(iter(kind._info[2]), "")
    if isinstance(thing, Handle):
        return full == next(iter(thing._info[2]), "") if itself else full in thing._info[2]
    if isinstance(thing, RemoteError):
        return full.rpartition(".")[2] in (thing.error.mro[:1] if itself else thing.error.mro)
    return type(thing).__name__ == full.rpartition(".")[2]  # a named tuple is a value


def _make(given: Any, now: Any) -> None:
    """Make a value what it is now, and what it holds, where these are of a kind that code changes in place."""
    if given is now or type(given) is not type(now):
        return
    if isinstance(given, tuple):
        for one, left in zip(given, now, strict=False):
            _make(one, left)
    elif isinstance(given, list | deque):
        kept = [_kept(one, left) for one, left in zip(given, now, strict=False)]
        rest = list(now)[len(kept) :]
        given.clear()
        given.extend([*kept, *rest])
    elif isinstance(given, dict):
        kept_by_key = {key: _kept(given[key], left) if key in given else left for key, left in now.items()}
        given.clear()
        given.update(kept_by_key)
    elif isinstance(given, set):
        given.clear()
        given.update(now)
    elif isinstance(given, np.ndarray):
        if given.shape != now.shape:
            given.resize(now.shape, refcheck=False)
        given[...] = now
    elif isinstance(given, torch.Tensor) and given.shape == now.shape:
        with torch.no_grad():
            given.copy_(now)
    elif type(given).__module__.partition(".")[0] == "pandas" and hasattr(given, "_update_inplace"):
        given._update_inplace(now)


def _kept(given: Any, now: Any) -> Any:
    """Return what stands in a container now: what stood there, changed, where other names may hold it, too."""
    if type(given) is type(now) and isinstance(given, list | dict | set | deque | np.ndarray):
        _make(given, now)
        return given
    return now


def _value(answer: Any, what: str) -> Any:
    found = _object(answer, _DEPTH)
    if found is not None:
        raise CheckFailure(f"{what} is or holds an object, {found!r}, where a value is needed")
    return answer


def _object(answer: Any, depth: int) -> Handle | None:
    if isinstance(answer, Handle):
        return answer
    if isinstance(answer, Mapping):
        answer = [*answer, *answer.values()]
    if isinstance(answer, list | tuple | set | frozenset | deque) and depth:
        return next((found for part in answer if (found := _object(part, depth - 1)) is not None), None)
    return None
