"""What the tests share: warm templates, started once a session, and workers forked from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import torch
from hypothesis import settings

from autograder.course import trees
from autograder.course.trees import Trees
from autograder.sandbox.host.base import Limits
from autograder.sandbox.host.forked import Template
from autograder.sandbox.host.probe import best_level
from autograder.sandbox.host.student import Student

settings.register_profile("gradus", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("gradus")
torch.set_num_threads(1)  # judges are forked from this process

#: makes a worker that holds a source, ready for one check
MakeStudent = Callable[..., Student]


#: files that take longest, which are begun first so that nobody waits for them at the end
LONG = (
    "test_misbehaviour", "test_watch", "test_elsewhere", "test_machine_faults", "test_nbcourse", "test_exam_memory",
    "test_alike",
    "test_live", "test_grading", "test_faults", "test_verify", "test_cli", "test_formgrader", "test_report_browser",
)  # fmt: skip

#: folders and files whose tests wait for processes, under limits of time, and for browsers: on a machine that is busy
#: for a moment one of them may fail. It is tried once more, which the summary says; what is computed is not.
BUSY = {
    "sandbox", "student", "lab", "desk", "test_misbehaviour", "test_elsewhere", "test_machine_faults", "test_live",
    "test_live_fork", "test_faults", "test_grading", "test_cli", "test_formgrader", "test_feedback_browser",
    "test_report_browser", "test_guides", "test_submission",
}  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first. Each is run by one process, since its tests share what is dear."""
    order = {name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: order.get(item.path.stem, len(LONG)))
    for item in items:
        if BUSY & {item.path.stem, item.path.parent.name}:
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(autouse=True)
def _usual_course() -> Iterator[None]:
    """A course that a test chose is no other test's."""
    yield
    trees.choose(None)


@pytest.fixture(scope="session")
def template_of() -> Iterator[Callable[[str], Template]]:
    """The warm template of a level of isolation, started when it is first asked for."""
    started: dict[str, Template] = {}

    def get(level: str) -> Template:
        if level not in started:
            started[level] = Template(level)
        return started[level]

    yield get
    for template in started.values():
        template.close()


@pytest.fixture(scope="session")
def plain_template(template_of: Callable[[str], Template]) -> Template:
    """The template whose workers have limits only."""
    return template_of("plain")


@pytest.fixture(scope="session")
def best_template(template_of: Callable[[str], Template]) -> Template:
    """The template of the strongest level that works here."""
    return template_of(best_level())


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Trees:
    """A small course that nbgrader has generated, to be copied."""
    from tests.nbcourses import generated_by_nbgrader

    return generated_by_nbgrader(tmp_path_factory.mktemp("generated") / "course")


@pytest.fixture
def student_in() -> Iterator[MakeStudent]:
    """A factory of workers: ``student_in(template, source)`` forks one, which ends with the test."""
    made: list[Student] = []

    def make(
        template: Template,
        source: str | list[str],
        *,
        limits: Limits | None = None,
        seed: int = 0,
        seconds: float = 20.0,
        files: dict[str, bytes] | None = None,
    ) -> Student:
        student = Student(template, limits or Limits())
        made.append(student)
        failures = student.load_source("page", source, files=files)
        assert failures == [], [(error.type_name, error.text) for _, error, _ in failures]
        student.begin(seed, seconds)
        return student

    yield make
    for student in made:
        student.close()


@pytest.fixture
def student(student_in: MakeStudent, plain_template: Template) -> MakeStudent:
    """The same factory over plain workers: ``student(source)``."""

    def make(source: str | list[str], **how: object) -> Student:
        return student_in(plain_template, source, **how)

    return make
