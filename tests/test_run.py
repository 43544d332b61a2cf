"""A grading run: what is known is not graded again, a stopped run goes on, the seed is kept."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import pytest

from autograder.gradebook.store import Gradebook, certain
from autograder.judging.grades import make_grade
from autograder.model import Settings, Submission
from autograder.report import written
from autograder.running import pool
from autograder.running import run as run_module
from autograder.running.run import facts, grade_class, run_seed, whole_class, write_results
from autograder.sandbox.host import start
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


class NoTemplate:
    """Stands in for the warm process that nobody asks for a worker here: to start and end one takes seconds."""

    def close(self):
        """There is nothing to end."""


@pytest.fixture
def grader(monkeypatch):
    """No judge processes in these tests, and no template: they are about what reaches them."""
    one = Grader()
    monkeypatch.setattr(pool, "grade_many", one)
    monkeypatch.setattr(start, "start_template", lambda *needs, **how: NoTemplate())
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
    assert json.loads(book.setting("run")) == first.run  # for a grades.json that is gone
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
    """of a large class what is told alike is one object, fresh or known"""
    first = run(course, book, submissions("ada", "bob"))
    again = run(course, book, submissions("ada", "bob", "cyd"))
    for outcome in (first, again):
        assert len({id(grade.checks[0]) for grade in outcome.grades}) == 1


@pytest.mark.parametrize("change", [{"isolation": "namespaces"}, {"data": "mnist"}])
def test_other_conditions_grade_again(grader, course, book, change):
    """another isolation or data set is another grade"""
    run(course, book, submissions("ada"))
    assert run(course, book, submissions("ada"), replace(SETTINGS, **change)).reused == 0


def test_a_new_seed_is_for_what_is_new(grader, course, book):
    """what is unchanged stays known under another seed; told to repeat a run, or to grade again, it is graded"""
    run(course, book, submissions("ada"))
    other = replace(SETTINGS, seed=8)
    outcome = run(course, book, submissions("ada", "bob"), other)
    assert [(g.student, g.seed) for g in outcome.grades] == [("ada", 7), ("bob", 8)]
    assert outcome.run["seed"] == 8
    assert run(course, book, submissions("ada", "bob"), replace(SETTINGS, seed=9)).run["seed"] == 8
    assert run(course, book, submissions("ada"), other, exact=True).grades[0].seed == 8
    assert run(course, book, submissions("ada"), other, exact=True).reused == 1
    assert run(course, book, submissions("ada"), other, again=True).reused == 0


def test_no_attempt_has_the_seed_of_an_earlier_one(grader, course, book):
    """whoever hands in again is graded with a seed of their own run even where the old one is asked for"""
    first, second, third = (
        [replace(one, cells=(f"{one.cells[0]}# {n}\n",)) for one in submissions("ada", "bob")] for n in range(3)
    )
    run(course, book, first)
    seeds = [{g.seed for g in run(course, book, class_, exact=True).grades} for class_ in (first, second, third)]
    assert seeds[0] == {7}
    assert all(len(one) == 1 for one in seeds)  # the inputs are the same for all of a run
    assert len(set.union(*seeds)) == 3
    with_new = run(course, book, [*third, *submissions("cyd")], exact=True)  # cyd's first attempt
    assert with_new.grades[-1].seed == 7
    back = run(course, book, first)
    assert (back.reused, {g.seed for g in back.grades}) == (2, {7})
    assert [g.digest for g in book.latest() if g.student == "ada"] == [first[0].digest]


def test_a_stopped_run_keeps_its_seed(grader, course, book):
    """what is left is graded with the seed that the others had; the next run draws another"""
    grader.limit = 1
    seed = run_seed(book, None)
    with pytest.raises(KeyboardInterrupt):
        run(course, book, submissions("ada", "bob"), replace(SETTINGS, seed=seed))
    assert run_seed(book, None) == seed
    grader.limit = 9
    assert {g.seed for g in run(course, book, submissions("ada", "bob"), replace(SETTINGS, seed=seed)).grades} == {seed}
    assert run_seed(book, None) != seed


@pytest.mark.parametrize("status", ["timeout", "memory", "crashed", "internal", "skipped"])
def test_an_uncertain_end_is_tried_again(grader, course, book, status):
    """what may have been the machine's doing is not known from before, in one check or in all"""
    grader.status = status
    run(course, book, submissions("ada"))
    grader.status = "passed"
    outcome = run(course, book, submissions("ada"))
    assert (outcome.reused, outcome.grades[0].status) == (0, "passed")
    assert run(course, book, submissions("ada")).reused == 1
    mixed = make_grade_of(1.0)
    mixed = replace(mixed, checks=(*mixed.checks, make_check(name="other", status=status, points=0.0)))
    assert not certain(mixed)


def test_a_part_takes_nobody_out(grader, course, book):
    """after a run of one student the results are those of all; what could not be graded is no earlier grade"""
    run(course, book, submissions("ada", "bob", "cyd"))
    grader.status = "internal"
    changed = [replace(one, cells=("changed = 1\n",)) for one in submissions("bob")]
    whole = whole_class(run(course, book, changed), book, course[0])
    assert [(g.student, g.status) for g in whole.grades] == [("ada", "passed"), ("bob", "internal"), ("cyd", "passed")]
    grader.status = "passed"
    whole = whole_class(run(course, book, submissions("dan")), book, course[0])
    assert [(g.student, g.status) for g in whole.grades] == [
        ("ada", "passed"), ("bob", "internal"), ("cyd", "passed"), ("dan", "passed")
    ]  # fmt: skip
    run(course, book, changed)
    assert book.pending() == {}


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


def test_a_seed_is_a_secret(book):
    """drawn afresh, from more than can be tried out; a given one is taken"""
    drawn = {run_seed(book, None) for _ in range(20)}
    assert len(drawn) == 20
    assert max(drawn) > 1 << 55
    assert all(0 <= seed < 1 << 63 for seed in drawn)
    assert run_seed(book, 5) == 5


def test_facts():
    """a run says what is needed to repeat it, and by what it was judged"""
    known = {"seed", "started", "gradus", "torch", "python", "libraries", "engine", "course", "isolation", "data"}
    assert set(facts(SETTINGS, "c")) == known
    assert facts(SETTINGS, "c")["seed"] == 7


def test_a_students_page_is_written_where_something_changed(grader, course, book, tmp_path, monkeypatch):
    """a page that is right already is not made again; other code, another grade or another place in the class is"""
    made = []
    page = run_module.student_page
    monkeypatch.setattr(run_module, "student_page", lambda *args: made.append(args[5]) or page(*args))
    out = tmp_path / "out"

    def write(outcome):
        made.clear()
        write_results(outcome, course[0], out)
        return made, {path.name: path.read_text() for path in (out / "students").iterdir()}

    first = run(course, book, submissions("ada", "bob"))
    assert write(first)[0] == ["ada", "bob"]
    again, before = write(replace(run(course, book, submissions("ada", "bob")), run={**first.run, "started": "later"}))
    assert again == []
    moved = [replace(grade, points=grade.points / 2) for grade in first.grades[:1]]
    again, after = write(replace(first, grades=[*moved, *first.grades[1:]]))
    assert again == ["ada"]
    assert (after["ada.html"] != before["ada.html"], after["bob.html"]) == (True, before["bob.html"])
    (out / "students" / "bob.html").write_text("another Gradus wrote this")
    assert write(first)[0] == ["ada", "bob"]
    assert write(first)[1] == before


def test_write_results(grader, course, book, tmp_path):
    """a run leaves grades.json, grades.csv and report.html, and nothing half-written"""
    outcome = run(course, book, submissions("ada", "bob"))
    out = tmp_path / "deep" / "out"
    files = write_results(outcome, course[0], out)
    assert [f.name for f in files] == ["grades.json", "grades.csv", "report.html"]
    assert sorted(out.iterdir()) == sorted([*files, out / "students", out / written.NOTE])
    assert len(json.loads(files[0].read_text())["grades"]) == 2
    assert len(list(csv.reader(files[1].open(newline="")))) == 3
    assert "ada" in files[2].read_text()
