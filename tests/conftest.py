"""What the tests share: warm templates, started once a session, and workers forked from them."""

from __future__ import annotations

import json
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import settings

from autograder.course import trees
from autograder.course.trees import Trees
from autograder.sandbox.host import start
from autograder.sandbox.host.base import Limits, WorkerSource
from autograder.sandbox.host.forked import Template
from autograder.sandbox.host.probe import best_level
from autograder.sandbox.host.student import Student

settings.register_profile("gradus", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("gradus")
torch.set_num_threads(1)  # judges are forked from this process
os.environ["GRADUS_NO_HELPER"] = "1"  # no test leaves a process behind
os.environ.pop("COLUMNS", None)  # GNU readline sets it in whoever imports it, such as the process that starts workers

#: makes a worker that holds a source, ready for one check
MakeStudent = Callable[..., Student]
#: the warm template of a level
TemplateOf = Callable[..., Template]


TESTS = Path(__file__).parent
#: how long a file takes, where that is seconds: ``GRADUS_MEASURE=1 make test`` writes it anew
MEASURED = TESTS / "seconds.json"
SECONDS: dict[str, int] = json.loads(MEASURED.read_text(encoding="utf-8"))

#: folders and files whose tests wait for processes, under limits of time, and for browsers: on a machine that is busy
#: for a moment one of them may fail. It is tried once more, which the summary says; what is computed is not.
BUSY = {
    "sandbox", "student", "lab", "desk", "test_misbehaviour", "test_elsewhere", "test_machine_faults", "test_live",
    "test_live_fork", "test_faults", "test_grading", "test_cli", "test_formgrader", "test_feedback_browser",
    "test_report_browser", "test_guides", "test_submission", "test_helper",
}  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, so that nobody waits at the end. Each is run by one process: its tests share things."""
    items.sort(key=lambda item: -SECONDS.get(_file(item.nodeid), 0))
    for item in items:
        if BUSY & {item.path.stem, item.path.parent.name}:
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Keep what each file took, where that is asked for."""
    if os.environ.get("GRADUS_MEASURE"):
        took: Counter[str] = Counter()
        for reports in terminalreporter.stats.values():
            for report in reports:
                if isinstance(report, pytest.TestReport):
                    took[_file(report.nodeid)] += report.duration
        kept = {name: round(seconds) for name, seconds in took.most_common() if seconds >= 2}
        MEASURED.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def _file(test: str) -> str:
    """The file of a test, below the tests' folder."""
    return test.partition("::")[0].removeprefix("tests/")


@pytest.fixture(autouse=True)
def _usual_course() -> Iterator[None]:
    """A course that a test chose is no other test's, be it by a command, by the environment or by going there."""
    yield
    trees.choose(None)
    os.environ.pop("GRADUS_COURSE", None)
    os.chdir(TESTS.parent)


@pytest.fixture(scope="session")
def template_of() -> Iterator[TemplateOf]:
    """The warm template of a level of isolation (and of modules it holds), started when it is first asked for."""
    started: dict[tuple[str, tuple[str, ...]], Template] = {}

    def get(level: str, needs: tuple[str, ...] = ()) -> Template:
        if (level, needs) not in started:
            started[level, needs] = Template(level, needs)
        return started[level, needs]

    yield get
    for template in started.values():
        template.close()


@pytest.fixture(scope="module")
def warm(template_of: TemplateOf) -> Iterator[None]:
    """Let the engine have forks of the session's templates where it starts one: each would import torch for a second.

    A judge that is a process of its own starts its own, since two may not ask on one line.
    """
    here, turn = os.getpid(), threading.Lock()

    def forked(level: str, needs: tuple[str, ...]) -> WorkerSource | None:
        if os.getpid() != here or start.spawns():
            return None
        with turn:
            return template_of(level, needs).split()

    start.offer(forked)
    yield
    start.offer(lambda level, needs: None)


@pytest.fixture(scope="session")
def plain_template(template_of: TemplateOf) -> Template:
    """The template whose workers have limits only."""
    return template_of("plain")


@pytest.fixture(scope="session")
def best_template(template_of: TemplateOf) -> Template:
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
