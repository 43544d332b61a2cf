"""What of a source was not carried out when it was loaded, what is said of that, and which names it lost. Pure."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from ..checking import messages
from ..model import Failure, Submission
from ..sandbox.host.problem import StudentProblem
from ..sandbox.wire.problems import Frames, RemoteException
from ..text import printable

_DEFINED = re.compile(r"^(?:async\s+)?(?:def|class)\s+(\w+)", re.MULTILINE)
_TIMES = {2: "twice", 3: "three times"}
_ANY = "*"  #: among the names of a statement: it may have defined any, as ``from module import *`` does


@dataclass(frozen=True)
class Unloaded:
    """A statement that raised or did not end: what is said of it, and the names that it would have defined."""

    failure: Failure
    names: frozenset[str]


def sources(submission: Submission) -> dict[str, list[str]]:
    """Return the lines of each cell by the name that tracebacks call it."""
    return {name: cell.split("\n") for name, cell in zip(_shown(submission), submission.cells, strict=True)}


def _shown(submission: Submission) -> list[str]:
    count = len(submission.cells)
    return [submission.filename if count == 1 else f"{submission.filename}[{i + 1}]" for i in range(count)]


def raised(submission: Submission, index: int, error: RemoteException, frames: Frames) -> Unloaded:
    """Return what is said of a statement of cell `index` that raised."""
    text = printable(f"{error.type_name}: {error.text[:300]}{_about_python(error)}")
    where = messages.source_lines(frames, sources(submission))
    failure = Failure("problem", f"{_place(submission, index)} stopped with {text}", frames=where[-1:])
    line = next((line for file, line, function in frames if (file, function) == _module(submission, index)), 0)
    return Unloaded(failure, _lost(submission, index, line))


def unfinished(submission: Submission, problem: StudentProblem) -> tuple[tuple[int, int], Unloaded] | None:
    """Return (cell, line) of the statement in which the loading ended or was too late, and what is said of it.

    Args:
        problem: how it ended, with frames that the process gives itself.
    """
    frames = problem.frames
    late = problem.status == "timeout"
    for index in range(len(submission.cells)):
        line = next((line for file, line, function in frames if (file, function) == _module(submission, index)), 0)
        statement = _statement(submission.cells[index], line)
        if statement is None:
            continue
        where = messages.source_lines(frames, sources(submission))
        what, how = ("its time was up", "runs long") if late else (problem.message, "may end it")
        message = (
            f"{_place(submission, index)} was still loading when {what}, at line {line}; that statement was "
            f"left out, and what stands above and below it was graded. Put what {how} "
            'below if __name__ == "__main__":'
        )
        failure = Failure("problem", message, frames=where[-1:])
        return (index, _first_line(statement)), Unloaded(failure, _lost(submission, index, line))
    return None


def asks_at_home(submission: Submission, error: RemoteException) -> bool:
    """Tell whether a cell only calls the `check` that a notebook has at home, after ``%load_ext autograder``."""
    at_home = submission.filename.lower().endswith(".ipynb")
    return at_home and error.type_name == "NameError" and error.text.startswith("name 'check' is not defined")


def lost(name: str, problems: Sequence[Unloaded]) -> Failure | None:
    """Return what is said of the statement that would have defined `name`; None if there is none."""
    return next((problem.failure for problem in problems if {name, _ANY} & problem.names), None)


def overwritten(name: str, cells: dict[str, list[str]]) -> str:
    """Return what is said of a definition that comes again after it was written; "" where it does not."""
    places: list[tuple[str, int, bool]] = []
    for file, lines in cells.items():
        try:
            body = ast.parse("\n".join(lines)).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.name == name:
                raises = (one.exc for one in ast.walk(node) if isinstance(one, ast.Raise) and one.exc is not None)
                places.append((file, node.lineno, any("NotImplementedError" in ast.unparse(exc) for exc in raises)))
    if len(places) < 2 or not places[-1][2] or all(stub for _, _, stub in places):
        return ""
    where = "; ".join(f"{file}, line {line}" for file, line, _ in places)
    times = _TIMES.get(len(places), "several times")
    return f"`{name}` is defined {times} ({where}): the last one counts, and it is still the stub"


def _module(submission: Submission, index: int) -> tuple[str, str]:
    return _shown(submission)[index], "<module>"


def _place(submission: Submission, index: int) -> str:
    return f"cell {index + 1} of {submission.filename}" if len(submission.cells) > 1 else submission.filename


def _first_line(statement: ast.stmt) -> int:
    return min(int(node.lineno) for node in (statement, *getattr(statement, "decorator_list", [])))


def _statement(cell: str, line: int) -> ast.stmt | None:
    """Return the top-level statement on this line."""
    try:
        body = ast.parse(cell).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    on_it = (statement for statement in body if _first_line(statement) <= line <= (statement.end_lineno or 0))
    return next(on_it, None)


def _lost(submission: Submission, index: int, line: int) -> frozenset[str]:
    """Return the names that the statement would have bound.

    It may have been any name where nothing that Python can read defines one: of a file with a slip in its syntax
    nothing runs, whatever it defines.
    """
    defines = any(_DEFINED.search(cell) for cell in submission.cells if _is_python(cell))
    return frozenset(_bound(submission.cells[index], line) | (set() if defines else {_ANY}))


def _is_python(cell: str) -> bool:
    try:
        ast.parse(cell)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _bound(cell: str, line: int) -> set[str]:
    """Return the names that the statement on this line would have bound; all that are defined where it is no Python."""
    statement = _statement(cell, line)
    if statement is None:
        return set(_DEFINED.findall(cell)) if not line else set()
    names: set[str] = set()
    todo: list[ast.AST] = [statement]
    while todo:
        node = todo.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        else:
            names |= {node.id} if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else set()
            todo += ast.iter_child_nodes(node)
    return names


def _about_python(error: RemoteException) -> str:
    """Name our Python where another may know what ours does not: newer syntax, a newer part of the standard library."""
    found = re.search(r"(?:from|module) '(\w+)", error.text)
    newer = error.type_name in ("ImportError", "AttributeError") and found and found[1] in sys.stdlib_module_names
    if error.type_name != "SyntaxError" and not newer:
        return ""
    return f"; the grader runs Python {sys.version_info[0]}.{sys.version_info[1]}"
