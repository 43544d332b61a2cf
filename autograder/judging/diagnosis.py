"""Which known mistake is it? A misconception matches when it answers as the student did, call for call.

The rule is strict, because a false accusation costs more than silence. For a check that failed, a
misconception of function *f* is named when

* its calls of *f* and the student's agree in every check, callbacks, gradients and changed arguments included;
* at least one of those calls in the failed check differs from the reference solution's;
* both pass and fail the same checks of *f*.

What is left over is named; where several are, all of them are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ..checking.compare import agree
from ..course.catalogue import Rewrite
from ..model import Diagnosis
from ..sandbox.host.record import Call, Named
from .check import Trace

#: an exception of these kinds says too little about what was meant
_UNTELLING = frozenset({"NotImplementedError", "NameError", "UnboundLocalError", "AttributeError", "TypeError"})

Traces = Mapping[str, Trace]
#: calls a misconception's function afresh with these arguments; the record of that call, or None
Replay = Callable[[Rewrite, Call], Call | None]


@dataclass(frozen=True)
class Suspect:
    """A misconception and what it does in the checks of its function, which may be found out as it is asked for."""

    rewrite: Rewrite
    traces: Traces


def functions_in(trace: Trace) -> list[str]:
    """Return the student's definitions that a check called, in order."""
    return list(dict.fromkeys(call.root for call in trace.calls if call.root))


def names_handed(call: Call) -> set[str]:
    """Return the names of functions, classes and objects among a call's arguments."""
    found: set[str] = set()
    todo: list[object] = [call.args, call.kwargs]
    while todo:
        value = todo.pop()
        if isinstance(value, Named):
            found.update(re.findall(r"\w+", value.name)[:1])
        elif isinstance(value, dict):
            todo += value.values()
        elif isinstance(value, (list, tuple)):
            todo += value
    return found


def checks_of(function: str, oracle: Traces) -> list[str]:
    """Return the checks in which the solution's `function` is called."""
    return [name for name, trace in oracle.items() if any(call.root == function for call in trace.calls)]


def _calls(trace: Trace | None, function: str) -> list[Call]:
    return [call for call in trace.calls if call.root == function] if trace is not None else []


def _same_question(a: Call, b: Call) -> bool:
    return agree((a.args, a.kwargs), (b.args, b.kwargs))


def same_answer(a: Call, b: Call) -> bool:
    """Tell whether two calls end alike: value or exception, callbacks, and what became of the arguments."""
    if a.outcome[0] != b.outcome[0]:
        return False
    if a.outcome[0] == "error":
        return a.outcome[1:] == b.outcome[1:] and a.outcome[1] not in _UNTELLING
    return agree(a.outcome[1:], b.outcome[1:]) and agree(a.callbacks, b.callbacks) and agree(a.final, b.final)


def _match(student: list[Call], suspect: list[Call], rewrite: Rewrite, replay: Replay) -> bool:
    """Do both sides answer alike, as far as both were asked?"""
    for mine, theirs in zip(student, suspect, strict=False):
        if not _same_question(mine, theirs):
            again = replay(rewrite, mine)
            if again is None or not same_answer(mine, again):
                return False
        elif not same_answer(mine, theirs):
            return False
    return True


def diagnose(
    student: Traces, oracle: Traces, suspects: Iterable[Suspect], replay: Replay
) -> dict[str, list[Diagnosis]]:
    """Diagnose every failed check."""
    found: dict[str, list[Diagnosis]] = {}
    for suspect in suspects:
        function = suspect.rewrite.of
        names = [n for n in checks_of(function, oracle) if n in suspect.traces and n in student]
        if not contradicts_nothing(student, oracle, suspect, names, replay):
            continue
        for name in names:
            if student[name].passed:
                continue
            calls = (_calls(traces[name], function) for traces in (student, suspect.traces, oracle))
            if any(_tells(*three) for three in zip(*calls, strict=False)):
                found.setdefault(name, []).append(Diagnosis(suspect.rewrite.name, suspect.rewrite.hint, function))
    return found


def _tells(student: Call, suspect: Call, oracle: Call) -> bool:
    """Tell whether student and suspect gave the same wrong answer to this call."""
    return same_answer(student, suspect) and not (_same_question(student, oracle) and same_answer(student, oracle))


def contradicts_nothing(student: Traces, oracle: Traces, suspect: Suspect, names: list[str], replay: Replay) -> bool:
    """Tell whether nothing that the student's code answered is different from what the suspect answers."""
    function, death = suspect.rewrite.of, suspect.rewrite.dies_by
    if death in names and student[death].passed and functions_in(oracle[death]) == [function]:
        return False  # the suspect fails this one, which need not be run to know it
    for name in names:
        mine, theirs = _calls(student[name], function), _calls(suspect.traces[name], function)
        alone = functions_in(oracle[name]) == [function]
        if alone and (student[name].passed != suspect.traces[name].passed or len(mine) != len(theirs)):
            return False
        if not _match(mine, theirs, suspect.rewrite, replay):
            return False
    return True


def replayable(call: Call) -> bool:
    """Tell whether a recorded call can be made again from its record: not when it was given functions or objects."""

    def plain(value: object) -> bool:
        if isinstance(value, (list, tuple)):
            return all(map(plain, value))
        if isinstance(value, dict):
            return all(map(plain, value.values()))
        return not isinstance(value, Named) and type(value).__name__ != "Large"

    return call.label == call.root and plain(call.args) and plain(call.kwargs)
