"""``%load_ext autograder``, then ``%%check softmax``, ``check("softmax")`` or ``%gradus lab`` in a notebook."""

from __future__ import annotations

import ast
import contextlib
import linecache
import os
import types
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import GradusError
from ..language import _, authored, speaking
from ..text import told
from . import command

if TYPE_CHECKING:
    from .client import Answer, BenchClient

_bench: BenchClient | None = None
_NOTHING = object()
_NO_GRADIENTS = "Unable to handle autograd's threading in combination with fork"  #: PyTorch's words


class CheckFailed(Exception):
    """A named check gave no points: the cell counts as failed, for nbgrader too; the card says why."""

    def _render_traceback_(self) -> list[str]:
        return [" ".join(str(self).split())]


class CannotCheck(CheckFailed):
    """The check could not be made at all."""


class Card:
    """A grade as a notebook shows it: HTML where there is a page, plain text in a terminal."""

    def __init__(self, answer: Answer, full: int | None = None):
        self.answer, self._full = answer, full

    def _repr_html_(self) -> str:
        from ..report.card import card

        with spoken_in(self.answer):
            return card(self.answer.grade, self.answer.title, self.answer.hints)

    def __repr__(self) -> str:
        with spoken_in(self.answer):
            return self._in_words()

    def _in_words(self) -> str:
        from ..gradebook.states import look, state
        from ..report.answer import points_of
        from ..report.table import grade_lines, printed

        grade = self.answer.grade
        lines = [line.plain for line in grade_lines(grade, full=self._full or len(grade.checks))]
        lines += [f"  | {line}" for line in printed(grade)]
        head = f"{self.answer.title}: {look(grade).sign} {_(state(grade))}, {points_of(grade.points, grade.max_points)}"
        return "\n".join([head, *lines])


def spoken_in(answer: Answer) -> AbstractContextManager[None]:
    """Speak an answer's language inside, in the words of its course."""
    return speaking(answer.language, Path(answer.root) if answer.root else None)


def check(exercise: str, *checks: str, seed: int = 0, data: str = "") -> float | None:
    """Check this notebook's own definitions, as they are now, and show what came out.

    Without `checks` all of the page's checks run and nothing is returned. With names only these run, and the cell
    ends as nbgrader reads it: with an error for no points, with a number for part of them.

    Args:
        exercise: an address or a short name, like ``"softmax"``.
        checks: names of checks.
        seed: draw the inputs from this seed.
        data: the data set, for pages that offer several.
    """
    from IPython import get_ipython
    from IPython.display import display

    shell = get_ipython()
    if shell is None:
        raise GradusError("check() works in a notebook or IPython; elsewhere use `gradus check`")
    answer = ask(shell, exercise, list(checks), seed, data)
    display(Card(answer))
    grade = answer.grade
    if not checks:
        return None
    skipped = next((one for one in grade.checks if one.status == "skipped"), None)
    if skipped is not None:  # in silence it would look like full points
        with spoken_in(answer):
            title = authored(skipped.title)
            raise CheckFailed(_("not checked, {title}: {why}", title=title, why=told(skipped.failure)))
    if grade.points >= grade.max_points:
        return None
    if grade.points <= 0:
        with spoken_in(answer):
            raise CheckFailed(_("no points of {points}: see above", points=f"{grade.max_points:g}"))
    return grade.points


def ask(shell: Any, exercise: str, checks: list[str], seed: int, data: str) -> Answer:
    """Ask the judge about the definitions of an IPython shell."""
    from .kernel import check_live

    cells, files = cells_of(shell)
    request = {
        "exercise": exercise, "checks": checks, "seed": seed, "data": data, "filename": "In ", "cells": cells,
    }  # fmt: skip
    hidden = shell.user_ns_hidden  # In, Out, exit and the like
    own = {name: value for name, value in list(shell.user_ns.items()) if value is not hidden.get(name, _NOTHING)}
    try:
        answer = check_live(bench(), request, own, files)
    except (GradusError, OSError) as error:
        raise CannotCheck(f"gradus: {error}") from None
    except KeyboardInterrupt as stop:
        stop._render_traceback_ = lambda: ["gradus: the check was stopped"]  # type: ignore[attr-defined]
        raise
    if any(_NO_GRADIENTS in told(one.failure) for one in answer.grade.checks):
        raise CannotCheck(
            "gradus: PyTorch cannot differentiate in a copy of a notebook that has called backward() beside a GPU; "
            f"save it and run `gradus check {exercise} FILE.ipynb` in a terminal, or restart the kernel and run "
            "%env CUDA_VISIBLE_DEVICES= before torch is imported"
        )
    return answer


def cells_of(shell: Any) -> tuple[list[str], dict[str, str]]:
    """Return the cells that today's definitions come from, each at its number, and what to call the file of each.

    A cell that was run again counts as it was run last: what it defined before is gone.
    """
    homes = {name: {code.co_filename for code in codes_of(value)} for name, value in list(shell.user_ns.items())}
    files_alive = sorted(set().union(*homes.values()))
    sources = {file: "".join(linecache.getlines(file)) if _is_cell(file) else "" for file in files_alive}
    history = [_run_source(shell, raw) for raw in shell.history_manager.input_hist_raw]
    cells = [""] * (len(history) + 1)
    files: dict[str, str] = {}
    for name, source in sources.items():
        numbers = [n for n, text in enumerate(history) if text == source and source.strip()]
        if numbers:
            gone = {owner for owner, home in homes.items() if home and name not in home}
            cells[numbers[-1] - 1] = _without(source, gone)
            files[name] = f"In [{numbers[-1]}]"
    return cells, files


def _without(source: str, gone: set[str]) -> str:
    """Return a source without the definitions that another cell has replaced since; the lines of the others stay."""
    lines = source.split("\n")
    for node in ast.parse(source).body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.name in gone:
            first = min([node.lineno, *(mark.lineno for mark in node.decorator_list)])
            last = node.end_lineno or node.lineno
            lines[first - 1 : last] = [""] * (last - first + 1)
    return "\n".join(lines)


def _run_source(shell: Any, raw: str) -> str:
    """Return what of a cell was compiled: below ``%%check`` the rest of the cell, unless that waits for something."""
    first, _, rest = raw.partition("\n")
    below = first.split()[:1] == ["%%check"] and not _waits(shell, rest)
    source: str = shell.transform_cell(rest if below else raw)
    return source


def _waits(shell: Any, cell: str) -> bool:
    """Tell whether there is an ``await`` at the top level of a cell."""
    return bool(shell.should_run_async(cell, transformed_cell=shell.transform_cell(cell)))


def check_after(shell: Any) -> Callable[[list[str]], list[str]]:
    """Turn ``%%check NAME`` above a cell with an ``await`` into ``%check NAME`` below it.

    Only the notebook's own loop can run such a cell, and a magic cannot ask it to.
    """

    def check_below(lines: list[str]) -> list[str]:
        words = lines[0].split() if lines else []
        if words[:1] != ["%%check"] or not _waits(shell, "".join(lines[1:])):
            return lines
        return ["\n", *lines[1:], "\n", f"%check {' '.join(words[1:])}\n"]

    return check_below


def _is_cell(name: str) -> bool:
    return "ipykernel" in name or name.startswith(("<ipython-input", "<stdin"))


def codes_of(value: Any) -> Iterator[types.CodeType]:
    """Yield the code of a function, or of the methods of a class, that the notebook itself defined."""
    members = vars(value).values() if issubclass(type(value), type) else (value,)  # isinstance asks the object
    for member in members:
        with contextlib.suppress(Exception):  # anything may stand there, with a __getattr__ of its own
            if getattr(value, "__module__", None) != "__main__":
                return
            function = getattr(member, "__func__", member)
            code = getattr(getattr(function, "__wrapped__", function), "__code__", None)
            if isinstance(code, types.CodeType):
                yield code


def bench() -> BenchClient:
    """Return the judge beside this notebook; a dead one is replaced."""
    global _bench
    from .client import BenchClient

    if _bench is None or not _bench.alive:
        _bench = BenchClient()
    return _bench


def _example() -> str:
    """Return the name of a page of the course that this notebook is of."""
    from ..course import syllabus, trees

    try:
        return syllabus.example(syllabus.load(trees.trees()))
    except GradusError:
        return "NAME"


def check_magic(shell: Any) -> Callable[[str, str], None]:
    """``%%check NAME``: run the cell, then check the page."""

    def run(line: str, cell: str = "") -> None:
        """%%check NAME: run this cell, then all checks of the page. %check NAME: the checks alone."""
        from IPython.display import display

        if not line.split():
            raise CannotCheck(f"gradus: name the exercise, as in %%check {_example()}")
        if cell and not shell.run_cell(cell).success:
            return
        display(Card(ask(shell, line.split()[0], [], 0, "")))

    return run


def load_ipython_extension(shell: Any) -> None:
    """Register the magic and the function, and start a judge that warms up: ``%load_ext autograder`` calls this."""
    if not hasattr(os, "fork"):
        raise CannotCheck(
            "gradus: live checks fork the notebook, which this system cannot; save it and run in a terminal: "
            f"gradus check {_example()} {_example()}.ipynb"
        )
    shell.register_magic_function(check_magic(shell), magic_kind="line_cell", magic_name="check")
    shell.register_magic_function(command.run, magic_kind="line", magic_name="gradus")
    shell.register_magic_function(command.stop, magic_kind="line", magic_name="gradus_stop")
    transforms = shell.input_transformer_manager.line_transforms
    if not any(one.__name__ == "check_below" for one in transforms):
        transforms.insert(0, check_after(shell))
    shell.push({"check": check}, interactive=False)  # a name of ours, not one that the notebook defines
    bench()
