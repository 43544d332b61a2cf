"""Entry by entry: a factor, an offset, another sign, a function of what was expected, a bound, few digits."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator

import torch

from .layout import lines
from .pairs import Found, Seen, holds, only
from .sources import POWERS, counted, fitting, written

TINY = 1e-6  #: a factor this near to 1, or an offset this small beside the largest entry, is rounding
NEARLY = 1e-4  #: an answer with a factor this near to 1 is told by how many digits are right
OTHERS = "each of the others"
#: functions of the expected value that people leave out, or apply once too often
_FUNCTIONS: tuple[tuple[str, Callable[[torch.Tensor], torch.Tensor]], ...] = (
    ("is the exponential of the expected one", torch.exp),
    ("is the natural logarithm of the expected one", torch.log),
    ("is the square of the expected one", torch.square),
    ("is the square root of the expected one", torch.sqrt),
    ("is the absolute value of the expected one", torch.abs),
    ("is 1 divided by the expected one", torch.reciprocal),
    ("is 1 divided by the expected one, and 0 where that is 0", lambda e: torch.where(e == 0, e, 1 / e)),
    ("is 1 minus the expected one", lambda e: 1 - e),
)


def _rtol(calls: list[Seen]) -> float:
    return 1e-8 if all(call.dtype == torch.float64 for call in calls) else 1e-4


def scaled(calls: list[Seen]) -> Iterator[Found]:
    """Yield a factor: of every entry in every call the same, or one that a number of each call explains."""
    if not _comparable(calls):
        return
    factors = [_factor(call) for call in calls]
    if any(f is None or f == 0 for f in factors):
        return
    known = [f for f in factors if f is not None]
    rtol = _rtol(calls)
    by_call = dict(zip(calls, known, strict=True))
    constant = all(math.isclose(f, known[0], rel_tol=rtol) for f in known)
    if constant and math.isclose(known[0], 1.0, rel_tol=NEARLY):
        return
    if not holds(calls, (call.expected * by_call[call] for call in calls), fitted=True):
        return
    if constant and math.isclose(known[0], -1.0, rel_tol=rtol):
        yield Found("negated", "is the negative of the expected one", "has the other sign")
        return
    sizes = [counted(call.arguments) for call in calls] if len(calls) > 1 else []
    explained = list(fitting(known, sizes, rtol, POWERS))
    if constant:
        factor = written(known[0], rtol)
        times = f"is {factor} times the expected one"
        named = [what for what, how in explained if how == "times {n}" and known[0] not in (0.5, 2.0)]
        source = f"; {factor} is {named[0]} in each of them" if _one_size(named) else ""
        yield Found("factor", times + source, times)
    elif _one_size([f"{what} {how}" for what, how in explained]):
        what, how = explained[0]
        yield Found("source", f"is the expected one {how.format(n=what)} ({_listed(known, rtol)} times)")
    elif all(holds([call], [call.expected * by_call[call]], fitted=True) for call in calls):
        yield Found(
            "one factor", f"is the expected one times one number, another in each call ({_listed(known, rtol)})"
        )


def _listed(values: list[float], rtol: float) -> str:
    return ", ".join(written(value, rtol) for value in values[:4]) + (", …" if len(values) > 4 else "")


def _one_size(named: list[str]) -> bool:
    """Is this one explanation, be it of several arguments of one size?"""
    return len({re.sub(r"`.*?`", "", what) if what[:1] != "`" else what for what in named}) == 1


def _factor(call: Seen) -> float | None:
    large = call.expected.abs() > 1e-6 * call.expected.abs().max()
    ratios = call.got[large] / call.expected[large]
    return float(ratios.median()) if ratios.numel() else None


def _comparable(calls: list[Seen]) -> bool:
    return all(call.finite and call.wrong is not None for call in calls)


def offset(calls: list[Seen]) -> Iterator[Found]:
    """Yield what every entry of every answer is too large by."""
    if not _comparable(calls):
        return
    gaps = [float((call.got - call.expected).median()) for call in calls]
    rtol = _rtol(calls)
    for call, gap in zip(calls, gaps, strict=True):
        if abs(gap) <= TINY * float(call.expected.abs().max()) or not call.same(call.got, call.expected + gap):
            return
    constant = all(math.isclose(gap, gaps[0], rel_tol=max(rtol, 1e-6)) for gap in gaps)
    by_call = dict(zip(calls, gaps, strict=True))
    if all(call.whole for call in calls):  # integers: sizes and counts, not indices and labels
        wants = {float(call.expected) for call in calls if call.expected.dim() == 0}
        told = constant and len(calls) > 2 and len(wants) > 2
    else:
        told = holds(calls, (call.expected + by_call[call] for call in calls), fitted=True)
    if not told:
        return
    if constant:
        size = written(abs(gaps[0]), 1e-6)
        says = f"is {size} more than the expected one" if gaps[0] > 0 else f"is {size} less than the expected one"
        yield Found("offset", says, says)
        return
    known = [counted(call.arguments) for call in calls]
    shapes = (("{n}", lambda n: n), ("1 divided by {n}", lambda n: 1 / n), ("the square of {n}", lambda n: n * n))
    explained = list(fitting([abs(gap) for gap in gaps], known, 1e-6, shapes))
    if len(explained) == 1 and len({gap > 0 for gap in gaps}) == 1:
        what, how = explained[0]
        by = how.format(n=what)
        more = gaps[0] > 0
        says = f"is more than the expected one by {by}" if more else f"is less than the expected one by {by}"
        yield Found("offset source", says)


def function_of_it(calls: list[Seen]) -> Iterator[Found]:
    """Yield the function of the expected values that the answers are."""
    if any(call.wrong is None for call in calls) or all(call.whole for call in calls):
        return
    for says, function in _FUNCTIONS:
        if holds(calls, (_finite(function(call.expected)) for call in calls)):
            yield Found("function", says, says)
            return


def _finite(value: torch.Tensor) -> torch.Tensor | None:
    return value if bool(torch.isfinite(value).all()) else None


def signs(calls: list[Seen]) -> Iterator[Found]:
    """Yield that only signs differ, and not all of them."""
    if not _comparable(calls) or not all(call.same(call.got.abs(), call.expected.abs()) for call in calls):
        return
    if holds(calls, (call.got for call in calls), placed=True):
        yield Found("signs", "has the right absolute values; some of its signs differ from the expected ones")


def some_entries(calls: list[Seen]) -> Iterator[Found]:
    """Yield a factor, offset or function of those entries that are wrong, where the others are right."""
    if not _comparable(calls) or not all(call.wrong is not None and not bool(call.wrong.all()) for call in calls):
        return
    wrong = [only(call, call.wrong) for call in calls if call.wrong is not None]
    for family in (scaled, offset, function_of_it):
        for found in family(wrong):
            if found.each:
                others = f"{OTHERS} {found.each}"
                yield Found(f"some {found.family}", f"is right in some entries, and {others}")
                return


def clamped(calls: list[Seen]) -> Iterator[Found]:
    """Yield a bound that no answer crosses and the expected values do."""
    if not _comparable(calls) or all(call.whole for call in calls):
        return
    for above in (True, False):
        bounds: list[float] = []
        passed: set[float] = set()
        for call in calls:
            assert call.wrong is not None
            bound = float(call.got.max() if above else call.got.min())
            cut = call.expected.clamp(max=bound) if above else call.expected.clamp(min=bound)
            if not call.same(call.got, cut) or call.got.numel() < 2 or bool(call.wrong.all()):
                bounds = []
                break
            bounds.append(bound)
            passed |= {float(f"{value:.9g}") for value in call.expected[call.wrong].tolist()}
        if bounds and all(math.isclose(b, bounds[0], rel_tol=1e-6, abs_tol=1e-12) for b in bounds) and len(passed) > 2:
            at = written(bounds[0], 1e-6)
            yield Found("clamped", says := _bounded(at, above), says)
            return


def _bounded(bound: str, above: bool) -> str:
    if above:
        return f"is {bound} wherever more than that is expected, and right everywhere else"
    return f"is {bound} wherever less than that is expected, and right everywhere else"


def slicewise(calls: list[Seen]) -> Iterator[Found]:
    """Yield that every row is right up to a factor, or a number added, of its own."""
    if not _comparable(calls) or all(call.whole for call in calls):
        return
    for name, axes in lines(calls):
        if not all(_in_lines(call, axis) for call, axis in axes.items()):
            continue
        fits = (
            (f"has in every {name} that of the expected one times a number of its own", _ratio),
            (f"has in every {name} that of the expected one plus a number of its own", _gap),
        )
        for says, fit in fits:
            if holds(calls, (fit(call, axes[call]) for call in calls), fitted=True):
                yield Found("slicewise", says)
                return


def _in_lines(call: Seen, axis: int) -> bool:
    """Are there two lines or more, each with at least three different numbers?"""
    lines_ = call.expected.movedim(axis, -1).flatten(0, -2)
    return len(lines_) > 1 and all(line.unique().numel() > 2 for line in lines_)


def _ratio(call: Seen, axis: int) -> torch.Tensor | None:
    place = call.expected.abs().argmax(axis, keepdim=True)
    by = call.got.gather(axis, place) / call.expected.gather(axis, place)
    told = bool((by != 0).all()) and bool((by.max() - by.min()).abs() > NEARLY)
    return _finite(call.expected * by) if told else None


def _gap(call: Seen, axis: int) -> torch.Tensor | None:
    by = (call.got - call.expected).median(axis, keepdim=True).values
    told = bool((by.max() - by.min()).abs() > TINY * call.expected.abs().max())
    return call.expected + by if told else None


def digits(calls: list[Seen]) -> Iterator[Found]:
    """Yield how many digits are right where it is more than four and fewer than all."""
    dtypes = {call.dtype for call in calls}
    if not _comparable(calls) or any(call.whole for call in calls) or len(dtypes) > 1:
        return
    if dtypes == {torch.float32}:
        yield from _few_digits(calls)
    if dtypes != {torch.float64}:
        return
    worst = 0.0
    for call in calls:
        apart = (call.got - call.expected).abs()
        if bool((call.expected == 0).any()) and bool(apart[call.expected == 0].any()):
            return
        worst = max(worst, float(torch.where(apart > 0, apart / call.expected.abs(), apart).max()))
    if 0 < worst < 1e-4:
        error = f"{worst:.0e}".replace("e-0", "e-")
        single = all(torch.equal(call.got, call.got.float().double()) for call in calls)
        says = f"is right to a relative error of {error}; float64 allows about 1e-16"
        if single and sum(c.got.numel() for c in calls) > 2:
            says = (
                f"is right to a relative error of {error} and holds numbers of float32 only; float64 allows about 1e-16"
            )
        yield Found("digits", says)


def nearly(calls: list[Seen]) -> Iterator[Found]:
    """Yield how near every entry is to the expected one, where all are within a hundredth of it."""
    if not _comparable(calls) or any(call.whole for call in calls):
        return
    worst = 0.0
    for call in calls:
        apart = (call.got - call.expected).abs()
        if bool(apart[call.expected == 0].any()):
            return
        worst = max(worst, _most(apart, call))
    if 1e-4 < worst <= 1e-2:
        percent = _rounded_up(100 * worst)
        says = f"is within {percent:g} % of the expected one"
        several = f"is within {percent:g} % of the expected one in every entry"
        yield Found("near", several if any(call.got.numel() > 1 for call in calls) else says, says)


def _most(apart: torch.Tensor, call: Seen) -> float:
    """Return the largest share of what was expected that an entry is apart from it, entries of 0 left aside."""
    large = call.expected != 0
    return float((apart[large] / call.expected[large].abs()).max()) if bool(large.any()) else 0.0


def _rounded_up(value: float) -> float:
    """Return the next larger number of one digit, of a number above 0."""
    unit = 10.0 ** math.floor(math.log10(value))
    return math.ceil(value / unit - 1e-9) * unit


def in_few_bits(calls: list[Seen]) -> Iterator[Found]:
    """Yield that large integers are those that float32 holds."""
    if not all(call.whole and call.wrong is not None for call in calls):
        return
    for call in calls:
        held = call.expected.float().double()
        off = held != call.expected
        if not torch.equal(call.got, held) or not bool(off.any()):
            return
    yield Found("float32", "is the expected one, its large numbers as float32 holds them")


def _few_digits(calls: list[Seen]) -> Iterator[Found]:
    """Yield how many digits of float32 are right where it is more than two and fewer than all."""
    worst = 0.0
    for call in calls:
        if bool((call.expected == 0).any()):
            return
        worst = max(worst, float(((call.got - call.expected).abs() / call.expected.abs()).max()))
    if 1e-5 < worst < 1e-2:
        error = f"{worst:.0e}".replace("e-0", "e-")
        yield Found("digits", f"is right to a relative error of {error}; float32 allows about 1e-7")
