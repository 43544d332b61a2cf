"""A plain ``pytest autograder/pages``: grades ``solutions/``, or what ``--submission`` names."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..course import catalogue, syllabus
from ..course.page_files import contents
from ..course.trees import choose
from ..course.trees import trees as find_trees
from ..sandbox.host.base import WorkerSource
from ..sandbox.host.start import start_template
from ..sandbox.worker import vision_hook
from .exam import Exam
from .plugin import ChecksPlugin


def plain_plugin(config: pytest.Config) -> ChecksPlugin:
    """Make the plugin for a run without a judge: pytest's own loop and report, the plain worker."""
    course = config.getoption("--course", None)
    if course:
        choose(Path(course))
    trees = find_trees()
    course_ = syllabus.load(trees)
    templates: dict[tuple[str, ...], WorkerSource] = {}
    given = config.getoption("--submission", None)

    def exam(address: str) -> Exam:
        exercise = course_.exercises[address]
        if given:
            from ..intake.submissions import read_for

            submission = read_for(Path(given), exercise, syllabus=course_)
        else:
            submission = catalogue.solution_submission(trees, exercise)
        if exercise.needs not in templates:
            from ..sandbox.host.probe import best_level

            templates[exercise.needs] = start_template(best_level() if given else "plain", exercise.needs)
        return Exam(exercise, submission, templates[exercise.needs], seed=0, beside=contents(trees, address))

    return ChecksPlugin(trees, None, exam)


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--submission PATH``."""
    group = parser.getgroup("gradus")
    group.addoption("--submission", metavar="PATH", help="grade this file or folder instead of solutions/")
    group.addoption("--course", metavar="DIR", help="the folder of another course")


def pytest_configure(config: pytest.Config) -> None:
    """Register the plugin for a plain pytest run, unless the judge brought its own."""
    vision_hook.install()
    if config.pluginmanager.has_plugin("gradus-judge"):
        return
    plugin = plain_plugin(config)
    config.pluginmanager.register(plugin, "gradus-judge")
