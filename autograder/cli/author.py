"""What authors run: generate, prove, begin a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import GradusError
from ..report.terminal import Progress, console
from .base import Address, Jobs, Json, app, choose, cores, load, nearest, print_json, trees

if TYPE_CHECKING:
    from ..course.trees import Trees
    from ..model import Exercise, Playground, QuestionPage, Syllabus


@app.command()
def build(
    address: Annotated[list[str] | None, typer.Argument(help="only these exercises")] = None,
    check_only: Annotated[
        bool, typer.Option("--check", help="write nothing; fail when a generated file has drifted")
    ] = False,
    pictures: Annotated[bool, typer.Option("--pictures", help="draw the lessons' pictures too")] = False,
) -> None:
    """Write stubs and notebooks from solutions and lessons."""
    from ..authoring import build as building
    from ..authoring import claims
    from ..authoring.new import not_installed
    from ..course.trees import own_root

    course, places = load()
    exercises = _own(course, places, address)
    asked = _asked(course, places, address)
    played = [
        one
        for one in course.playgrounds.values()
        if not address and (places.base is None or places.writes(one.address))
    ]
    pages: list[Exercise | QuestionPage | Playground] = [*exercises, *asked, *played]
    if not check_only:
        not_installed(places)
    if pictures and not check_only:
        from ..authoring.pictures import draw

        for drawn in pages:
            draw(places, drawn)
    drifted: list[Path] = []
    for page in pages:
        drifted += building.drifted(places, page) if check_only else building.write(places, page)
    if places.root == own_root() and not address:  # the schema is this package's own
        drifted += [*building.generated_schema(check_only), *claims.generated(places, check_only)]
    orphans = building.orphans(places, course)
    out = console()
    for path in drifted:
        out.print(f"{'drifted' if check_only else 'wrote'}  {path}", markup=False)
    for path in orphans:
        out.print(f"belongs to no exercise  {path}", markup=False)
    if check_only and (drifted or orphans):
        out.print("run `gradus build` and commit what it writes")
        raise typer.Exit(1)
    if not drifted:
        out.print(f"{len(exercises) + len(asked)} exercises, everything in step")


def _chosen(course: Syllabus, names: list[str] | None) -> list[Exercise]:
    from ..course import syllabus

    if names:
        names = [name for name in names if syllabus.find_questions(course, name) is None]
    return [syllabus.find(course, name) for name in (course.exercises if names is None else names)]


def _asked(course: Syllabus, places: Trees, names: list[str] | None) -> list[QuestionPage]:
    """Return the pages of questions that are named, else those of which anything is this course's own."""
    from ..course import syllabus

    if not names:
        asked = course.question_pages.values()
        return [page for page in asked if places.base is None or places.writes(page.address)]
    return [page for name in names if (page := syllabus.find_questions(course, name)) is not None]


def _own(course: Syllabus, places: Trees, names: list[str] | None) -> list[Exercise]:
    """Return the exercises that are named, else those of which anything is this course's own."""
    chosen = _chosen(course, names)
    return chosen if names or places.base is None else [one for one in chosen if places.writes(one.address)]


@app.command()
def verify(
    address: Annotated[list[str] | None, typer.Argument(help="only these exercises")] = None,
    level: Annotated[
        str, typer.Option("--level", help="draft, checked or proven; default: what each page's front matter says")
    ] = "",
    sandbox: Annotated[bool, typer.Option("--sandbox", help="run everything in the full sandbox")] = False,
    mutants: Annotated[bool, typer.Option(help="mutate the solutions too")] = True,
    breakers: Annotated[
        bool | None,
        typer.Option(help="show what becomes of every breaker (a promise of a docstring, broken), or break none"),
    ] = None,
    strict_breakers: Annotated[
        bool, typer.Option("--strict-breakers", help="a breaker that survives without a waiver is a fault")
    ] = False,
    drafts: Annotated[bool, typer.Option("--drafts", help="show what every flaw of the first drafts is told")] = False,
    strict_drafts: Annotated[
        bool, typer.Option("--strict-drafts", help="first drafts that are few, or told too little, are a fault")
    ] = False,
    seeds: Annotated[
        int | None,
        typer.Option(min=1, help="grade solution, variants and misconceptions at so many seeds, breakers at a tenth"),
    ] = None,
    reference_seeds: Annotated[int, typer.Option(min=0, help="grade the solution at so many seeds")] = 0,
    all_mutants: Annotated[bool, typer.Option("--all-mutants", help="all mutants of the variants, not some")] = False,
    jobs: Jobs = None,
    as_json: Json = False,
) -> None:
    """Prove that solutions, stubs, misconceptions, variants, checks and generated files agree."""
    import dataclasses
    import time

    from ..authoring.verify import Extent, run
    from ..model import LEVELS, Settings
    from ..sandbox.host.probe import best_level

    course, places = load()
    addresses = [page.address for page in _own(course, places, address)]
    addresses += [page.address for page in _asked(course, places, address)]
    if level and level not in LEVELS:
        raise nearest(level, LEVELS, "level", f"; there are {', '.join(LEVELS)}")
    settings = Settings(0, best_level() if sandbox else "plain", fail_fast=True)
    extent = Extent(seeds=max(reference_seeds, Extent.seeds))
    if seeds is not None:
        extent = Extent.at_seeds(seeds, reference_seeds)
    extent = dataclasses.replace(
        extent, mutants=mutants, of_variants=None if all_mutants else extent.of_variants,
        breakers=breakers is not False, strict_breakers=strict_breakers, level=level or None,
        strict_drafts=strict_drafts,
    )  # fmt: skip
    started = time.perf_counter()
    with Progress(0, "verifying", as_json) as step:
        reports = run.verify(
            addresses, course, places, settings, extent, jobs=jobs or cores(),
            progress=lambda done, total: step("", total),
        )  # fmt: skip
    if as_json:
        print_json([dataclasses.asdict(report) for report in reports])
    else:
        _show_reports(reports, time.perf_counter() - started, tables=bool(breakers), drafts=drafts)
    raise typer.Exit(1 if any(report.faults for report in reports) else 0)


def _counts(report: Any) -> str:
    """Say in a line what was looked at."""
    if report.questions:
        return f"{report.level}, {report.questions} questions, {report.by_hand:g} points to be marked by hand"
    counts = f"{report.level}, {report.checks} checks"
    if report.misconceptions or report.level == "proven":
        counts += f", {report.misconceptions} misconceptions, {report.variants} variants"
    if report.mutants:
        counts += f", {report.killed} of {report.mutants} mutants die"
    if report.seeds > 1:
        counts += f", {report.seeds} seeds"
    if report.claimed:
        counts += f", {report.claimed:g} points rest on claims"
    if report.breakers is not None:
        counts += f", {report.breakers.summary}"
    if report.drafts.drafts:
        counts += f", {report.drafts.summary}"
    return counts


def _show_reports(reports: list[Any], seconds: float, tables: bool, drafts: bool) -> None:
    from rich.text import Text

    from ..authoring.breakers.table import rows

    out = console()
    for report in reports:
        line = Text("✗ " if report.faults else "✓ ", style="red" if report.faults else "green")
        line.append(f"{report.address:<42}", style="bold")
        line.append(_counts(report), style="default")
        out.print(line)
        for fault in report.faults:
            out.print(Text(f"    fault     {fault}", style="red"))
        for survivor in report.survivors:
            out.print(Text(f"    survivor  {survivor}", style="bright_black"))
        last = ("", "")
        for function, family, fate in rows(report.breakers) if tables and report.breakers is not None else ():
            first = (function if last[0] != function else "", family if last != (function, family) else "")
            last = (function, family)
            style = "red" if fate.startswith("survives") else "default" if fate[0].isdigit() else "bright_black"
            out.print(Text(f"    {first[0]:<28}{first[1]:<11}{fate}", style=style))
        for told in report.drafts.flaws if drafts else ():
            style = {"nothing": "red", "fact": "yellow"}.get(told.fate, "default")
            said = "" if told.by in told.wanted else f"  ← {told.by}"
            out.print(Text(f"    {told.fate:<10}{told.draft}: {told.function} {told.wanted}{said}", style=style))
        for promise in report.unproved:
            out.print(Text(f"    unproved  {promise}", style="red"))
    faults = sum(len(report.faults) for report in reports)
    out.print(f"{len(reports)} exercises, {faults} faults, {seconds:.1f} s")


@app.command()
def site(
    out: Annotated[
        Path | None, typer.Option("--out", help="the folder to write; default: out/site in the course")
    ] = None,
) -> None:
    """Build lessons and guides into one static book, every snippet run."""
    from ..authoring.site.make import make
    from ..course.trees import installed
    from ..student.reader import built

    course, places = load()
    if out is None and installed(places):
        raise GradusError("nothing is written into the installed package: say where, gradus site --out FOLDER")
    folder = out or built(places)
    pages = make(course, places, folder)
    console().print(f"{pages} pages  {folder / 'index.html'}", markup=False, soft_wrap=True)


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
    from ..authoring.new_course import begin

    if source is not None:
        assignments(*source)  # what cannot be read is told before anything is written
    made, written = begin(folder, title, over, page=source is None)
    out = console()
    for path in written:
        out.print(f"wrote  {path.relative_to(made.root)}", markup=False, soft_wrap=True)
    if source is None:
        out.print(f"next: cd {folder}, `gradus verify`, `gradus author first_page`", markup=False, soft_wrap=True)
        return
    choose(made.root)
    import_(source[0], source[1])


@app.command("author")
def author_(
    address: Address,
    once: Annotated[bool, typer.Option("--once", help="look once, breakers included, and end")] = False,
    jobs: Jobs = None,
) -> None:
    """Write a page: on every save what dies, what lives, and what a student would read of each known mistake."""
    from ..authoring import loop
    from ..course import syllabus
    from ..sandbox.host.start import start_template

    course, places = load()
    asked = syllabus.find_questions(course, address)
    if asked is not None:
        raise GradusError(f"{asked.address} has no checks to look at: `gradus verify {asked.name}` says what it lacks")
    exercise = syllabus.find(course, address)
    template = start_template("plain", exercise.needs)
    out = console()
    try:
        if once:
            seen = loop.look(places, exercise.address, template, jobs or cores(), breakers=True)
            _show_look(seen)
            raise typer.Exit(1 if seen.report.faults else 0)
        out.print(f"watching {exercise.address}; stop with Ctrl-C", markup=False)
        for seen in loop.looks(places, exercise.address, template, jobs or cores()):
            if out.is_terminal:
                out.clear()
            _show_look(seen)
    except KeyboardInterrupt:
        out.print("stopped watching")
    finally:
        template.close()


def _show_look(seen: Any) -> None:
    from rich.text import Text

    out = console()
    for one in seen.mistakes:
        fate = f"dies by {one.dies_by}" if one.dies_by else "lives: no check notices it"
        out.print(Text(f"{'✓' if one.dies_by else '✗'} {one.name}  {fate}", style="default" if one.dies_by else "red"))
        for line in one.message.splitlines():
            out.print(Text(f"      {line}", style="bright_black"))
    _show_reports([seen.report], seen.seconds, tables=False, drafts=False)


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

    from ..authoring.suggest import doubtful, groups
    from ..course import syllabus
    from ..intake.submissions import read_class
    from ..model import Settings
    from ..running.pool import grade_many
    from ..sandbox.host.probe import best_level

    course, places = load()
    exercise = syllabus.find(course, address)
    handed = [one for one in read_class(submissions, course, (exercise.address,)).submissions if one.problem is None]
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


def _show_groups(found: list[Any], count: int, handed: int, exercise: Exercise) -> None:
    from rich.text import Text

    from ..text import printable

    out = console()
    for number, group in enumerate(found, 1):
        names = ", ".join(group.students[:5]) + (" …" if len(group.students) > 5 else "")
        head = f"{number}. {len(group.students)} submissions answer alike"
        out.print(Text(f"{head} ({printable(names, 200)}): {', '.join(group.checks)}", style="bold"))
        for call, got, expected in group.calls:
            told = f"{call}  gave  {got}" + (f"  not  {expected}" if expected else "")
            out.print(Text(f"    {printable(' '.join(told.split()), 400)}", style="bright_black"))
        out.print(Text(f"    {group.entry}"))
        for line in group.code.splitlines():
            out.print(Text(f"    {printable(line)}"))
    out.print(f"{count} groups of {handed} submissions of {exercise.address} that no misconception names", markup=False)


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

    from ..authoring.importing import page
    from ..authoring.importing.read import addresses, assignments

    _, places = load(empty=True)
    found = assignments(form, path)
    outcomes, failed = [], []
    for address, assignment in addresses(found, path, section):
        try:
            outcomes.append(page.bring(places, address, assignment))
        except GradusError as error:
            failed.append(str(error))
    if as_json:
        print_json({"pages": [dataclasses.asdict(one) for one in outcomes], "failed": failed})
    else:
        _show_outcomes(outcomes, failed)
    raise typer.Exit(1 if failed else 0)


def _show_outcomes(outcomes: list[Any], failed: list[str]) -> None:
    from rich.text import Text

    out = console()
    for one in outcomes:
        points = sum(points for _, points in one.crossed)
        more = f", {one.asked:g} given by a person" if one.asked else ""
        out.print(Text(f"{one.address}  {len(one.crossed)} tests became checks, {points:g} points{more}", style="bold"))
        for name, worth, why in one.left:
            out.print(Text(f"    left out  {name} ({worth:g} points): {why}", style="yellow"))
        for note in one.notes:
            out.print(Text(f"    note      {note}", style="bright_black"))
        out.print(f"    next: gradus author {one.address}", markup=False)
    for error in failed:
        out.print(Text(f"not imported  {error}", style="red"))
