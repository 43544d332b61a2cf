"""What would a check say if this function were right? A check ends at its first failure, and one slip hides others.

A check that failed is run again with the solution's answers in the place of the function that it failed by: in the
check's own calls and in the student's own code, which calls it where it is defined. What the student's process gets are
answers to its questions, nothing of the solution's source, and no points rest on what comes of it: only words do.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..model import CheckResult
from ..sandbox.host.handles import Handle
from ..sandbox.host.record import Call, attached, freeze
from ..sandbox.host.student import Student
from .check import Trace

MAX_AGAIN = 10  #: checks that are run again of one submission
TRIED = ("failed", "error", "missing")


@dataclass(frozen=True)
class Step:
    """How a check ends with some functions answered by the solution.

    Args:
        repaired: those functions.
        function: the one by which it failed then; "" where it passed.
    """

    repaired: frozenset[str]
    function: str
    result: CheckResult
    trace: Trace


@dataclass(frozen=True)
class Unravelled:
    """What lies behind one failure.

    Args:
        follows: the functions whose slip it follows from; none where its function is wrong itself.
        own: of each function that is wrong in the check itself, the step that shows it.
    """

    follows: tuple[str, ...]
    own: Mapping[str, Step]


#: runs a check with these functions answered by the solution; None where that cannot be told
Again = Callable[[str, frozenset[str]], Step | None]


def unravel(
    first: Step, wrong: Iterable[str], unwritten: Iterable[str], uses: Mapping[str, set[str]], again: Again
) -> Unravelled:
    """Find out which functions are wrong in a check, each by itself.

    Args:
        first: how it ended.
        wrong: every function by which some check failed.
        unwritten: functions that are still the stub's; whatever else is asked, the solution answers for them.
        uses: of each definition of the student's, those that it uses, directly or not.
        again: runs it again.
    """
    own: dict[str, Step] = {}
    step: Step | None = first
    repaired = frozenset[str]()
    guilty = {*wrong, *unwritten}
    while step is not None and step.function and step.result.status in TRIED:
        helpers = uses.get(step.function, set()) & guilty - {step.function} - repaired
        if not helpers and step.function in repaired:
            break
        if not helpers:
            own[step.function] = step
        repaired |= helpers or {step.function}
        step = again(first.result.name, repaired | {*unwritten})
    if first.function in own or step is None or step.result.status != "passed":
        return Unravelled((), own or {first.function: first})
    return Unravelled(tuple(sorted(uses.get(first.function, set()) & repaired)), own)


def cleared(found: Mapping[str, Unravelled], steps: Mapping[str, Step]) -> set[str]:
    """Return the functions whose own failures all follow from another's slip; see :func:`of_the_guilty`."""
    blamed: dict[str, list[bool]] = {}
    for name, step in steps.items():
        blamed.setdefault(step.function, []).append(name in found and bool(found[name].follows))
    return {function for function, only_follows in blamed.items() if all(only_follows)}


def of_the_guilty(found: Mapping[str, Unravelled], steps: Mapping[str, Step]) -> dict[str, Unravelled]:
    """Return the same, where a failure follows from no function whose own failures all follow from another's slip.

    Args:
        found: by check.
        steps: how every check that failed ended.
    """
    innocent = cleared(found, steps)
    left = {name: tuple(one for one in each.follows if one not in innocent) for name, each in found.items()}
    return {name: Unravelled(left[name] or each.follows, each.own) for name, each in found.items()}


def by_turns(steps: Mapping[str, Step]) -> list[tuple[str, Step]]:
    """Return checks and steps so that each function's first check comes before any function's second.

    Runs are few: five failures of one function say less than the only failure of each of two others.
    """
    turns = Counter[str]()
    placed: list[tuple[int, str, Step]] = []
    for name, step in steps.items():
        placed.append((turns[step.function], name, step))
        turns[step.function] += 1
    return [(name, step) for _, name, step in sorted(placed, key=lambda each: each[0])]


def unwritten_in(cells: Iterable[str]) -> set[str]:
    """Return the functions whose last definition still says that it is not written."""
    found: dict[str, bool] = {}
    for cell in cells:
        try:
            body = ast.parse(cell).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in body:
            if isinstance(node, ast.FunctionDef):
                raised = [one.exc for one in ast.walk(node) if isinstance(one, ast.Raise)]
                names = [one.func if isinstance(one, ast.Call) else one for one in raised]
                found[node.name] = any(isinstance(n, ast.Name) and n.id == "NotImplementedError" for n in names)
    return {name for name, stub in found.items() if stub}


def used_by(names: Mapping[str, list[str]]) -> dict[str, set[str]]:
    """Return for each definition all definitions that it uses, directly or not.

    Args:
        names: that each definition uses, see :func:`..sandbox.wire.names.names_used`.
    """
    reach = {owner: {name.split(".")[0] for name in used} & names.keys() for owner, used in names.items()}
    for _ in names:
        for owner, used in reach.items():
            reach[owner] = used.union(*(reach[name] for name in used))
    return reach


def put_in_place(module: str, others: dict[str, Any]) -> None:
    """Let the code of a module call these by their names; what stood there before comes back. It runs in the worker."""
    import sys

    space = vars(sys.modules[module])
    own = space.setdefault("__own__", {})
    space.update(own)
    own.clear()
    own.update((name, space[name]) for name in others if name in space)
    space.update((name, other) for name, other in others.items() if name in own)


class StandIn:
    """Answers in the place of a student's function as the solution's does, on record as the student's.

    Args:
        student: whose function it is.
        solution: the solution, which may take as long for each answer as a check may.
        seconds: of its processor time.
    """

    def __init__(self, student: Student, solution: Student, name: str, seconds: float):
        self._student, self._worker, self._name, self._seconds = student, solution, name, seconds
        self._solution: Handle = getattr(solution, name)
        self._given: dict[str, tuple[bytes, bool]] = {}

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Ask the solution."""
        self._worker.allow_seconds(self._seconds)  # from now: it has waited for as long as the student's code took
        for file, (content, read_only) in self._student.files_written.items():  # the solution opens the same files
            if self._given.get(file) != (content, read_only):
                self._worker.write(file, content, read_only)
        self._given = {**self._student.files_written}
        record = Call(self._name, self._name, freeze(args), freeze(kwargs))
        if self._student.in_call:  # the student's own code asks: that is no call of the check's
            value = self._solution(*args, **kwargs)
            self._student.unnoted.add(id(value))
            return value
        self._student.calls.append(record)
        value = self._solution(*args, **kwargs)
        record.outcome = ("value", freeze(value), attached(value))
        return value


def stand_in(student: Student, solution: Student, module: str, names: Iterable[str], seconds: float) -> None:
    """Let the solution answer for these functions of the student's, and for no others, until the next check begins.

    Args:
        module: the name under which the student's source was loaded.
    """
    others = {name: StandIn(student, solution, name, seconds) for name in names}
    student.prop(put_in_place)(module, others)
    for name, other in others.items():
        student.take_over(name, other)
    student.forget()
