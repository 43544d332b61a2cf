"""The failure message: the call, what came back, what was expected, where they differ. Pure functions."""

from __future__ import annotations

import ast

from ..sandbox.host.student import Call, StudentProblem
from ..sandbox.wire.problems import Frames, RemoteError
from ..text import printable
from .asserts import CheckFailure
from .typeset import call as typeset_call
from .typeset import typeset


def _indented(label: str, text: str) -> str:
    lines = text.splitlines() or [""]
    pad = " " * 12
    return "\n".join([f"{label:<12}{lines[0]}", *(pad + line for line in lines[1:])])


MAX_MESSAGE = 20_000  #: characters that one check may tell


def cut(message: str) -> str:
    """A message that no value of a student's can make endless."""
    return message if len(message) <= MAX_MESSAGE else message[:MAX_MESSAGE] + "…"


def of_failure(failure: CheckFailure, record: Call | None) -> str:
    """The message of a check that said no."""
    lines = []
    if record is not None:
        lines.append(_indented("call", typeset_call(record.label, record.args, record.kwargs)))
    if failure.shows_values:
        lines.append(_indented("came back", typeset(failure.actual)))
    if failure.shows_values and not (failure.expected is None and failure.actual is not None):
        lines.append(_indented("expected", typeset(failure.expected)))
    where = f"at {failure.where}: " if failure.where else ""
    label = "differs" if failure.shows_values else "problem"
    about = f"{printable(failure.about)}: " if failure.about else ""
    lines.append(_indented(label, about + where + printable(failure.reason)))
    lines += failure.notes
    return "\n".join(lines)


def source_lines(frames: Frames, cells: dict[str, list[str]]) -> list[str]:
    """The student's own lines among the frames of a traceback, from our copy of the source."""
    shown: list[str] = []
    for file, line, function in frames:
        source = cells.get(file)
        if source and 0 < line <= len(source):
            inside = f" in {function}" if function.isidentifier() else ""
            shown.append(f"{file}, line {line}{inside}:  {printable(source[line - 1].strip(), 120)}")
    return shown[-3:]


def of_exception(error: RemoteError, record: Call | None, cells: dict[str, list[str]]) -> str:
    """The message of an exception in the student's code."""
    lines = []
    if record is not None:
        lines.append(_indented("call", typeset_call(record.label, record.args, record.kwargs)))
    name, text = printable(error.error.type_name, 80), printable(error.error.text, 600)
    lines.append(_indented("raised", f"{name}: {text}" if text else name))
    lines += [_indented("" if i else "where", line) for i, line in enumerate(source_lines(error.frames, cells))]
    return "\n".join(lines)


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


def of_problem(problem: StudentProblem, record: Call | None, cells: dict[str, list[str]]) -> str:
    """The message when no value came back at all."""
    lines = []
    if record is not None and problem.status != "missing":
        lines.append(_indented("call", typeset_call(record.label, record.args, record.kwargs)))
    lines.append(_indented("problem", printable(problem.message, 800) + where_late(problem.seen, cells)))
    lines += [_indented("" if i else "where", line) for i, line in enumerate(source_lines(problem.frames, cells))]
    return "\n".join(lines)
