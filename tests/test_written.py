"""A run that changes nothing writes nothing; whatever does change, or was touched, is written."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from autograder.course import syllabus
from autograder.course.trees import trees
from autograder.errors import GradebookError
from autograder.gradebook.class_totals import of_book
from autograder.gradebook.codes import secret_of
from autograder.gradebook.entries import Entry
from autograder.gradebook.entry_log import Entries
from autograder.gradebook.store import Gradebook
from autograder.report import written
from autograder.running import run
from autograder.running.run import Outcome, in_order, write_results
from tests.marking import CLASS, SOFTMAX, checks, graded

COURSE = syllabus.load(trees())


@pytest.fixture
def out(tmp_path):
    """A folder with the results of a class."""
    with Gradebook(tmp_path / "gradebook.db") as book:
        for grade, _ in CLASS:
            book.add(grade)
        secret_of(book)
    _write(tmp_path)
    return tmp_path


def _write(out, made=CLASS, started="now", **facts):
    """The files of a run over a gradebook."""
    sources = {(one.student, one.exercise): one for _, one in made if one.cells}
    with Gradebook(out / "gradebook.db") as book:
        totals = of_book(book, COURSE)
    told = {"seed": 7, "started": started, **facts}
    grades = in_order([grade for grade, _ in made], COURSE)
    return write_results(Outcome(grades, 0, told, sources, totals), COURSE, out)


def _files(out):
    """Content of each result, and when it was written."""
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in written._files(out)}


def _long_ago(out):
    """Let all results be from another year, as the note knows them."""
    made = (out / written.NOTE).read_text(encoding="utf-8").split('"')[3]
    for path in written._files(out):
        os.utime(path, ns=(10**18, 10**18))
    written.note(out, made)


def test_the_same_again_writes_nothing(out):
    """whenever the run began"""
    _long_ago(out)
    before = _files(out)
    assert len(before) == 3 + len({grade.student for grade, _ in CLASS})
    assert len(_write(out, started="later")) == 3
    assert _files(out) == before


def _other_code(out):
    _write(out, (*CLASS[1:], (CLASS[0][0], replace(CLASS[0][1], cells=("other = 1\n",)))))


def _another_attempt(out):
    later, source = graded("bob", SOFTMAX, checks("passed", "passed"), "better = 1\n")
    with Gradebook(out / "gradebook.db") as book:
        book.add(later)
    _write(out, (*[one for one in CLASS if one[0].student != "bob"], (later, source)))


def _points_by_hand(out):
    with Entries.open(out / "gradebook.db") as log:
        log.add(Entry("bob", SOFTMAX, "points", 3.0, by="grace", why="a good idea"))
    _write(out)


def _policy(out):
    (out / "policy.toml").write_text(
        f'late_per_day = 0.1\n[due]\n"{SOFTMAX}" = 2026-10-01T00:00:00Z\n', encoding="utf-8"
    )
    _write(out)


def _facts(out):
    _write(out, isolation="plain")


@pytest.mark.parametrize("change", [_other_code, _another_attempt, _points_by_hand, _policy, _facts])
def test_what_changed_is_written(out, change):
    """other code, another attempt, points by hand, a policy, other facts of the run"""
    _long_ago(out)
    before = _files(out)
    change(out)
    assert all(_files(out)[path][1] != before[path][1] for path in list(before)[:3])


@pytest.mark.parametrize("name", ["grades.json", "grades.csv", "report.html", "students/ada.html"])
@pytest.mark.parametrize("how", ["gone", "altered"])
def test_what_was_touched_is_written(out, name, how):
    """a result that somebody deleted or wrote into comes back, and one of nobody in the class goes"""
    right = (out / name).read_bytes()
    if how == "gone":
        (out / name).unlink()
    else:
        (out / name).write_text("mine", encoding="utf-8")
    (out / "students" / "zed.html").write_text("of nobody", encoding="utf-8")
    _write(out)
    assert (out / name).read_bytes() == right
    assert not (out / "students" / "zed.html").exists()


def test_half_a_run_stands_for_nothing(out, monkeypatch):
    """where writing fails in the middle the next run writes all of it"""
    _long_ago(out)

    def full(*given):
        raise OSError(28, "No space left on device", str(out / "report.html"))

    with monkeypatch.context() as patch:
        patch.setattr(run, "class_parts", full)
        with pytest.raises(GradebookError, match="cannot be written"):
            _another_attempt(out)
    before = _files(out)
    _write(out)
    assert _files(out)[out / "report.html"][1] != before[out / "report.html"][1]


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '{"made of": 1}', "[" * 100_000])
def test_a_note_that_says_nothing(out, text):
    """is as none"""
    (out / written.NOTE).write_text(text, encoding="utf-8")
    assert not written.stands(out, "")


def test_a_name_that_no_utf8_can_say(out):
    """half a letter of a student's name tells two classes apart as any other letter"""
    grades = [replace(grade, student=f"{grade.student}\udcff") for grade, _ in CLASS]
    with Gradebook(out / "gradebook.db") as book:
        totals = of_book(book, COURSE)
    assert written.made_of({}, grades, {}, totals) == written.made_of({}, grades, {}, totals)
    assert written.made_of({}, grades, {}, totals) != written.made_of({}, grades[1:], {}, totals)


def test_nobody_is_named(out):
    """the note holds two digests"""
    text = (out / written.NOTE).read_text(encoding="utf-8")
    assert not any(grade.student in text.split('"')[3::2] for grade, _ in CLASS)
    assert len(text) < 120
