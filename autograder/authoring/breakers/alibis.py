"""Breakers as alibis: one whose behaviour is called by the name of a known mistake at one seed alone is called falsely.

A breaker keeps every promise but one. A name that fits it tells of what it does, so another draw of the checks' inputs
must not take it away.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...judging.judge import Judge
from ...model import Submission
from .registry import proposals
from .room import PATIENCE, Room


@dataclass(frozen=True)
class Named:
    """A breaker that is called by the name of a known mistake.

    Args:
        breaker: its name.
        said: the name, with the function that it is about.
        exact: was every call explained, or does the failure look like it?
        lasts: is it called so at another seed, too?
    """

    breaker: str
    said: str
    exact: bool
    lasts: bool


def named(judge: Judge, address: str) -> list[Named]:
    """Return the breakers of a page that get a name, each with every name that it gets."""
    exercise = judge.syllabus.exercises[address]
    known = judge.ours.references(exercise)
    twin, room, found = judge.reseeded(judge.settings.seed + 1), Room(judge), []
    for target in room.watched(exercise, known):
        for breaker in proposals(target) if target.facts.get("calls") else ():
            cells = (known.solution, breaker.source)
            submission = Submission(breaker.name, address, f"{exercise.name}.py", cells)
            told = _names(judge, submission, room.cheap(address), target.root)
            again = _names(twin, submission, room.cheap(address), target.root) if told else {}
            found += [Named(breaker.name, said, exact, said in again) for said, exact in told.items()]
    return found


def _names(judge: Judge, submission: Submission, checks: list[str], function: str) -> dict[str, bool]:
    """Return what a submission is called of this function, with whether every call is explained by it.

    What functions answer that call it follows from its slip, and students are told so.
    """
    with judge.opened(submission, PATIENCE) as exam:
        judge.run(exam, checks, lambda result: result.status == "timeout")
        failures = [check.failure for check in judge.graded(exam).checks if check.failure is not None]
    named_of = [one for failure in failures for one in failure.diagnosis if one.function == function]
    return {f"{one.function} {one.name}": one.exact for one in named_of}
