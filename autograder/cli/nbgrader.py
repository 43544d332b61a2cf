"""What a class folder that is an nbgrader course gets besides: notebooks written, both gradebooks brought together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import GradebookError
from ..report.terminal import Progress, console

if TYPE_CHECKING:
    from ..intake.submissions import ClassFolder
    from ..model import Grade, Syllabus
    from ..nbcourse.find import NbCourse


def into_course(
    notebooks: NbCourse, grades: list[Grade], course: Syllabus, found: ClassFolder, out: Path, quiet: bool
) -> bool:
    """Write grades into an nbgrader course, and bring its gradebook and ours to the same totals.

    Return whether either changed by that: totals of before are not right any more.
    """
    _write_back(notebooks, grades, course, found, quiet)
    return _agree(notebooks, out, course, quiet)


def _write_back(notebooks: NbCourse, grades: list[Grade], course: Syllabus, found: ClassFolder, quiet: bool) -> None:
    from ..nbcourse import write_back
    from ..text import printable

    err = console(stderr=True)
    with Progress(0, "writing", quiet) as step:
        written = write_back(notebooks, grades, course, found.chosen, step)
    kept = f", {written.kept} in step already" if written.kept else ""
    if not quiet:
        err.print(f"nbgrader: {written.notebooks} notebooks written to {notebooks.root}{kept}", markup=False)
    for note in written.notes:
        err.print(printable(note), markup=False)


def _agree(notebooks: NbCourse, out: Path, course: Syllabus, quiet: bool) -> bool:
    """Bring both gradebooks together; where that cannot be, what was graded is kept and shown all the same."""
    from ..text import printable

    try:
        return synchronised(notebooks, out, course, quiet)
    except GradebookError as error:  # a policy with a slip of the pen, say
        line = f"note: {error}; then `gradus export nbgrader --into {notebooks.root}` brings both gradebooks together"
        console(stderr=True).print(printable(line, 1000), markup=False, soft_wrap=True)
        return False


def synchronised(notebooks: NbCourse, out: Path, course: Syllabus, quiet: bool) -> bool:
    """Bring nbgrader's gradebook and ours to the same totals, and write the results; return whether either changed."""
    from ..gradebook.entry_log import Entries
    from ..gradebook.store import Gradebook
    from ..nbcourse import synchronise
    from ..running.run import rewrite_results, unless_at_work
    from ..text import counted, printable

    err = console(stderr=True)
    with Gradebook(out / "gradebook.db") as book, Entries.open(book.path) as log:
        done = synchronise(notebooks, book, log, course)
        if done.taken:
            with unless_at_work(out) as free:
                if free:
                    rewrite_results(book, course, out)
    if (done.taken or done.given) and not quiet:
        taken = f"{counted(done.taken, 'mark')} of persons taken over"
        there = f"{counted(done.given, 'change')} written there (marks, points by hand, lateness, what groups share)"
        err.print(f"nbgrader: {taken}; {there}", markup=False, soft_wrap=True)
    for note in done.notes:
        err.print(printable(note), markup=False)
    return bool(done.taken or done.given)
