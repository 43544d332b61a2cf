"""A plain ``pytest autograder/pages``: grades ``solutions/``, or what ``--submission`` names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..course import catalogue, syllabus
from ..course.trees import trees as find_trees
from ..sandbox.host.launch import Template, start_template
from .exam import Exam
from .plugin import ChecksPlugin

if TYPE_CHECKING:
    import pytest


def plain_plugin(config: pytest.Config) -> ChecksPlugin:
    """The plugin for a run without a judge: pytest's own loop and report, the plain worker."""
    course = config.getoption("--course", None)
    trees = find_trees(Path(course) if course else None)
    course_ = syllabus.load(trees)
    templates: dict[tuple[str, ...], Template] = {}
    given = config.getoption("--submission", None)

    def exam(address: str) -> Exam:
        exercise = course_.exercises[address]
        if given:
            from ..intake.submissions import read_for

            submission = read_for(Path(given), exercise)
        else:
            submission = catalogue.solution_submission(trees, exercise)
        if exercise.needs not in templates:
            from ..sandbox.host.launch import best_level

            templates[exercise.needs] = start_template(best_level() if given else "plain", exercise.needs)
        return Exam(exercise, submission, templates[exercise.needs], seed=0)

    return ChecksPlugin(trees, None, exam)
