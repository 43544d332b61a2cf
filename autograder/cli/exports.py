"""Grades on their way to other systems."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import GradusError
from ..report.terminal import console
from ..text import in_line, printable
from .base import INCOMPLETE, Verbose, app, load, trees
from .kept import opened, totals_of
from .marks import Out, PolicyFile

if TYPE_CHECKING:
    from ..gradebook.class_totals import ClassTotals

FORMATS = (
    "csv", "json", "junit", "canvas", "moodle", "nbgrader", "items", "misconceptions", "analysis", "completion",
)  # fmt: skip
_POINTS = ("csv", "json", "junit", "canvas", "moodle")  #: those that hold points


@app.command()
def export(
    form: Annotated[str, typer.Argument(metavar="FORMAT", help=", ".join(FORMATS))],
    to: Annotated[Path | None, typer.Option("--to", help="the file to write; default: standard output")] = None,
    into: Annotated[
        Path | None, typer.Option("--into", help="what the platform exported, to be filled in; nbgrader: the course")
    ] = None,
    column: Annotated[str, typer.Option("--column", help="canvas: the assignment's column, or part of its head")] = "",
    exercise: Annotated[list[str] | None, typer.Option("--exercise", help="only these; repeat it")] = None,
    assignment: Annotated[str | None, typer.Option("--assignment", help="the exercises of this assignment")] = None,
    roster: Annotated[Path | None, typer.Option("--roster", help="a CSV that says who is who")] = None,
    scale: Annotated[
        bool | None,
        typer.Option(
            "--scale/--no-scale",
            help="scale each student's share of what counts for them to the platform's maximum, or not",
        ),
    ] = None,
    out: Out = Path("out"),
    policy: PolicyFile = None,
    verbose: Verbose = False,
) -> None:
    """Write where everybody stands in the form another system reads."""
    from ..report.counting import gone_line, unmarked
    from ..report.notices import noticed
    from . import teacher

    course, _ = load()
    if form not in FORMATS:
        raise GradusError(f"there is no format {form}; there are {', '.join(FORMATS)}")
    if form == "nbgrader":
        _into_nbgrader(into, out, to or exercise or assignment or policy)
        return
    wanted = teacher.wanted_of(course, exercise, assignment) or tuple(course.exercises)
    named = wanted if exercise or assignment else ()  # of a named page the maximum counts, though nobody handed it in
    whole = totals_of(out, policy, course, roster, named)
    totals = whole.only(wanted)
    for page in sorted({page for _, page in whole.gone}) if not named else ():
        console(stderr=True).print(gone_line(page), markup=False, soft_wrap=True)
    for line in unmarked(totals.rows, course) if form in _POINTS else ():
        line += "; what is scaled is each student's share of what counts for them now" if scale else ""
        console(stderr=True).print(line, markup=False, soft_wrap=True)
    text, notes = (
        (_completion(out, totals), []) if form == "completion" else _text(form, totals, into, column, roster, scale)
    )
    if to is None:
        sys.stdout.write(text)
    else:
        from ..export.files import write_whole

        write_whole(to, text)
        console(stderr=True).print(f"wrote  {to}", markup=False)
    for before, about in notes:
        for line in noticed(before, about, verbose):
            console(stderr=True).print(line, markup=False, soft_wrap=True)
    lost = [f"{in_line(row.student, 40)} {row.exercise.partition('/')[2]}" for row in totals.rows if row.pending]
    if lost:
        some = ", ".join(lost[:5]) + (f" and {len(lost) - 5} more" if len(lost) > 5 else "")
        line = f"without points, since the grader itself could not grade it: {some}; run `gradus grade` again"
        console(stderr=True).print(printable(line, 1000), markup=False, soft_wrap=True)
        raise typer.Exit(INCOMPLETE)


def _into_nbgrader(into: Path | None, out: Path, more: object) -> None:
    """Bring nbgrader's own gradebook and this one to the same totals, as `gradus grade` on the course does."""
    from ..nbcourse import find
    from .nbgrader import synchronised

    notebooks = find(into) if into is not None else None
    if notebooks is None:
        raise GradusError("name the folder of the nbgrader course with --into")
    if more:
        raise GradusError("nbgrader's gradebook gets all pages, by the policy in --out: leave the other options out")
    course, _ = load()
    with opened(out, changes=True):  # which says so where there is none
        pass
    if not synchronised(notebooks, out, course, quiet=False):
        console(stderr=True).print("nbgrader: both gradebooks have the same totals already", markup=False)


def form_at(path: Path) -> str:
    """Return what a platform exported, with its mark, which is the platform's to keep.

    Raises:
        GradusError: it cannot be read; the message says why and what to do.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise GradusError(f"{path}: cannot be read: {error.strerror}; name what the platform exported") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise GradusError(f"{path}, line {line}: not UTF-8; name the file as the platform exported it") from None


def _text(
    form: str, totals: ClassTotals, into: Path | None, column: str, roster: Path | None, scale: bool | None
) -> tuple[str, list[tuple[str, list[tuple[str, str]]]]]:
    from ..export import standings

    if form == "csv":
        return standings.as_csv(totals), []
    if form == "json":
        from ..export.files import dumps

        return dumps(standings.document(totals)), []
    if form == "junit":
        from ..export import junit

        return junit.standings(totals), []
    if form in ("items", "misconceptions", "analysis"):
        return _analysis(form, totals, roster), []
    from ..export import lms
    from ..intake import roster as who

    if into is None:
        raise GradusError(f"export the empty form from {form} first and name it with --into: its rows are filled in")
    text = form_at(into)
    points = standings.points(totals)
    people = (who.load(roster) if roster is not None else who.Roster()).including(list(points))
    sums = totals.students
    own, shares = ({name: getattr(one, what) for name, one in sums.items()} for what in ("maximum", "share"))
    fit = lms.Scale(totals.most, scale, own, shares)
    if form == "canvas":
        if not column:
            raise GradusError("say which column is meant: --column TITLE, as it stands in the exported head")
        filled = lms.canvas(text, column, points, people, str(into), fit)
    else:
        filled = lms.moodle(text, points, standings.comments(totals), people, str(into), fit)
    left = [(one.partition(": ")[0], one.partition(": ")[2]) for one in filled.left]
    without = [(name, "not handed in, or the roster does not know the name") for name in filled.rows_without]
    no_row = [(name, "give the roster a column with the platform's name of them") for name in filled.students_without]
    return filled.text, [
        ("note:", [(str(into), filled.note)] if filled.note else []),
        ("cut", [(one, "Moodle takes no more than the maximum") for one in filled.cut]),
        ("replaced", [(one, "something else stood there") for one in filled.replaced]), ("left as it is:", left),
        ("no points for", without), ("no row for", no_row),
    ]  # fmt: skip


def _completion(out: Path, totals: ClassTotals) -> str:
    """Write of every student what is done in each playground: completion, and no points."""
    from ..export import standings
    from ..gradebook.completion import Completion

    with opened(out) as book, Completion(book.path) as kept:
        return standings.completion(totals, kept.all())


def _analysis(form: str, totals: ClassTotals, roster: Path | None) -> str:
    """Write what the checks tell of the class: two tables, or both as JSON.

    A roster's column ``group`` says who belongs together, else the policy's groups do.
    """
    from ..export import analysis
    from ..export.files import dumps
    from ..intake import roster as who
    from ..report.items import figures
    from ..report.trends import trends

    checks = figures(totals.answers, None)
    group_of = {name: group for group, names in totals.policy.groups.items() for name in names}
    if roster is not None:
        group_of |= {name: known["group"] for name, known in who.load(roster).students.items() if known.get("group")}
    over_weeks = trends(totals.attempts, group_of, totals.policy.teams)
    if form == "analysis":
        return dumps(analysis.document(checks, over_weeks))
    return analysis.items_csv(checks) if form == "items" else analysis.trends_csv(over_weeks)


@app.command()
def bundle(
    platform: Annotated[str, typer.Argument(help="gradescope, classroom or student")],
    exercise: Annotated[list[str] | None, typer.Option("--exercise", help="what to grade; repeat it")] = None,
    assignment: Annotated[str | None, typer.Option("--assignment", help="the exercises of this assignment")] = None,
    to: Annotated[Path | None, typer.Option("--to", help="the file to write; student: the folder")] = None,
    where: Annotated[
        str, typer.Option("--solutions-at", metavar="TEXT", help="student: what `gradus solution` says instead")
    ] = "ask your teacher",
) -> None:
    """Make what a platform runs, or what students install.

    gradescope: the autograder's zip. classroom: GitHub Classroom's workflow. student: a wheel without solutions.
    """
    from importlib.metadata import requires

    from ..course.syllabus import example
    from ..gradebook.keys import installed
    from . import teacher

    course, places = load()
    if platform == "student":
        from ..student.wheel import student_wheel

        made = student_wheel(places, course, to or Path("dist"), where)
        console().print(f"wrote  {made}", markup=False, soft_wrap=True)
        return
    wanted = teacher.wanted_of(course, exercise, assignment)
    if not wanted:
        named = next((one for one in course.assignments.values() if one.exercises), None)
        more = f", or --assignment {named.name}" if named is not None else ""
        raise GradusError(f"say what to grade: --exercise {example(course)}{more}")
    if platform == "gradescope":
        from ..export.gradescope import bundle as build

        needs = [r for r in requires("gradus-course") or [] if "extra ==" not in r and not r.startswith("torch>")]
        made = build(trees(), wanted, needs, installed("torch").partition("+")[0], to or Path("autograder.zip"))
    elif platform == "classroom":
        from ..export.classroom import workflow
        from ..export.files import write_whole

        made = to or Path(".github/workflows/classroom.yml")
        made.parent.mkdir(parents=True, exist_ok=True)
        write_whole(made, workflow(wanted))
    else:
        raise GradusError(f"there is no bundle for {platform}; there are gradescope, classroom and student")
    console().print(f"wrote  {made}", markup=False)
