"""Shape: axes of size 1, results of one number, and inputs without entries or without axes."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Iterator
from typing import Any

import torch

from ..over_there.tools import on_result
from ..target import Breaker, Target
from ..worker_source import text_of

WORD = r"shape|0-d|\(N|\(n|empty|any"
EMPTY = r"any shape|may be 0|0 or more|\bempty\b|for n = 0|any N\b(?! of 1)|of any length"
NOT_EMPTY = r"at least one|\b1 or more|>= ?1\b|non-?empty|not empty"
EITHER_NUMBER = r"\bsingle number\b"  #: of Python or a tensor of shape (): the docstring leaves it open
PYTHON_NUMBER = r"\bPython('s)? (number|float|int|bool)\b|\b(not|never) a tensor\b"
A_NUMBER = rf"{PYTHON_NUMBER}|\ban? (float|int|bool)\b"
WIDE = r"\(\w+, ([2-9]|\d\d+)\)"  #: a width that the docstring fixes, as of boxes (N, 4)
NOT_ONE = r"(2|two) or more|at least (2|two)"


def squeezed(f: Any) -> Any:
    """Take all axes of size 1 away."""
    return on_result(torch.squeeze)(f)


def number_from_tensor(f: Any) -> Any:
    """Answer with a number in place of a tensor of shape ()."""
    return on_result(lambda t: t.item() if t.dim() == 0 else t)(f)


def tensor_from_number(f: Any) -> Any:
    """Answer with a tensor in place of a number."""

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        result = f(*args, **kwargs)
        return torch.tensor(result) if type(result) in (int, float, bool) else result

    return broken


def refuses(f: Any, name: Any, condition: Any) -> Any:
    """Refuse a parameter that has no axis, no entry, one row or one column."""
    meets = {
        "0-d": lambda t: t.dim() == 0,
        "empty": lambda t: t.numel() == 0,
        "one row": lambda t: t.dim() > 0 and t.shape[0] == 1,
        "one column": lambda t: t.dim() > 1 and t.shape[-1] == 1,
    }[condition]
    signature = inspect.signature(f)

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        given = signature.bind(*args, **kwargs).arguments.get(name)
        if isinstance(given, torch.Tensor) and meets(given):  # type: ignore[no-untyped-call]
            raise IndexError(f"too few entries in {name}")
        return f(*args, **kwargs)

    return broken


def may_be_empty(target: Target, name: str) -> bool:
    """Tell whether the docstring lets a parameter be empty: its own entry, else what is said of any."""
    own = target.entry(name)
    said = own if re.search(f"{EMPTY}|{NOT_EMPTY}", own, re.IGNORECASE) else target.doc
    return bool(re.search(EMPTY, said, re.IGNORECASE)) and not re.search(NOT_EMPTY, said, re.IGNORECASE)


def breakers(target: Target) -> Iterator[Breaker]:
    """Yield those for the sizes that the reference answers and the docstring allows."""
    facts = target.facts

    def made(what: str, function: Any, *arguments: Any, proof: bool = True) -> Breaker:
        conditions = arguments[1:] if function is refuses else () if target.says(NOT_ONE) else ("one row", "one column")
        source = text_of(target.name, function, *arguments)
        return Breaker(target.name, "shape", what, source, WORD, proof, conditions)

    if not target.is_init:
        if target.gives("float", "int", "bool", "tuple") and any(int(d) > 1 for d in facts["sizes"]):
            yield made("drops every axis of size 1 of its result", squeezed)
        either = target.says(EITHER_NUMBER)
        tensor = target.says(r"\b0-d\b") and not target.gives("number", "flag") and not either
        if tensor and "0" in facts["sizes"]:
            yield made("gives a Python number for a 0-d tensor", number_from_tensor)
        # comparisons take a 0-d tensor for a number, so it is a promise only where the docstring makes it one
        plain = target.returns in ("int", "float", "bool") and target.gives("number", "flag")
        plain = plain and target.says(A_NUMBER if target.tensors else PYTHON_NUMBER)
        if plain and not target.name.endswith("__") and not either:
            yield made("gives a 0-d tensor for a Python number", tensor_from_number)
    for name in target.given("float", "int", "bool"):
        if target.answers("0-d", name) and target.says(r"any shape"):
            yield made(f"refuses a 0-d `{name}`", refuses, name, "0-d")
        if target.answers("empty", name) and may_be_empty(target, name):
            yield made(f"refuses an empty `{name}`", refuses, name, "empty")
        if not target.says(NOT_ONE):
            for condition in ("one row", "one column"):
                fixed = condition == "one column" and re.search(WIDE, target.entry(name))
                if target.answers(condition, name) and not fixed:
                    yield made(f"refuses a `{name}` of {condition}", refuses, name, condition)
