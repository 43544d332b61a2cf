"""The gradebook of a folder as commands open it: to be read or changed, whom a name means, where everybody stands."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import GradebookError, GradusError
from ..report.terminal import console
from ..text import printable
from .base import nearest

if TYPE_CHECKING:
    from ..gradebook.class_totals import ClassTotals
    from ..gradebook.entry_log import Entries
    from ..gradebook.policy import Policy
    from ..gradebook.store import Gradebook
    from ..model import Syllabus


@contextlib.contextmanager
def opened(out: Path, changes: bool = False) -> Iterator[Gradebook]:
    """Open the gradebook of a folder; what was met in it and cannot be read is told of in a line.

    Args:
        changes: it is to be written. Else one that may only be read is looked at in a copy.
    """
    from ..gradebook.class_totals import POLICY
    from ..gradebook.read_only import copied, writable
    from ..gradebook.store import Gradebook

    place = out / "gradebook.db"
    if not place.is_file():
        raise GradebookError(f"{place}: there is no gradebook; `gradus grade` makes it, or say --out")
    with contextlib.ExitStack() as stack:
        if not writable(place):
            if changes:
                why = "ask who owns it, or copy the folder"
                raise GradebookError(f"{place}: may only be read, so nothing was changed; {why}")
            own = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gradus-book-")))
            try:
                copied(place, own / place.name)
                if (out / POLICY).is_file():
                    shutil.copyfile(out / POLICY, own / POLICY)
            except OSError as error:
                raise GradebookError(f"{error.filename}: {error.strerror}; ask who owns it") from None
            place = own / place.name
        kept = stack.enter_context(Gradebook(place))
        yield kept
        trouble = kept.trouble()
    if trouble:
        line = f"{trouble}; passed over: `gradus grade` keeps the file aside and grades again what is missing"
        console(stderr=True).print(printable(line, 1000), markup=False, soft_wrap=True)


def students_of(book: Gradebook) -> set[str]:
    """Return everybody of whom something is kept."""
    from ..gradebook.entry_log import Entries

    with Entries.open(book.path) as log:
        return book.students() | {one.student for one in log.all()}


def with_groups(known: set[str], policy: Policy) -> set[str]:
    """Return students and who shares a group with one of them: these have a row in the book, too."""
    return known | {name for group in policy.groups.values() if known.intersection(group) for name in group}


def student_called(name: str, known: set[str], roster: Path | None, where: Path) -> str:
    """Return the id of the student whom a name means: an id, or with a roster a name that is one student's alone.

    Args:
        known: the ids of whom something is kept.
        where: the file that these come from.

    Raises:
        GradusError: nobody is called so, or several are, who are named.
    """
    from ..intake import roster as who

    people = who.load(roster) if roster is not None else who.Roster()
    if name in known or name in people.students:
        return name
    found = people.called(name)
    if len(found) > 1:
        some = "; ".join(
            ", ".join(dict.fromkeys(filter(None, (one, *people.students[one].values())))) for one in found[:5]
        )
        more = f" and {len(found) - 5} more" if len(found) > 5 else ""
        raise GradusError(printable(f"{name} may be {len(found)} students of {roster}: {some}{more}; say the id", 1000))
    if found:  # who was graded under another of their names
        return next((one for one in (found[0], *people.students[found[0]].values()) if one in known), found[0])
    more = f" nor in {roster}" if roster is not None else "; of one who handed in nothing say --roster, too"
    raise nearest(name, known | set(people.students), "student", f" in {where}{more}")


def _policy(path: Path | None, out: Path, course: Syllabus, known: set[str]) -> Policy:
    """Load the policy of a folder.

    Raises:
        GradebookError: it names a student who is nobody here, and somebody is called nearly so.
    """
    from ..gradebook import class_totals, policy

    found = policy.load(path, course) if path is not None else class_totals.beside(out, course)
    for line in policy.ghosts(found, known):
        raise GradebookError(
            f"{path or out / class_totals.POLICY}: {line} Correct it, or name a --roster that has both"
        )
    return found


def totals_of(
    out: Path, policy: Path | None, course: Syllabus, roster: Path | None = None, also: Collection[str] = ()
) -> ClassTotals:
    """Return where everybody stands, from the gradebook and the policy in a folder.

    Args:
        also: further pages, that nobody handed in.
    """
    from ..gradebook.class_totals import of_book
    from ..intake import roster as who

    with opened(out) as book:
        kept, people = students_of(book), who.load(roster) if roster is not None else who.Roster()
        found = _policy(policy, out, course, kept | set(people.students))
        return of_book(book, course, found, also, everybody=people.further(kept))


def page_kept(course: Syllabus, name: str, book: Gradebook | None = None, log: Entries | None = None) -> str:
    """Return the address of a page: of the course, or, where a gradebook is given, of one that is kept there alone.

    Raises:
        GradusError: there is none; of a page that the course no longer has the message says that.
    """
    from ..course import syllabus
    from ..gradebook.totals import gone

    try:
        return syllabus.find_page(course, name).address
    except GradusError:
        places = gone(course, book.histories(), book.pending(), log.by_row()) if book and log else ()
        mine = sorted({page for _, page in places if name in (page, page.partition("/")[2])})
        if len(mine) != 1:
            raise
        return mine[0]


def page_to_mark(course: Syllabus, name: str, out: Path) -> str:
    """Return the address of a page that points can be given for.

    Raises:
        GradusError: there is none, or the course has it no longer.
    """
    from ..gradebook.entry_log import Entries
    from ..report.counting import gone_line

    with opened(out) as kept, Entries.open(kept.path) as log:
        address = page_kept(course, name, kept, log)
    if address not in course.pages:
        raise GradusError(f"{gone_line(address)}; `gradus history` shows what is kept")
    return address
