"""Little, but true: a sign that nothing expected has, all too large or too small, twice a single number."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from .pairs import Found, Seen

MIN_WRONG = 8  #: different entries that are wrong, all to one side
MIN_NONE = 12  #: entries that are expected, none of which has the sign
MIN_SINGLE = 5  #: of an integer, so that its double says something
CLEAR = 1e-6  #: of the largest entry: what is nearer to 0 may be rounding
_TIMES = ((2.0, "is twice the expected one"), (0.5, "is half of the expected one"))


def odd_sign(calls: list[Seen]) -> Iterator[Found]:
    """Yield that some entries of every answer have a sign that nothing expected has."""
    if any(call.whole or not call.finite for call in calls):
        return
    wanted = torch.cat([call.expected.flatten() for call in calls])
    if wanted.numel() < MIN_NONE or wanted.unique().numel() < MIN_WRONG or bool((wanted == wanted.round()).all()):
        return
    for sign, says in (
        (-1, "is negative in some entries, and no entry of the expected one is negative"),
        (1, "is positive in some entries, and no entry of the expected one is positive"),
    ):
        if not bool((sign * wanted > 0).any()) and all(_reaches(call, sign) for call in calls):
            yield Found("sign", says)
            return


def _reaches(call: Seen, sign: int) -> bool:
    return bool((sign * call.got > CLEAR * call.expected.abs().max()).any())


def one_side(calls: list[Seen]) -> Iterator[Found]:
    """Yield that every wrong entry of every answer is larger, or smaller, than the expected one."""
    if any(call.wrong is None or not call.finite or call.whole for call in calls):
        return
    gaps = [(call.got - call.expected)[call.wrong] for call in calls if call.wrong is not None]
    values = torch.cat([call.expected[call.wrong] for call in calls if call.wrong is not None])
    if values.unique().numel() < MIN_WRONG:
        return
    if all(bool((gap > 0).all()) for gap in gaps):
        yield Found("side", "is larger than the expected one wherever the two differ")
    elif all(bool((gap < 0).all()) for gap in gaps):
        yield Found("side", "is smaller than the expected one wherever the two differ")


def double(calls: list[Seen]) -> Iterator[Found]:
    """Yield that single numbers are twice or half as large as the expected ones."""
    for call in calls:
        if call.expected.dim() or call.got.dim() or not call.finite or call.truth:
            return
        wanted = float(call.expected)
        if wanted == round(wanted) and abs(wanted) < MIN_SINGLE:
            return
    for times, says in _TIMES:
        if all(call.same(call.got, times * call.expected) and bool(call.got != 0) for call in calls):
            yield Found("double", says)
            return
