"""The command line: a thin door to the one road. Heavy imports happen inside the commands."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .errors import GradusError
from .report.terminal import Progress, console

if TYPE_CHECKING:
    from .model import Exercise, Grade, Submission, Syllabus
    from .paths import Trees

app = typer.Typer(
    help="Gradus: a deep-learning course that can be run, and an autograder that says what you did.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_course: Path | None = None
MAX_SEED = (1 << 63) - 1  #: what a gradebook's column holds

Address = Annotated[str, typer.Argument(help="section/exercise, or a short name like softmax")]
Json = Annotated[bool, typer.Option("--json", help="print one JSON document and nothing else")]
Jobs = Annotated[int | None, typer.Option("--jobs", "-j", min=1, help="judge processes; default: the machine's cores")]
Data = Annotated[str, typer.Option("--data", help="digits (default) or mnist, for the pages that take either")]


@app.callback()
def main(
    course: Annotated[Path | None, typer.Option("--course", help="the folder of another course")] = None,
) -> None:
    """Shared options."""
    global _course
    _course = course


def _load() -> tuple[Syllabus, Trees]:
    from . import paths, syllabus

    trees = paths.trees(_course)
    return syllabus.load(trees), trees


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# -- list ----------------------------------------------------------------------------------------


@app.command("list")
def list_(as_json: Json = False) -> None:
    """What the course contains."""
    course, _ = _load()
    if as_json:
        _print_json([{"address": e.address, "title": e.title, "points": e.points} for e in course.exercises.values()])
        return
    out = console()
    for section, title in course.sections.items():
        pages = [e for e in course.exercises.values() if e.section == section]
        if pages:
            out.print(f"[bold]{title}[/bold]")
        for page in pages:
            out.print(f"  {page.address:<42} {page.title}  [bright_black]{page.points:g} points[/bright_black]")


def _print_json(value: Any) -> None:
    from .export.files import dumps

    sys.stdout.write(dumps(value))


# -- check ---------------------------------------------------------------------------------------


@app.command()
def check(
    address: Address,
    file: Annotated[Path | None, typer.Argument(help="the file or notebook; default: yours in this folder")] = None,
    as_json: Json = False,
    seed: Annotated[int, typer.Option("--seed", min=0, max=MAX_SEED, help="draw the inputs from this seed")] = 0,
    data: Data = "digits",
    all_: Annotated[bool, typer.Option("--all", help="show every failure in full")] = False,
) -> None:
    """Check one exercise of your own."""
    from . import syllabus
    from .model import Settings
    from .sandbox.launch import Template
    from .submission import read_for

    course, trees = _load()
    exercise = syllabus.find(course, address)
    place = file or _own_file(exercise, trees)
    submission = read_for(place, exercise)
    settings = Settings(seed, "plain", _known_data(data), keep_output=True)
    template = Template("plain", exercise.needs)  # warms up while torch is imported here
    try:
        from .grading import grade_here

        grade = grade_here(submission, course, trees, settings, template)
    finally:
        template.close()
    if as_json:
        from .export.files import grade_record

        _print_json(grade_record(grade))
    else:
        _show_check(grade, place, exercise, seed, all_)
    raise typer.Exit(0 if grade.status in ("passed", "skipped") else 1)


def _known_data(name: str) -> str:
    if name not in ("digits", "mnist"):
        raise GradusError(f"--data {name}: there are digits and mnist")
    return name


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

    from .report.table import SIGNS, grade_lines
    from .typeset import printable

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


# -- grade ---------------------------------------------------------------------------------------


@app.command()
def grade(
    path: Annotated[Path, typer.Argument(help="a file, a student's folder, a class folder or a zip")],
    out: Annotated[Path, typer.Option("--out", help="where results and gradebook go")] = Path("out"),
    exercise: Annotated[list[str] | None, typer.Option("--exercise", help="only these; repeat it for several")] = None,
    assignment: Annotated[str | None, typer.Option("--assignment", help="the exercises of this assignment")] = None,
    student: Annotated[list[str] | None, typer.Option("--student", help="only these students")] = None,
    why: Annotated[bool, typer.Option("--why", help="tell the whole story of each grade")] = False,
    jobs: Jobs = None,
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, max=MAX_SEED, help="repeat a run; default: the assignment's own seed")
    ] = None,
    data: Data = "digits",
    require_isolation: Annotated[
        bool, typer.Option("--require-isolation", help="refuse to grade without the full sandbox")
    ] = False,
    as_json: Json = False,
) -> None:
    """Grade a class: a coloured table, grades.json, grades.csv, a report, a gradebook."""
    from .submission import read_class

    course, trees = _load()
    wanted = _wanted(course, exercise, assignment)
    found = read_class(path, course, wanted)
    if student:
        _narrow(found.submissions, student)
    outcome, files = _run(
        found.submissions, course, trees, out, jobs, seed, _known_data(data), require_isolation, as_json
    )
    if as_json:
        from .export.files import as_document

        _print_json(as_document(outcome.run, outcome.grades))
        return
    _show_class(outcome, course, files, why)
    from .typeset import printable

    for name, reason in found.ignored[:20]:
        console(stderr=True).print(printable(f"passed over {name}: {reason}"), markup=False)


def _wanted(course: Syllabus, exercise: list[str] | None, assignment: str | None) -> tuple[str, ...]:
    from . import syllabus

    if assignment is not None:
        if assignment not in course.assignments:
            raise GradusError(f"there is no assignment {assignment}; there are {', '.join(course.assignments)}")
        return course.assignments[assignment].exercises
    return tuple(dict.fromkeys(syllabus.find(course, name).address for name in exercise or []))


def _narrow(submissions: list[Submission], students: list[str]) -> None:
    import difflib

    known = {s.student for s in submissions}
    for name in students:
        if name not in known:
            near = difflib.get_close_matches(name, sorted(known), 1)
            raise GradusError(f"there is no student {name} here" + (f"; did you mean {near[0]}?" if near else ""))
    submissions[:] = [s for s in submissions if s.student in students]


def _run(
    submissions: list[Submission], course: Syllabus, trees: Trees, out: Path, jobs: int | None, seed: int | None,
    data: str, require_isolation: bool, quiet: bool,
) -> tuple[Any, list[Path]]:  # fmt: skip
    from .gradebook import Gradebook
    from .model import Settings
    from .run import alone_in, assignment_seed, grade_class, write_results
    from .sandbox.launch import best_level

    level = best_level()
    err = console(stderr=True)
    if level != "namespaces":
        message = f"isolation here is {level}, not the full sandbox; `gradus doctor` says why"
        if require_isolation:
            raise GradusError(message)
        err.print(f"[yellow]note:[/yellow] {message}")
    with alone_in(out), Gradebook(out / "gradebook.db") as book:
        settings = Settings(assignment_seed(book, seed), level, data)
        with Progress(len(submissions), "grading", quiet) as step:
            try:
                outcome = grade_class(
                    submissions, course, trees, settings, book, jobs=jobs or _cores(),
                    on_grade=lambda grade, reused: step(f"{grade.student} {grade.exercise.partition('/')[2]}"),
                )  # fmt: skip
            except KeyboardInterrupt:
                err.print("gradus: stopped; what was graded is kept, run the same command to go on")
                raise typer.Exit(130) from None
        return outcome, write_results(outcome, course, out)


def _show_class(outcome: Any, course: Syllabus, files: list[Path], why: bool) -> None:
    from rich.text import Text

    from .report.table import class_table, grade_lines
    from .typeset import printable

    terminal = console()
    if why:
        for one in outcome.grades:
            head = f"{printable(one.student, 60)} · {one.exercise} · {one.status} · {one.points:g}/{one.max_points:g}"
            terminal.print(Text(head, style="bold"))
            terminal.print(
                Text(f"  seed {one.seed}, isolation {one.isolation}, {one.seconds:.2f} s, key {one.key[:12]}")
            )
            for note in one.notes:
                terminal.print(Text(f"  note: {printable(note, 500)}"))
            for line in grade_lines(one, full=len(one.checks)):
                terminal.print(line)
    else:
        terminal.print(class_table(outcome.grades, course))
    fresh = len(outcome.grades) - outcome.reused
    known = f", {outcome.reused} known from before" if outcome.reused else ""
    terminal.print(f"{fresh} graded{known}; isolation {outcome.run['isolation']}, seed {outcome.run['seed']}")
    for file in files:
        terminal.print(f"  {file}", markup=False)


# -- demo ----------------------------------------------------------------------------------------


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", help="where results go")] = Path("out/demo"),
    jobs: Jobs = None,
) -> None:
    """Grade the bundled sample class and compare the outcome with what is expected of it."""
    from .demo import SEED, differences
    from .submission import read_class

    course, trees = _load()
    sample = trees.data / "sample_class"
    found = read_class(sample / "submitted", course)
    outcome, files = _run(found.submissions, course, trees, out, jobs, SEED, "digits", False, False)
    _show_class(outcome, course, files, why=False)
    wrong = differences(outcome.grades, sample / "expected.csv")
    for line in wrong:
        console(stderr=True).print(line, markup=False)
    if wrong:
        raise typer.Exit(1)
    console().print(f"as expected: all {len(outcome.grades)} grades agree with {sample / 'expected.csv'}", markup=False)


# -- authoring -----------------------------------------------------------------------------------


@app.command()
def build(
    check_only: Annotated[
        bool, typer.Option("--check", help="write nothing; fail when a generated file has drifted")
    ] = False,
    pictures: Annotated[bool, typer.Option("--pictures", help="draw the lessons' pictures too")] = False,
) -> None:
    """Write stubs and notebooks from solutions and lessons."""
    from .authoring import build as building

    course, trees = _load()
    if pictures and not check_only:
        from .authoring.pictures import draw

        for exercise in course.exercises.values():
            draw(trees, exercise)
    drifted: list[Path] = []
    for exercise in course.exercises.values():
        drifted += building.drifted(trees, exercise) if check_only else building.write(trees, exercise)
    orphans = building.orphans(trees, course)
    out = console()
    for path in drifted:
        out.print(f"{'drifted' if check_only else 'wrote'}  {path}", markup=False)
    for path in orphans:
        out.print(f"belongs to no exercise  {path}", markup=False)
    if check_only and (drifted or orphans):
        out.print("run `gradus build` and commit what it writes")
        raise typer.Exit(1)
    if not drifted:
        out.print(f"{len(course.exercises)} exercises, everything in step")


@app.command()
def verify(
    address: Annotated[list[str] | None, typer.Argument(help="only these exercises")] = None,
    sandbox: Annotated[bool, typer.Option("--sandbox", help="run everything in the full sandbox")] = False,
    mutants: Annotated[bool, typer.Option(help="mutate the solutions too")] = True,
    jobs: Jobs = None,
    as_json: Json = False,
) -> None:
    """Prove that solutions, stubs, misconceptions, variants, checks and generated files agree."""
    import dataclasses
    import time

    from . import syllabus
    from .authoring.verify import verify as verifying
    from .model import Settings
    from .sandbox.launch import best_level

    course, trees = _load()
    addresses = [syllabus.find(course, name).address for name in address or []] or list(course.exercises)
    settings = Settings(0, best_level() if sandbox else "plain", fail_fast=True)
    started = time.perf_counter()
    bar = Progress(0, "verifying", as_json)
    with bar as step:

        def progress(done: int, total: int) -> None:
            bar._total = total
            if bar._bar is not None:
                bar._bar.update(bar._task, total=total)
            step("")

        reports = verifying(
            addresses, course, trees, settings, jobs=jobs or _cores(), with_mutants=mutants, progress=progress
        )
    if as_json:
        _print_json([dataclasses.asdict(report) for report in reports])
    else:
        _show_reports(reports, time.perf_counter() - started)
    raise typer.Exit(1 if any(report.faults for report in reports) else 0)


def _show_reports(reports: list[Any], seconds: float) -> None:
    from rich.text import Text

    out = console()
    for report in reports:
        counts = f"{report.checks} checks, {report.misconceptions} misconceptions, {report.variants} variants"
        if report.mutants:
            counts += f", {report.killed} of {report.mutants} mutants die"
        line = Text("✗ " if report.faults else "✓ ", style="red" if report.faults else "green")
        line.append(f"{report.address:<42}", style="bold")
        line.append(counts, style="default")
        out.print(line)
        for fault in report.faults:
            out.print(Text(f"    fault     {fault}", style="red"))
        for survivor in report.survivors:
            out.print(Text(f"    survivor  {survivor}", style="bright_black"))
    faults = sum(len(report.faults) for report in reports)
    out.print(f"{len(reports)} exercises, {faults} faults, {seconds:.1f} s")


@app.command()
def new(address: Annotated[str, typer.Argument(help="section/exercise")]) -> None:
    """Start an exercise: every file at its address, and one line in course.toml."""
    from . import paths
    from .authoring.new import start

    out = console()
    for path in start(paths.trees(_course), address):
        out.print(f"wrote  {path}", markup=False)
    out.print(f"next: write them, `gradus build`, `gradus verify {address}`")


# -- doctor --------------------------------------------------------------------------------------


@app.command()
def doctor(as_json: Json = False) -> None:
    """What isolation this machine allows, found by trying."""
    import dataclasses

    from .run import installed
    from .sandbox.launch import LEVELS, probe
    from .sandbox.layers import layers

    probes = [probe(level) for level in LEVELS]
    best = next((p.level for p in probes if p.works), "plain")
    tried = layers(best)
    if as_json:
        document = {"levels": [dataclasses.asdict(p) for p in probes], "layers": [dataclasses.asdict(t) for t in tried]}
        _print_json(document)
        return
    out = console()
    out.print(f"gradus {installed('gradus-course')}, torch {installed('torch')}, Python {sys.version.split()[0]}")
    for one in probes:
        style = "green" if one.works else "yellow"
        out.print(f"  [{style}]{'works' if one.works else 'no':<6}[/{style}] {one.level:<11}", one.detail)
    out.print(f"what holds at level {best}:")
    for layer in tried:
        style = "green" if layer.holds else "yellow"
        out.print(f"  [{style}]{'yes' if layer.holds else 'no':<6}[/{style}] {layer.name:<15}", layer.detail)
    out.print(f"submissions are graded with isolation [bold]{best}[/bold]")
    if best != "namespaces":
        out.print("for the full sandbox: apt-get install bubblewrap, on a kernel that allows user namespaces")


def entry() -> None:
    """The ``gradus`` command: every error of ours is one line and exit code 2."""
    try:
        app(standalone_mode=True)
    except GradusError as error:
        print(f"gradus: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except BrokenPipeError:
        raise SystemExit(0) from None
    except OSError as error:  # a full disk, a folder that may not be written
        print(f"gradus: {error}", file=sys.stderr)
        raise SystemExit(2) from None
