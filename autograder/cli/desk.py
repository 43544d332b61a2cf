"""What teachers do with a gradebook: look for copies, take a student out, grade again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import GradusError
from ..report.terminal import Progress, console
from ..text import in_line, printable, told
from .base import Jobs, Json, Verbose, app, cores, known_data, load, nearest, print_json
from .kept import opened, students_of
from .marks import Out

if TYPE_CHECKING:
    from ..gradebook.regrade import Change
    from ..gradebook.totals import Standing
    from ..model import Grade, Syllabus

    Places = Mapping[tuple[str, str], Standing]


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
        names = f"{in_line(pair.one.student, 40)}  {in_line(pair.other.student, 40)}"
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
    with alone_in(out), opened(out, changes=True) as kept:
        known = students_of(kept)
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
    data: Annotated[str, typer.Option("--data", help="a data set that some pages offer; default: as before")] = "",
    verbose: Verbose = False,
    as_json: Json = False,
) -> None:
    """Grade again with today's checks and say first who changes, by how much, and why."""
    from ..gradebook.class_totals import of_book, with_added
    from ..gradebook.regrade import Preview
    from ..model import Settings
    from ..running.run import alone_in, grade_class, graded_with, keep_code, note_data, rewrite_results, run_seed
    from ..sandbox.host.probe import best_level
    from .teacher import class_at, tell_ignored

    course, trees = load()
    found, _ = class_at(path, course, exercise, None, roster)
    with alone_in(out) if apply else contextlib.nullcontext(), opened(out, changes=apply) as kept:
        preview = Preview(kept)
        settings = Settings(run_seed(kept, None), best_level(), known_data(course, data) or _last_data(out, course))
        with Progress(len(found.submissions), "grading again", as_json) as step:
            outcome = grade_class(
                found.submissions, course, trees, settings, preview, jobs=jobs or cores(),
                on_grade=lambda grade, reused: step(grade.student), same_seeds=True, same_data=not data,
            )  # fmt: skip
        remembered = graded_with(kept)
        used = {page: remembered.get(page, settings.data) for page in {one.exercise for one in found.submissions}}
        changes, fresh = preview.changes(), preview.first_grades()
        before = of_book(kept, course)
        totals = before.places, with_added(before, kept, preview.added).places
        if apply:
            aside = kept.set_aside()
            if aside:
                console(stderr=True).print(aside, markup=False, soft_wrap=True)
            for grade in preview.added:
                kept.add(grade)
            if data:
                note_data(kept, dict.fromkeys((one.exercise for one in found.submissions), data))
            keep_code(outcome, kept)
            rewrite_results(kept, course, out)
    failed = [grade.student for grade in outcome.grades if grade.status == "internal"]
    notes = [
        f"{page}: with the data set {name}, as before" for page, name in sorted(used.items())
        if name in course.exercises[page].data and not data
    ]  # fmt: skip
    if failed:
        lost = f"{len(failed)} could not be graded, which is the grader's own fault"
        notes.append(f"{lost}; their grades stay as they are")
    if as_json:
        from ..export.files import grade_record

        print_json([
            *({"student": c.new.student, "exercise": c.new.exercise, "difference": c.difference,
               "old": grade_record(c.old, row), "new": grade_record(c.new, now)}
              for c, row, now in _with_rows(changes, totals)),
            *({"student": new.student, "exercise": new.exercise, "difference": None, "old": None,
               "new": grade_record(new, totals[1].get((new.student, new.exercise)))} for new in fresh),
        ])  # fmt: skip
        for line in notes:
            console(stderr=True).print(line, markup=False, soft_wrap=True)
        tell_ignored(found, verbose)
        return
    _show_changes(_with_rows(changes, totals))
    _show_new(fresh)
    same = len(preview.added) - len(changes) - len(fresh)
    out_ = console()
    known = f"; {outcome.reused} stay: nothing that decides them has changed" if outcome.reused else ""
    new = "1 is new" if len(fresh) == 1 else f"{len(fresh)} are new"
    out_.print(f"{len(changes)} grades change, {same} were graded again and stay, {new}{known}")
    for line in notes:
        out_.print(line, markup=False, soft_wrap=True)
    if preview.added and not apply:
        out_.print("nothing was written; say --apply to write this")
    tell_ignored(found, verbose)


def _last_data(out: Path, course: Syllabus) -> str:
    """Return the data set of the last run, for pages of which the gradebook does not know theirs."""
    from ..export.files import read_run

    try:
        return known_data(course, str(read_run(out / "grades.json").get("data") or ""))
    except (OSError, ValueError, GradusError):
        return ""


def _show_new(fresh: Iterable[Grade]) -> None:
    """Print the grades of what was never graded before."""
    for new in fresh:
        line = f"{in_line(new.student, 40)}  {new.exercise}  new: {new.points:g} of {new.max_points:g}"
        console().print(line, style="bold", markup=False)


def _with_rows(
    changes: list[Change], totals: tuple[Places, ...]
) -> Iterator[tuple[Change, Standing | None, Standing | None]]:
    """Yield changes with where their students stand on the page before and after; the course may not have it now."""
    before, after = totals
    for one in changes:
        place = one.new.student, one.new.exercise
        yield one, before.get(place), after.get(place)


def _show_changes(changes: Iterable[tuple[Change, Standing | None, Standing | None]]) -> None:
    from rich.text import Text

    out = console()
    for one, row, now_ in changes:
        style = "red" if one.difference < 0 else "green" if one.difference > 0 else "yellow"
        head = Text(f"{in_line(one.new.student, 40)}  {one.new.exercise}  ", style="bold")
        head.append(f"{one.old.points:g} → {one.new.points:g} of {one.new.max_points:g}", style=style)
        out.print(head)
        points = one.old.points, one.new.points
        if row is not None and now_ is not None and (row.total, now_.total) != points:
            hand = f", by hand {now_.manual:+g}" if now_.manual else ""
            out.print(Text(f"  total {row.total:g} → {now_.total:g} of {now_.max_points:g}{hand}", style="bold"))
        for old, new in one.checks:
            which = new or old
            assert which is not None
            was = f"{old.status} {old.points:g}/{old.max_points:g}" if old is not None else "not there"
            now = f"{new.status} {new.points:g}/{new.max_points:g}" if new is not None else "gone"
            out.print(Text(f"  {which.title}: {was} → {now}"))
            for label, check in (("was", old), ("now", new)):
                for line in (told(check.failure) if check is not None else "").splitlines()[:6]:
                    out.print(Text(f"    {label}  {printable(line, 200)}", style="bright_black"))
