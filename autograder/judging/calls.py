"""What is on record of a check's calls: of which definitions, with what, which can be made again. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..sandbox.host.record import Call, Named
from .check import Trace

Traces = Mapping[str, Trace]


def functions_in(trace: Trace) -> list[str]:
    """Return the student's definitions that a check called, in order."""
    return list(dict.fromkeys(call.root for call in trace.calls if call.root))


def checks_of(function: str, oracle: Traces) -> list[str]:
    """Return the checks in which the solution's `function` is called."""
    return [name for name, trace in oracle.items() if any(call.root == function for call in trace.calls)]


def calls_of(trace: Trace | None, function: str) -> list[Call]:
    """Return the calls of a function in a check, none where the check is not known."""
    return [call for call in trace.calls if call.root == function] if trace is not None else []


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


def replayable(call: Call) -> bool:
    """Tell whether a recorded call can be made again from its record: not when it was given functions or objects."""

    def plain(value: object) -> bool:
        if isinstance(value, (list, tuple)):
            return all(map(plain, value))
        if isinstance(value, dict):
            return all(map(plain, value.values()))
        return not isinstance(value, Named) and type(value).__name__ != "Large"

    return call.label == call.root and plain(call.args) and plain(call.kwargs)
