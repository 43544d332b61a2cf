"""What authors run: begin a course or a page, work on it, bring along what is there."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import GradusError
from ..report.terminal import Progress, console
from ..text import counted
from .base import Address, Jobs, Json, app, choose, cores, load, print_json, trees
from .reports import watched

if TYPE_CHECKING:
    from ..course.trees import Trees
    from ..model import Exercise


@app.command()
def new(
    address: Annotated[str, typer.Argument(help="section/exercise")],
    plain: Annotated[bool, typer.Option("--plain", help="an example without PyTorch to write over")] = False,
    questions: Annotated[
        bool, typer.Option("--questions", help="no code to write: questions in words, which a person marks")
    ] = False,
) -> None:
    """Start an exercise: every file at its address, and one line in course.toml."""
    from ..authoring.new import start, start_questions

    out = console()
    places = trees()
    for path in start_questions(places, address) if questions else start(places, address, torch=not plain):
        out.print(f"wrote  {path}", markup=False, soft_wrap=True)
    out.print(f"next: write them, `gradus build`, `gradus verify {address}`")


@app.command("new-course")
def new_course(
    folder: Annotated[Path, typer.Argument(help="a new folder")],
    title: Annotated[str, typer.Option("--title", help="what the course is called")] = "",
    over: Annotated[
        str, typer.Option("--over", help="with all pages of another course: gradus for the one that comes with it")
    ] = "",
    source: Annotated[
        tuple[str, Path] | None, typer.Option("--from", help="nbgrader PATH, otter PATH, pytest PATH: its first pages")
    ] = None,
) -> None:
    """Begin a course of your own: every tree, one page that works, what it takes to hand it out."""
    from ..authoring.importing.read import assignments
    from ..authoring.new_course import begin, write_readme
    from ..authoring.undo import folder_or_nothing

    if source is not None:
        assignments(*source)  # what cannot be read is told before anything is written
    out = console()
    outcomes: list[Any] = []
    with folder_or_nothing(folder, lambda: bool(outcomes)):
        made, written = begin(folder, title, over, page=source is None)
        if source is not None:
            choose(made.root)
            failed = _brought(made, source[0], source[1], "", outcomes)
            if not outcomes:
                raise GradusError("; ".join(failed) or f"{source[1]}: holds nothing to import")
            write_readme(made)
    for path in written:
        out.print(f"wrote  {path.relative_to(made.root)}", markup=False, soft_wrap=True)
    if source is None:
        out.print(
            f"next: cd {shlex.quote(str(folder))}, `gradus verify`, `gradus author first_page`",
            markup=False,
            soft_wrap=True,
        )
        return
    _show_outcomes(outcomes, failed)
    raise typer.Exit(1 if failed else 0)


@app.command("author")
def author_(
    address: Address,
    once: Annotated[bool, typer.Option("--once", help="look once, breakers included, and end")] = False,
    jobs: Jobs = None,
) -> None:
    """Write a page: on every save what dies, what lives, and what a student would read of each known mistake."""
    course, places = load()
    watched(course, places, address, jobs or cores(), once=once)


@app.command()
def suggest(
    address: Address,
    submissions: Annotated[Path, typer.Argument(help="a folder, zip or download of real submissions")],
    most: Annotated[int, typer.Option("--most", min=1, help="show so many groups")] = 10,
    jobs: Jobs = None,
    as_json: Json = False,
) -> None:
    """Suggest the next misconceptions: groups of equal wrong answers that none of the known ones names."""
    import dataclasses

    from ..authoring.suggest import doubtful, groups, unanswered
    from ..course import syllabus
    from ..intake.submissions import read_class
    from ..model import Settings
    from ..running.pool import grade_many
    from ..sandbox.host.probe import best_level

    course, places = load()
    exercise = syllabus.find(course, address)
    read = read_class(submissions, course, (exercise.address,)).submissions
    handed = [one for one in read if one.problem is None]
    with Progress(len(handed), "grading", as_json) as step:
        grades = grade_many(
            handed, course, places, Settings(0, best_level()), jobs=jobs or cores(),
            on_grade=lambda grade: step(grade.student, len(handed)),
        )  # fmt: skip
    again = {grade.student for grade in doubtful(grades)}
    if again:  # one at a time, which leaves each the machine that it needs
        rest = [one for one in handed if one.student in again]
        better = {one.student: one for one in grade_many(rest, course, places, Settings(0, best_level()), jobs=1)}
        grades = [better.get(grade.student, grade) for grade in grades]
    found = groups(grades, handed, exercise)
    if as_json:
        print_json([dataclasses.asdict(group) for group in found])
        return
    _show_groups(found[:most], len(found), len(handed), exercise)
    for grade in unanswered(grades):
        ends = ", ".join(f"{one.name} ({one.status})" for one in grade.checks if one.status != "passed")
        _say_of(grade.student, f"is in no group, as no wrong answer came back: {ends}; read the file")
    for one in read:
        if one.problem is not None and one.problem[0] != "missing":
            _say_of(one.student, f"was not run: {one.problem[1]}")


def _say_of(student: str, what: str) -> None:
    from rich.text import Text

    from ..text import printable

    console().print(Text(f"{printable(student, 80)} {printable(what, 400)}", style="bright_black"))


def _show_groups(found: list[Any], count: int, handed: int, exercise: Exercise) -> None:
    from rich.text import Text

    from ..text import printable

    out = console()
    for number, group in enumerate(found, 1):
        names = ", ".join(group.students[:5]) + (" …" if len(group.students) > 5 else "")
        one = len(group.students) == 1
        head = f"{number}. {'1 submission answers so' if one else f'{len(group.students)} submissions answer alike'}"
        out.print(Text(f"{head} ({printable(names, 200)}): {', '.join(group.checks)}", style="bold"))
        for call, got, expected, difference in group.calls:  # a large value is cut before it differs from another
            told = difference or f"gave  {got}" + (f"  not  {expected}" if expected else "")
            line = "  ".join(printable(" ".join(part.split()), 300) for part in (call, told) if part)
            out.print(Text(f"    {line}", style="bright_black"))
        out.print(Text(f"    {group.entry or 'no definition can be shown: nothing for the catalogue, read the file'}"))
        for line in group.code.splitlines():
            out.print(Text(f"    {printable(line)}"))
    groups, of = counted(count, "group"), counted(handed, "submission")
    out.print(f"{groups} of {of} of {exercise.address} that no misconception names", markup=False)


FORMATS = ("nbgrader", "otter", "pytest")


@app.command("import")
def import_(
    form: Annotated[str, typer.Argument(metavar="FORMAT", help=", ".join(FORMATS))],
    path: Annotated[Path, typer.Argument(help="an assignment: its file or its folder")],
    section: Annotated[str, typer.Option("--section", help="where its pages go; default: the folder's name")] = "",
    as_json: Json = False,
) -> None:
    """Bring an assignment of another system along as pages of this course; the original stays as it is."""
    import dataclasses

    _, places = load(empty=True)
    outcomes: list[Any] = []
    failed = _brought(places, form, path, section, outcomes)
    if as_json:
        print_json({"pages": [dataclasses.asdict(one) for one in outcomes], "failed": failed})
    else:
        _show_outcomes(outcomes, failed)
    raise typer.Exit(1 if failed else 0)


def _brought(places: Trees, form: str, path: Path, section: str, outcomes: list[Any]) -> list[str]:
    """Bring what lies there along, each page as soon as it is there; return why others are not."""
    from ..authoring.importing import page
    from ..authoring.importing.read import addresses, assignments

    failed = []
    for address, assignment in addresses(assignments(form, path), path, section):
        try:
            outcomes.append(page.bring(places, address, assignment))
        except GradusError as error:
            failed.append(str(error))
    return failed


def _show_outcomes(outcomes: list[Any], failed: list[str]) -> None:
    from rich.text import Text

    out = console()
    for one in outcomes:
        points = sum(points for _, points in one.crossed)
        more = f", {one.asked:g} given by a person" if one.asked else ""
        tests = f"{counted(len(one.crossed), 'test')} became {'a check' if len(one.crossed) == 1 else 'checks'}"
        out.print(Text(f"{one.address}  {tests}, {counted(points, 'point')}{more}", style="bold"))
        for name, worth, why in one.left:
            out.print(Text(f"    left out  {name} ({counted(worth, 'point')}): {why}", style="yellow"))
        for note in one.notes:
            out.print(Text(f"    note      {note}", style="bright_black"))
        out.print(f"    next: gradus author {one.address}", markup=False)
    for error in failed:
        out.print(Text(f"not imported  {error}", style="red"))
