"""How a check ended: its status and points, and what is told of it. Pure functions."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import Any

import torch

from ..checking import CheckFailure, messages, plot, take_remarks
from ..checking.claims import WORTH
from ..checking.typeset import typeset
from ..errors import CourseError, SandboxError
from ..model import Failure
from ..sandbox.host.problem import StudentProblem
from ..sandbox.host.record import Call, freeze
from ..sandbox.wire.problems import RemoteError
from ..text import printable
from . import unloaded
from .check import Check, Compared, Fall, Trace, Verdict

#: an exception of these kinds says too little about what was meant
UNTELLING = frozenset({"NotImplementedError", "NameError", "UnboundLocalError", "AttributeError", "TypeError"})
_UNKNOWN_NAME = re.compile(r"(?:free variable |name )'(\w+)'")


@dataclass(frozen=True)
class Telling:
    """What a failure is told with: the source's lines, and what of it was not carried out."""

    cells: dict[str, list[str]]
    unloaded: list[unloaded.Unloaded]
    asked: bool = False  #: did the check get hold of anything of the student's, called or not?


def verdict_of(
    check: Check, error: BaseException | None, calls: list[Call], record: Call | None, telling: Telling
) -> Verdict:
    """Return how a check ended that raised `error`, or nothing.

    Args:
        calls: what was called of the student's.
        record: the call that the failure is about.
    """
    stopped = isinstance(error, StudentProblem) and bool(unloaded.lost(error.name, telling.unloaded))
    status, earned = _outcome(check, error, stopped, telling.asked or bool(calls))
    failure, picture, faults = None, None, []
    try:
        failure = _failure(status, error, record, telling)
    except Exception as fault:  # a value that cannot be shown changes no grade
        failure, faults = _plainly(status, error), [f"the message could not be made: {_told(fault)}"]
    try:
        if isinstance(error, CheckFailure) and not check.marks.hidden:
            picture = plot.of_failure(error, record)
    except Exception as fault:
        faults.append(f"the picture could not be drawn: {_told(fault)}")
    if status == "internal":
        faults.append(_told(error))
    trouble = status not in ("passed", "failed", "error", "forbidden")
    compared = None
    try:
        compared = _compared(error, record)
    except Exception as fault:  # a value that cannot be recorded changes no grade
        faults.append(f"what was compared could not be kept: {_told(fault)}")
    blamed = record if error is not None else None
    kept = calls if check.marks.replayable else []
    trace = Trace(kept, status == "passed", trouble, compared, blamed, said_of(error))
    return Verdict(status, failure, earned, trace, *take_remarks(), picture, "; ".join(faults))


def _outcome(check: Check, error: BaseException | None, stopped: bool, asked: bool) -> tuple[str, float]:
    """Return the status and the points of a check that ended so. Nothing is rendered to decide that.

    Args:
        stopped: was what is missing to be defined by a statement that raised when the source was loaded?
        asked: had the check got hold of anything of the student's?
    """
    if error is None:
        return "passed", check.marks.points
    if isinstance(error, CheckFailure) and error.claimed:
        return "failed", check.marks.points * (1 - WORTH)
    if isinstance(error, CheckFailure):
        return "failed", min(error.points, check.marks.points)
    if isinstance(error, StudentProblem):
        return "error" if error.status == "missing" and stopped else error.status, 0.0
    if isinstance(error, RemoteError):
        return "error", 0.0
    if isinstance(error, AssertionError):
        return "failed", 0.0
    if type(error).__name__ == "Skipped":
        return "skipped", 0.0
    if isinstance(error, MemoryError) and asked:
        return "memory", 0.0
    if asked and not isinstance(error, (SandboxError, CourseError)):
        return "failed", 0.0  # the solution passes this line, so what the student gave is of no use there
    return "internal", 0.0


def said_of(error: BaseException | None) -> str:
    """Return the property that a check found not to hold, or the exception, in its own words; "" for other ends."""
    if isinstance(error, CheckFailure) and (error.stated or error.claimed):
        reason = f"{error.about}: {error.reason}" if error.about else error.reason
        return reason if not error.shows_values else f"{reason}: {freeze(error.actual)!r:.2000}"
    if isinstance(error, CheckFailure) and error.relates and _is_nan(error.actual) and not _is_nan(error.expected):
        return "NaN"
    if isinstance(error, CheckFailure) and error.relates and _is_inf(error.actual) and not _is_inf(error.expected):
        return "infinity"
    if isinstance(error, RemoteError) and error.error.type_name not in UNTELLING:
        return f"{error.error.type_name}: {error.error.text}"
    return ""


def _is_inf(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and value.is_floating_point() and bool(value.isinf().any())


def _is_nan(value: Any) -> bool:
    if isinstance(value, torch.Tensor):
        return bool(value.isnan().any())
    if isinstance(value, tuple):
        return any(map(_is_nan, value))
    return isinstance(value, float) and math.isnan(value)


def fall_of(error: BaseException, record: Call | None, calls: int, telling: Telling | None) -> Fall:
    """Return a failure of a check that went on.

    Args:
        calls: how many there were before it.
        telling: what a student is told of it with; None where nobody is.
    """
    if telling is None:
        return Fall(said_of(error), record, calls)
    claimed = isinstance(error, CheckFailure) and error.claimed
    told, compared = _failure("failed", error, record, telling), _compared(error, record)
    return Fall(said_of(error), record, calls, told, compared, claimed)


def _compared(error: BaseException | None, record: Call | None) -> Compared | None:
    """Return what came back and what was expected, None where a check did not fail by the two."""
    if not isinstance(error, CheckFailure) or not (error.relates or error.altered):
        return None
    if error.actual is None or error.expected is None:
        return None
    return Compared(freeze(error.actual), freeze(error.expected), error.about, record, error.altered)


def _reason(error: BaseException) -> str:
    """Return why a check ended, in a line of ours that quotes no value but the exception's own text."""
    if isinstance(error, (AssertionError, StudentProblem)):
        return (str(error).splitlines() or [""])[0] or "the check's condition does not hold"
    if type(error).__name__ == "Skipped":
        return str(error)
    if isinstance(error, MemoryError):
        return "what came back takes more memory to look at than there is"
    return f"what came back could not be used: {type(error).__name__}: {str(error)[:200]}"


def _plainly(status: str, error: BaseException | None) -> Failure:
    """Return what can be said without showing any value."""
    reason = printable(_reason(error), 800) if error is not None else status
    return Failure("problem", f"{reason}\n(the values cannot be shown)")


def _told(error: BaseException | None) -> str:
    """Return an exception of the grader's own as one line."""
    return printable(f"{type(error).__name__}: {str(error)[:500]}".replace("\n", " "), 600)


def _failure(status: str, error: BaseException | None, record: Call | None, telling: Telling) -> Failure | None:
    """Return what a student is told of a check that ended so."""
    if error is None:
        return None
    if isinstance(error, CheckFailure):
        return messages.of_failure(error, record)
    if isinstance(error, StudentProblem):
        if status == "error":  # what is missing was to be defined by a statement that raised
            return unloaded.lost(error.name, telling.unloaded)
        failure = messages.of_problem(error, record, telling.cells)
        again = unloaded.overwritten(failure.function, telling.cells) if status == "missing" else ""
        return replace(failure, reason=again) if again else failure
    if isinstance(error, RemoteError):
        unknown = _UNKNOWN_NAME.match(error.error.text) if error.error.type_name == "NameError" else None
        cause = unloaded.lost(unknown[1], telling.unloaded) if unknown else None
        return replace(messages.of_exception(error, record, telling.cells), cause=cause)
    if status == "failed":
        failed = CheckFailure(_reason(error))
        if not isinstance(error, AssertionError) and record is not None and record.outcome[0] == "value":
            failed.about = f"{typeset(record.outcome[1])} came back"
        return messages.of_failure(failed, record)
    if status == "memory":
        return Failure("problem", _reason(error))
    return Failure("remark", _told(error) if status == "internal" else _reason(error))
