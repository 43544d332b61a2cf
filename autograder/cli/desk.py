"""The teacher's desk: where everybody stands, points by hand, grading again, exports, and taking a student out."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import GradebookError, GradusError
from ..report.terminal import Progress, console
from ..text import printable, told
from .base import Data, Jobs, Json, app, cores, known_data, load, nearest, print_json

if TYPE_CHECKING:
    from ..gradebook.policy import Policy, Standing
    from ..gradebook.regrade import Change
    from ..gradebook.store import Gradebook
    from ..model import Syllabus

Out = Annotated[Path, typer.Option("--out", help="the folder of the gradebook")]
PolicyFile = Annotated[
    Path | None, typer.Option("--policy", help="deadlines and lateness; default: policy.toml in --out")
]


@contextlib.contextmanager
def _book(out: Path) -> Iterator[Gradebook]:
    """Open the gradebook of a folder; what was met in it and cannot be read is told of in a line."""
    from ..gradebook.store import Gradebook

    if not (out / "gradebook.db").is_file():
        raise GradebookError(f"{out / 'gradebook.db'}: there is no gradebook; `gradus grade` makes it, or say --out")
    with Gradebook(out / "gradebook.db") as kept:
        yield kept
        trouble = kept.trouble()
    if trouble:
        line = f"{trouble}; passed over: `gradus grade` keeps the file aside and grades again what is missing"
        console(stderr=True).print(printable(line, 1000), markup=False, soft_wrap=True)


def _students(book: Gradebook) -> set[str]:
    """Everybody of whom something is kept."""
    return {name for name, _ in (*book.histories(), *book.given(), *book.pending())}


def _policy(path: Path | None, out: Path, course: Syllabus, known: set[str]) -> Policy:
    """Load the policy of a folder.

    Raises:
        GradebookError: it names a student who is nobody here, and somebody is called nearly so.
    """
    from ..gradebook.policy import Policy, ghosts, load

    place = path or out / "policy.toml"
    if path is None and not place.is_file():
        return Policy()
    found = load(place, course)
    for line in ghosts(found, known):
        raise GradebookError(f"{place}: {line} Correct it, or name a --roster that has both")
    return found


def standings_of(out: Path, policy: Path | None, course: Syllabus, roster: Path | None = None) -> list[Standing]:
    """Return where everybody stands, from the gradebook and the policy in a folder."""
    from ..gradebook.policy import standings
    from ..intake import roster as who

    with _book(out) as book:
        known = _students(book) | set(who.load(roster).students if roster is not None else ())
        return standings(
            book.histories(), book.given(), _policy(policy, out, course, known), course, book.pending()
        )  # fmt: skip


@app.command()
def book(
    out: Out = Path("out"), policy: PolicyFile = None,
    student: Annotated[list[str] | None, typer.Option("--student", help="only these students")] = None,
    roster: Annotated[Path | None, typer.Option("--roster", help="a CSV that says who is who")] = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Show where everybody stands: automatic points after lateness, points by hand, total."""
    course, _ = load()
    rows = standings_of(out, policy, course, roster)
    known = {row.student for row in rows}
    for name in student or ():
        if name not in known:
            raise nearest(name, known, "student", f" in {out / 'gradebook.db'}")
    rows = [row for row in rows if not student or row.student in student]
    if as_json:
        from ..export.standings import record

        print_json([record(row) for row in rows])
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(title_justify="left")
    for name, side in (("student", "left"), ("exercise", "left"), ("automatic", "right"), ("late", "right"),
                       ("by hand", "right"), ("total", "right"), ("comment", "left")):  # fmt: skip
        table.add_column(name, justify="right" if side == "right" else "left")
    for row in rows:
        total = "not graded" if row.pending else f"{row.total:g}/{row.max_points:g}"
        late = f"-{100 * row.penalty:g} %" if row.penalty else ""
        table.add_row(
            Text(printable(row.student, 40), style="bold"), row.exercise.partition("/")[2], f"{row.automatic:g}",
            Text(late, style="yellow"), f"{row.manual:+g}" if row.manual else "", total,
            Text(printable(row.comment, 60)),
        )  # fmt: skip
    console().print(table)


@app.command(context_settings={"ignore_unknown_options": True})  # else -2 would be taken for an option
def give(
    student: Annotated[str, typer.Argument(help="the student's id")],
    exercise: Annotated[str, typer.Argument(help="section/exercise, or a short name")],
    points: Annotated[float, typer.Argument(help="points beside the automatic ones; may be negative")],
    comment: Annotated[str, typer.Option("--comment", "-m", help="words for the student")] = "",
    out: Out = Path("out"),
) -> None:
    """Give points and a comment by hand: kept beside the automatic points, never overwritten by a run."""
    import getpass
    import math

    from ..course import syllabus
    from ..gradebook.policy import Manual

    course, _ = load()
    address = syllabus.find(course, exercise).address
    if not math.isfinite(points):
        raise GradusError(f"{points} points cannot be given; say a number")
    with _book(out) as kept:
        if student not in _students(kept):
            raise nearest(student, _students(kept), "student", f" in {kept.path}")
        kept.give(Manual(student, address, points, comment, getpass.getuser()))
    console().print(f"{student}, {address}: {points:+g} points by hand", markup=False)


@app.command()
def similar(
    path: Annotated[Path, typer.Argument(help="a class folder, a zip, an nbgrader course")],
    exercise: Annotated[list[str] | None, typer.Option("--exercise", help="only these; repeat it")] = None,
    least: Annotated[float, typer.Option("--least", min=0.0, max=1.0, help="how alike a listed pair must be")] = 0.8,
    out: Out = Path("out"),
    as_json: Json = False,
) -> None:
    """Show which submissions are alike: a ranked list with both texts side by side, for a person to look at."""
    from ..export.files import write_whole
    from ..report import similar as likeness
    from .teacher import class_at

    course, trees = load()
    found, _ = class_at(path, course, exercise, None)
    pairs = []
    for address in dict.fromkeys(s.exercise for s in found.submissions):
        mine = [s for s in found.submissions if s.exercise == address and s.cells]
        stub = trees.stub(address)
        pairs += likeness.similar(mine, stub.read_text(encoding="utf-8") if stub.is_file() else "", least)
    pairs.sort(key=lambda pair: -pair.likeness)
    if as_json:
        print_json([
            {"exercise": p.one.exercise, "students": [p.one.student, p.other.student], "likeness": p.likeness}
            for p in pairs
        ])  # fmt: skip
        return
    terminal = console()
    for pair in pairs[:30]:
        names = f"{printable(pair.one.student, 40)}  {printable(pair.other.student, 40)}"
        terminal.print(f"{100 * pair.likeness:3.0f} %  {pair.one.exercise}  {names}", markup=False)
    out.mkdir(parents=True, exist_ok=True)
    write_whole(out / "similar.html", likeness.page(f"{course.title}: similar submissions", pairs))
    terminal.print(f"{len(pairs)} pairs; side by side in {out / 'similar.html'}", markup=False)


@app.command()
def erase(
    student: Annotated[str, typer.Argument(help="the student's id")],
    out: Out = Path("out"),
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """Take one student's data out of the gradebook and of every file that was written from it."""
    from ..running.run import alone_in, rewrite_results

    course, _ = load()
    if not yes and not typer.confirm(f"remove every grade, comment and report of {student} from {out}?"):
        raise typer.Exit(1)
    with alone_in(out), _book(out) as kept:
        known = _students(kept)
        if student not in known and not _written(out, student):  # written: an earlier try was stopped half-way
            raise nearest(student, known, "student", f" in {kept.path}")
        removed = kept.erase(student)
        files = rewrite_results(kept, course, out)
        (out / "similar.html").unlink(missing_ok=True)  # it shows what was handed in; `gradus similar` makes it anew
    console().print(f"{removed} rows of {student} removed; rewritten:", markup=False)
    for file in files:
        console().print(f"  {file}", markup=False)
    console().print(
        "policy.toml, exports written earlier, nbgrader's own gradebook and what was handed in are not ours to change"
    )


def _written(out: Path, student: str) -> bool:
    """Return whether grades.json still speaks of a student."""
    from ..export.files import read_json

    try:
        return any(grade.get("student") == student for grade in read_json(out / "grades.json")[1])
    except (OSError, ValueError):
        return False


@app.command()
def regrade(
    path: Annotated[Path, typer.Argument(help="what was graded: a class folder, a zip, an nbgrader course")],
    out: Out = Path("out"),
    exercise: Annotated[list[str] | None, typer.Option("--exercise", help="only these; repeat it for several")] = None,
    roster: Annotated[Path | None, typer.Option("--roster", help="a CSV that says who is who")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="write the new grades; without it nothing is written")] = False,
    jobs: Jobs = None,
    data: Data = "",
    as_json: Json = False,
) -> None:
    """Grade again with today's checks and say first who changes, by how much, and why."""
    from ..gradebook.regrade import Preview
    from ..model import Settings
    from ..running.run import alone_in, grade_class, rewrite_results, run_seed
    from ..sandbox.host.probe import best_level
    from .teacher import class_at, tell_ignored

    course, trees = load()
    found, _ = class_at(path, course, exercise, None, roster)
    with alone_in(out), _book(out) as kept:
        preview = Preview(kept)
        settings = Settings(run_seed(kept, None), best_level(), known_data(course, data))
        with Progress(len(found.submissions), "grading again", as_json) as step:
            outcome = grade_class(
                found.submissions, course, trees, settings, preview, jobs=jobs or cores(),
                on_grade=lambda grade, reused: step(grade.student), same_seeds=True,
            )  # fmt: skip
        changes, fresh = preview.changes(), preview.first_grades()
        if apply:
            aside = kept.set_aside()
            if aside:
                console(stderr=True).print(aside, markup=False, soft_wrap=True)
            for grade in preview.added:
                kept.add(grade)
            rewrite_results(kept, course, out)
    if as_json:
        from ..export.files import grade_record

        print_json([
            {"student": c.new.student, "exercise": c.new.exercise, "difference": c.difference,
             "old": grade_record(c.old), "new": grade_record(c.new)}
            for c in changes
        ])  # fmt: skip
        tell_ignored(found)
        return
    _show_changes(changes)
    same = len(preview.added) - len(changes) - len(fresh)
    out_ = console()
    known = f"; {outcome.reused} stay: nothing that decides them has changed" if outcome.reused else ""
    out_.print(f"{len(changes)} grades change, {same} were graded again and stay, {len(fresh)} are new{known}")
    failed = [grade.student for grade in outcome.grades if grade.status == "internal"]
    if failed:
        out_.print(f"{len(failed)} could not be graded, which is the grader's own fault; their grades stay as they are")
    if preview.added and not apply:
        out_.print("nothing was written; say --apply to write this")
    tell_ignored(found)


def _show_changes(changes: list[Change]) -> None:
    from rich.text import Text

    out = console()
    for one in changes:
        style = "red" if one.difference < 0 else "green" if one.difference > 0 else "yellow"
        head = Text(f"{printable(one.new.student, 40)}  {one.new.exercise}  ", style="bold")
        head.append(f"{one.old.points:g} → {one.new.points:g} of {one.new.max_points:g}", style=style)
        out.print(head)
        for old, new in one.checks:
            which = new or old
            assert which is not None
            was = f"{old.status} {old.points:g}/{old.max_points:g}" if old is not None else "not there"
            now = f"{new.status} {new.points:g}/{new.max_points:g}" if new is not None else "gone"
            out.print(Text(f"  {which.title}: {was} → {now}"))
            for label, check in (("was", old), ("now", new)):
                for line in (told(check.failure) if check is not None else "").splitlines()[:6]:
                    out.print(Text(f"    {label}  {printable(line, 200)}", style="bright_black"))
