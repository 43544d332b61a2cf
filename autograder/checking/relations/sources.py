"""Numbers by name: where a factor comes from, and how it is written."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import torch

from ..typeset import number

_NAMED = {
    "ln 2": math.log(2), "1/ln 2": 1 / math.log(2), "ln 10": math.log(10), "1/ln 10": 1 / math.log(10),
    "π": math.pi, "2π": 2 * math.pi, "√2": math.sqrt(2), "1/√2": 1 / math.sqrt(2), "π/180": math.pi / 180,
    "180/π": 180 / math.pi, "√(2π)": math.sqrt(2 * math.pi),
}  # fmt: skip

#: what a number of the call's may be to a factor, and how that is said
Shapes = tuple[tuple[str, Callable[[float], float]], ...]
POWERS: Shapes = (
    ("times {n}", lambda n: n),
    ("divided by {n}", lambda n: 1 / n),
    ("times N/(N − 1), where N is {n}", lambda n: n / (n - 1)),
    ("times (N − 1)/N, where N is {n}", lambda n: (n - 1) / n),
    ("times the square root of {n}", lambda n: math.sqrt(n)),
    ("divided by the square root of {n}", lambda n: 1 / math.sqrt(n)),
    ("times the square of {n}", lambda n: n * n),
    ("divided by the square of {n}", lambda n: 1 / (n * n)),
)


def written(value: float, rtol: float = 1e-9) -> str:
    """Return a number as people write it: a fraction, a constant with its name, or as many digits as it takes."""
    near = Fraction(value).limit_denominator(30)
    if math.isclose(value, near, rel_tol=rtol) and abs(near.numerator) < 1000:
        plain = f"{float(near):.4g}"
        return plain if Fraction(plain) == near else f"{near.numerator}/{near.denominator}"
    for name, constant in _NAMED.items():
        if math.isclose(value, constant, rel_tol=rtol):
            return f"{number(value)} ({name})"
    return number(value, 1.0)


def counted(arguments: Mapping[str, Any]) -> dict[str, float]:
    """Return the numbers that a call's arguments hold or that their sizes are, by what they are called."""
    found: dict[str, float] = {}
    for name, value in arguments.items():
        if type(value) in (int, float):
            found[f"`{name}`"] = float(value)
        elif isinstance(value, (torch.Tensor, np.ndarray)):
            found |= _sizes(name, tuple(value.shape))
        elif isinstance(value, (list, tuple)):
            found[f"the length of `{name}`"] = float(len(value))
    return {what: value for what, value in found.items() if math.isfinite(value) and value > 0}


def _sizes(name: str, shape: tuple[int, ...]) -> dict[str, float]:
    if len(shape) <= 1:
        return {f"the number of entries of `{name}`": float(n) for n in shape}
    if len(shape) == 2:
        sizes = {f"the number of rows of `{name}`": shape[0], f"the number of columns of `{name}`": shape[1]}
    else:
        sizes = {f"the size of axis {axis} of `{name}`": size for axis, size in enumerate(shape)}
    return {**sizes, f"the number of entries of `{name}`": math.prod(shape)}


def fitting(
    values: list[float], known: list[dict[str, float]], rtol: float, shapes: Shapes
) -> Iterator[tuple[str, str]]:
    """Yield (what is named, how it enters) of the numbers that explain these values, one of each call, in all calls."""
    for what in known[0] if known else ():
        if all(what in one for one in known):
            for how, function in shapes:
                if all(_is(v, function, one[what], rtol) for v, one in zip(values, known, strict=True)):
                    yield what, how


def _is(value: float, function: Callable[[float], float], number: float, rtol: float) -> bool:
    try:
        return math.isclose(value, function(number), rel_tol=rtol)
    except (ZeroDivisionError, ValueError, OverflowError):
        return False
