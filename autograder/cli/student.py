"""What students run: look at the course, check one's own."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import GradusError
from ..helper import start_for
from ..language import _, plural, speak
from ..report.terminal import console
from .base import MAX_SEED, Data, Json, app, known_data, load, print_json, progress_of, warn, workspace_here

if TYPE_CHECKING:
    from ..course.trees import Trees
    from ..intake.submissions import Found
    from ..judging.check import Trace
    from ..judging.kept_mistakes import KeptMistakes
    from ..model import Exercise, Grade, Settings, Submission, Syllabus
    from ..student.workspace import Workspace


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List what the course contains."""
    course = load()[0]
    if as_json:
        print_json([
            {
                "address": e.address, "title": e.title, "points": e.points, "weight": e.weight, "level": e.level,
                "by_hand": e.address in course.question_pages,
            }
            for e in course.pages.values()
        ])  # fmt: skip
        return
    out = console()
    for section, pages in groupby(course.pages.values(), key=lambda page: page.section):  # as students meet them
        out.print(f"[bold]{course.sections[section]}[/bold]")
        for page in pages:
            one = 1 if page.points == 1 else 2
            told = plural("{points} point", "{points} points", one, points=f"{page.points:g}")
            told += _(", weight {weight}", weight=f"{page.weight:g}") if page.weight != 1 else ""
            told += _(", to be marked by hand") if page.address in course.question_pages else ""
            told += f", {_(page.level)}" if page.address in course.exercises or page.level == "draft" else ""
            out.print(f"  {page.address:<42} {page.title}  [bright_black]{told}[/bright_black]")


@app.command()
def read(
    page: Annotated[str, typer.Argument(help="an exercise or a guide, by its name; default: all")] = "",
    only_print: Annotated[bool, typer.Option("--print", help="print where the file is, and open nothing")] = False,
) -> None:
    """Open the book: lessons, guides, glossary, offline."""
    from ..student import reader

    course, trees = load()
    file = reader.page(reader.book(trees), course, page)
    if only_print:
        print(file)
    else:
        _open(file)


@app.command()
def check(
    address: Annotated[
        str | None, typer.Argument(help="section/exercise, a short name, or a file; default: the next")
    ] = None,
    file: Annotated[Path | None, typer.Argument(help="the file or notebook; default: yours in this folder")] = None,
    as_json: Json = False,
    seed: Annotated[int, typer.Option("--seed", min=0, max=MAX_SEED, help="draw the inputs from this seed")] = 0,
    data: Data = "",
    all_: Annotated[bool, typer.Option("--all", help="show every failure in full")] = False,
    plot: Annotated[bool, typer.Option("--plot", help="open the answer as a page, with pictures")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="stop in the debugger at the call that failed")] = False,
    no_helper: Annotated[
        bool, typer.Option("--no-helper", help="leave no process behind that makes the next check start at once")
    ] = False,
) -> None:
    """Check one exercise of your own."""
    from ..course import syllabus
    from ..intake.submissions import Found, read_for
    from ..model import Settings
    from ..sandbox.host.start import start_template
    from ..student import progress

    course, trees = load()
    space = workspace_here()
    kept = progress_of(space) if space is not None else None
    coming = progress.following(course, kept) if kept is not None and address is None else None
    if address is None and coming is None:
        raise GradusError(f"name the exercise: gradus check {syllabus.example(course)}; `gradus list` shows them")
    exercise, file = (coming, file) if coming is not None else _asked(course, str(address), file, space is not None)
    speak(exercise.language, trees.root)
    if file is not None:
        found = Found(file)
    else:
        found = space.found(exercise, trees) if space is not None else _own_file(exercise, course)
    place = found.path
    submission = read_for(place, exercise, syllabus=course)
    submission = replace(submission, notes=tuple(dict.fromkeys((*submission.notes, *found.notes))))
    settings = Settings(seed, "plain", known_data(course, data), keep_output=True)
    template = start_template("plain", exercise.needs)  # warms up while torch is imported here
    try:
        from ..running.pool import exam_here

        mistakes = None if space is None else _kept_mistakes(space, trees, exercise, settings)
        grade, traces = exam_here(submission, course, trees, settings, template, mistakes)
    finally:
        template.close()
    if as_json:
        from ..export.files import grade_record

        print_json(grade_record(grade))
    else:
        from ..report.answer import show

        show(console(), grade, place, exercise, seed=seed, whole=all_)
        if space is not None:
            _warn_of_other_checks(space, trees, exercise)
    if kept is not None:
        kept.note(grade)
        try:
            kept.save()
        except GradusError as error:  # a full disk costs the record, not the answer
            warn(str(error))
    if plot:
        open_plot(grade, exercise, space.hidden if space is not None else Path.cwd())
    if debug and grade.status != "passed":
        _debug(submission, place, grade, traces)
    if space is not None and not (no_helper or debug):
        start_for(space.root)
    raise typer.Exit(0 if grade.status in ("passed", "skipped") else 1)


def _asked(course: Syllabus, name: str, file: Path | None, at_home: bool) -> tuple[Exercise, Path | None]:
    """Return the page that was asked for, and the file, where one was named: `name` may be that of a file.

    Args:
        at_home: we are in a workspace, where a bare name of a file that is not here means the workspace's own.

    Raises:
        GradusError: it is neither, or nobody can tell which page the file is of.
    """
    from ..course import syllabus
    from ..intake.submissions import page_of_file

    path = Path(name)
    if file is not None or not name.endswith((".py", ".ipynb")):
        try:
            return syllabus.find(course, name), file
        except GradusError:
            if file is None and path.is_dir():
                raise GradusError(_(
                    "{folder} is a folder; say which page of it: gradus check {example} {folder}",
                    folder=name, example=syllabus.example(course),
                )) from None  # fmt: skip
            raise
    if not path.is_file() and at_home and path.name == name:
        return syllabus.find(course, name), None
    if path.is_file():
        address = page_of_file(path, course)
        if address:
            return course.exercises[address], path
        if syllabus.find_questions(course, path.stem) is None:
            raise GradusError(_(
                "{file}: neither its name nor what it defines says which page this is: gradus check PAGE {file}",
                file=name,
            ))  # fmt: skip
        return syllabus.find(course, path.stem), path
    raise GradusError(_("{file}: no such file; name the file to check, or run in the folder that holds it", file=name))


def _kept_mistakes(space: Workspace, trees: Trees, exercise: Exercise, settings: Settings) -> KeptMistakes:
    """Return the workspace's folder of what the page's known mistakes do."""
    from ..gradebook.keys import page_key
    from ..judging.kept_mistakes import KeptMistakes

    key = f"{page_key(trees, exercise)} {settings.seed} {settings.data}"
    return KeptMistakes(space.hidden / "mistakes", exercise, key)


def _warn_of_other_checks(space: Workspace, trees: Trees, exercise: Exercise) -> None:
    """Say it when the checks here are others than those that the workspace was made with."""
    from ..gradebook.keys import page_key

    known = space.checks.get(exercise.address)
    if known is not None and known != page_key(trees, exercise):
        warn(_(
            "these checks differ from those your workspace was made with, or the grader or its libraries do; "
            "`gradus update` brings it up to them"
        ))  # fmt: skip


def open_plot(grade: Grade, exercise: Exercise, folder: Path) -> None:
    """Write an answer as a page, with its pictures, and open it where there is a browser."""
    from ..export.files import write_whole
    from ..report.card import card

    page = folder / "answer.html"
    write_whole(page, f"<!doctype html><meta charset=utf-8>{card(grade, exercise.title, exercise.hints)}\n")
    _open(page)


def _open(page: Path) -> None:
    """Open a file where there is a browser, and say which."""
    import webbrowser

    opened = webbrowser.open(page.resolve().as_uri())
    console().print(f"{_('opened') if opened else _('open this')}  {page}", markup=False, soft_wrap=True)


def _debug(submission: Submission, place: Path, grade: Grade, traces: dict[str, Trace]) -> None:
    from ..student.debug import enter, failing_call

    call = failing_call(traces, [c.name for c in grade.checks if c.status in ("failed", "error")])
    if call is None:
        raise GradusError(
            _("no failed call can be made again here: its arguments were functions, objects or very large")
        )
    enter(submission, place, call)


def _own_file(exercise: Exercise, course: Syllabus) -> Found:
    """Find the file in this folder that would be graded."""
    from ..intake.submissions import find_file

    here = Path.cwd()
    places = (find_file(place, exercise, course) for place in (here, here / "exercises") if place.is_dir())
    found = next((one for one in places if one is not None), None)
    if found is None:
        raise GradusError(_(
            "there is no {name}.py here, and this is no workspace: `gradus init DIR` makes one; or name the file: "
            "gradus check {name} FILE", name=exercise.name,
        ))  # fmt: skip
    return found
