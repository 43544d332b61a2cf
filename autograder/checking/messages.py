"""What failed, part by part: the call, what came back, what was expected, where they differ. Pure functions."""

from __future__ import annotations

import ast
from dataclasses import replace

from ..model import Failure, Frame
from ..sandbox.host.problem import StudentProblem
from ..sandbox.host.record import Call
from ..sandbox.wire.problems import Frames, RemoteError
from ..text import printable, told
from .asserts import CheckFailure
from .meaning import meaning
from .typeset import call as typeset_call
from .typeset import typeset

MAX_MESSAGE = 20_000  #: characters that one check may tell
MAX_PART = 2_000  #: of each part of what would be longer
MAX_PARTS = 20


def cut(failure: Failure | None) -> Failure | None:
    """Return a failure that no value of a student's can make endless."""
    if failure is None or len(told(failure)) <= MAX_MESSAGE:
        return failure

    def short(text: str) -> str:
        return text if len(text) <= MAX_PART else text[:MAX_PART] + "…"

    return replace(
        failure, reason=short(failure.reason), call=short(failure.call), got=short(failure.got),
        expected=short(failure.expected), where=short(failure.where), about=short(failure.about),
        notes=tuple((short(label), short(text)) for label, text in failure.notes[:MAX_PARTS]), cause=cut(failure.cause),
        means=short(failure.means),
    )  # fmt: skip


def _called(record: Call | None) -> str:
    if record is None:
        return ""
    return printable(record.label, 200) if record.read else typeset_call(record.label, record.args, record.kwargs)


def _function(record: Call | None) -> str:
    return record.root if record is not None else ""


def of_failure(failure: CheckFailure, record: Call | None) -> Failure:
    """Return what is told of a check that said no."""
    values = failure.shows_values
    wanted = values and not (failure.expected is None and failure.actual is not None)
    return Failure(
        "difference" if values else "property", printable(failure.reason), _called(record),
        got=typeset(failure.actual) if values else "", expected=typeset(failure.expected) if wanted else "",
        where=failure.where, about=printable(failure.about),
        notes=tuple((printable(label, 80), printable(text)) for label, text in failure.notes),
        function=_function(record), means=printable(failure.means, 800),
    )  # fmt: skip


def source_lines(frames: Frames, cells: dict[str, list[str]]) -> tuple[Frame, ...]:
    """Return the student's own lines among the frames of a traceback, from our copy of the source."""
    shown: list[Frame] = []
    for file, line, function in frames:
        source = cells.get(file)
        if source and 0 < line <= len(source):
            shown.append(Frame(file, line, printable(function, 200), printable(source[line - 1].strip(), 120)))
    return tuple(shown[-3:])


def of_exception(error: RemoteError, record: Call | None, cells: dict[str, list[str]]) -> Failure:
    """Return what is told of an exception in the student's code."""
    name, text = printable(error.error.type_name, 80), printable(error.error.text, 600)
    reason = f"{name}: {text}" if text else name
    frames = source_lines(error.frames, cells)
    means = printable(meaning(name, text), 800)
    return Failure("exception", reason, _called(record), frames=frames, function=_function(record), means=means)


def loop_of(frames: Frames, cells: dict[str, list[str]]) -> tuple[str, int] | None:
    """Return (file, line) of the innermost loop of the student's that the innermost of these frames is inside of."""
    mine = [(file, line) for file, line, _ in frames if file in cells]
    if not mine:
        return None
    file, line = mine[-1]
    try:
        tree = ast.parse("\n".join(cells[file]))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    loops = [node for node in ast.walk(tree) if isinstance(node, (ast.While, ast.For, ast.AsyncFor))]
    around = [node.lineno for node in loops if node.lineno <= line <= (node.end_lineno or 0)]
    return (file, max(around)) if around else None


def where_late(seen: tuple[Frames, ...], cells: dict[str, list[str]]) -> str:
    """Return what two looks at a process that took too long have in common; "" for nothing."""
    mine = [[frame for frame in frames if frame[0] in cells] for frames in seen]
    if len(mine) < 2 or not all(mine):
        return ""
    loops = {loop_of(frames, cells) for frames in seen}
    if len(loops) == 1 and (loop := loops.pop()) is not None:
        return f"; it was in the loop of line {loop[1]} both times that we looked: an endless loop?"
    if mine[0][-1][:2] == mine[1][-1][:2]:
        inner = seen[-1][-1]
        inside = f", inside `{printable(inner[2], 60)}`" if inner[0] not in cells else ""
        return f"; it was at line {mine[0][-1][1]}{inside} both times that we looked"
    return ""


def of_problem(problem: StudentProblem, record: Call | None, cells: dict[str, list[str]]) -> Failure:
    """Return what is told when no value came back at all."""
    call = _called(record) if problem.status != "missing" else ""
    reason = printable(problem.message, 800) + where_late(problem.seen, cells)
    function = problem.name or _function(record)
    return Failure("problem", reason, call, frames=source_lines(problem.frames, cells), function=function)
