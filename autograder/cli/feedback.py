"""Feedback for students, in the form that a platform or a mail merge takes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..errors import GradusError
from ..report.terminal import console
from .base import Verbose, app, load
from .exports import form_at
from .kept import totals_of
from .marks import Out, PolicyFile

FORMS = ("folder", "moodle", "canvas", "nbgrader")


@app.command()
def feedback(
    form: Annotated[str, typer.Argument(metavar="FORM", help=", ".join(FORMS))],
    to: Annotated[Path, typer.Option("--to", help="folder and nbgrader: the folder; moodle: a zip; canvas: a CSV")],
    into: Annotated[Path | None, typer.Option("--into", help="moodle: the downloaded grading worksheet")] = None,
    exercise: Annotated[list[str] | None, typer.Option("--exercise", help="only these; repeat it")] = None,
    assignment: Annotated[str | None, typer.Option("--assignment", help="the exercises of this assignment")] = None,
    roster: Annotated[Path | None, typer.Option("--roster", help="a CSV that says who is who")] = None,
    out: Out = Path("out"),
    policy: PolicyFile = None,
    verbose: Verbose = False,
) -> None:
    """Write each student's own page: points, lateness, comments, what failed; no seed, nothing of others."""
    from ..export import feedback as written
    from ..intake import roster as who
    from ..report.notices import noticed
    from . import teacher

    course, _ = load()
    if form not in FORMS:
        raise GradusError(f"there is no form {form}; there are {', '.join(FORMS)}")
    if to.is_dir() and (to / "gradebook.db").exists() and not (form == "nbgrader" and _nbgrader_folder(to)):
        raise GradusError(f"{to}: holds the gradebook, which students may not see; name another folder with --to")
    named = teacher.wanted_of(course, exercise, assignment)
    totals = totals_of(out, policy, course, roster, named).only(named)
    people = who.load(roster) if roster is not None else who.Roster()
    if form == "folder":
        files = written.folder(totals, to, people)
        console().print(f"wrote  {len(files) - 1} pages and {files[0]}", markup=False, soft_wrap=True)
    elif form == "nbgrader":
        name = _nbgrader_folder(to) or "feedback"
        made = written.nbgrader(totals, to, name)
        console().print(f"wrote  {len(made)} pages in {to / name}", markup=False, soft_wrap=True)
    elif form == "canvas":
        from ..export.files import write_whole

        write_whole(to, written.canvas(totals, people))
        console().print(f"wrote  {to}", markup=False, soft_wrap=True)
    else:
        if into is None:
            raise GradusError("download the grading worksheet from moodle and name it with --into: it says who is who")
        left = written.moodle(totals, form_at(into), people.including(list(totals.students)), to, str(into))
        console().print(f"wrote  {to}", markup=False, soft_wrap=True)
        why = "give the roster a column with the platform's name of them"
        for line in noticed("no row for", [(name, why) for name in left], verbose):
            console(stderr=True).print(line, markup=False, soft_wrap=True)


def _nbgrader_folder(folder: Path) -> str:
    """Return where an nbgrader course keeps feedback, "" of a folder that is none: its gradebook is nbgrader's own."""
    from ..nbcourse import find

    course = find(folder)
    return str(course.coursedir().feedback_directory) if course is not None else ""
