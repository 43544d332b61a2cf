"""Grading one submission and many, over judge processes that may die."""

from __future__ import annotations

import dataclasses
import json
import os
import threading
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from autograder.course.trees import Trees
from autograder.errors import CourseError
from autograder.gradebook.rows import from_json, to_json
from autograder.gradebook.store import certain
from autograder.judging.judge import Judge
from autograder.model import Grade, Settings, Submission, Syllabus
from autograder.report.faults import fault_lines
from autograder.running import pool
from autograder.running.pool import MAX_TRIES, Work, grade_here, grade_many, run_tasks
from autograder.running.run import Outcome, facts, write_results
from autograder.sandbox.host.forked import Template
from autograder.text import told
from tests.helpers import CHECKS, GOOD, PAGE, ROOT, SOLUTION, make_course, page, tiny

SETTINGS = Settings(seed=5, isolation="plain")
WRONG = "def scaled(x, factor=2.0):\n    return x * factor\n"
HANGS = "def scaled(x, factor=2.0):\n    while True: pass\n"

#: checks that end the judge process itself, as a fault of torch or of the machine would
DEADLY = '''"""Checks of a page whose judge dies."""

import os
from pathlib import Path

import torch

from autograder.checking import assert_same, points

NOTES = Path(__file__).parents[4] / "notes"


@points(3)
def test_values(student):
    """twice x plus one"""
    seen = student.scaled(torch.ones(1)).item()
    with NOTES.open("a") as file:
        file.write(f"{seen}\\n")
    if seen == -1.0 or (seen == -2.0 and NOTES.read_text().count("-2.0") < 2):
        os._exit(9)
    assert_same(student.scaled(torch.ones(1)), torch.tensor([3.0]))
'''


def submission(student: str, source: str, exercise: str = PAGE) -> Submission:
    """One file of one student's."""
    return Submission(student, exercise, "scaled.py", (source,))


def answering(value: float) -> str:
    """A source whose function answers one number."""
    return f"import torch\ndef scaled(x, factor=2.0):\n    return torch.tensor([{value}])\n"


def bare(grade: Grade) -> Grade:
    """A grade without the times."""
    return dataclasses.replace(grade, seconds=0.0)


class Lent:
    """A template of the session's, that a judge uses but does not end."""

    def __init__(self, template: Template):
        self._template = template

    def __getattr__(self, name: str) -> Any:
        return getattr(self._template, name)

    def close(self) -> None:
        """Not now."""


@pytest.fixture
def lent(plain_template: Template, monkeypatch: pytest.MonkeyPatch) -> Template:
    """The session's plain template, for judges of which only one works at a time."""
    template: Any = Lent(plain_template)
    plain_template.wait_ready()  # before a judge is forked: it must not read the answer in two processes
    monkeypatch.setattr(Judge, "template", lambda self, needs: template)
    return template


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> tuple[Syllabus, Trees]:
    """A course of one small page."""
    return tiny(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def deadly(tmp_path_factory: pytest.TempPathFactory) -> tuple[Syllabus, Trees]:
    """A course whose check ends the judge for some answers."""
    from autograder.course import syllabus

    trees = make_course(tmp_path_factory.mktemp("deadly"), {PAGE: page(checks=DEADLY)}, built=False)
    return syllabus.load(trees), trees


def notes(trees: Trees) -> list[float]:
    """What the deadly check wrote down: each answer it saw."""
    path = trees.root / "notes"
    seen = [float(line) for line in path.read_text().splitlines()]
    path.unlink()
    return seen


def test_one_submission_here(course, lent):
    """the solution gets full marks; a known mistake loses its points and is named, with its hint, in the message"""
    good = grade_here(submission("ada", SOLUTION), *course, SETTINGS)
    assert (good.status, good.points, good.max_points, good.isolation, good.seed) == ("passed", 3.0, 3.0, "plain", 5)
    assert [check.name for check in good.checks] == ["test_values", "test_factor"]
    bad = grade_here(submission("ada", WRONG), *course, SETTINGS)
    assert (bad.status, bad.points) == ("failed", 0.0)
    assert bad.diagnoses == ("forgets to add one",)
    assert "hint        What is the value at x = 0?" in told(bad.checks[0].failure)


def class_of_all_kinds() -> list[Submission]:
    """One submission of each kind, some of them twice."""
    sources = {
        "solution": SOLUTION, "wrong": WRONG, "twin": WRONG, "empty": "x = 1\n", "crash": "import os\nos._exit(3)\n",
        "doubles": "def scaled(x, factor=2.0):\n    return x * 2.0 + 1\n", "syntax": "def scaled(\n",
        "random": "import torch\ndef scaled(x, factor=2.0):\n    return x * factor + torch.rand(())\n",
        "raises": "def scaled(x, factor=2.0):\n    raise ValueError('no')\n",
    }  # fmt: skip
    made = [submission(name, source) for name, source in sources.items()]
    return [*made, Submission("unreadable", PAGE, "scaled.py", problem=("malformed", "not UTF-8"))]


def test_any_order_any_number_of_judges_any_time(course, lent, monkeypatch):
    """one judge or two, forwards or backwards, once or again: the same grades, sorted by student"""
    several = class_of_all_kinds()
    heard: list[str] = []
    one = grade_many(several, *course, SETTINGS, jobs=1, on_grade=lambda grade: heard.append(grade.student))
    again = grade_here(several[7], *course, SETTINGS)
    monkeypatch.undo()  # two judges need a template each
    two = grade_many(several[::-1], *course, SETTINGS, jobs=2)
    assert [bare(g) for g in one] == [bare(g) for g in two]
    assert [g.student for g in one] == sorted(s.student for s in several)
    assert sorted(heard) == [g.student for g in one]
    by_name = {g.student: g for g in one}
    assert {name: g.status for name, g in by_name.items()} == {
        "solution": "passed", "wrong": "failed", "twin": "failed", "empty": "missing", "crash": "error",
        "doubles": "failed", "syntax": "error", "random": "failed", "raises": "error", "unreadable": "malformed",
    }  # fmt: skip
    assert by_name["doubles"].diagnoses == ("always doubles, whatever `factor` says",)
    assert by_name["doubles"].points == 1.0
    assert bare(by_name["twin"]) == dataclasses.replace(bare(by_name["wrong"]), student="twin")
    assert bare(again) == bare(by_name["random"])


@pytest.mark.parametrize(
    ("source", "known"),
    [
        ("def scaled(x, factor=2.0):\n    import os\n    os._exit(3)\n", True),
        ("def scaled(x, factor=2.0):\n    import ctypes\n    ctypes.string_at(0)\n", True),
        ("def scaled(x, factor=2.0):\n    import os\n    os.abort()\n", True),
        ("import os\nos.kill(os.getpid(), 9)\n", False),  # as a system without memory does it, from outside
        ("import os, signal\nsignal.signal(15, signal.SIG_DFL)\nos.kill(os.getpid(), 15)\n", False),
    ],
)
def test_a_crash_of_the_code_is_certain_and_a_kill_is_not(course, lent, source, known):
    """what came twice the same, by the code's own doing, is known from before; a kill from outside is tried again"""
    grade = grade_here(submission("ada", source), *course, SETTINGS)
    assert grade.status == "crashed"
    assert certain(grade) is known
    assert certain(from_json(to_json(grade))) is known


def test_a_crash_that_does_not_come_again_costs_nothing(course, lent, tmp_path):
    """the second try is believed"""
    flag = tmp_path / "flag"
    first = f"import os\nif not os.path.exists({str(flag)!r}):\n    open({str(flag)!r}, 'w')\n    os._exit(1)\n"
    grade = grade_here(submission("ada", first + SOLUTION), *course, SETTINGS)
    assert (grade.status, certain(grade)) == ("passed", True)


def test_another_seed_draws_other_inputs(course, lent):
    """the seed decides what a check draws, and stands in the grade"""
    first, second = (
        grade_here(submission("ada", WRONG), *course, dataclasses.replace(SETTINGS, seed=seed)) for seed in (1, 2)
    )
    assert (first.seed, second.seed) == (1, 2)
    assert told(first.checks[0].failure) != told(second.checks[0].failure)


def test_fail_fast_stops_after_a_timeout(course, lent):
    """with fail_fast the checks after an endless loop are not run; without diagnosis none is given"""
    hurried = dataclasses.replace(SETTINGS, fail_fast=True, diagnose=False)
    syllabus, trees = course
    short = {a: dataclasses.replace(exercise, seconds=1.0) for a, exercise in syllabus.exercises.items()}
    course = dataclasses.replace(syllabus, exercises=short), trees
    grade = grade_here(submission("ada", HANGS), *course, hurried)
    assert [check.status for check in grade.checks] == ["timeout"]
    assert grade_here(submission("ada", WRONG), *course, hurried).diagnoses == ()


def test_a_judge_that_dies_once_is_replaced(deadly, lent):
    """a dying judge loses nothing: its submission is given to a new one, and all the others are graded"""
    several = [
        submission("one", answering(3.0)),
        submission("two", answering(-2.0)),
        submission("three", answering(3.0)),
    ]
    grades = grade_many(several, *deadly, SETTINGS, jobs=1)
    assert {g.student: g.status for g in grades} == {"one": "passed", "two": "failed", "three": "passed"}
    assert sorted(notes(deadly[1])).count(-2.0) >= 2


def test_a_submission_that_kills_every_judge_is_internal(deadly, lent):
    """after three deaths the grade is `internal`, scored as nothing of the student's; the others are graded"""
    several = [submission("bad", answering(-1.0)), submission("good", answering(3.0))]
    ended: list[str] = []
    grades = grade_many(several, *deadly, SETTINGS, jobs=1, on_grade=lambda grade: ended.append(grade.status))
    bad, good = grades
    assert (bad.status, bad.points, bad.max_points) == ("internal", 0.0, 3.0)
    assert f"ended {MAX_TRIES} times" in told(bad.checks[0].failure)
    assert (good.status, good.points) == ("passed", 3.0)
    assert sorted(ended) == ["internal", "passed"]
    assert notes(deadly[1]).count(-1.0) == MAX_TRIES


class Failing(Work):
    """A judge whose work raises."""

    def grade(self, submission: Submission) -> Grade:
        """Never."""
        raise RuntimeError("the judge stumbled")


class LeavesWhenIdle(Work):
    """One task ends its judge's process after it is answered; the other takes longer than that."""

    def quick(self, address: str) -> str:
        """Answer, then go."""
        threading.Timer(0.2, os._exit, (1,)).start()
        return "quick"

    def slow(self, address: str) -> str:
        """Take a while."""
        time.sleep(1.5)
        return "slow"


def test_an_idle_judge_that_dies_is_not_missed(course):
    """a judge that has nothing left to do may go: the others end their work"""
    syllabus, trees = course
    answers: list[str] = []
    run_tasks(
        [("slow", PAGE), ("quick", PAGE)], [PAGE], syllabus, trees, SETTINGS, jobs=2, work=LeavesWhenIdle,
        done=lambda task, answer: answers.append(answer),
    )  # fmt: skip
    assert answers == ["quick", "slow"]


def test_a_judge_that_raises_is_asked_again(course):
    """an exception in the judge is tried three times, then told; the other tasks go on"""
    answers: list[object] = []
    run_tasks(
        [("grade", submission("a", SOLUTION)), ("grade", submission("b", SOLUTION))], [PAGE], *course, SETTINGS,
        jobs=1, done=lambda task, answer: answers.append(answer), work=Failing,
    )  # fmt: skip
    assert answers == ["RuntimeError: the judge stumbled"] * 2


def test_nothing_to_do(course):
    """no submissions, no grades, and no process is started"""
    assert grade_many([], *course, SETTINGS, jobs=4) == []


@pytest.mark.parametrize(
    ("files", "says"),
    [
        (page(checks="import no_such_module_anywhere\n"), "no_such_module_anywhere"),
        (page(checks="def test_f(student:\n"), "SyntaxError|invalid syntax|never closed"),
    ],
)
def test_a_broken_check_file_is_the_courses_fault(tmp_path, files, says):
    """a check file that cannot be imported is an error that names why, never a grade"""
    from autograder.course import syllabus

    trees = make_course(tmp_path, {PAGE: files}, built=False)
    with pytest.raises(CourseError, match=says):
        grade_here(submission("ada", SOLUTION), syllabus.load(trees), trees, SETTINGS)


def test_a_missing_check_file_is_the_courses_fault(tmp_path):
    """a page without checks cannot be graded, and the message says what makes them"""
    syllabus, trees = tiny(tmp_path)
    Path(trees.check(PAGE)).unlink()
    with pytest.raises(CourseError, match="gradus new"):
        grade_here(submission("ada", SOLUTION), syllabus, trees, SETTINGS)


def test_checks_of_two_pages_do_not_mix(tmp_path, lent):
    """two pages with check files of the same name in two sections are graded each by its own"""
    from autograder.course import syllabus

    other = page(checks=("2 * x + 1", "2 * x + 7"))
    trees = make_course(tmp_path, {PAGE: GOOD, "two/scaled": other}, built=False)
    several = [submission("ada", SOLUTION, address) for address in (PAGE, "two/scaled")]
    grades = grade_many(several, syllabus.load(trees), trees, dataclasses.replace(SETTINGS, diagnose=False), jobs=1)
    assert [(g.exercise, g.points) for g in grades] == [(PAGE, 3.0), ("two/scaled", 2.0)]


def test_a_check_that_the_solution_fails_is_the_courses_fault(tmp_path, lent):
    """a bug in a check that shows with this seed alone accuses nobody"""
    from autograder.course import syllabus

    bug = ("    x = torch.randn(2, 3, dtype=torch.float64)\n", "    x = torch.randn()\n")
    wrong = (
        "    x = torch.randn(2, 3, dtype=torch.float64)\n",
        "    x = torch.ones(2); student.scaled(x); assert 1 > 2\n",
    )
    for change in (bug, wrong):
        trees = make_course(tmp_path / str(len(change[1])), {PAGE: page(checks=change)}, built=False)
        grade = grade_here(submission("ada", SOLUTION), syllabus.load(trees), trees, SETTINGS)
        assert (grade.checks[0].status, grade.checks[0].points, grade.status) == ("internal", 0.0, "passed")
        assert (grade.points, grade.max_points) == (2.0, 2.0)
    assert "the reference solution does not pass this check" in told(grade.checks[0].failure)


@pytest.mark.parametrize("mark", ["@points(1)", "@training(5)"])
def test_a_check_that_the_solution_fails_counts_for_nobody(tmp_path, lent, mark):
    """neither for who fails it nor for who passes it, whether it trains or not; a teacher is told in one line"""
    from autograder.course import syllabus

    wrong = (
        CHECKS.replace("2 * x + 1)", "2 * x + 7)").replace("@points(1)", mark).replace("points\n", "points, training\n")
    )
    trees = make_course(tmp_path, {PAGE: page(checks=wrong)}, built=False)
    as_checked = "def scaled(x, factor=2.0):\n    return x * factor + (7 if factor == 2.0 else 1)\n"
    nothing = "def scaled(x, factor=2.0):\n    return x\n"
    several = [submission(name, text) for name, text in (("ada", SOLUTION), ("bob", as_checked), ("eve", nothing))]
    grades = grade_many(several, syllabus.load(trees), trees, SETTINGS, jobs=1)
    assert [(g.status, g.points, g.max_points) for g in grades] == [
        ("passed", 2.0, 2.0), ("passed", 2.0, 2.0), ("failed", 0.0, 2.0),
    ]  # fmt: skip
    assert {g.checks[0].status for g in grades} == {"internal"}
    (line,) = fault_lines(grades)
    assert line == (
        f"{PAGE}, test_values: counts for nobody here; the grader's own fault: the reference solution does not pass it"
        f" with seed {SETTINGS.seed} (failed) (ada, bob, eve)"
    )
    outcome = Outcome(grades, 0, facts(SETTINGS, "course"))
    _, _, report = write_results(outcome, syllabus.load(trees), tmp_path / "out")
    document = json.loads((tmp_path / "out" / "grades.json").read_text())
    assert document["run"]["faults"] == [line]
    schema = ROOT / "autograder" / "export" / "grades.schema.json"
    jsonschema.validate(document, json.loads(schema.read_text(encoding="utf-8")))
    assert "the reference solution does not pass it with seed" in report.read_text()
    assert "faults" not in dataclasses.replace(outcome, grades=[]).told


def test_skipped_checks_count_in_neither_points_nor_maximum(tmp_path, lent):
    """a check whose data is absent is shown as skipped, and the maximum is without it"""
    from autograder.course import syllabus

    skips = ("    x = torch.randn(2, 3, dtype=torch.float64)\n", "    import pytest; pytest.skip('no data here')\n")
    trees = make_course(tmp_path, {PAGE: page(checks=skips)}, built=False)
    grade = grade_here(submission("ada", SOLUTION), syllabus.load(trees), trees, SETTINGS)
    assert (grade.status, grade.points, grade.max_points) == ("passed", 2.0, 2.0)
    assert (grade.checks[0].status, told(grade.checks[0].failure)) == ("skipped", "no data here")


def test_the_environment_of_pytest_does_not_matter(course, lent, monkeypatch):
    """options for pytest in the environment change no grade, and are there again afterwards"""
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option -k nothing")
    assert grade_here(submission("ada", SOLUTION), *course, SETTINGS).status == "passed"
    assert pool.os.environ["PYTEST_ADDOPTS"] == "--no-such-option -k nothing"
