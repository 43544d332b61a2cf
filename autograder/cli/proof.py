"""What holds a course together: generate what is generated, prove every page, build the book."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import GradusError
from ..report.terminal import Progress, console
from ..text import counted
from .base import Jobs, Json, app, cores, load, nearest, print_json
from .reports import show_reports, watched

if TYPE_CHECKING:
    from ..course.trees import Trees
    from ..model import Exercise, Playground, QuestionPage, Syllabus


@app.command()
def build(
    address: Annotated[list[str] | None, typer.Argument(help="only these exercises, or those of a section")] = None,
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
    address = _expanded(course, address)
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
        out.print(f"{counted(len(exercises) + len(asked), 'exercise')}, everything in step")


def _expanded(course: Syllabus, names: list[str] | None) -> list[str] | None:
    """Return names of pages, those of a section or an assignment in its place."""
    found: dict[str, None] = {}
    for name in names or ():
        plain = name.strip("/")
        section = [address for address in course.pages if address.partition("/")[0] == plain]
        named = course.assignments.get(plain)
        found |= dict.fromkeys(section or (named.exercises if named is not None else ()) or [name])
    return list(found) or None


def _chosen(course: Syllabus, names: list[str] | None) -> list[Exercise]:
    from ..course import syllabus

    if names:
        names = [name for name in names if syllabus.find_questions(course, name) is None]
    found = [syllabus.find(course, name) for name in (course.exercises if names is None else names)]
    return list({one.address: one for one in found}.values())  # a section and a page of it: each once


def _asked(course: Syllabus, places: Trees, names: list[str] | None) -> list[QuestionPage]:
    """Return the pages of questions that are named, else those of which anything is this course's own."""
    from ..course import syllabus

    if not names:
        asked = course.question_pages.values()
        return [page for page in asked if places.base is None or places.writes(page.address)]
    found = [page for name in names if (page := syllabus.find_questions(course, name)) is not None]
    return list({page.address: page for page in found}.values())


def _own(course: Syllabus, places: Trees, names: list[str] | None) -> list[Exercise]:
    """Return the exercises that are named, else those of which anything is this course's own."""
    chosen = _chosen(course, names)
    return chosen if names or places.base is None else [one for one in chosen if places.writes(one.address)]


@app.command()
def verify(
    address: Annotated[list[str] | None, typer.Argument(help="only these exercises, or those of a section")] = None,
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
        bool, typer.Option("--strict-breakers", help="a promise that nothing proves is a fault")
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
    watch: Annotated[
        bool, typer.Option("--watch", help="look at one page again on every save, as `gradus author` does")
    ] = False,
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
    if watch:
        from ..course.syllabus import example

        if address is None or len(address) != 1:
            raise GradusError(f"--watch looks at one page: gradus verify --watch {example(course)}")
        watched(course, places, address[0], jobs or cores(), once=False)
        return
    address = _expanded(course, address)
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
        breakers=breakers is not False, strict_breakers=strict_breakers, level=level or None, survivors=True,
        strict_drafts=strict_drafts, alibis=bool(breakers),
    )  # fmt: skip
    started = time.perf_counter()
    with Progress(0, "verifying", as_json) as step:
        reports = run.verify(
            addresses, course, places, settings, extent, jobs=jobs or cores(),
            progress=lambda done, total: step("", total),
        )  # fmt: skip
    if as_json:
        print_json([{**dataclasses.asdict(report), "proved": report.proved} for report in reports])
    else:
        show_reports(reports, time.perf_counter() - started, tables=bool(breakers), drafts=drafts)
    raise typer.Exit(1 if any(report.faults for report in reports) else 0)


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
