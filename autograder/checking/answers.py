"""Answers that must be values: for checks that compare in plain Python, with `==`, `in` or by their truth alone."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from functools import wraps
from typing import Any

import numpy as np
import torch

from ..sandbox.host.handles import Handle
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


def in_place(function: Any) -> Any:
    """Return a student's function as :func:`plain` does, whose changes to its arguments are made here, too.

    What it leaves of lists, dicts and sets is what its process says: compare these, and use them for nothing else.
    """
    call_plain = plain(function)
    if not isinstance(function, Handle):
        return call_plain

    @wraps(function.__call__)
    def call(*args: Any, **kwargs: Any) -> Any:
        answer = call_plain(*args, **kwargs)
        left = function._student.peer.afterwards
        if left is not None:
            for given, now in zip((*args, *kwargs.values()), (*left[0], *left[1].values()), strict=False):
                _make(given, now)
        return answer

    return call


def _make(given: Any, now: Any) -> None:
    """Make a value what it is now, where it is of a kind that code changes in place."""
    if type(given) is not type(now):
        return
    if isinstance(given, list):
        given[:] = now
    elif isinstance(given, dict | set):
        given.clear()
        given.update(now)
    elif isinstance(given, np.ndarray) and given.shape == now.shape:
        given[...] = now
    elif isinstance(given, torch.Tensor) and given.shape == now.shape:
        with torch.no_grad():
            given.copy_(now)


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
