"""What grading again would change, before anything is written: who, by how much, and which checks are the reason."""

from __future__ import annotations

from dataclasses import dataclass

from ..model import CheckResult, Grade
from .store import Gradebook


@dataclass(frozen=True)
class Change:
    """One student's grade, before and after; `checks` pairs those whose outcome differs (None: new, or gone)."""

    old: Grade
    new: Grade
    checks: tuple[tuple[CheckResult | None, CheckResult | None], ...]

    @property
    def difference(self) -> float:
        """In points."""
        return self.new.points - self.old.points


def change(old: Grade, new: Grade) -> Change | None:
    """Compare two grades of one submission; None when nothing differs that a person would see."""
    before = {check.name: check for check in old.checks}
    after = {check.name: check for check in new.checks}
    pairs = [(before.get(name), after.get(name)) for name in {**before, **after}]
    differing = tuple(pair for pair in pairs if _outcome(pair[0]) != _outcome(pair[1]))
    same = (old.status, old.points, old.max_points) == (new.status, new.points, new.max_points)
    return None if same and not differing else Change(old, new, differing)


def _outcome(check: CheckResult | None) -> tuple[object, ...] | None:
    return None if check is None else (check.status, check.points, check.max_points, check.diagnosis)


class Preview:
    """A gradebook to look into and not to write into: what would be added is kept aside."""

    def __init__(self, book: Gradebook):
        self.book = book
        self.added: list[Grade] = []

    def known(self, student: str, exercise: str, key: str, seed: int | None = None) -> Grade | None:
        """As the gradebook knows it."""
        return self.book.known(student, exercise, key, seed)

    def attempts(self, student: str, exercise: str) -> list[tuple[str, int]]:
        """As the gradebook knows them."""
        return self.book.attempts(student, exercise)

    def share(self, grade: Grade) -> Grade:
        """As the gradebook does."""
        return self.book.share(grade)

    def last_attempts(self) -> dict[tuple[str, str], tuple[str, int]]:
        """As the gradebook knows them."""
        return self.book.last_attempts()

    def renew(self, grade: Grade) -> None:
        """Leave it where it is: nothing is written."""

    def setting(self, name: str) -> str | None:
        """As the gradebook has it."""
        return self.book.setting(name)

    def keep_setting(self, name: str, value: str) -> None:
        """Forget it: nothing is written."""

    def forget_setting(self, name: str) -> None:
        """Keep it: nothing is written."""

    def add(self, grade: Grade) -> None:
        """Keep it aside."""
        if grade.status != "internal":
            self.added.append(grade)

    def changes(self) -> list[Change]:
        """Return what the new grades change of the old ones of the same submissions, the largest losses first."""
        found = []
        for new in self.added:
            old = [g for g in self.book.history(new.student, new.exercise) if g.digest == new.digest]
            made = change(old[-1], new) if old else None
            if made is not None:
                found.append(made)
        return sorted(found, key=lambda c: (c.difference, c.new.student, c.new.exercise))

    def first_grades(self) -> list[Grade]:
        """Return the new grades of submissions that were never graded."""
        return [
            new for new in self.added
            if all(g.digest != new.digest for g in self.book.history(new.student, new.exercise))
        ]  # fmt: skip
