"""When do two calls answer alike, and when as far as a second flaw lets them? Pure functions of finished calls.

A call that is finished changes no more, and one failure after another is compared with the same known mistakes.
"""

from __future__ import annotations

from functools import lru_cache

import torch

from ..checking.asserts import AS_DOCUMENTED
from ..checking.compare import agree
from ..checking.kinds import in_kind
from ..sandbox.host.record import Call
from .informative import alike_but_for_kind, by_place, of_one_kind, right_but_for_kind
from .verdict import UNTELLING

#: what a check says of an answer that holds no number where one was expected
NO_NUMBERS = frozenset({"NaN", "infinity"})
MAX_COMPARED = 1 << 14  #: pairs of calls of which it is kept whether they are alike: those of a submission or two


@lru_cache(MAX_COMPARED)
def same_question(a: Call, b: Call) -> bool:
    """Tell whether two calls have equal arguments."""
    return agree((a.args, a.kwargs), (b.args, b.kwargs))


@lru_cache(MAX_COMPARED)
def same_answer(a: Call, b: Call) -> bool:
    """Tell whether two calls end alike: value or exception, callbacks, and what became of the arguments."""
    if a.outcome[0] != b.outcome[0]:
        return False
    if a.outcome[0] == "error":
        demanded = a.outcome[2] == AS_DOCUMENTED  # by the check: no slip
        return a.outcome[1:] == b.outcome[1:] and (demanded or a.outcome[1] not in UNTELLING)
    return agree(a.outcome[1:], b.outcome[1:]) and agree(a.callbacks, b.callbacks) and agree(a.final, b.final)


@lru_cache(MAX_COMPARED)
def agrees(call: Call, other: Call, solved: Call) -> bool:
    """Tell whether a suspect answers as the student, at least in every part of the answer that it gets wrong."""
    if same_answer(call, other):
        return True
    if {one.outcome[0] for one in (call, other, solved)} != {"value"} or not agree(call.final, other.final):
        return False
    if agree(call.outcome[1], other.outcome[1]) and agree(call.callbacks, other.callbacks):
        return not agree(other.outcome[1], solved.outcome[1])  # whether it carries a graph is another matter
    if _nearly(call.outcome[1], other.outcome[1], solved.outcome[1]):
        return True
    mine, theirs, right = (by_place(in_kind(one.outcome[1], solved.outcome[1])) for one in (call, other, solved))
    if not right or not mine.keys() == theirs.keys() == right.keys():
        return False
    wrong = [place for place in right if not agree(theirs[place], right[place])]
    return bool(wrong) and all(
        agree(mine[place], theirs[place]) or _nearly(mine[place], theirs[place], right[place]) for place in wrong
    )


def _nearly(mine: object, theirs: object, right: object) -> bool:
    """Tell whether a second flaw alone may be what separates a wrong answer from a known mistake's."""
    return alike_but_for_kind(mine, theirs, right) or of_one_kind(mine, theirs, right)


def numberless_alike(call: Call, other: Call) -> bool:
    """Tell whether NaN and either infinity stand in the same places of two answers, as far as both have these."""
    places = [_numberless(one.outcome[1]) if one.outcome[0] == "value" else None for one in (call, other)]
    return None in places or places[0] == places[1]


def _numberless(value: object) -> list[object] | None:
    """Return where no finite number stands in tensors, and what stands there; None of what holds other things."""
    if isinstance(value, torch.Tensor):
        wide = value.detach().double() if not value.is_complex() else value.detach().real.double()
        odd = torch.where(wide.isfinite(), 0.0, wide).nan_to_num(2.0, 1.0, -1.0)
        return [tuple(odd.shape), odd.flatten().tolist()]
    if isinstance(value, tuple):
        parts = [_numberless(part) for part in value]
        return None if None in parts else [*parts]
    return None


def wrong_elsewhere(call: Call, other: Call, solved: Call) -> bool:
    """Tell whether a part of an answer is wrong, by more than its kind, that a suspect has right."""
    if {one.outcome[0] for one in (call, other, solved)} != {"value"}:
        return False
    mine, theirs, right = (by_place(one.outcome[1]) for one in (call, other, solved))
    if not mine.keys() == theirs.keys() == right.keys():
        return False
    return any(_right(theirs[place], right[place]) and not _right(mine[place], right[place]) for place in right)


def _right(value: object, wanted: object) -> bool:
    """Tell whether a part of an answer is right, whatever its dtype."""
    return agree(value, wanted) or right_but_for_kind(value, wanted)
