"""Files of one student that have the same right to be graded: all are run, the best one counts, and that is said."""

from __future__ import annotations

from dataclasses import replace

from ..model import Grade, Submission


def parts(submission: Submission) -> list[Submission]:
    """Return the file of a submission, and those that tie with it, each alone."""
    return [replace(submission, tied=()), *submission.tied] if submission.tied else [submission]


def best(submission: Submission, grades: list[Grade]) -> Grade:
    """Return the grade that counts, of those of all `parts`; the first of equal ones."""
    if len(grades) == 1:
        return grades[0]
    first = max(grades, key=lambda grade: (grade.status != "internal", grade.points))
    others = ", ".join(f"{g.filename} ({g.points:g})" for g in grades if g is not first)
    note = f"none of these files is the later one: {first.filename} ({first.points:g} points) is graded, not {others}"
    seconds = sum(grade.seconds for grade in grades)
    return replace(first, digest=submission.digest, seconds=seconds, notes=(*first.notes, note))


def graded_part(submission: Submission, grade: Grade) -> Submission:
    """Return the file that a grade is about."""
    return next((one for one in parts(submission) if one.filename == grade.filename), submission)
