"""What teachers run: grade a class, see what the machine can do."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import GradebookError, GradusError
from ..report.terminal import Progress, console
from .base import INCOMPLETE, MAX_SEED, Data, Jobs, Json, Verbose, app, cores, known_data, load, nearest, print_json

if TYPE_CHECKING:
    from ..course.trees import Trees
    from ..gradebook.class_totals import ClassTotals
    from ..gradebook.store import Gradebook
    from ..intake.submissions import ClassFolder
    from ..model import Grade, Submission, Syllabus
    from ..nbcourse.find import NbCourse

NARROWEST = 9  #: columns of a terminal in which a page's points and words can be read


@app.command()
def grade(
    path: Annotated[Path, typer.Argument(help="a file, a student's folder, a class folder or a zip")],
    out: Annotated[Path, typer.Option("--out", help="where results and gradebook go")] = Path("out"),
    exercise: Annotated[list[str] | None, typer.Option("--exercise", help="only these; repeat it for several")] = None,
    assignment: Annotated[str | None, typer.Option("--assignment", help="the exercises of this assignment")] = None,
    student: Annotated[list[str] | None, typer.Option("--student", help="only these students")] = None,
    roster: Annotated[Path | None, typer.Option("--roster", help="a CSV that says who is who")] = None,
    why: Annotated[bool, typer.Option("--why", help="tell the whole story of each grade")] = False,
    jobs: Jobs = None,
    seed: Annotated[
        int | None,
        typer.Option("--seed", min=0, max=MAX_SEED, help="repeat a run; default: a new one, drawn in secret"),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="grade anew what is known from before, too")] = False,
    data: Data = "",
    require_isolation: Annotated[
        bool, typer.Option("--require-isolation", help="refuse to grade without the full sandbox")
    ] = False,
    shard: Annotated[str | None, typer.Option("--shard", help="i/n: only the i-th of n parts; then merge them")] = None,
    executor: Annotated[str, typer.Option("--executor", help="dask://host:port: grade on a cluster")] = "",
    verbose: Verbose = False,
    as_json: Json = False,
) -> None:
    """Grade a class: a coloured table, grades.json, grades.csv, a report, a gradebook."""
    from .nbgrader import into_course

    course, trees = load()
    found, notebooks = class_at(path, course, exercise, assignment, roster)
    everything = found.submissions
    if (exercise or assignment) and notebooks is None:  # whose pages show the whole of their work, not this part alone
        with contextlib.suppress(GradusError):  # named by --exercise alone, as a file of any name may be
            everything = class_at(path, course, None, None, roster)[0].submissions
    if student:
        everything = list(everything)
        _narrow(found.submissions, student)
    if shard is not None:
        found.submissions[:] = _part(found.submissions, shard, seed)
    if executor and not executor.startswith("dask://"):
        raise GradusError(f"--executor {executor}: say dask://host:port")
    outcome, files = _run(
        found.submissions, course, trees, out, jobs=jobs, seed=seed, data=known_data(course, data),
        require_isolation=require_isolation, quiet=as_json, executor=executor, exact=seed is not None and shard is None,
        again=again, sources=everything,
    )  # fmt: skip
    _note_missions(found, {s.student for s in everything}, out)
    _note_place(path, roster, out)
    if notebooks is not None and into_course(notebooks, outcome.grades, course, found, out, as_json):
        outcome = _read_again(outcome, course, out)  # with the marks that came from there
    if as_json:
        from ..export.files import as_document
        from ..gradebook.class_totals import counting

        passed_over = [{"path": name, "why": reason} for name, reason in found.ignored]
        print_json(
            {
                **as_document(outcome.told, counting(outcome.grades, outcome.totals), outcome.totals),
                "passed_over": passed_over,
            }
        )
    else:
        _show_class(outcome, course, files, path, why)
        tell_ignored(found, verbose)
    tell_ungraded(outcome.grades)


def _note_missions(found: ClassFolder, students: set[str], out: Path) -> None:
    """Keep what students did in playgrounds: completion, beside the grades."""
    from ..gradebook.completion import Completion, Done

    handed_in = ((*place, tuple(names)) for place, names in found.missions.items() if place[0] in students)
    with Completion(out / "gradebook.db") as kept:
        kept.note(Done(*one) for one in handed_in)


def _note_place(path: Path, roster: Path | None, out: Path) -> None:
    """Keep where what was graded lies, for the desk, which shows answers in words beside their questions."""
    from ..gradebook import handed_in
    from ..gradebook.store import Gradebook

    with Gradebook(out / "gradebook.db") as book:
        handed_in.note(book, path, roster)


def tell_ignored(found: ClassFolder, verbose: bool = False, most: int = 500) -> None:
    """Tell what was not graded, or is odd, with the reason; what holds for many in one line, unless `verbose`."""
    from ..report.notices import noticed

    err = console(stderr=True)
    lines = noticed("passed over", found.ignored, verbose)
    for line in lines[:most]:
        err.print(line, markup=False)
    if len(lines) > most:
        err.print(f"and {len(lines) - most} more: name the folder of the submissions alone", markup=False)


def tell_ungraded(grades: list[Grade], what: str = "run the same command again") -> None:
    """Say what the grader itself could not grade, and end with an exit code of its own."""
    from ..text import in_line, printable

    lost = [grade for grade in grades if grade.status == "internal"]
    if not lost:
        return
    who = ", ".join(f"{in_line(grade.student, 40)} {grade.exercise.partition('/')[2]}" for grade in lost[:5])
    more = f" and {len(lost) - 5} more" if len(lost) > 5 else ""
    line = f"{len(lost)} could not be graded, which is the grader's own fault: {who}{more}; {what}"
    console(stderr=True).print(printable(line, 1000), markup=False, soft_wrap=True)
    raise typer.Exit(INCOMPLETE)


def class_at(
    path: Path, course: Syllabus, exercise: list[str] | None, assignment: str | None, roster: Path | None = None
) -> tuple[ClassFolder, NbCourse | None]:
    """Read what was handed in at a path; and the nbgrader course that it is, if it is one."""
    from .. import nbcourse
    from ..intake import roster as who
    from ..intake.submissions import read_class

    notebooks = nbcourse.find(path)
    if notebooks and roster is not None:
        raise GradusError(
            f"--roster {roster}: {path} is an nbgrader course, which names its students itself; leave it out"
        )
    wanted = wanted_of(course, exercise, assignment)
    if notebooks:
        return notebooks.read(course, wanted), notebooks
    return read_class(path, course, wanted, who.load(roster) if roster is not None else None), None


def _part(submissions: list[Submission], shard: str, seed: int | None) -> list[Submission]:
    from ..running import shards

    if seed is None:
        raise GradusError("--shard needs --seed: every part of one run draws its inputs from the same seed")
    return shards.part_of(submissions, shards.parse(shard))


@app.command()
def merge(
    parts: Annotated[list[Path], typer.Argument(help="the --out folders of the parts")],
    out: Annotated[Path, typer.Option("--out", help="where the whole goes")] = Path("out"),
) -> None:
    """Put the parts of one run together: one gradebook, one grades.json, one report."""
    from ..running.run import alone_in
    from ..running.shards import merge as merging

    course, _ = load()
    with alone_in(out):
        outcome, files = merging(parts, out, course)
    _show_class(outcome, course, files, out, why=False)
    tell_ungraded(outcome.grades, "grade its part again, then merge")


def wanted_of(course: Syllabus, exercise: list[str] | None, assignment: str | None) -> tuple[str, ...]:
    """Return the addresses that were asked for; none when nothing was said."""
    from ..course import syllabus

    if assignment is not None:
        if assignment not in course.assignments:
            raise nearest(assignment, course.assignments, "assignment", f"; there are {', '.join(course.assignments)}")
        named = course.assignments[assignment].exercises
        if not named:
            raise GradusError(f"{assignment} has no page that is checked; what is answered in words is marked by hand")
        return named
    return tuple(dict.fromkeys(syllabus.find(course, name).address for name in exercise or []))


def _narrow(submissions: list[Submission], students: list[str]) -> None:
    known = {s.student for s in submissions}
    for name in students:
        if name not in known:
            raise nearest(name, known, "student", " here")
    submissions[:] = [s for s in submissions if s.student in students]


def _run(
    submissions: list[Submission], course: Syllabus, trees: Trees, out: Path, *, jobs: int | None, seed: int | None,
    data: str = "", require_isolation: bool = False, quiet: bool = False, executor: str = "", exact: bool = False,
    again: bool = False, sources: list[Submission] | None = None,
) -> tuple[Any, list[Path]]:  # fmt: skip
    from dataclasses import replace

    from ..gradebook.codes import secret_of
    from ..gradebook.store import Gradebook
    from ..model import Settings
    from ..running.run import alone_in, grade_class, keep_code, run_seed, whole_class, write_results
    from ..sandbox.host.probe import best_level

    level = best_level()
    err = console(stderr=True)
    if level != "namespaces":
        message = f"isolation here is {level}, not the full sandbox; `gradus doctor` says why"
        if require_isolation:
            raise GradusError(message)
        err.print(f"[yellow]note:[/yellow] {message}")
    with alone_in(out), Gradebook(out / "gradebook.db") as book, _stoppable():
        settings = Settings(run_seed(book, seed), level, data)
        with Progress(len(submissions), "grading", quiet) as step:
            try:
                outcome = grade_class(
                    submissions, course, trees, settings, book, jobs=jobs or cores(),
                    on_grade=lambda grade, reused: step(f"{grade.student} {grade.exercise.partition('/')[2]}"),
                    executor=executor, exact=exact, again=again,
                )  # fmt: skip
            except KeyboardInterrupt as stop:
                err.print("gradus: stopped; what was graded is kept, run the same command to go on")
                raise typer.Exit(143 if stop.args else 130) from None
        if sources is not None:
            outcome = replace(outcome, sources={(s.student, s.exercise): s for s in sources} | outcome.sources)
        keep_code(outcome, book)
        secret_of(book)  # for the codes on students' pages
        whole = whole_class(outcome, book, course)
        whole = replace(whole, totals=_totals(book, course, whole.grades))
        outcome = replace(outcome, totals=whole.totals)
        aside = book.set_aside()
        if aside:
            err.print(aside, markup=False, soft_wrap=True)
        return outcome, write_results(whole, course, out)


def _totals(book: Gradebook, course: Syllabus, grades: list[Grade]) -> ClassTotals:
    """Return where everybody stands; a policy that cannot be read is told of, and costs nobody their grade."""
    from ..gradebook.class_totals import illustrated, of_book
    from ..gradebook.policy import Policy
    from ..text import printable

    try:
        return illustrated(of_book(book, course, bare=True), book, grades)
    except GradebookError as error:
        line = f"note: {error}; the totals that are written now are without it"
        console(stderr=True).print(printable(line, 1000), markup=False, soft_wrap=True)
        return illustrated(of_book(book, course, Policy(), bare=True), book, grades)


def _read_again(outcome: Any, course: Syllabus, out: Path) -> Any:
    """Return an outcome with the totals that the gradebook makes now."""
    from dataclasses import replace

    from ..gradebook.store import Gradebook

    with Gradebook(out / "gradebook.db") as book:
        return replace(outcome, totals=_totals(book, course, outcome.grades))


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """Inside, being told to end is as Ctrl-C: what was graded is kept, and no process is left behind."""
    import signal

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt(number)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _show_class(outcome: Any, course: Syllabus, files: list[Path], path: Path, why: bool) -> None:
    import shlex

    from rich.text import Text

    from ..report.book_table import short_table
    from ..report.faults import fault_lines
    from ..report.table import MANY, class_table, grade_lines
    from ..text import in_line, printable

    terminal = console()
    if why:
        for one in outcome.grades:
            head = f"{in_line(one.student, 60)} · {one.exercise} · {one.status} · {one.points:g}/{one.max_points:g}"
            terminal.print(Text(head, style="bold"))
            handed = f", handed in {one.submitted}" if one.submitted else ""
            terminal.print(Text(f"  submission {one.digest[:12]}{handed}; graded with key {one.key[:12]}"))
            terminal.print(Text(f"  seed {one.seed}, isolation {one.isolation}, {one.seconds:.2f} s"))
            which = f"{shlex.quote(str(path))} --student {shlex.quote(one.student)} --exercise {one.exercise}"
            again = f"gradus grade {which} --seed {one.seed} --why"
            terminal.print(Text(f"  repeat: {printable(again, 500)}", style="bright_black"))
            for note in one.notes:
                terminal.print(Text(f"  note: {printable(note, 500)}"))
            for line in grade_lines(one, full=len(one.checks)):
                terminal.print(line)
    else:
        pages, students = ({getattr(one, name) for one in outcome.grades} for name in ("exercise", "student"))
        if len(pages) * NARROWEST + 24 <= terminal.width and len(students) <= MANY:
            terminal.print(class_table(outcome.grades, course, outcome.totals))
        else:
            terminal.print(short_table(outcome.totals.only(pages, students), terminal.width))
    fresh = len(outcome.grades) - outcome.reused
    known = f", {outcome.reused} known from before (--again grades them anew)" if outcome.reused else ""
    drawn = f"; isolation {outcome.run['isolation']}, seed {outcome.run['seed']}" if fresh else ""  # of this run
    terminal.print(f"{fresh} graded{known}{drawn}")
    for fault in fault_lines(outcome.grades):
        terminal.print(Text(fault, style="bold red"))
    for file in files:
        terminal.print(f"  {file}", markup=False)


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", help="where results go")] = Path("out/demo"),
    jobs: Jobs = None,
) -> None:
    """Grade the bundled sample class and compare the outcome with what is expected of it."""
    from ..course.sample_class import SEED, differences
    from ..intake.submissions import read_class

    course, trees = load()
    sample = trees.data / "sample_class"
    found = read_class(sample / "submitted", course)
    outcome, files = _run(found.submissions, course, trees, out, jobs=jobs, seed=SEED, exact=True)
    _show_class(outcome, course, files, sample, why=False)
    wrong = differences(outcome.grades, sample / "expected.csv")
    for line in wrong:
        console(stderr=True).print(line, markup=False)
    if wrong:
        raise typer.Exit(1)
    console().print(f"as expected: all {len(outcome.grades)} grades agree with {sample / 'expected.csv'}", markup=False)


@app.command()
def doctor(as_json: Json = False) -> None:
    """Try out what isolation this machine allows, and say what is amiss."""
    import dataclasses

    from ..gradebook.keys import installed
    from ..sandbox.host.base import LEVELS
    from ..sandbox.host.layers import layers
    from ..sandbox.host.probe import probe
    from ..sandbox.host.torch_pair import absent, misfit

    probes = [probe(level) for level in LEVELS]
    best = next((p.level for p in probes if p.works), "plain")
    tried = layers(best)
    amiss = misfit()
    if as_json:
        document = {
            "levels": [dataclasses.asdict(p) for p in probes],
            "layers": [dataclasses.asdict(t) for t in tried],
            "torchvision": dataclasses.asdict(amiss) if amiss is not None else None,
        }
        print_json(document)
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
        how = "apt-get install bubblewrap, on a kernel that allows user namespaces"
        out.print(f"for the full sandbox: {how if sys.platform == 'linux' else 'Linux; on Windows inside WSL'}")
    if amiss is not None:
        out.print(amiss.problem, style="yellow", markup=False)
        out.print(f"what mends it: {amiss.command}", markup=False, soft_wrap=True)
    bring = absent()
    if bring is not None:
        out.print(f"no torchvision, and no exercise needs it; the one that fits: {bring}", markup=False, soft_wrap=True)
