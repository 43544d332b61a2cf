"""Grading one student's folder where a platform put it: what the doors to Gradescope and GitHub share."""

from __future__ import annotations

from pathlib import Path

from ..course import syllabus
from ..course import trees as paths
from ..errors import SubmissionError
from ..gradebook import seeds
from ..intake.submissions import read_student
from ..model import Grade, Settings, Submission
from ..sandbox.host.probe import best_level
from .pool import grade_many


def grade_folder(folder: Path, names: list[str], student: str = "student", seed: int | None = None) -> list[Grade]:
    """Grade the named exercises, each "missing" where the folder does not hold it.

    Args:
        seed: for a test; each run draws one of its own, which is shown nowhere.

    Raises:
        GradusError: an exercise that the course does not have.
    """
    trees = paths.trees()
    course = syllabus.load(trees)
    addresses = tuple(syllabus.find(course, name).address for name in names) or tuple(course.exercises)
    try:
        found = read_student(folder, course, addresses, student).submissions
    except SubmissionError as error:
        found = [
            Submission(student, a, f"{a.partition('/')[2]}.py", problem=("missing", str(error))) for a in addresses
        ]
    settings = Settings(seeds.fresh() if seed is None else seed, best_level())
    return grade_many(found, course, trees, settings, jobs=1)
