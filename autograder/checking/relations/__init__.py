"""Facts about wrong answers that need no catalogue: how what came back is related to what was expected, in every call.

A relation is what is seen, never how the code is written, and only where no coincidence explains it. Pure functions;
a new one is one more function in a family's file and one more entry of :data:`FAMILIES`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import torch

from ...model import Relation
from . import equal, inputs, layout, partly, scale, sides, twofold
from .other_call import other_value
from .pairs import Ask, Found, Pair, Seen, parts, seen
from .which import which

__all__ = ["FAMILIES", "Ask", "Pair", "parts", "relations", "which"]

ANSWER = "your answer"
EVERY = "every entry"
VAGUE = frozenset({"slicewise", "sign", "side"})  #: what says less than which other call was answered
Family = Callable[[list[Seen]], Iterator[Found]]

#: asked in this order; the first that holds is told
FAMILIES: tuple[Family, ...] = (
    equal.kind, equal.opposite, equal.constant, equal.argument, inputs.of_arguments, inputs.picked, equal.first_again,
    scale.scaled, scale.offset, scale.function_of_it, scale.signs, inputs.with_argument,
    layout.permuted, layout.reversed_along, layout.shifted, layout.reshaped, layout.cut, layout.reduced, layout.spread,
    twofold.moved_and_changed, equal.alike, layout.cumulative, scale.slicewise, scale.clamped, partly.except_there,
    partly.only_there, partly.right_where_finite, scale.some_entries, partly.where_input, layout.reordered,
    scale.in_few_bits, scale.digits, scale.nearly, sides.double, sides.odd_sign, sides.one_side,
)  # fmt: skip


def relations(
    pairs: Sequence[Pair],
    *,
    subject: str = ANSWER,
    wrong: int = 0,
    right: int = 0,
    ask: Ask | None = None,
    defaults: Mapping[str, Any] | None = None,
    others: Mapping[str, list[Any]] | None = None,
) -> tuple[Relation, ...]:
    """Return what holds in all of these calls, whose answers are wrong: usually nothing or one relation, at most two.

    A fault in here tells nothing, and costs nothing else.

    Args:
        pairs: of one function, each with what was expected and what came back.
        subject: how what came back is called.
        wrong: calls that went wrong, where these are not all of them.
        right: calls of the same function that were answered as expected.
        ask: the oracle's answers to a call with other arguments.
        defaults: of the function's parameters that have one.
        others: values that its parameters have in other calls.
    """
    with contextlib.suppress(Exception):
        for calls in _wrong_parts(pairs):
            found = _first(calls, FAMILIES)
            if ask is not None:
                other = _first(calls, [partial(other_value, ask=ask, defaults=defaults or {}, others=others or {})])
                found = [*(one for one in found if not (other and one.family in VAGUE)), *other]
            if found:
                return tuple(_told(one, calls, subject, max(wrong, len(calls)), right) for one in found)
    return ()


def _first(calls: list[Seen], families: Sequence[Family]) -> list[Found]:
    """Return the first relation that any family finds; a family with a fault finds none."""
    for family in families:
        with contextlib.suppress(Exception):
            for found in family(calls):
                return [found]
    return []


def _wrong_parts(pairs: Sequence[Pair]) -> Iterator[list[Seen]]:
    """Yield the calls for each part of the answers that is wrong in all of them."""
    by_call = [dict(parts(pair)) for pair in pairs if _has_entries(pair)]
    for path in by_call[0] if by_call else ():
        if all(path in one for one in by_call):
            calls = [call for one in by_call if (call := seen(one[path])) is not None]
            if len(calls) == len(by_call) and _differ(calls):
                yield calls


def _has_entries(pair: Pair) -> bool:
    """Tell whether there is anything to look at: of an empty answer every sentence is true."""
    both = pair.expected, pair.got
    return not all(isinstance(value, torch.Tensor) and value.numel() == 0 for value in both)


def _differ(calls: list[Seen]) -> bool:
    """Do all answers differ from what was expected: all in value, or all in their type alone?"""
    same = {call.same(call.got, call.expected) for call in calls}
    return same == {False} or (same == {True} and all(call.kinds[0] != call.kinds[1] for call in calls))


def _told(found: Found, calls: list[Seen], subject: str, wrong: int, right: int) -> Relation:
    """Return a relation with its whole sentence."""
    count, way = len(calls), calls[0].pair.way
    named = f"`{way}` of {subject}" if way else subject
    says = f"{named} {found.says}"
    if count == 1:
        if calls[0].got.numel() > 1 and found.each:
            entry = f"every entry of `{way}`" if way else EVERY if subject == ANSWER else f"every entry of {subject}"
            says = f"{entry} {found.each}"
    elif count < wrong:
        says = f"in {count} of the {wrong} calls that went wrong {says}"
    elif right:
        of = wrong + right
        both = count == 2
        says = f"in both calls that went wrong, of {of}, {says}" if both else _of_all(count, of, says)
    else:
        says = f"in both calls {says}" if count == 2 else f"in all {count} calls {says}"
    return Relation(found.family, says, count)


def _of_all(count: int, of: int, says: str) -> str:
    return f"in all {count} calls that went wrong, of {of}, {says}"
