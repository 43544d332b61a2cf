"""Comparing an answer with what was expected, and saying where they first differ. Pure functions.

The order is fixed: type, shape, dtype, NaN and infinity, values. Nothing broadcasts: a wrong
shape is a wrong answer, however the numbers look.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from ..sandbox.host.handles import Handle, Placed
from ..sandbox.wire.kinds import of_pandas
from .typeset import number, typeset

#: relative and absolute tolerance by dtype; float64 is parity up to rounding
TOLERANCES: dict[torch.dtype, tuple[float, float]] = {
    torch.float64: (1e-7, 1e-10), torch.complex128: (1e-7, 1e-10),
    torch.float32: (1e-5, 1e-6), torch.complex64: (1e-5, 1e-6),
    torch.float16: (1e-2, 1e-3), torch.bfloat16: (2e-2, 1e-2),
}  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """Why two values are not the same: `reason` in words, `where` they first differ."""

    reason: str
    where: str = ""


def kind_of(value: Any) -> str:
    """Return how a message names what came back."""
    if value is None:
        return "None"
    if isinstance(value, torch.Tensor):
        return f"a tensor of shape {tuple(value.shape)}"
    if isinstance(value, np.ndarray):
        return f"a numpy array of shape {value.shape}"
    name = type(value).__name__
    if isinstance(value, Handle):
        name = value._type_name
    elif isinstance(value, Placed):
        name = "tensor"
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def difference(
    actual: Any, expected: Any, *, rtol: float | None = None, atol: float | None = None, dtype: bool = True
) -> Difference | None:
    """None when `actual` is `expected`, else the first difference.

    Args:
        rtol, atol: tolerances; by default those of the expected dtype.
        dtype: whether a tensor's dtype counts.
    """
    if isinstance(expected, torch.Tensor):
        return _tensor_difference(actual, expected, rtol, atol, dtype)
    if isinstance(expected, np.ndarray):
        return _array_difference(actual, expected, rtol, atol, dtype)
    if isinstance(expected, (list, tuple, dict)):
        return _container_difference(actual, expected, rtol, atol, dtype)
    if _is_table(expected):
        return _table_difference(actual, expected, rtol, atol, dtype)
    if isinstance(expected, (bool, str, bytes, type(None))):
        same = type(actual) is type(expected) and actual == expected
        return None if same else Difference(f"{typeset(actual)} is not {typeset(expected)}")
    if isinstance(expected, (int, float, complex)):
        return number_difference(actual, expected, rtol=rtol, atol=atol)
    return None if actual is expected or actual == expected else Difference("the values are not equal")


def _array_difference(
    actual: Any, expected: np.ndarray, rtol: float | None, atol: float | None, dtype: bool
) -> Difference | None:
    if not isinstance(actual, np.ndarray):
        return Difference(f"{kind_of(actual)} came back where a numpy array was expected")
    if actual.dtype in (np.longdouble, np.clongdouble):  # torch has none
        return Difference(f"its dtype is {actual.dtype}, not {expected.dtype}")
    if actual.dtype.kind in "biufc" and expected.dtype.kind in "biufc":
        return _tensor_difference(torch.from_numpy(actual), torch.from_numpy(expected), rtol, atol, dtype)
    same = actual.shape == expected.shape and actual.tolist() == expected.tolist()
    return None if same else Difference("the arrays are not equal")


def _container_difference(
    actual: Any, expected: Any, rtol: float | None, atol: float | None, dtype: bool
) -> Difference | None:
    """Return the first difference of a list, tuple or dict."""
    if type(actual) is not type(expected) and not (type(expected) is tuple and isinstance(actual, tuple)):
        return Difference(f"{kind_of(actual)} came back where a {type(expected).__name__} was expected")
    if isinstance(expected, dict):
        if set(actual) != set(expected):
            return Difference(f"its keys are {sorted(map(str, actual))}, not {sorted(map(str, expected))}")
        return _first(((f"[{k!r}]", actual[k], e) for k, e in expected.items()), rtol, atol, dtype)
    if len(actual) != len(expected):
        return Difference(f"{len(actual)} values came back where {len(expected)} were expected")
    pairs = enumerate(zip(actual, expected, strict=True))
    return _first(((f"[{i}]", a, e) for i, (a, e) in pairs), rtol, atol, dtype)


def _first(triples: Any, rtol: float | None, atol: float | None, dtype: bool) -> Difference | None:
    for where, a, e in triples:
        found = difference(a, e, rtol=rtol, atol=atol, dtype=dtype)
        if found is not None:
            return Difference(found.reason, where + found.where)
    return None


def _is_table(value: Any) -> bool:
    """Tell whether this is a pandas DataFrame or Series, whose `==` answers entry by entry."""
    return type(value) in of_pandas("DataFrame", "Series")


def _table_difference(
    actual: Any, expected: Any, rtol: float | None, atol: float | None, dtype: bool
) -> Difference | None:
    if type(actual) is not type(expected):
        return Difference(f"{kind_of(actual)} came back where a {type(expected).__name__} was expected")
    if actual.shape != expected.shape:
        return Difference(f"its shape is {actual.shape}, not {expected.shape}")
    ours, theirs = (table.to_frame() if table.ndim == 1 else table for table in (actual, expected))
    for what in ("columns", "index"):
        if not getattr(ours, what).equals(getattr(theirs, what)):
            return Difference("its index differs" if what == "index" else "its columns differ")
    for place, name in enumerate(theirs.columns):
        a, e = ours.iloc[:, place], theirs.iloc[:, place]
        if dtype and a.dtype != e.dtype:
            return Difference(f"the dtype of its column is {a.dtype}, not {e.dtype}", f"[{name!r}]")
        found = (
            None
            if a.equals(e)
            else difference(a.to_numpy(copy=True), e.to_numpy(copy=True), rtol=rtol, atol=atol, dtype=dtype)
        )
        if found is not None:
            return Difference(found.reason, f"[{name!r}]{found.where}")
    return None


def number_difference(
    actual: Any, expected: complex, *, rtol: float | None = None, atol: float | None = None
) -> Difference | None:
    """Compare a single number; a Python number, a numpy scalar and a 0-d tensor are all accepted."""
    if isinstance(actual, (torch.Tensor, np.ndarray)):
        if tuple(actual.shape) != ():
            return Difference(f"{kind_of(actual)} came back where a single number was expected")
        actual = actual.item()
    if isinstance(actual, np.generic):
        actual = actual.item()
    if isinstance(actual, bool) or not isinstance(actual, (int, float, complex)):
        return Difference(f"{kind_of(actual)} came back where a number was expected")
    if type(actual) is type(expected) is int and rtol is None and atol is None:
        return None if actual == expected else Difference(f"{actual} is not {expected}")
    if _close(actual, expected, 1e-7 if rtol is None else rtol, 1e-10 if atol is None else atol):
        return None
    return Difference(f"{number(actual, expected)} is not {number(expected, actual)}")


def _close(actual: complex, expected: complex, rtol: float, atol: float) -> bool:
    """As torch.isclose, for plain numbers; NaN equals NaN."""
    if actual == expected or (actual != actual and expected != expected):
        return True
    gap = abs(actual - expected)
    return gap < math.inf and abs(expected) < math.inf and gap <= atol + rtol * abs(expected)


def _tensor_difference(
    actual: Any, expected: torch.Tensor, rtol: float | None, atol: float | None, dtype: bool
) -> Difference | None:
    if not isinstance(actual, torch.Tensor):
        missing = "; is a `return` missing?" if actual is None else ""
        return Difference(f"{kind_of(actual)} came back where a tensor was expected{missing}")
    actual, expected = actual.detach(), expected.detach()
    if actual.shape != expected.shape:
        return Difference(f"its shape is {tuple(actual.shape)}, not {tuple(expected.shape)}")
    if dtype and actual.dtype != expected.dtype:
        return Difference(f"its dtype is {_name(actual.dtype)}, not {_name(expected.dtype)}")
    if actual.dtype == expected.dtype and torch.equal(actual, expected):  # most are: a sixth of the time of the rest
        return None
    rtol, atol = _tolerances(actual, expected, rtol, atol)
    a, e = _comparable(actual, expected)
    wrong = _wrong(a, e, rtol, atol)
    if wrong is None:
        both = actual.dtype == expected.dtype == torch.float64
        narrow = both and rtol <= TOLERANCES[torch.float64][0] and _narrow(a, e)
        return Difference("its dtype is float64, but its numbers have no more digits than float32") if narrow else None
    exact = a, e
    if exactly_integer(a):
        a, e = a.double(), e.double()  # which large ones share
    for what, test in (("NaN", torch.isnan), ("infinity", torch.isinf)):
        ours, theirs = test(a), test(e)
        if (ours != theirs).any():
            index = _index(ours != theirs)
            extra = int((ours & ~theirs).sum())
            count = f"{extra} of its {a.numel()} entries are {what}" if extra else f"{what} was expected"
            return Difference(count, index)
    index = _index(wrong)
    at = tuple(int(i[0]) for i in wrong.nonzero(as_tuple=True)) if wrong.dim() else ()
    here, there = (number(x[at].item(), y[at].item()) for x, y in (exact, exact[::-1]))
    reason = f"{here} instead of {there}"
    if a.numel() > 1:
        reason += f" ({int(wrong.sum())} of {a.numel()} entries differ)"
    return Difference(reason, index)


def _tolerances(
    actual: torch.Tensor, expected: torch.Tensor, rtol: float | None, atol: float | None
) -> tuple[float, float]:
    """Those given, else those of the looser dtype."""
    loosest = max(TOLERANCES.get(t.dtype, (0.0, 0.0)) for t in (actual, expected))
    return loosest[0] if rtol is None else rtol, loosest[1] if atol is None else atol


def _comparable(actual: torch.Tensor, expected: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Both in one dtype that holds either: int64, float64 or complex128."""
    if exactly_integer(actual) and exactly_integer(expected):
        return actual.to(torch.int64), expected.to(torch.int64)
    wide = torch.complex128 if actual.is_complex() or expected.is_complex() else torch.float64
    return actual.to(wide), expected.to(wide)


def _wrong(a: torch.Tensor, e: torch.Tensor, rtol: float, atol: float) -> torch.Tensor | None:
    """Return which entries are wrong, None when none is; both of one shape and dtype."""
    if exactly_integer(a):
        wrong = a != e
    else:
        # four times as fast as isclose; `<`, for inf <= inf would let any number pass where inf is expected
        if ((a - e).abs() < e.abs() * rtol + atol).all():
            return None
        wrong = ~torch.isclose(a, e, rtol=rtol, atol=atol, equal_nan=True)
    return wrong if wrong.any() else None


def _narrow(a: torch.Tensor, e: torch.Tensor) -> bool:
    """Return whether an answer was float32 last: to that, and no further, it has the digits of what was expected.

    Its numbers are all ones that float32 holds, where those expected are between two of these; round numbers, of which
    an answer may be the truer one, say nothing.
    """
    between = (e - e.float()).abs() > 1e-9 * e.abs()
    if not between.any() or not torch.equal(a[between], a[between].float().double()):
        return False
    telling = a[between] != a[between].bfloat16()
    return int(telling.sum()) >= 2


def exactly_integer(tensor: torch.Tensor) -> bool:
    """Return whether the dtype holds integers or booleans."""
    return not (tensor.is_floating_point() or tensor.is_complex())


def _index(wrong: torch.Tensor) -> str:
    if not wrong.dim():
        return ""
    first = [int(i[0]) for i in wrong.nonzero(as_tuple=True)]
    return f"[{', '.join(map(str, first))}]"


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


#: how close two recorded outcomes must be to count as the same, by dtype; tighter than any check's tolerance
_AGREEMENT = {torch.float64: (1e-9, 1e-12), torch.complex128: (1e-9, 1e-12)}


def _near(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Tell whether tensors of one shape and dtype are the same up to rounding, without words for where they differ."""
    if exactly_integer(a):
        return torch.equal(a, b)
    rtol, atol = _tolerances(a, b, *_AGREEMENT.get(a.dtype, (None, None)))
    x, y = (one.numpy() for one in _comparable(a, b))  # small ones, thousands of them: torch takes thrice as long
    with np.errstate(all="ignore"):
        close = np.abs(x - y) < np.abs(y) * rtol + atol
        return bool(close.all() or (close | (x == y) | (np.isnan(x) & np.isnan(y))).all())


def agree(a: Any, b: Any) -> bool:
    """Do two recorded outcomes agree up to rounding? Used by the diagnosis, so it is strict about kind."""
    if type(a) is not type(b):
        return False
    if isinstance(a, torch.Tensor):
        return a.dtype == b.dtype and a.shape == b.shape and (torch.equal(a, b) or _near(a.detach(), b.detach()))
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(agree, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(agree(a[k], b[k]) for k in a)
    if isinstance(a, float):
        return bool(a == b or (a != a and b != b) or abs(a - b) <= 1e-12 + 1e-9 * abs(b))
    if isinstance(a, np.ndarray) or _is_table(a):
        return difference(a, b, rtol=1e-9, atol=1e-12) is None
    return bool(a == b)
