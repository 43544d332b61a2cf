"""Inputs: what was passed is changed once the answer is known, or given back in place of something new."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator
from typing import Any

import torch

from ..over_there.tools import alter, mapped, on_call, spare, tensors_in
from ..target import Breaker, Target
from ..worker_source import text_of

ALSO_INSIDE = True  #: shows outside, too, where only the solution itself calls a definition
ALTERABLE = ("float", "int", "bool", "list", "dict", "tuple", "array", "table")
STAYS = r"stay|as it was|as they were|left alone|unchanged|not changed|in place|a copy"
IN_PLACE = r"in place|afterwards|change"
NEW = r"\bnew\b|\bcopy\b"


def altered(f: Any, name: Any) -> Any:
    """Change a parameter once the answer is known."""
    signature = inspect.signature(f)

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        call = signature.bind(*args, **kwargs)
        if name not in call.arguments:
            return f(*args, **kwargs)
        given = call.arguments[name]
        call.arguments[name] = spare(given)
        result = f(*call.args, **call.kwargs)
        alter(given)
        return result

    return broken


def reversed_list(f: Any, name: Any) -> Any:
    """Reverse a list that was passed."""
    signature = inspect.signature(f)

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        call = signature.bind(*args, **kwargs)
        given = call.arguments.get(name)
        if type(given) is list:
            call.arguments[name] = list(given)
        result = f(*call.args, **call.kwargs)
        if type(given) is list:
            given.reverse()
        return result

    return broken


def rewritten_dict(f: Any, name: Any) -> Any:
    """Take the first entry out of a dict that was passed."""
    signature = inspect.signature(f)

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        call = signature.bind(*args, **kwargs)
        given = call.arguments.get(name)
        if type(given) is dict:
            call.arguments[name] = dict(given)
        result = f(*call.args, **call.kwargs)
        if type(given) is dict and given:
            given.pop(next(iter(given)))
        return result

    return broken


def gives_back(f: Any) -> Any:
    """Give back the very tensor that was passed where the answer equals it."""

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        given = [t for a in (*args, *kwargs.values()) for t in tensors_in(a)]

        def same(result: Any) -> Any:
            for t in given:
                if t.dtype == result.dtype and t.shape == result.shape and torch.equal(t, result):
                    return t
            return result

        return mapped(f(*args, **kwargs), same)

    return broken


def works_on_copy(f: Any, name: Any) -> Any:
    """Work on a copy of what should be changed in place."""
    return on_call(lambda arguments: arguments.update({name: spare(arguments[name])}) if name in arguments else None)(f)


def breakers(target: Target) -> Iterator[Breaker]:
    """Yield one for each argument that the reference leaves alone, and one where it copies."""

    def made(what: str, word: str, function: Any, *arguments: Any, proof: bool = False) -> Breaker:
        return Breaker(target.name, "inputs", what, text_of(target.name, function, *arguments), word, proof)

    for name in target.given(*ALTERABLE):
        seen = target.seen(name)
        if not seen["kept"]:  # it is changed by promise
            yield made(f"changes a copy of `{name}` alone", IN_PLACE, works_on_copy, name, proof=True)
        if target.inner or not seen["kept"]:
            continue
        if {"float", "int", "bool", "array", "table"} & {*seen["kinds"]} or seen["dtypes"]:
            yield made(f"changes `{name}` in place", STAYS, altered, name)
        if "list" in seen["kinds"] and seen["longest"] > 1:
            yield made(f"turns the list `{name}` round", STAYS, reversed_list, name)
        if "dict" in seen["kinds"] and seen["longest"]:
            yield made(f"takes an entry out of `{name}`", STAYS, rewritten_dict, name)
    if target.facts["copies"] and not target.inner and target.says(NEW) and not target.is_init:
        yield made("gives back its argument where it is the answer already", NEW, gives_back)
