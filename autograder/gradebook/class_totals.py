"""Where a whole class stands, as every view and export is given it: from a gradebook's folder, or from grades alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from ..errors import GradebookError
from ..model import Grade, Syllabus, round_points
from .codes import Codes
from .entry_log import Entries
from .policy import Policy, load
from .store import Gradebook
from .totals import Standing, StudentTotal, answers, asked_pages, gone, standings, student_rows, student_totals

POLICY = "policy.toml"  #: in the folder of the gradebook


@dataclass(frozen=True)
class ClassTotals:
    """Every student's row for every page of the class, and their sums."""

    rows: tuple[Standing, ...]
    policy: Policy
    syllabus: Syllabus = field(repr=False)
    attempts: tuple[Grade, ...] = field(default=(), repr=False)  #: every grade that is kept, earlier ones too
    codes: Codes | None = field(default=None, repr=False, compare=False)  #: by which students ask to look again
    gone: tuple[tuple[str, str], ...] = ()  #: students and pages that the course no longer has, which count nothing

    @cached_property
    def students(self) -> dict[str, StudentTotal]:
        """The sums, by student."""
        return student_totals(self.rows, self.policy, self.syllabus)

    @cached_property
    def places(self) -> dict[tuple[str, str], Standing]:
        """The rows, by student and page."""
        return {(row.student, row.exercise): row for row in self.rows}

    @cached_property
    def by_student(self) -> dict[str, tuple[Standing, ...]]:
        """The rows of each student."""
        found: dict[str, list[Standing]] = {}
        for row in self.rows:
            found.setdefault(row.student, []).append(row)
        return {student: tuple(rows) for student, rows in found.items()}

    @cached_property
    def pages(self) -> tuple[str, ...]:
        """The pages of the class, as the course goes."""
        there = {row.exercise for row in self.rows}
        return tuple(page for page in self.syllabus.pages if page in there)

    @cached_property
    def answers(self) -> tuple[Grade, ...]:
        """The grades that count, that of a group once."""
        return tuple(answers(self.rows))

    @property
    def most(self) -> float:
        """What a student can reach, once what waits for a mark is marked."""
        rows = (replace(row, max_points=row.max_points + row.unmarked) for row in self.rows)
        totals = student_totals(rows, self.policy, self.syllabus)
        return max((total.maximum for total in totals.values()), default=0.0)

    def only(self, pages: Collection[str] = (), students: Collection[str] = ()) -> ClassTotals:
        """Return the totals of some pages or students alone; all where none are named."""
        there = set(self.pages) <= set(pages or self.pages) and set(self.by_student) <= set(students or self.by_student)
        if there and not self.gone:
            return self
        rows = tuple(
            row for row in self.rows
            if (not pages or row.exercise in pages) and (not students or row.student in students)
        )  # fmt: skip
        left = {(row.student, row.exercise) for row in rows}
        attempts = tuple(grade for grade in self.attempts if (grade.student, grade.exercise) in left)
        gone_ = tuple(
            place for place in self.gone
            if (not students or place[0] in students) and (not pages or place[1] in pages)
        )  # fmt: skip
        return ClassTotals(rows, self.policy, self.syllabus, attempts, self.codes, gone_)


def of_grades(grades: Iterable[Grade], syllabus: Syllabus) -> ClassTotals:
    """Return the totals of grades that have no gradebook: no lateness, nothing by hand."""
    book: dict[tuple[str, str], list[Grade]] = {}
    pending = set()
    for grade in grades:
        if grade.status == "internal":
            pending.add((grade.student, grade.exercise))
        else:
            book.setdefault((grade.student, grade.exercise), []).append(grade)
    rows = tuple(standings(book, {}, Policy(), syllabus, pending))
    return ClassTotals(rows, Policy(), syllabus, gone=gone(syllabus, book, pending))


def of_book(
    book: Gradebook, syllabus: Syllabus, policy: Policy | None = None, also: Collection[str] = (), bare: bool = False,
    everybody: Iterable[str] = (),
) -> ClassTotals:  # fmt: skip
    """Return the totals of a gradebook.

    Args:
        policy: the one in its folder by default.
        also: further pages, that nobody handed in.
        bare: without the pictures and prints of checks, which take most of the memory.
        everybody: further students, of whom nothing is known.

    Raises:
        GradebookError: the policy, or what persons gave, cannot be read.
    """
    policy = policy if policy is not None else beside(book.path.parent, syllabus)
    with Entries.open(book.path) as log:
        given = log.by_row()
    histories, pending = book.histories(), book.pending()
    if bare:
        histories = {place: [_bare(grade) for grade in some] for place, some in histories.items()}
    rows = standings(histories, given, policy, syllabus, pending, everybody, also)
    lost = gone(syllabus, histories, given, pending)
    attempts = tuple(grade for (_, page), some in histories.items() if page in syllabus.pages for grade in some)
    return ClassTotals(tuple(rows), policy, syllabus, attempts, Codes.of_book(book), lost)


def with_added(totals: ClassTotals, book: Gradebook, added: Collection[Grade]) -> ClassTotals:
    """Return the totals of a gradebook as if it held these grades, too; what it holds is not read again.

    Args:
        totals: of the whole gradebook.

    Raises:
        GradebookError: what persons gave cannot be read.
    """
    with Entries.open(book.path) as log:
        given = log.by_row()
    histories: dict[tuple[str, str], list[Grade]] = {}
    for grade in (*totals.attempts, *added):
        histories.setdefault((grade.student, grade.exercise), []).append(grade)
    waits = book.pending().keys() - {(grade.student, grade.exercise) for grade in added}
    rows = standings(histories, given, totals.policy, totals.syllabus, waits)
    return replace(totals, rows=tuple(rows), attempts=tuple(g for some in histories.values() for g in some))


def illustrated(totals: ClassTotals, book: Gradebook, whole: Iterable[Grade]) -> ClassTotals:
    """Return the totals of :func:`of_book` that are bare, but for the attempts that count: these are whole.

    Args:
        whole: grades that are at hand; the others are read again.
    """
    at_hand = {_attempt(grade): grade for grade in whole}

    def found(grade: Grade) -> Grade:
        which = _attempt(grade)
        kept = at_hand.get(which)
        if kept is None:
            some = reversed(book.history(grade.student, grade.exercise))
            kept = next((one for one in some if _attempt(one) == which), grade)
        return kept

    rows = tuple(replace(row, grade=found(row.grade)) if row.grade is not None else row for row in totals.rows)
    return replace(totals, rows=rows)


def _attempt(grade: Grade) -> tuple[str, str, str, str, int | None]:
    return grade.student, grade.exercise, grade.digest, grade.key, grade.seed


def row_of(book: Gradebook, log: Entries, syllabus: Syllabus, student: str, page: str) -> Standing:
    """Return one row of a gradebook, as :func:`of_book` has it, without reading the whole class.

    Raises:
        GradebookError: the policy, or what persons gave, cannot be read.
    """
    policy, given, pending = beside(book.path.parent, syllabus), log.by_row(), book.pending()
    members = policy.members(student)
    histories = {(who, one): book.history(who, one) for who in members for one in syllabus.exercises}
    pages = [one for one in syllabus.pages if one == page or any(histories.get((who, one)) for who in members)]
    rows = student_rows(student, pages, histories, given, policy, syllabus, pending, asked_pages(given))
    return next(row for row in rows if row.exercise == page)


def grade_of(row: Standing, syllabus: Syllabus) -> Grade:
    """Return the grade of a row as its student's own: their group's, too; where there is none, one that says so."""
    if row.grade is not None:
        return row.grade if row.grade.student == row.student else replace(row.grade, student=row.student)
    page, status = syllabus.exercises.get(row.exercise), "internal" if row.pending else "missing"
    return Grade(row.student, row.exercise, status, 0.0, page.points if page is not None else 0.0, 0.0, (), "plain")


def counting(grades: Iterable[Grade], totals: ClassTotals) -> list[Grade]:
    """Return grades with the attempt that counts in the place of each, a group's as its member's own.

    What the grader could not grade stays: nobody knows its points.
    """
    found = []
    for grade in grades:
        row = totals.places.get((grade.student, grade.exercise))
        if row is not None and row.grade is not None and not row.pending and grade.status != "internal":
            grade = grade_of(row, totals.syllabus)
        found.append(grade)
    return found


def with_all(grades: Iterable[Grade], totals: ClassTotals) -> list[Grade]:
    """Return grades with one for each row of the totals that has none among them, by student, as the course goes."""
    found = {(grade.student, grade.exercise): grade for grade in grades}
    for row in totals.rows:
        if (row.student, row.exercise) not in found:
            found[row.student, row.exercise] = grade_of(row, totals.syllabus)
    order = {address: number for number, address in enumerate(totals.syllabus.pages)}  # as a run has them
    return sorted(found.values(), key=lambda grade: (grade.student, order.get(grade.exercise, -1)))


def _bare(grade: Grade) -> Grade:
    if not any(check.output or check.plot for check in grade.checks):
        return grade
    return replace(grade, checks=tuple(replace(check, output="", plot=None) for check in grade.checks))


def beside(folder: Path, syllabus: Syllabus) -> Policy:
    """Return the policy that lies in a folder, the plain one where none does.

    Raises:
        GradebookError: it cannot be read.
    """
    place = folder / POLICY
    return load(place, syllabus) if place.is_file() else Policy()


def weighted(grades: Iterable[Grade], syllabus: Syllabus) -> list[Grade]:
    """Return grades whose points and maxima are multiplied by their pages' weights: for what sums up by itself."""
    found = []
    for grade in grades:
        weight = syllabus.weight(grade.exercise)
        if weight != 1.0:
            checks = tuple(
                replace(c, points=round_points(weight * c.points), max_points=round_points(weight * c.max_points))
                for c in grade.checks
            )
            points, most = round_points(weight * grade.points), round_points(weight * grade.max_points)
            grade = replace(grade, points=points, max_points=most, checks=checks)
        found.append(grade)
    return found


def other_policy(named: Path, policy: Policy, folder: Path, syllabus: Syllabus) -> str:
    """Say that a policy that was named counts here alone, "" where the one of the folder says the same.

    Args:
        policy: what stands in the named file.
        folder: of the gradebook.
    """
    mine = folder / POLICY
    try:
        if policy == beside(folder, syllabus):
            return ""
    except GradebookError:  # which cannot be the same
        pass
    there = f"count by {mine}" if mine.is_file() else "count without a policy"
    return f"totals here count by {named}; the report, grades.csv and grades.json {there}"
