"""Two known mistakes of one function at once: what both together answer follows from what each of them answers alone.

Where one leaves out a factor 2 and the other a minus, an answer is wrong by the factor -2, which neither explains. So
the errors of two mistakes are added, or their factors multiplied, entry by entry. If that is what came back in every
call, in more numbers than chance would give, both are named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, islice

from ..checking.kinds import in_kind
from ..model import Diagnosis
from ..sandbox.host.record import Call
from .answers import same_answer, same_question
from .calls import Traces, calls_of, checks_of
from .diagnosis import Replay, Suspect, blame
from .informative import answers_with, put_together

MAX_CALLS = 6  #: of one function that are looked at
MAX_PAIRS = 300  #: of mistakes of one function
TELLING = 3  #: different numbers that two mistakes have to explain


def named_in_pairs(
    found: Mapping[str, list[Diagnosis]],
    student: Traces,
    oracle: Traces,
    suspects: Sequence[Suspect],
    replay: Replay,
) -> dict[str, list[Diagnosis]]:
    """Return the diagnoses of checks that have none, or a likeness alone, where two mistakes together explain all.

    Args:
        found: the diagnoses by check.
    """
    blamed = {name: call for name, trace in student.items() if (call := blame(trace, oracle.get(name))) is not None}
    unnamed: dict[str, list[str]] = {}
    for name, call in blamed.items():
        if (
            not any(one.exact for one in found.get(name, ()))
            and len(found.get(name, ())) < 2
            and call.root == call.label
        ):
            unnamed.setdefault(call.root, []).append(name)
    more: dict[str, list[Diagnosis]] = {}
    for function, checks in unnamed.items():
        own = [one for one in suspects if one.function == function == one.rewrite.of]
        pair = _pair(function, student, oracle, own, replay)
        two = [Diagnosis(one.rewrite.name, one.rewrite.hint, one.rewrite.of, False) for one in pair]
        more |= {name: two for name in checks if two}
    return more


def _pair(
    function: str, student: Traces, oracle: Traces, suspects: Sequence[Suspect], replay: Replay
) -> tuple[Suspect, ...]:
    """Return the one pair of mistakes that explains what this function answered; nothing where there is none."""
    wrong = _wrong(function, student, oracle)
    if wrong is None or not wrong or len(wrong) > MAX_CALLS or not _values(*wrong[0]):
        return ()
    answers: dict[int, list[Call | None]] = {}

    def answer(suspect: Suspect, place: int) -> Call | None:
        known = answers.setdefault(id(suspect), [])
        while len(known) <= place:
            known.append(_answer(suspect, wrong[len(known)][0], replay))
        return known[place]

    pairs: dict[frozenset[str], tuple[Suspect, Suspect]] = {}
    for a, b in islice(combinations(suspects, 2), MAX_PAIRS):
        if a.rewrite.name == b.rewrite.name:
            continue
        told: list[set[float]] = [set(), set()]  # by the errors added, by the factors multiplied
        open_ones = {0, 1}
        for place, (mine, solved) in enumerate(wrong):
            one, other = answer(a, place), answer(b, place)
            if one is None or other is None or not _values(mine, solved, one, other):
                open_ones = set()
                break
            own = in_kind(mine.outcome[1], solved.outcome[1])
            made = put_together(one.outcome[1], other.outcome[1], solved.outcome[1])
            for way in [*open_ones]:
                numbers = answers_with(own, made[way]) if made else set[float]()
                told[way] |= numbers
                if not numbers:
                    open_ones.discard(way)
            if not open_ones:
                break
        if any(len(told[way]) >= TELLING for way in open_ones):
            pairs.setdefault(frozenset({a.rewrite.name, b.rewrite.name}), (a, b))
    return next(iter(pairs.values())) if len(pairs) == 1 else ()


def _values(*calls: Call) -> bool:
    return all(call.outcome[0] == "value" for call in calls)


def _wrong(function: str, student: Traces, oracle: Traces) -> list[tuple[Call, Call]] | None:
    """Return the calls that were answered wrongly, each with the right one; None where that is not known."""
    found = []
    for name in checks_of(function, oracle):
        for mine, right in zip(calls_of(student.get(name), function), calls_of(oracle[name], function), strict=False):
            if not same_question(mine, right):
                return None
            if not same_answer(mine, right):
                found.append((mine, right))
    return found


def _answer(suspect: Suspect, call: Call, replay: Replay) -> Call | None:
    """Return what a suspect answers to this call, from its traces or afresh."""
    for trace in suspect.traces.values():
        for theirs in calls_of(trace, suspect.function):
            if same_question(theirs, call):
                return theirs
    return replay(suspect.rewrite, call)
