"""What persons give and what becomes of it: standings, points by hand with their history, dates, undo."""

from __future__ import annotations

import getpass
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import GradebookError, GradusError
from ..report.terminal import console
from ..text import in_line, printable
from .base import Json, app, load, print_json
from .kept import opened, page_kept, page_to_mark, student_called, students_of, totals_of, with_groups

if TYPE_CHECKING:
    from ..gradebook.entries import Entry
    from ..model import Syllabus

Out = Annotated[Path, typer.Option("--out", help="the folder of the gradebook")]
PolicyFile = Annotated[
    Path | None, typer.Option("--policy", help="deadlines and lateness; default: policy.toml in --out")
]
Student = Annotated[str, typer.Argument(help="the student's id; with --roster any name that is theirs alone")]
Page = Annotated[str, typer.Argument(help="section/exercise, or a short name")]
People = Annotated[Path | None, typer.Option("--roster", help="a CSV that says who is who")]
By = Annotated[str, typer.Option("--by", help="who says so; default: you")]
Why = Annotated[str, typer.Option("--why", help="words for other markers, kept in the history")]


@app.command()
def book(
    out: Out = Path("out"), policy: PolicyFile = None,
    student: Annotated[list[str] | None, typer.Option("--student", help="only these students")] = None,
    roster: People = None,
    long: Annotated[bool, typer.Option("--long", help="a row for each page, with all that made it")] = False,
    write: Annotated[bool, typer.Option("--write", help="bring report and files up to date with policy.toml")] = False,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Show where everybody stands: one row a student with the total first; --long: one row a page."""
    course, _ = load()
    if write:
        _write(out, course)
    totals = totals_of(out, policy, course, roster)
    known = {row.student for row in totals.rows}
    totals = totals.only(students=[student_called(name, known, roster, out / "gradebook.db") for name in student or ()])
    if as_json:
        from ..export.standings import document

        print_json(document(totals))
        return
    from ..report.book_table import long_table, short_table, summary

    terminal = console()
    terminal.print(long_table(totals, terminal.width) if long or student else short_table(totals, terminal.width))
    for line in summary(totals):
        terminal.print(printable(line, 300), markup=False, soft_wrap=True)
    if policy is not None:
        from ..gradebook.class_totals import other_policy

        if line := other_policy(policy, totals.policy, out, course):
            terminal.print(printable(line, 1000), markup=False, soft_wrap=True)
    if _older_than_policy(out):
        line = (
            "report.html, grades.csv and grades.json are older than policy.toml: `gradus book --write` writes them anew"
        )
        terminal.print(line, markup=False, soft_wrap=True)


def _write(out: Path, course: Syllabus) -> None:
    """Write the files of the last run as the gradebook has it now, also where there are none any more."""
    from ..running.run import rewrite_results, unless_at_work

    gone = not (out / "grades.json").is_file()
    with opened(out, changes=True) as kept, unless_at_work(out) as free:
        if free:
            rewrite_results(kept, course, out)
    if not free:
        line = f"{out}: another run is at work here, which writes its files when it ends"
    elif gone:
        line = f"{out}: the files of the last run were gone; report.html, grades.csv and grades.json are written anew"
    else:
        line = f"{out}: report.html, grades.csv and grades.json are up to date"
    console(stderr=True).print(line, markup=False, soft_wrap=True)


def _older_than_policy(out: Path) -> bool:
    """Tell whether the files of the last run were written before the policy of their folder."""
    from ..gradebook.class_totals import POLICY

    try:
        return (out / "grades.json").stat().st_mtime_ns < (out / POLICY).stat().st_mtime_ns
    except OSError:
        return False


@app.command(context_settings={"ignore_unknown_options": True})  # else -2 would be taken for an option
def give(
    student: Student,
    exercise: Page,
    points: Annotated[float, typer.Argument(help="points beside the automatic ones; may be negative")],
    comment: Annotated[str, typer.Option("--comment", "-m", help="words for the student")] = "",
    why: Why = "",
    whole: Annotated[bool, typer.Option("--set", help="the page has these points, whatever the checks say")] = False,
    question: Annotated[
        str, typer.Option("--question", help="of a written question, by its cell's name: question, question-1; or all")
    ] = "",
    extra: Annotated[bool, typer.Option("--extra", help="beyond the page's maximum, too")] = False,
    by: By = "",
    roster: People = None,
    out: Out = Path("out"),
) -> None:
    """Give points and a comment by hand: an entry beside the automatic points and all earlier ones."""
    from ..gradebook.entries import Entry, amount, maximum, questions_of

    if whole and question:
        raise GradusError("say --set or --question, not both")
    course, _ = load()
    kind = "question" if question else "points" if whole else "adjust"
    address = page_to_mark(course, exercise, out)
    page = course.pages[address]
    asked = questions_of(page)
    if question and question not in (*asked, "all"):
        there = f"there are {', '.join(asked)}" if asked else "there is none; leave --question out"
        raise GradusError(f"{address} has no written question {question}; {there}")
    key = question if question != "all" else ""
    draft = Entry(student, address, kind, points, key, comment, why, by or getpass.getuser(), extra)
    made = _add(out, course, draft, maximum(page, kind, key), roster)
    words = amount(points + 0.0, "+g" if kind == "adjust" else "g")
    console().print(f"{made.student}, {address}: {words} by hand (number {made.number})", markup=False)


@app.command()
def extend(
    student: Student,
    exercise: Page,
    until: Annotated[str, typer.Argument(help="like 2026-12-03T23:59:00+01:00; none: lateness is forgiven")] = "",
    comment: Annotated[str, typer.Option("--comment", "-m", help="words for the student")] = "",
    why: Why = "",
    by: By = "",
    roster: People = None,
    out: Out = Path("out"),
) -> None:  # fmt: skip
    """Give one student a later date for a page, or forgive that it was late."""
    from datetime import datetime

    from ..gradebook.class_totals import beside
    from ..gradebook.entries import Entry
    from ..gradebook.policy import due, moment

    course, _ = load()
    address = page_to_mark(course, exercise, out)
    kind = "extension" if until else "excuse"
    draft = Entry(student, address, kind, key=until, text=comment, why=why, by=by or getpass.getuser())
    made = _add(out, course, draft, roster=roster)
    what = f"may be handed in until {until}" if until else "lateness is forgiven"
    console().print(f"{made.student}, {address}: {what} (number {made.number})", markup=False)
    before = due(beside(out, course), course, made.student, address)
    if until and before is not None and datetime.fromisoformat(made.key) < moment(before.isoformat()):
        words = f"note: that is earlier than {before.isoformat()}, when it was due"
        line = f"{words}; `gradus undo {made.number}` takes it back"
        console(stderr=True).print(line, markup=False, soft_wrap=True)


def _add(out: Path, course: Syllabus, draft: Entry, most: float = math.inf, roster: Path | None = None) -> Entry:
    """Add an entry of a student who is known, where the page's total stays within its maximum.

    Args:
        roster: further students, who may not have handed in anything.
    """
    from dataclasses import replace

    from ..gradebook.class_totals import beside, row_of
    from ..gradebook.entries import OutOfBounds, checked
    from ..gradebook.entry_log import Entries
    from ..gradebook.totals import swallowed
    from ..running.run import follow_gradebook

    with opened(out, changes=True) as kept, Entries.open(kept.path) as log:
        known = with_groups(students_of(kept), beside(out, course))
        draft = replace(draft, student=student_called(draft.student, known, roster, kept.path))
        seen = log.version(draft.student, draft.page)
        try:
            checked(draft, most)
        except OutOfBounds as error:
            raise GradebookError(f"{error}; say --extra where that is meant") from None
        if draft.kind == "adjust" and not draft.extra:
            what = swallowed(row_of(kept, log, course, draft.student, draft.page), draft.value)
            if what:
                raise GradebookError(f"{draft.student}, {draft.page}: {what}; say --extra where that is meant")
        made = log.add(replace(draft, at=""), seen, most)
        follow_gradebook(kept, course, out)
    return made


@app.command()
def history(
    student: Student, exercise: Page, roster: People = None, out: Out = Path("out"), as_json: Json = False
) -> None:
    """Show all that became of a student's page: what was handed in, and each entry by hand, with who, when and why."""
    from dataclasses import asdict

    from ..export.standings import record
    from ..gradebook.class_totals import beside, row_of
    from ..gradebook.entries import effective, said
    from ..gradebook.entry_log import Entries
    from ..gradebook.policy import moment
    from ..gradebook.states import NOT_HANDED_IN, state
    from ..report.book_table import made_of
    from ..report.counting import gone_line

    course, _ = load()
    with opened(out) as kept, Entries.open(kept.path) as log:
        address = page_kept(course, exercise, kept, log)
        policy = beside(out, course)
        known = with_groups(students_of(kept), policy)
        student = student_called(student, known, roster, out / "gradebook.db")
        # what a group's member hands in counts for all of it
        grades = [grade for name in policy.members(student) for grade in kept.history(name, address)]
        if len({grade.student for grade in grades}) > 1:
            grades.sort(key=lambda grade: moment(grade.submitted))
        entries = log.history(student, address)
        row = row_of(kept, log, course, student, address) if address in course.pages else None
    if as_json:
        handed_in = [{"submitted": g.submitted, "by": g.student, "points": g.points,
                      "max_points": g.max_points, "status": g.status, "digest": g.digest,
                      "filename": g.filename} for g in grades]  # fmt: skip
        print_json(
            {
                "grades": handed_in,
                "entries": [asdict(one) for one in entries],
                "standing": record(row) if row is not None else None,
            }
        )
        return
    from rich.text import Text

    terminal, counts = console(), {one.number for one in effective(entries)}
    met: set[tuple[str, str]] = set()
    for grade in grades:
        by = "" if grade.student == student else f" by {in_line(grade.student, 40)}"
        if state(grade) == NOT_HANDED_IN:
            if not by:
                terminal.print("graded, and nothing was handed in", markup=False)
            continue
        when = grade.submitted or "at a time that nobody knows"
        which = grade.student, grade.digest or grade.key
        again = ", graded again" if which in met else ""
        met.add(which)
        terminal.print(f"handed in {when}{by}{again}: {grade.points:g}/{grade.max_points:g}", markup=False)
    for one in entries:
        line = Text(f"{one.number}  {one.at}  {printable(one.by or '?', 40)}  {printable(said(one), 300)}")
        if one.number not in counts and one.kind != "undo":
            line.stylize("bright_black")
            line.append("  (undone)")
        terminal.print(line, soft_wrap=True)
    if not grades and not entries:
        terminal.print("nothing was handed in, and nobody gave anything", markup=False)
    now = f"now {made_of(row)}" if row is not None else gone_line(address)
    terminal.print(now, markup=False, soft_wrap=True)


@app.command()
def undo(
    number: Annotated[int, typer.Argument(help="of the entry, as `gradus history` and `gradus give` show it")],
    why: Why = "",
    by: By = "",
    out: Out = Path("out"),
) -> None:
    """Take back what somebody gave by hand; the number of an undo brings it back."""
    from ..gradebook.entries import said
    from ..gradebook.entry_log import Entries
    from ..running.run import follow_gradebook

    course, _ = load()
    with opened(out, changes=True) as kept, Entries.open(kept.path) as log:
        made = log.undo(number, by or getpass.getuser(), why)
        back = next(one for one in log.history(made.student, made.page) if one.number == number)
        follow_gradebook(kept, course, out)
    what = printable(said(back), 200)
    console().print(f"{made.student}, {made.page}: undone: {what} (number {made.number})", markup=False, soft_wrap=True)
