"""A grading run: what is known is not graded again, a stopped run goes on, the seed is kept."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import pytest

from autograder.gradebook.store import Gradebook
from autograder.judging.judge import make_grade
from autograder.model import Settings, Submission
from autograder.running import pool
from autograder.running.run import _Shared, assignment_seed, facts, grade_class, write_results
from tests import helpers
from tests.helpers import PAGE, make_check, tiny

SETTINGS = Settings(seed=7, isolation="plain")


class Grader:
    """Stands in for the judges: passes everything, remembers whom it graded, stops after `limit`."""

    def __init__(self):
        self.graded: list[str] = []
        self.limit = 1000
        self.status = "passed"

    def __call__(self, submissions, syllabus, trees, settings, *, jobs, template=None, on_grade=lambda grade: None):
        grades = []
        for submission in reversed(submissions):  # judges finish in any order
            if len(self.graded) == self.limit:
                raise KeyboardInterrupt
            self.graded.append(submission.student)
            points = float(self.status == "passed")
            check = make_check(status=self.status, points=points)
            grade = make_grade(submission, (check,), 0.1, settings, ())
            grades.append(grade)
            on_grade(grade)
        return grades


@pytest.fixture
def grader(monkeypatch):
    """No judge processes in these tests: they are about what reaches them."""
    one = Grader()
    monkeypatch.setattr(pool, "grade_many", one)
    return one


@pytest.fixture
def course(tmp_path):
    """A tiny course: (syllabus, trees)."""
    return tiny(tmp_path / "course")


@pytest.fixture
def book(tmp_path):
    """A gradebook."""
    with Gradebook(tmp_path / "gradebook.db") as opened:
        yield opened


def submissions(*students):
    """One submission a student, each with a text of its own."""
    return [Submission(student, PAGE, "scaled.py", (f"name = {student!r}\n",)) for student in students]


def make_grade_of(points, **fields):
    """A grade of one check that gives so many points."""
    return helpers.make_grade(checks=(make_check(points=points, **fields),))


def run(course, book, handed_in, settings=SETTINGS, **more):
    """A run on the tiny course."""
    return grade_class(handed_in, course[0], course[1], settings, book, jobs=2, **more)


def test_a_second_run_grades_nothing_again(grader, course, book):
    """what was graded is known: no judge is asked, and the grades are the same"""
    first = run(course, book, submissions("bob", "ada"))
    assert (sorted(grader.graded), first.reused) == (["ada", "bob"], 0)
    grader.graded.clear()
    second = run(course, book, submissions("bob", "ada"))
    assert (grader.graded, second.reused) == ([], 2)
    assert second.grades == first.grades


def test_grades_are_sorted(grader, course, book):
    """grades come sorted by student whatever the order of work, known ones among fresh ones"""
    run(course, book, submissions("cyd", "ada"))
    outcome = run(course, book, submissions("dan", "cyd", "bob", "ada"))
    assert [g.student for g in outcome.grades] == ["ada", "bob", "cyd", "dan"]
    assert outcome.reused == 2


def test_a_changed_file_is_graded_again(grader, course, book):
    """only the student whose file changed is graded again, and the old grade stays as history"""
    handed_in = submissions("ada", "bob")
    run(course, book, handed_in)
    grader.graded.clear()
    handed_in[1] = replace(handed_in[1], cells=("better = 1\n",))
    assert run(course, book, handed_in).reused == 1
    assert grader.graded == ["bob"]
    assert len(book.history("bob", PAGE)) == 2


def test_equal_checks_are_kept_once(grader, course, book):
    """of a large class what is told alike is one object, fresh or known; equal numbers of two kinds stay two"""
    first = run(course, book, submissions("ada", "bob"))
    again = run(course, book, submissions("ada", "bob", "cyd"))
    for outcome in (first, again):
        assert len({id(grade.checks[0]) for grade in outcome.grades}) == 1
    shared = _Shared()
    one, other = (shared.grade(make_grade_of(points)) for points in (1, 1.0))
    assert (type(one.checks[0].points), type(other.checks[0].points)) == (int, float)
    assert shared.grade(one) == one
    drawn = [shared.grade(make_grade_of(1.0, plot={"kind": "curves"})) for _ in range(2)]
    assert drawn[0] == drawn[1]


@pytest.mark.parametrize("change", [{"seed": 8}, {"isolation": "namespaces"}, {"data": "mnist"}])
def test_other_conditions_grade_again(grader, course, book, change):
    """another seed, isolation or data set is another grade"""
    run(course, book, submissions("ada"))
    assert run(course, book, submissions("ada"), replace(SETTINGS, **change)).reused == 0


def test_changed_checks_grade_again(grader, course, book):
    """an edit of the checks makes what was known unknown"""
    run(course, book, submissions("ada"))
    path = course[1].check(PAGE)
    path.write_text(path.read_text() + "\n# stricter\n")
    assert run(course, book, submissions("ada")).reused == 0


def test_a_stopped_run_goes_on(grader, course, book):
    """what was graded before the stop is kept; the next run grades the rest only"""
    class_ = submissions("ada", "bob", "cyd", "dan")
    grader.limit = 3
    with pytest.raises(KeyboardInterrupt):
        run(course, book, class_)
    done = list(grader.graded)
    grader.graded.clear()
    outcome = run(course, book, class_)
    assert outcome.reused == 3
    assert sorted(done + grader.graded) == ["ada", "bob", "cyd", "dan"]
    assert [g.status for g in outcome.grades] == ["passed"] * 4


def test_the_graders_own_fault_is_tried_again(grader, course, book):
    """an internal grade is shown, not kept"""
    grader.status = "internal"
    assert run(course, book, submissions("ada")).grades[0].status == "internal"
    grader.status = "passed"
    outcome = run(course, book, submissions("ada"))
    assert (outcome.reused, outcome.grades[0].status) == (0, "passed")


def test_on_grade_hears_of_each(grader, course, book):
    """the progress is told of each grade, and whether it was known"""
    run(course, book, submissions("ada"))
    heard = []
    run(course, book, submissions("ada", "bob"), on_grade=lambda grade, reused: heard.append((grade.student, reused)))
    assert heard == [("ada", True), ("bob", False)]


def test_a_name_that_is_no_text(grader, course, book, tmp_path):
    """a student whose folder's name is no UTF-8 is graded, kept and written like any other"""
    outcome = run(course, book, submissions("ada", "odd\udcff"))
    write_results(outcome, course[0], tmp_path / "out")
    assert run(course, book, submissions("ada", "odd\udcff")).reused == 2
    assert json.loads((tmp_path / "out" / "grades.json").read_text())["grades"][1]["student"] == "odd\udcff"


def test_the_seed_is_kept(book, tmp_path):
    """the seed is drawn once per gradebook; a given one serves one run and does not replace it"""
    seed = assignment_seed(book, None)
    assert 0 <= seed < 1 << 31
    assert assignment_seed(book, None) == seed
    assert assignment_seed(book, seed + 1) == seed + 1
    assert assignment_seed(book, None) == seed
    with Gradebook(tmp_path / "other.db") as other:
        assert assignment_seed(other, 5) == 5
        assert assignment_seed(other, None) == 5


def test_facts():
    """a run says what is needed to repeat it"""
    assert set(facts(SETTINGS)) == {"seed", "started", "gradus", "torch", "python", "isolation", "data"}
    assert facts(SETTINGS)["seed"] == 7


def test_write_results(grader, course, book, tmp_path):
    """a run leaves grades.json, grades.csv and report.html, and nothing half-written"""
    outcome = run(course, book, submissions("ada", "bob"))
    out = tmp_path / "deep" / "out"
    files = write_results(outcome, course[0], out)
    assert [f.name for f in files] == ["grades.json", "grades.csv", "report.html"]
    assert sorted(out.iterdir()) == sorted([*files, out / "students"])
    assert len(json.loads(files[0].read_text())["grades"]) == 2
    assert len(list(csv.reader(files[1].open(newline="")))) == 3
    assert "ada" in files[2].read_text()
