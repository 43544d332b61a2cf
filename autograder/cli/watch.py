"""`gradus watch`: an answer on every save, and what its keys do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import GradusError
from ..language import _, speak, translated
from ..report.terminal import console
from .base import app
from .workspace import here, loaded, next_, page_of, show_explanation, show_hint

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ..course.trees import Trees
    from ..model import Exercise, Grade, Syllabus
    from ..student.progress import Progress


@app.command()
def watch(name: Annotated[str | None, typer.Argument(help="only this page")] = None) -> None:
    """Check whatever you save, as you save it; stop with q."""
    from ..course import syllabus
    from ..live.client import BenchClient
    from ..student.watch import Saved, Watch, Watcher

    space, kept, course, trees = loaded()
    only = syllabus.find(course, name) if name else None
    first = only or page_of(course, kept, None)
    out = console()
    watcher = Watcher(space, course, only)
    screen = _Screen(out, kept, trees, course, watcher.also)
    watching = Watch(watcher, BenchClient, screen.show, screen.say)
    out.print(_("warming up; watching {folder}", folder=space.root), markup=False)
    try:
        watching.run(screen.act, Saved(first, space.file_of(first, trees)))
    except KeyboardInterrupt:
        pass
    out.print(_("stopped watching"))


def _beside(saved: Any, reference: Path) -> Any:
    """Return a saved file and the reference side by side, definition by definition, docstrings left out."""
    from rich.syntax import Syntax
    from rich.table import Table

    from ..intake.submissions import read_for
    from ..text import printable

    table = Table(_("yours"), _("the reference"), show_lines=True, expand=True)
    mine = _definitions("\n".join(read_for(saved.path, saved.exercise).cells))
    theirs = _definitions(reference.read_text(encoding="utf-8"))
    for name, text in theirs.items():
        both = (printable(part, 20_000) for part in (mine.get(name, ""), text))
        table.add_row(*(Syntax(part, "python", word_wrap=True) for part in both))
    return table


def _definitions(text: str) -> dict[str, str]:
    """Return the top-level functions and classes of a source by name, docstrings left out."""
    import ast

    found: dict[str, str] = {}
    lines = text.splitlines()
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError):
        return {}
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            first = node.body[0]
            doc = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
            skipped = range(first.lineno - 1, first.end_lineno or first.lineno) if doc else range(0)
            kept = [lines[n] for n in range(node.lineno - 1, node.end_lineno or node.lineno) if n not in skipped]
            found[node.name] = "\n".join(line for line in kept if "### BEGIN" not in line and "### END" not in line)
    return found


class _Screen:
    """What a watch shows and what its keys do.

    Args:
        also: lets the saves of a page be noticed that the watch did not begin with.
    """

    def __init__(self, out: Any, kept: Progress, trees: Trees, course: Syllabus, also: Callable[[Exercise], None]):
        self.out, self.kept, self.trees, self.course, self._also = out, kept, trees, course, also
        self.exercise: Exercise | None = None

    def show(self, answer: Any, saved: Any, seconds: float) -> None:
        """One answer on a clean screen."""
        from ..report.answer import show
        from ..student.watch import MENU

        self.exercise = saved.exercise
        speak(saved.exercise.language, self.trees.root)
        self.kept.note(answer.grade)
        if self.out.is_terminal:
            self.out.clear()
        show(self.out, answer.grade, saved.path, saved.exercise)
        if answer.grade.status == "passed":
            coming = self._coming()
            then = _("; next: {title}", title=coming.title) if coming is not None else _("; every page is passed")
            green = _("all green{then}. [s]olution beside yours, [n]ext page", then=then)
            self.out.print(green, style="green", markup=False)
        self.out.print(f"{1000 * seconds:.0f} ms · {_(MENU)}", style="bright_black", markup=False)
        self.kept.save()

    def _coming(self) -> Exercise | None:
        from ..student.progress import following

        return following(self.course, self.kept)

    def _move_on(self) -> None:
        """Show the next page, which is watched from now on, though the watch may have begun with another."""
        next_()
        if (coming := self._coming()) is not None:
            self._also(coming)

    def say(self, line: str) -> None:
        """One line about what went wrong."""
        from ..text import printable

        self.out.print(printable(translated(line)), style="yellow", markup=False)

    def act(self, key: str, grade: Grade | None, saved: Any) -> bool:
        """Do what a key means; False for quit."""
        from ..report.answer import show

        if key == "q" or key == "\x04":
            return False
        if self.exercise is None or grade is None:
            return True
        try:
            if key == "h":
                show_hint(self.exercise, self.kept)
            elif key == "e":
                show_explanation(self.exercise, self.kept, self.trees)
            elif key == "a":
                show(self.out, grade, saved.path, saved.exercise, whole=True)
            elif key == "s" and self.trees.without_solutions():
                self.say(_("this copy of the course has no solutions: {where}", where=self.trees.without_solutions()))
            elif key == "s" and grade.status == "passed":
                self.out.print(_beside(saved, self.trees.solution(self.exercise.address)))
            elif key == "s":
                self.say(
                    _("the solution is shown beside yours once the page is passed; `gradus solution` shows it alone")
                )
            elif key == "n":
                self._move_on()
            elif key == "p":
                from .student import open_plot

                open_plot(grade, self.exercise, here().hidden)
        except (GradusError, OSError) as error:
            self.say(str(error))
        return True
