"""The results of a class as they are now: grades, what markers gave, totals; read again only where they changed."""

from __future__ import annotations

import dataclasses
import hashlib
import sqlite3
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import GradebookError
from ..export.files import grade_of, read_json
from ..gradebook.class_totals import POLICY, other_policy
from ..gradebook.entries import Entry
from ..gradebook.entry_log import Entries
from ..gradebook.kept_code import KeptCode
from ..gradebook.policy import Policy
from ..gradebook.policy import load as load_policy
from ..gradebook.read_only import copied, stamp, writable
from ..gradebook.rubric import Rubric
from ..gradebook.store import Gradebook
from ..gradebook.totals import Standing, StudentTotal, asked_pages, gone, pages_of, student_rows, student_total
from ..intake.roster import Roster
from ..model import CheckResult, Grade, Syllabus

Place = tuple[str, str]  #: a student and the address of a page
BOOK, PLAIN = "gradebook.db", "grades.json"


@dataclass(frozen=True)
class Class:
    """A class as it stood at one moment.

    Args:
        students: everybody, by name.
        pages: the addresses that anybody handed in or was given something for, as the course goes.
        histories: every grade, oldest first, by student and page. Its pictures and prints stayed in the file.
        entries: what markers gave, oldest first, by student and page.
        rows: where everybody stands on every page.
        totals: where everybody stands in all.
        gone: students and pages that the course no longer has, of which something is kept.
        shapes: what equal code has in common, see :func:`~autograder.gradebook.kept_code.shape`.
    """

    students: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    histories: Mapping[Place, list[Grade]] = field(default_factory=dict)
    entries: Mapping[Place, tuple[Entry, ...]] = field(default_factory=dict)
    rows: Mapping[Place, Standing] = field(default_factory=dict)
    totals: Mapping[str, StudentTotal] = field(default_factory=dict)
    shapes: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    gone: tuple[Place, ...] = ()

    def of_page(self, page: str) -> list[Standing]:
        """Return the rows of one page, by student."""
        return [self.rows[student, page] for student in self.students if (student, page) in self.rows]


class Results:
    """What one desk shows. Threads may share it.

    Args:
        path: a folder that `gradus grade` wrote, or a file in it.
        course: that was graded.
        policy: the file that says how points count; the one in the folder by default. It is read again when it changes.
        read_only: nothing may be written; a file that cannot be written is read only anyway.
        roster: further students, and further names of all.

    Raises:
        GradebookError: there are no results, or the policy cannot be read; the message names the next step.
    """

    def __init__(
        self,
        path: Path,
        course: Syllabus,
        policy: Path | None = None,
        read_only: bool = False,
        roster: Roster | None = None,
    ):
        self.course, self.policy, self.roster = course, Policy(), roster or Roster()
        self.folder = path if path.is_dir() else path.parent
        self._policy_at, self._policy_was = policy or self.folder / POLICY, ""
        self._policy_named = policy is not None
        book, plain = self.folder / BOOK, self.folder / PLAIN
        if not path.exists() or not (book.is_file() or plain.is_file()):
            raise GradebookError(f"{path}: no results here; name the folder that `gradus grade --out` wrote")
        self._own: tempfile.TemporaryDirectory[str] | None = None
        self.read_only = read_only or not book.is_file() or not writable(book)
        self.plain = not book.is_file()  #: a grades.json alone, which knows the points of the checks and no more
        self._source = plain if self.plain else book
        self.file = self._copy() if self.read_only else book
        self._lock = threading.RLock()
        self._read_policy()
        self._open()

    def _open(self) -> None:
        """Open the file as one of which nothing is known yet."""
        self._mark: object = None
        self._pending: set[Place] = set()
        self._histories: dict[Place, list[Grade]] = {}
        self._entries: dict[Place, tuple[Entry, ...]] = {}
        self._last = 0
        self._shapes: dict[tuple[str, str, str], str] = {}
        self._last_shape = 0
        self._class = Class()
        self._asked: frozenset[str] = frozenset()
        self._checks: dict[CheckResult, CheckResult] = {}
        try:
            self._identity = self._identify()
            self.entries, self.rubric = Entries.open(self.file), Rubric.open(self.file)
            self.code = KeptCode(self.file)
        except (sqlite3.Error, OSError) as error:
            raise GradebookError(f"{self.file}: {error}; name another folder") from None

    def _identify(self) -> tuple[int, ...]:
        """Return what is another where the gradebook is another one, or was read from what has changed since."""
        there = self._source.stat()
        return (*self._was, there.st_ino) if self.read_only else (there.st_dev, there.st_ino)

    def _follow(self) -> None:
        """Open the file anew where another one took its place: what is given must not go into one that is gone.

        Raises:
            GradebookError: there is none now.
        """
        if not self._source.is_file():
            raise GradebookError(f"{self._source}: it is gone; `gradus grade` writes a new one, which is shown then")
        if self.read_only and stamp(self._source) != self._was:
            self._close()
            self.file = self._copy()
            self._open()
        elif self._identify() != self._identity:
            self._close()
            self._open()

    def _copy(self) -> Path:
        """Return a gradebook of our own that holds what may only be looked at."""
        old, self._own = self._own, tempfile.TemporaryDirectory(prefix="gradus-desk-")
        if old is not None:
            old.cleanup()
        copy = Path(self._own.name) / BOOK
        if self.plain:
            self._was = stamp(self._source)
            self._from_plain(copy)  # that was written whole
        else:
            self._was = copied(self._source, copy)
        return copy

    def _from_plain(self, file: Path) -> None:
        """Keep in a gradebook of our own what a ``grades.json`` tells, where there is no other."""
        try:
            _, records = read_json(self._source)
            grades = [grade_of(record) for record in records]
        except (OSError, ValueError) as error:
            raise GradebookError(f"{self._source}: {error}; `gradus grade` writes it again") from None
        with Gradebook(file) as kept:
            for grade in grades:
                kept.add(grade)

    def _close(self) -> None:
        self.entries.close()
        self.rubric.close()
        self.code.close()

    def close(self) -> None:
        """Close the file."""
        self._close()
        if self._own is not None:
            self._own.cleanup()

    # -- what is there now -----------------------------------------------------------------------

    def now(self) -> Class:
        """Return the class as it is now."""
        with self._lock:
            self._follow()
            fresh = self._read_policy() | self._read_grades() | self._read_shapes()
            changed = self._read_entries()
            if fresh:
                self._count(None)
            elif changed:
                self._count(changed)
            return self._class

    @property
    def last(self) -> Class:
        """The class as it was read last."""
        return self._class

    def grade(self, student: str, page: str) -> Grade | None:
        """Return the grade that counts, whole, with its pictures and what was printed."""
        row = self.now().rows.get((student, page))
        if row is None or row.grade is None:
            return None
        with Gradebook(self.file) as kept:
            mine = [one for name in self.policy.members(student) for one in kept.history(name, page)]
        slim = row.grade
        return next((one for one in reversed(mine) if _slim(one) == slim), slim)

    @property
    def told(self) -> str:
        """What is to be said of the policy where it is another than the folder's own, else ""."""
        if not self._policy_named:
            return ""
        return other_policy(self._policy_at, self.policy, self.folder, self.course)

    def _read_policy(self) -> bool:
        """Read how points count where that is new; tell whether it is.

        Raises:
            GradebookError: it cannot be read.
        """
        try:
            there = self._policy_at.stat()
            now = f"{there.st_mtime_ns} {there.st_size}"
        except OSError:
            now = "" if not self._policy_named else "gone"
        if now == self._policy_was:
            return False
        self.policy = load_policy(self._policy_at, self.course) if now else Policy()
        self._policy_was = now
        return True

    def _read_grades(self) -> bool:
        """Read the grades that are new; tell whether anything differs."""
        with Gradebook(self.file) as kept:
            mark = kept.mark()
            if mark == self._mark:
                return False
            grown = isinstance(self._mark, tuple) and mark[1] - self._mark[1] == mark[0] - self._mark[0] >= 0
            since = self._mark[0] if grown and isinstance(self._mark, tuple) else 0
            fresh = kept.histories(since)
            self._pending = set(kept.pending())
        if not since:
            self._histories, self._last = {}, 0
            self._entries = {}
        for place, grades in fresh.items():
            mine = [dataclasses.replace(one, checks=tuple(map(self._shared, one.checks))) for one in grades]
            self._histories[place] = [*self._histories.get(place, ()), *mine]
        self._mark = mark
        return True

    def _read_shapes(self) -> bool:
        """Read of what code is new what it has in common with others; tell whether any is."""
        found, last = self.code.shapes(self._last_shape)
        new, self._last_shape = last != self._last_shape, last
        self._shapes = {**self._shapes, **found} if new else self._shapes
        return new

    def _shared(self, check: CheckResult) -> CheckResult:
        """Return an equal check that is kept already: most of a class ends alike."""
        slim = dataclasses.replace(check, plot=None, output="") if check.plot is not None or check.output else check
        return self._checks.setdefault(slim, slim)

    def _read_entries(self) -> set[str]:
        """Read what markers gave since; return whose."""
        new = self.entries.all(self._last)
        for entry in new:
            place = entry.student, entry.page
            self._entries[place] = (*self._entries.get(place, ()), entry)
            self._last = max(self._last, entry.number)
        return {entry.student for entry in new}

    def _count(self, whose: set[str] | None) -> None:
        """Work out where these students stand; everybody, where it is not said who."""
        asked = frozenset(asked_pages(self._entries))
        pages = tuple(pages_of(self.course, self._histories, self._entries, self._pending))
        if whose is None or asked != self._asked or pages != self._class.pages:
            whose = {name for name, _ in (*self._histories, *self._entries, *self._pending)}
            whose.update(self.roster.further(whose))
            whose.update(member for name in list(whose) for member in self.policy.members(name))
            rows: dict[Place, Standing] = {}
            totals: dict[str, StudentTotal] = {}
            students = tuple(sorted(whose))
        else:
            rows, totals = dict(self._class.rows), dict(self._class.totals)
            students = tuple(sorted({*self._class.students, *whose}))
        for student in whose:
            mine = student_rows(
                student, pages, self._histories, self._entries, self.policy, self.course, self._pending, asked
            )
            rows.update({(student, row.exercise): row for row in mine})
            totals[student] = student_total(mine, self.policy, self.course)
        self._asked = asked
        entries = dict(self._entries)
        lost = gone(self.course, self._histories, entries, self._pending)
        self._class = Class(students, pages, self._histories, entries, rows, totals, self._shapes, lost)


def outcome(grade: Grade | None) -> str:
    """Return what is another where a page was handed in anew, or graded anew with another end; "" of no grade."""
    if grade is None:
        return ""
    ends = [(one.name, one.status, one.points, one.max_points) for one in grade.checks]
    text = repr((grade.student, grade.digest, grade.status, grade.points, grade.max_points, ends))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _slim(grade: Grade) -> Grade:
    """Return a grade without what is large."""
    checks = tuple(
        dataclasses.replace(one, plot=None, output="") if one.plot is not None or one.output else one
        for one in grade.checks
    )
    return dataclasses.replace(grade, checks=checks)
