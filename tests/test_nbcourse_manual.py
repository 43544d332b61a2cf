"""Marks of persons in nbgrader's gradebook and here: both ways, and both gradebooks come to the same total."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from nbgrader.api import Gradebook as Formgrader
from nbgrader.api import MissingEntry

from autograder import nbcourse
from autograder.course import syllabus
from autograder.gradebook.class_totals import of_book
from autograder.gradebook.entries import Entry
from autograder.gradebook.entry_log import Entries
from autograder.gradebook.store import Gradebook
from autograder.nbcourse.given import Given
from autograder.nbcourse.manual import synchronise
from autograder.nbcourse.write import write_back
from tests.desks import invoke
from tests.nbcourses import LINES, RIGHT, answered, generated_by_nbgrader, grade_of, hand_in, source_notebook


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A course that nbgrader has, with two students' notebooks graded: (course, syllabus, its gradebook's folder)."""
    root = tmp_path_factory.mktemp("manual")
    trees = generated_by_nbgrader(root / "course")
    for student in ("ada", "bob"):
        hand_in(trees.notebooks, student, "lines.ipynb", answered(source_notebook(trees), RIGHT, "It is."))
    course, read = nbcourse.find(trees.notebooks), syllabus.load(trees)
    grades = [grade_of("ada", {}), grade_of("bob", {"test_share": 1.0})]
    assert write_back(course, grades, read).notebooks == 2
    with Gradebook(root / "out" / "gradebook.db") as book:
        for grade in grades:
            book.add(grade)
    return course, read, root / "out" / "gradebook.db"


def marked(course, student, cell, **fields):
    """Change what formgrader has of a cell; return its row as it was left."""
    where = course.coursedir()
    with Formgrader(where.db_url, where.course_id) as book:
        row = book.find_grade(cell, "lines", "one", student)
        for name, value in fields.items():
            setattr(row, name, value)
        book.db.commit()
        return row.manual_score, row.needs_manual_grade


def totals(made):
    """The total of each student here, and in nbgrader."""
    course, read, path, *_ = made
    where = course.coursedir()
    with Gradebook(path) as book, Formgrader(where.db_url, where.course_id) as theirs:
        rows = {row.student: row.total for row in of_book(book, read).rows if row.exercise == LINES}
        folders = {s: theirs.find_submission("one", s) for s in rows}
        return rows, {s: max(0.0, f.score - f.late_submission_penalty) for s, f in folders.items()}


def both(made):
    """Bring both to the same points: (taken, given)."""
    course, read, path, *_ = made
    with Gradebook(path) as book, Entries.open(path) as log:
        done = synchronise(course, book, log, read)
    assert done.notes == []
    return done.taken, done.given


def test_two_gradebooks_one_total(made):
    """a question marked there comes here, one marked here goes there; the later change counts; then nothing is left"""
    course, _, path = made
    assert both(made) == (0, 0)
    marked(course, "ada", "question", manual_score=1.5, needs_manual_grade=False)
    with Entries.open(path) as log:
        log.add(Entry("bob", LINES, "question", 2.0, "question", by="kim"))
    assert both(made) == (1, 1)
    ours, theirs = totals(made)
    assert ours == theirs == {"ada": 7.5, "bob": 7.0}
    assert marked(course, "bob", "question") == (2.0, False)
    assert both(made) == (0, 0)
    with Entries.open(path) as log:  # changed here after it came from there
        log.add(Entry("ada", LINES, "question", 2.0, "question", by="kim"))
    assert both(made) == (0, 1)
    marked(course, "bob", "question", manual_score=0.5)  # and there after it went from here
    assert both(made) == (1, 0)
    ours, theirs = totals(made)
    assert ours == theirs == {"ada": 8.0, "bob": 5.5}
    marked(course, "bob", "test_share", manual_score=2.0, extra_credit=0.25)  # a check's points, and extra credit
    assert both(made) == (1, 0)
    assert both(made) == (0, 0)
    ours, theirs = totals(made)
    assert ours == theirs == {"ada": 8.0, "bob": 6.75}
    with Entries.open(path) as log:
        assert {one.by for one in log.history("bob", LINES)} == {"kim", "nbgrader"}


def agreed(made):
    """The totals here, once both sides were brought together and a second time changes nothing."""
    both(made)
    assert both(made) == (0, 0)
    ours, theirs = totals(made)
    assert theirs == pytest.approx(ours, abs=1e-9)
    return ours


def test_lateness_and_points_by_hand_go_there(made):
    """what counts here beside the checks is in nbgrader's total: given, set, taken back, late, forgiven, undated"""
    course, _, path = made
    before = agreed(made)
    with Entries.open(path) as log:
        bonus = log.add(Entry("ada", LINES, "adjust", -1.5, by="kim"))
        log.add(Entry("bob", LINES, "points", 3.0, by="kim"))
        log.add(Entry("bob", LINES, "item", 0.5, "neat", "neat", by="lee"))
    assert both(made) == (0, 2)
    ours = agreed(made)
    assert ours["ada"] == before["ada"] - 1.5
    marked(course, "ada", "test_scaled", extra_credit=0.25)  # over ours: what a marker there takes away is theirs
    with Entries.open(path) as log:
        log.undo(bonus.number, "kim")
    agreed(made)
    policy = path.with_name("policy.toml")
    policy.write_text('count = "last"\nlate_per_day = 0.25\n[due]\n"one/lines" = 2026-11-01T00:00:00+00:00\n')
    with Gradebook(path) as book:
        late = replace(grade_of("ada", {}), submitted="2026-11-02T12:00:00+00:00", key="late")
        book.add(late)
    on_time = agreed(made)
    where = course.coursedir()
    with Formgrader(where.db_url, where.course_id) as book:
        late = book.find_submission_notebook("lines", "one", "ada")
        assert late.late_submission_penalty == 3.0  # two days, of 6 points
    with Entries.open(path) as log:
        log.add(Entry("ada", LINES, "excuse", by="kim"))
    assert agreed(made)["ada"] == on_time["ada"] + 3.0
    policy.unlink()
    with Formgrader(where.db_url, where.course_id) as book:  # nbgrader's own plugin takes two points
        book.find_submission_notebook("lines", "one", "bob").late_submission_penalty = 2.0
        book.db.commit()
    was = agreed(made)
    with Entries.open(path) as log:
        assert [(e.key, e.value) for e in log.history("bob", LINES)][-1] == ("nbgrader-late", -2.0)
        log.add(Entry("bob", LINES, "excuse", by="kim"))  # forgiven here, so there as well
    assert agreed(made)["bob"] == was["bob"] + 2.0


def scores(course, student):
    """What nbgrader has of a student's cells, None where it does not know the student's submission."""
    where = course.coursedir()
    with Formgrader(where.db_url, where.course_id) as book:
        try:
            found = book.find_submission_notebook("lines", "one", student)
        except MissingEntry:
            return None
        return {cell.name: cell.auto_score for cell in found.grades}, found.score


def test_who_handed_in_nothing_there_has_a_row(made):
    """a group's member, whose work another one handed in, and who was given points alone; what is taken back counts no
    more, a question's points neither"""
    course, read, path = made
    before = agreed(made)
    policy = path.with_name("policy.toml")
    policy.write_text('[groups]\nteam = ["bob", "dan"]\n')
    with Entries.open(path) as log:
        talk = log.add(Entry("eve", LINES, "adjust", 1.5, by="kim"))
        log.add(Entry("dan", LINES, "question", 1.0, "question", by="kim"))
        log.add(Entry("dan", LINES, "adjust", 0.5, by="kim"))
    ours = agreed(made)
    with Gradebook(path) as book:
        counts = of_book(book, read).places["dan", LINES].grade
    assert (counts.student, ours["dan"], ours["eve"]) == ("bob", counts.points + 1.5, 1.5)
    assert scores(course, "dan")[0] == scores(course, "bob")[0]
    assert scores(course, "eve")[0]["question"] is None
    where = course.coursedir()
    theirs, mine = (
        Path(where.format_path(where.autograded_directory, who, "one")) / "lines.ipynb" for who in ("bob", "dan")
    )
    assert mine.read_bytes() == theirs.read_bytes()
    marked(course, "dan", "question", manual_score=2.0)  # formgrader marks the member, too
    assert agreed(made)["dan"] == ours["dan"] + 1.0
    policy.unlink()
    with Entries.open(path) as log:
        log.undo(talk.number, "kim")
    ours = agreed(made)
    assert (ours["dan"], ours["eve"]) == (2.5, 0.0)  # what was given stays, what another one handed in does not count
    assert set(scores(course, "eve")[0].values()) == {None}
    with Entries.open(path) as log:
        for one in log.history("dan", LINES):
            log.undo(one.number, "kim")
    assert agreed(made) == {**before, "dan": 0.0, "eve": 0.0}
    with Entries.open(path) as log:  # of one who handed in as well: given here, taken back, given there
        first = log.add(Entry("bob", LINES, "question", 1.25, "question", by="kim"))
    assert agreed(made) == {**before, "bob": before["bob"] + 0.75, "dan": 0.0, "eve": 0.0}
    with Entries.open(path) as log:
        log.undo(first.number, "kim")
    agreed(made)
    marked(course, "bob", "question", manual_score=0.5)
    assert agreed(made) == {**before, "dan": 0.0, "eve": 0.0}


@pytest.fixture
def fresh(generated, tmp_path):
    """A course as `made` where no person marked anything, and cyd left the question blank; its source notebook, too."""
    shutil.copytree(generated.notebooks, tmp_path / "course")
    course, read, source = nbcourse.find(tmp_path / "course"), syllabus.load(generated), source_notebook(generated)
    for student, words in (("ada", "It is."), ("bob", "It is not."), ("cyd", "")):
        hand_in(course.root, student, "lines.ipynb", answered(source, RIGHT, words))
    grades = [grade_of("ada", {}), grade_of("bob", {"test_share": 1.0}), grade_of("cyd", {"test_share": 1.0})]
    assert write_back(course, grades, read).notes == []
    with Gradebook(tmp_path / "out" / "gradebook.db") as book:
        for grade in grades:
            book.add(grade)
    return course, read, tmp_path / "out" / "gradebook.db", source


def standing(made, student):
    """Points and maximum of a student here."""
    with Gradebook(made[2]) as book:
        row = of_book(book, made[1]).places[student, LINES]
    return row.total, row.max_points


def test_a_blank_answer_has_nbgraders_0(fresh):
    """as soon as anybody is marked on the page; it can be undone here, and a later answer waits for its mark"""
    course, read, path, source = fresh
    assert both(fresh) == (0, 0)
    assert standing(fresh, "cyd") == (5.0, 6.0)  # nobody is marked
    marked(course, "ada", "question", manual_score=0.0, needs_manual_grade=False)
    assert both(fresh) == (2, 0)
    assert both(fresh) == (0, 0)
    assert (standing(fresh, "ada"), standing(fresh, "cyd")) == ((6.0, 8.0), (5.0, 8.0))
    assert marked(course, "cyd", "question") == (None, False)  # as nbgrader had it
    with Entries.open(path) as log:
        (zero,) = log.history("cyd", LINES)
        assert (zero.by, zero.value, zero.key) == ("nbgrader", 0.0, "question")
        undo = log.undo(zero.number, "kim")
    assert both(fresh) == (0, 0)
    assert standing(fresh, "cyd") == (5.0, 6.0)
    with Entries.open(path) as log:
        log.undo(undo.number, "kim")
    hand_in(course.root, "cyd", "lines.ipynb", answered(source, RIGHT, "It is."))
    assert write_back(course, [grade_of("cyd", {"test_share": 1.0}, "later")], read).notebooks == 1
    assert both(fresh) == (1, 0)
    assert both(fresh) == (0, 0)
    assert (standing(fresh, "cyd"), marked(course, "cyd", "question")) == ((5.0, 6.0), (None, True))
    with Entries.open(path) as log:
        log.add(Entry("cyd", LINES, "question", 1.0, "question", by="kim"))
    assert both(fresh) == (0, 1)
    assert marked(course, "cyd", "question") == (1.0, False)


def test_a_mark_changed_on_both_sides_is_named(fresh):
    """nbgrader's counts, and a line says whose, where and both marks; what one side changed alone is not told"""
    course, read, path, _ = fresh

    def here(points, student="ada"):
        with Entries.open(path) as log:
            return log.add(Entry(student, LINES, "question", points, "question", by="kim"))

    def notes():
        with Gradebook(path) as book, Entries.open(path) as log:
            return synchronise(course, book, log, read).notes

    says = "{}, one/lines: the written question has {} in nbgrader and {}; nbgrader's counts; mark it here once more"
    here(1.0, "bob")
    marked(course, "ada", "question", manual_score=1.0, needs_manual_grade=False)
    assert notes() == []
    marked(course, "ada", "question", manual_score=1.5)
    here(2.0)
    (note,) = notes()
    assert note.startswith(says.format("ada", "1.5", "2 here"))
    assert standing(fresh, "ada") == (7.5, 8.0)
    assert notes() == []
    here(2.0)  # once more: now it is the later one
    assert notes() == []
    assert marked(course, "ada", "question", manual_score=2.0) == (2.0, False)
    marked(course, "bob", "question", manual_score=0.5)
    with Entries.open(path) as log:
        log.undo(log.history("bob", LINES)[-1].number, "kim")
    (note,) = notes()
    assert note.startswith(says.format("bob", "0.5", "its mark was taken back here"))
    marked(course, "cyd", "question", manual_score=0.5)  # nobody marked it here: the 0 was nbgrader's own
    assert notes() == []


def test_at_the_command(made, monkeypatch):
    """`gradus export nbgrader` does it at any time, says how many, and what it cannot"""
    course, read, path = made
    monkeypatch.setattr("autograder.cli.exports.load", lambda: (read, None))
    with Entries.open(path) as log:
        log.add(Entry("ada", LINES, "adjust", -0.5, by="kim"))
    command = ("export", "nbgrader", "--into", course.root, "--out", path.parent)
    what = "marks, points by hand, lateness, what groups share"
    said = f"nbgrader: 0 marks of persons taken over; 1 change written there ({what})\n"
    assert invoke(*command) == (0, "", said)
    assert invoke(*command) == (0, "", "nbgrader: both gradebooks have the same totals already\n")
    agreed(made)
    assert "name the folder of the nbgrader course" in invoke(*command[:2], "--into", path.parent)[2]
    assert "leave the other options out" in invoke(*command, "--exercise", "lines")[2]


def test_who_is_erased_is_erased_there_too(made):
    """what was written into nbgrader's gradebook for a student is known no longer, like everything else of theirs"""
    path = made[2]
    with Given(path) as given:
        assert {row[0] for row in given.read("SELECT student FROM elsewhere")} == {"ada", "bob", "dan", "eve"}
    with Gradebook(path) as book:
        book.erase("ada")
    with Given(path) as given:
        assert {row[0] for row in given.read("SELECT student FROM elsewhere")} == {"bob", "dan", "eve"}
