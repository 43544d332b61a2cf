"""What students run: look at the course, check one's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..report.terminal import console
from .base import MAX_SEED, Address, Data, Json, app, known_data, load, print_json

if TYPE_CHECKING:
    from ..model import Exercise, Grade
    from ..paths import Trees


@app.command("list")
def list_(as_json: Json = False) -> None:
    """What the course contains."""
    course, _ = load()
    if as_json:
        print_json([{"address": e.address, "title": e.title, "points": e.points} for e in course.exercises.values()])
        return
    out = console()
    for section, title in course.sections.items():
        pages = [e for e in course.exercises.values() if e.section == section]
        if pages:
            out.print(f"[bold]{title}[/bold]")
        for page in pages:
            out.print(f"  {page.address:<42} {page.title}  [bright_black]{page.points:g} points[/bright_black]")


@app.command()
def check(
    address: Address,
    file: Annotated[Path | None, typer.Argument(help="the file or notebook; default: yours in this folder")] = None,
    as_json: Json = False,
    seed: Annotated[int, typer.Option("--seed", min=0, max=MAX_SEED, help="draw the inputs from this seed")] = 0,
    data: Data = "",
    all_: Annotated[bool, typer.Option("--all", help="show every failure in full")] = False,
) -> None:
    """Check one exercise of your own."""
    from .. import syllabus
    from ..model import Settings
    from ..sandbox.launch import Template
    from ..submission import read_for

    course, trees = load()
    exercise = syllabus.find(course, address)
    place = file or _own_file(exercise, trees)
    submission = read_for(place, exercise)
    settings = Settings(seed, "plain", known_data(course, data), keep_output=True)
    template = Template("plain", exercise.needs)  # warms up while torch is imported here
    try:
        from ..grading import grade_here

        grade = grade_here(submission, course, trees, settings, template)
    finally:
        template.close()
    if as_json:
        from ..export.files import grade_record

        print_json(grade_record(grade))
    else:
        _show_check(grade, place, exercise, seed, all_)
    raise typer.Exit(0 if grade.status in ("passed", "skipped") else 1)


def _own_file(exercise: Exercise, trees: Trees) -> Path:
    here = Path.cwd()
    places = [
        place / f"{stem}{suffix}"
        for place in (here, here / "exercises")
        for stem in (exercise.address, exercise.name)
        for suffix in (".py", ".ipynb")
    ]
    return next((p for p in places if p.is_file()), trees.stub(exercise.address))


def _show_check(grade: Grade, place: Path, exercise: Exercise, seed: int, all_: bool) -> None:
    from rich.text import Text

    from ..report.table import SIGNS, grade_lines
    from ..typeset import printable

    out = console()
    out.print(Text(f"{exercise.title}  ({place})", style="bold"))
    for line in grade_lines(grade, full=len(grade.checks) if all_ else 1):
        out.print(line)
    for note in grade.notes:
        out.print(Text(f"  note: {note}", style="yellow"))
    printed = "".join(c.output for c in grade.checks)
    if printed.strip():
        out.print(Text("\n  your code printed:", style="bright_black"))
        out.print(Text("\n".join(f"  | {line}" for line in printable(printed, 4000).splitlines()[:40])))
    sign, style = SIGNS[grade.status]
    out.print(Text(f"\n{sign} {grade.status}: {grade.points:g} of {grade.max_points:g} points", style=f"bold {style}"))
    if grade.status != "passed":
        if exercise.hints and not grade.diagnoses:
            out.print(Text(f"hint: {exercise.hints[0]}"))
        out.print(Text(f"repeat: gradus check {exercise.name} {place} --seed {seed}", style="bright_black"))
