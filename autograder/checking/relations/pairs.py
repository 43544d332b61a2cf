"""What a relation is looked for in: what was expected and what came back, call by call, as numbers.

What counts as a coincidence is decided here, once for all families. Numbers with many digits do not agree by chance,
small integers do: each entry where the two differ is worth something, and a relation needs enough of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import torch

from ..kinds import in_kind, is_single

MAX_ENTRIES = 20_000  #: of a value that is looked at
MAX_PARTS = 64  #: of a container
ENOUGH = 3.0  #: worth of the entries that no coincidence explains, where nothing was fitted to them
ENOUGH_FITTED = 4.0  #: and where a number was
A_PLACE = 0.4  #: worth of an entry that stands where it is predicted
TRIVIAL = 0.1  #: worth of 0 and 1
_EXACT = 1 << 53

#: how near two numbers are that count as equal, by dtype: a factor, and a share of the largest entry
_NEAR = {
    torch.float64: (1e-9, 1e-11), torch.float32: (2e-5, 1e-6),
    torch.float16: (4e-3, 1e-3), torch.bfloat16: (2e-2, 8e-3),
}  # fmt: skip
_COARSENESS = (torch.float64, torch.float32, torch.float16, torch.bfloat16)


@dataclass(frozen=True)
class Pair:
    """One call: what was expected, what came back, its arguments by name, and which part of its answer that is.

    Args:
        kind: how what came back is called, where it is made into another kind here.
    """

    expected: Any
    got: Any
    arguments: Mapping[str, Any] = field(default_factory=dict)
    way: str = ""
    kind: str = ""


#: the oracle's answers to the call of a pair, each time with some of its arguments changed; None where there is none
Ask = Callable[[Pair, Sequence[Mapping[str, Any]]], list[Any]]


@dataclass(frozen=True)
class Found:
    """What was found to hold in every call: its family, and the sentence without its beginning.

    Args:
        says: what follows "your answer", like "is the transpose of the expected one".
        each: what follows "every entry" instead where there is one call of several entries.
    """

    family: str
    says: str
    each: str = ""


@dataclass(frozen=True, eq=False)
class Seen:
    """A pair as numbers of float64, with how near two of them must be to count as equal."""

    pair: Pair
    expected: torch.Tensor
    got: torch.Tensor
    dtype: torch.dtype  #: the coarser of the two
    whole: bool  #: both hold integers or truth values by their type
    truth: bool  #: both hold truth values
    kinds: tuple[str, str] = ("", "")  #: what they are: a tensor and its dtype, a list, a number

    @property
    def arguments(self) -> Mapping[str, Any]:
        """The call's arguments by name."""
        return self.pair.arguments

    def near(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        """Return which entries of tensors of one shape are equal up to rounding; NaN equals NaN."""
        rtol, share = _NEAR[self.dtype]
        finite = b[torch.isfinite(b)]
        largest = float(finite.abs().max()) if finite.numel() else 0.0
        return torch.isclose(a, b, rtol=rtol, atol=share * largest, equal_nan=True)

    def same(self, a: torch.Tensor, b: torch.Tensor) -> bool:
        """Are two tensors equal up to rounding, their shapes included?"""
        if a.shape != b.shape or not a.numel():
            return a.shape == b.shape
        x, y = a.numpy(), b.numpy()  # asked some hundred times for a wrong answer: a third of what torch takes
        sizes = np.abs(y)
        largest = sizes.max()
        if not math.isfinite(largest):
            return bool(self.near(a, b).all())
        rtol, share = _NEAR[self.dtype]
        return bool((np.abs(x - y) <= share * largest + rtol * sizes).all())

    @cached_property
    def finite(self) -> bool:
        """Are all entries of both finite?"""
        return bool(torch.isfinite(self.expected).all() and torch.isfinite(self.got).all())

    @cached_property
    def distinct(self) -> int:
        """How many different numbers were expected?"""
        return len(np.unique(self.expected.numpy()))

    @cached_property
    def wrong(self) -> torch.Tensor | None:
        """Which entries differ; None where the shapes do."""
        if self.expected.shape != self.got.shape:
            return None
        return ~self.near(self.got, self.expected)


def only(call: Seen, which: torch.Tensor) -> Seen:
    """Return a call with some of its entries alone."""
    return replace(call, expected=call.expected[which], got=call.got[which])


def tensor_of(value: Any) -> torch.Tensor | None:
    """Return numbers as a tensor of float64; None for what holds none, or too many."""
    if isinstance(value, (list, tuple)) and value and _numbers(value):
        value = np.asarray(value)
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "biuf" or value.dtype.itemsize > 8:
            return None
        value = torch.from_numpy(np.ascontiguousarray(value))
    elif type(value) in (bool, int, float):
        if type(value) is int and abs(value) >= _EXACT:
            return None
        value = torch.tensor(value, dtype=torch.float64)
    if not isinstance(value, torch.Tensor) or value.is_complex() or not 0 < value.numel() <= MAX_ENTRIES:
        return None
    wide = value.detach().to(torch.float64)
    return None if value.dtype == torch.int64 and bool((wide.abs() >= _EXACT).any()) else wide


def _numbers(values: list[Any] | tuple[Any, ...]) -> bool:
    """Is this a list of numbers, or of rows of equally many?"""
    rows = all(type(row) is list and row for row in values) and len({len(row) for row in values}) == 1
    flat = [one for row in values for one in row] if rows else values
    return all(type(one) in (int, float) for one in flat)


def _dtype_of(value: Any) -> torch.dtype:
    if isinstance(value, torch.Tensor):
        return value.dtype
    if isinstance(value, np.ndarray):
        return torch.from_numpy(value[:0].copy()).dtype
    if isinstance(value, (list, tuple)):
        flat = [one for v in value for one in (v if type(v) is list else [v])]
        return torch.float64 if any(type(v) is float for v in flat) else torch.int64
    return torch.bool if type(value) is bool else torch.int64 if type(value) is int else torch.float64


def seen(pair: Pair) -> Seen | None:
    """Return a pair as numbers, None where it is of none."""
    expected, got = tensor_of(pair.expected), tensor_of(pair.got)
    if expected is None or got is None:
        return None
    dtypes = _dtype_of(pair.expected), _dtype_of(pair.got)
    coarse = max((_COARSENESS.index(d) for d in dtypes if d in _COARSENESS), default=0)
    whole = not any(d in _COARSENESS for d in dtypes)
    kinds = _kind_of(pair.expected, dtypes[0]), pair.kind or _kind_of(pair.got, dtypes[1])
    return Seen(pair, expected, got, _COARSENESS[coarse], whole, dtypes == (torch.bool, torch.bool), kinds)


def _kind_of(value: Any, dtype: torch.dtype) -> str:
    if isinstance(value, (torch.Tensor, np.ndarray)):
        name = str(dtype).removeprefix("torch.")
        return f"a tensor of {name}" if isinstance(value, torch.Tensor) else f"an array of {name}"
    return "a number" if isinstance(value, (bool, int, float, np.generic)) else f"a {type(value).__name__}"


def turned(call: Seen) -> Seen:
    """Return a call with what came back and what was expected exchanged."""
    return replace(call, expected=call.got, got=call.expected)


# -- what an entry is worth ----------------------------------------------------------------------


def _worth(value: float) -> float:
    """Return what the agreement of one number tells: nothing is learnt of 0 and 1, much of a number of many digits."""
    if not math.isfinite(value):
        return 0.0
    if value in (-1.0, 0.0, 1.0):
        return TRIVIAL
    if value == int(value):
        return 0.5
    simple = Fraction(value).limit_denominator(200)
    return 1.0 if any(math.isclose(value, near, rel_tol=1e-7) for near in (simple, float(f"{value:.4g}"))) else 3.0


def _worths(pairs: list[tuple[float, float]]) -> dict[float, float]:
    """Return what each foretold number is worth; if each stands for one that was expected, the better of the two."""
    one_each = len({f for f, _ in pairs}) == len({w for _, w in pairs}) == len(set(pairs))
    return {f: max(_worth(f), _worth(w) if one_each and _worth(f) > TRIVIAL else 0.0) for f, w in pairs}


def worth(calls: list[Seen], predicted: list[torch.Tensor], placed: bool = False) -> float:
    """Return what it is worth that the answers are as predicted, where that is not what was expected either.

    Each number counts once, in whichever calls it is; each further call that shows others counts as such.

    Args:
        placed: the prediction says where each number stands: then each place tells something, whatever the number.
    """
    told: list[dict[float, float]] = []
    places = 0
    for call, foretold in zip(calls, predicted, strict=True):
        same_size = call.expected.numel() == foretold.numel()
        want = call.expected.flatten() if same_size else torch.full((foretold.numel(),), math.nan, dtype=torch.float64)
        differs = ~call.near(foretold.flatten(), want)
        places += 0 if call.truth else int(differs.sum())
        both = zip(foretold.flatten()[differs][:200].tolist(), want[differs][:200].tolist(), strict=True)
        told.append(_worths([(float(f"{f:.9g}"), float(f"{w:.9g}")) for f, w in both if math.isfinite(f)]))
    several = {tuple(one) for one in told if max(one.values(), default=0.0) > TRIVIAL}
    numbers = sum({value: how for one in told for value, how in one.items()}.values())
    return numbers + max(len(several) - 1, 0) + (A_PLACE * places if placed else 0.0)


def holds(
    calls: list[Seen], predicted: Iterable[torch.Tensor | None], fitted: bool = False, placed: bool = False
) -> bool:
    """Is each answer as predicted, and is that more than a coincidence?

    Args:
        predicted: the answer to each call, None where there is no prediction.
        fitted: a number was chosen so that it fits.
        placed: the prediction is what was expected, in other places.
    """
    kept: list[torch.Tensor] = []
    for call, foretold in zip(calls, predicted, strict=True):
        if foretold is None or not call.same(call.got, foretold) or call.same(foretold, call.expected):
            return False
        kept.append(foretold)
    return worth(calls, kept, placed) >= (ENOUGH_FITTED if fitted else ENOUGH)


# -- the parts of an answer ----------------------------------------------------------------------


def parts(pair: Pair) -> Iterator[tuple[str, Pair]]:
    """Yield what an answer consists of by the way to it, down to numbers, in the kind that was expected.

    Nothing where the kinds differ by more than a container of tensors and numbers.
    """
    todo = [(pair.way, pair.expected, pair.got)]
    count = 0
    while todo and count < MAX_PARTS:
        path, expected, got = todo.pop(0)
        count += 1
        made = in_kind(got, expected)
        kind = _container(got, expected) if isinstance(made, torch.Tensor) and made is not got else ""
        got = made
        if tensor_of(expected) is not None and tensor_of(got) is not None:
            yield path, Pair(expected, got, pair.arguments, path, kind)
        elif isinstance(expected, (list, tuple)) and type(got) is type(expected) and len(got) == len(expected):
            todo += [(f"{path}[{i}]", e, g) for i, (e, g) in enumerate(zip(expected, got, strict=True))]
        elif isinstance(expected, dict) and type(got) is dict and got.keys() == expected.keys():
            todo += [(f"{path}[{key!r}]", value, got[key]) for key, value in expected.items()]


def _container(got: Any, expected: torch.Tensor) -> str:
    """Return what holds the numbers of an answer."""
    of_one = is_single(got, expected)
    if isinstance(got, tuple):
        return "a tuple of one" if of_one else "a tuple"
    return "a list of one" if of_one else "a list"
