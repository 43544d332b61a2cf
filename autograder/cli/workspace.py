"""A student's evening: where you stand, what is next, hints, an answer on every save."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .. import __version__
from ..errors import GradusError
from ..language import _, authored, plural, speak
from ..report.terminal import console
from .base import Address, Json, app, choose, load, print_json, progress_of, workspace_here

if TYPE_CHECKING:
    from ..course.trees import Trees
    from ..model import Exercise, Syllabus
    from ..student.progress import Progress
    from ..student.workspace import Workspace

Name = Annotated[str | None, typer.Argument(help="section/exercise or a short name; default: the next page")]


def _version(wanted: bool) -> None:
    """Print which Gradus this is, and end."""
    if wanted:
        print(f"gradus {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def main(
    context: typer.Context,
    course: Annotated[Path | None, typer.Option("--course", help="the folder of another course")] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="print the version, and end")
    ] = False,
) -> None:
    """Gradus: a deep-learning course that can be run, and an autograder that says what you did.

    Alone, inside a workspace: where you stand and what is next.
    """
    choose(course)
    if context.invoked_subcommand is None:
        if workspace_here() is None:
            print(context.get_help())
        else:
            status()


def here() -> Workspace:
    """Return the workspace that we are in.

    Raises:
        GradusError: we are in none.
    """
    found = workspace_here()
    if found is None:
        raise GradusError(_("this is no workspace: `gradus init DIR` makes one, then work inside it"))
    return found


def page_of(course: Syllabus, progress: Progress, name: str | None) -> Exercise:
    """Return the page of a name, or the next one.

    Raises:
        GradusError: there is none.
    """
    from ..course import syllabus
    from ..student.progress import following

    if name is not None:
        return syllabus.find(course, name)
    found = following(course, progress)
    if found is None:
        raise GradusError(_("every page is passed; name one") if course.exercises else _nothing_left(course))
    return found


def loaded() -> tuple[Workspace, Progress, Syllabus, Trees]:
    """Return the workspace that we are in, what is known of it, and its course."""
    space = here()
    course, trees = load()
    return space, progress_of(space), course, trees


@app.command()
def init(folder: Annotated[Path, typer.Argument(help="a new folder")] = Path("gradus-work")) -> None:
    """Make your workspace: stubs, notebooks, lessons."""
    from ..student import workspace

    course, trees = load()
    made = workspace.init(folder, trees, course)
    out = console()
    out.print(_("{n} files in {folder}", n=len(made.files), folder=folder), markup=False)
    out.print(_("next: cd {folder}, then gradus", folder=shlex.quote(str(folder))), markup=False)


@app.command()
def update() -> None:
    """Bring corrections of the course; what you wrote stays."""
    from ..student import workspace

    space, _progress, course, trees = loaded()
    changes = workspace.update(space, trees, course)
    out = console()
    for name in changes.written:
        out.print(_("wrote  {name}", name=name), markup=False)
    for name, aside in changes.kept:
        out.print(_("yours, left alone  {name}  (the new version: {aside})", name=name, aside=aside), markup=False)
    for name in changes.dropped:
        out.print(_("no longer in the course, left where it is  {name}", name=name), markup=False)
    if changes == workspace.Changes((), ()):
        out.print(_("everything is up to date"))


def status() -> None:
    """Sections with bars, and what is next."""
    from rich.text import Text

    from ..report.answer import bar, clickable
    from ..student.progress import Page, following

    space, progress, course, trees = loaded()
    out = console()
    for section, title in course.sections.items():
        pages = [e for e in course.exercises.values() if e.section == section]
        if not pages:
            continue
        known = [(progress.pages.get(e.address, Page()), e.points) for e in pages]
        best = [min(1.0, page.best / points) for page, points in known]
        passed = sum(page.passed for page, _ in known)
        line = Text(f"{bar(sum(best) / len(best))} ", style="green" if passed == len(pages) else "cyan")
        line.append(f"{passed}/{len(pages)}  {title}", style="default")
        out.print(line)
    coming = following(course, progress)
    out.print()
    if coming is None:
        out.print(_nothing_left(course))
        return
    out.print(Text.assemble(_("next: "), (coming.title, "bold"), "  ", clickable(space.file_of(coming, trees))))
    out.print(Text.assemble(_("read: "), clickable(space.root / f"lessons/{coming.address}.md")))
    out.print(_("then: {command}", command="gradus watch"), style="bright_black")


def _nothing_left(course: Syllabus) -> str:
    """Say why there is no next page."""
    if course.exercises:
        return _("every page is passed")
    return _("this course has no page that is checked: its questions are answered in notebooks/, and marked by hand")


@app.command("next")
def next_() -> None:
    """Show the next page: what it is about, what is to be written, and where."""
    from rich.markdown import Markdown
    from rich.text import Text

    from ..course.syllabus import split_lesson
    from ..report.answer import clickable
    from ..student.advice import opening, unwritten
    from ..student.formulas import plain
    from ..student.progress import following

    space, progress, course, trees = loaded()
    out = console()
    coming = following(course, progress)
    if coming is None:
        out.print(_nothing_left(course))
        return
    path = space.file_of(coming, trees)
    draft = "  " + _("(a draft: it is still being written)") if coming.level == "draft" else ""
    worth = plural("{points} point", "{points} points", 1 if coming.points == 1 else 2, points=f"{coming.points:g}")
    out.print(Text.assemble((coming.title, "bold"), f"  {worth}{draft}\n"))
    out.print(Markdown(plain(opening(split_lesson(trees.lesson(coming.address))[1]))), "")
    names = unwritten(path.read_text(encoding="utf-8", errors="replace") if path.is_file() else "")
    if names:
        out.print(Text(_("to write: {names}", names=", ".join(names))))
    out.print(Text.assemble(_("in:       "), clickable(path)))
    out.print(Text.assemble(_("read:     "), clickable(space.root / f"lessons/{coming.address}.md")))
    out.print(_("then:     ") + "gradus watch", style="bright_black")


@app.command()
def progress(as_json: Json = False) -> None:
    """Every page: best points, hints seen, what went wrong last."""
    from rich.table import Table
    from rich.text import Text

    from ..report.answer import bar
    from ..text import printable

    kept, course = loaded()[1:3]
    if as_json:
        from dataclasses import asdict

        played = {a: one.counted(kept.missions[a]) for a, one in course.playgrounds.items() if a in kept.missions}
        done = {address: {"missions": list(names)} for address, names in played.items()}
        print_json({**{a: asdict(page) for a, page in kept.pages.items()}, **done})
        return
    table = Table(show_edge=False)
    for name in (_("page"), "", _("points"), _("hints"), _("last time")):
        table.add_column(name, justify="right" if name in (_("points"), _("hints")) else "left")
    for address, exercise in course.exercises.items():
        page = kept.pages.get(address)
        best = page.best if page else 0.0
        mark = Text(bar(best / exercise.points, 10), style="green" if page and page.passed else "cyan")
        last = printable(", ".join(map(authored, page.mistakes)), 60) if page else ""
        hints = str(page.hints) if page and page.hints else ""
        table.add_row(address, mark, f"{best:g}/{exercise.points:g}", hints, Text(last))
    for address, playground in course.playgrounds.items():  # completion, and no points
        count = len(playground.counted(kept.missions.get(address, ())))
        table.add_row(address, "", "", "", plural("{n} mission done", "{n} missions done", count))
    console().print(table)


@app.command()
def hint(name: Name = None) -> None:
    """One hint, then the next one, then the last again."""
    kept, course, trees = loaded()[1:]
    exercise = page_of(course, kept, name)
    speak(exercise.language, trees.root)
    show_hint(exercise, kept)


def show_hint(exercise: Exercise, kept: Progress) -> None:
    """Print the next hint of a page, and keep that it was seen."""
    from ..text import hints_for

    page = kept.page(exercise.address)
    function = page.failure.function if page.failure is not None else ""
    told = page.next_hint(hints_for(exercise.hints, function))
    if not told:
        raise GradusError(_("{title} has no hints; its lesson helps", title=exercise.title))
    kept.save()
    of = {"number": page.hints, "all": len(exercise.hints), "hint": authored(told)}
    console().print(_("hint {number} of {all}: {hint}", **of), markup=False)


@app.command()
def explain(name: Name = None) -> None:
    """Explain what the last answer's known mistake is about, with the lesson's paragraph on it."""
    kept, course, trees = loaded()[1:]
    show_explanation(page_of(course, kept, name), kept, trees)


def show_explanation(exercise: Exercise, kept: Progress, trees: Trees) -> None:
    """Print what the page's last failure is about."""
    from rich.markdown import Markdown
    from rich.text import Text

    from ..student.advice import explanation, lesson_on
    from ..text import told

    speak(exercise.language, trees.root)
    out = console()
    page = kept.page(exercise.address)
    if page.failure is None:
        out.print(_("nothing failed in {title} when it was checked last", title=exercise.title))
        return
    out.print(Text(told(page.failure)))
    for mistake in page.mistakes:
        function, words, about = explanation(trees, exercise, mistake)
        out.print(Text.assemble("\n", (f"{function}: {authored(mistake)}", "bold"), f"\n{authored(words)}"))
        if about:
            out.print(Markdown(about))
    if not page.mistakes and page.failure.function:  # else nothing ran, and no paragraph is about that
        about = lesson_on(trees, exercise, page.failure.function, about=told(page.failure))
        out.print("\n" + _("no known mistake agrees with this; the lesson says:") if about else "")
        out.print(Markdown(about))


@app.command()
def reset(
    name: Address, yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:  # fmt: skip
    """Begin a page again; what you had is kept aside."""
    from ..course import syllabus
    from ..student import workspace

    space, _progress, course, trees = loaded()
    exercise = syllabus.find(course, name)
    path = space.file_of(exercise, trees)
    if not yes and not typer.confirm(_("put {file} back to the beginning?", file=path.relative_to(space.root))):
        raise typer.Exit(1)
    backup = workspace.reset(space, exercise, path, trees, course)
    told = _("; what you had: {file}", file=backup.relative_to(space.root)) if backup else ""
    handed = _("{file} is as it was handed out", file=path.relative_to(space.root))
    console().print(f"{handed}{told}", markup=False)


@app.command()
def solution(name: Address) -> None:
    """Show the reference solution: after you have passed, or when asked twice."""
    from rich.syntax import Syntax

    from ..course import syllabus

    kept, course, trees = loaded()[1:]
    exercise = syllabus.find(course, name)
    elsewhere = trees.without_solutions()
    if elsewhere:
        console().print(_("this copy of the course has no solutions: {where}", where=elsewhere), markup=False)
        raise typer.Exit(1)
    page = kept.page(exercise.address)
    page.solution_asked += 1
    kept.save()
    if not page.passed and page.solution_asked < 2:
        left = len(exercise.hints) - page.hints
        command = f"gradus hint {exercise.name}"
        some = plural(
            "there is {n} hint left ({command})", "there are {n} hints left ({command})", left, command=command
        )
        told = some if left > 0 else _("you have seen every hint")
        console().print(_("not passed yet; {told}. Ask once more if you still want it.", told=told), markup=False)
        raise typer.Exit(1)
    console().print(Syntax(trees.solution(exercise.address).read_text(encoding="utf-8"), "python"))
