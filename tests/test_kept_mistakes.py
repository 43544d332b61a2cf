"""What known mistakes do, kept from one command for the next: the same words, without running anything again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder.course import catalogue, syllabus, trees
from autograder.judging import suspects
from autograder.judging.kept_mistakes import KeptMistakes
from autograder.model import Grade, Settings
from autograder.running.pool import exam_here

HELLO = "s0_start/hello"
SETTINGS = Settings(0, "plain")


@pytest.fixture(scope="module")
def wrong():
    """The bundled course's first page with a known mistake handed in."""
    places = trees.trees()
    course = syllabus.load(places)
    exercise = course.exercises[HELLO]
    solution = catalogue.solution_submission(places, exercise).cells[0]
    return catalogue.misconceptions(places, exercise)[0].submission(exercise, solution), course, places, exercise


def graded(wrong, kept: KeptMistakes | None, monkeypatch) -> tuple[Grade, list[str]]:
    """A grade, whose seconds are left out, and the checks that were run with known mistakes."""
    submission, course, places, _ = wrong
    asked: list[str] = []
    made = suspects.LazyTraces.__init__

    def noting(self, names, run, before=None):
        made(self, names, lambda check: asked.append(check) or run(check), before)

    with monkeypatch.context() as patched:
        patched.setattr(suspects.LazyTraces, "__init__", noting)
        grade, _ = exam_here(submission, course, places, SETTINGS, kept=kept)
    return replace(grade, seconds=0), asked


def test_it_says_the_same_and_runs_nothing(wrong, tmp_path, monkeypatch):
    """the second time everything is known; with another key, or bytes of somebody else's, it is found out anew"""
    *_, exercise = wrong
    folder = tmp_path / "mistakes"
    plain, _ = graded(wrong, None, monkeypatch)
    assert any(check.failure and check.failure.diagnosis for check in plain.checks)
    first, asked = graded(wrong, KeptMistakes(folder, exercise, "a"), monkeypatch)
    again, none = graded(wrong, KeptMistakes(folder, exercise, "a"), monkeypatch)
    assert plain == first == again
    assert asked
    assert not none
    (file,) = folder.iterdir()
    assert graded(wrong, KeptMistakes(folder, exercise, "b"), monkeypatch)[1] == asked
    for strange in (b"", b"\x81", bytes(range(256)), file.read_bytes()[:-9]):
        file.write_bytes(strange)
        assert not KeptMistakes(folder, exercise, "b").recall(exercise, catalogue.misconceptions(wrong[2], exercise)[0])


def test_bytes_that_are_no_trace_are_found_out_anew(wrong, tmp_path, monkeypatch):
    """somebody wrote what is read well and means nothing"""
    *_, exercise = wrong
    rewrite = catalogue.misconceptions(wrong[2], exercise)[0]
    kept = KeptMistakes(tmp_path, exercise, "a")
    kept._traces = {rewrite.key: {"test_one": b"\x00" * 9, "test_two": b""}}
    found = kept.recall(exercise, rewrite)
    assert [found.get(check) for check in found] == [None, None]


def test_a_folder_that_cannot_be_written_keeps_nothing(wrong, tmp_path, monkeypatch):
    """there is a file in the folder's place: the answer comes all the same"""
    (tmp_path / "mistakes").write_text("")
    grade, _ = graded(wrong, KeptMistakes(tmp_path / "mistakes", wrong[3], "a"), monkeypatch)
    assert any(check.failure and check.failure.diagnosis for check in grade.checks)


def test_of_another_page_nothing_is_known(wrong, tmp_path):
    """a file is of one page"""
    *_, course, places, exercise = wrong
    kept = KeptMistakes(tmp_path, exercise, "a")
    other = course.exercises["s1_math/tensors"]
    assert not kept.recall(other, catalogue.misconceptions(places, other)[0])
