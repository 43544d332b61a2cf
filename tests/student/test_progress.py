"""What a student has reached is kept, and never gets worse by trying."""

from __future__ import annotations

import json

import pytest

from autograder.student import progress, workspace
from autograder.text import told
from tests.helpers import GOOD, PAGE, make_check, make_course, make_grade


@pytest.fixture
def course(tmp_path):
    """A course of two pages."""
    from autograder.course import syllabus

    trees = make_course(tmp_path / "course", {PAGE: GOOD, "one/other": GOOD})
    return syllabus.load(trees), trees


@pytest.fixture
def kept(course, tmp_path):
    """The progress of a fresh workspace."""
    return progress.load(workspace.init(tmp_path / "work", course[1], course[0]))


def failing(points=1.0, **fields):
    """A grade with a known mistake."""
    check = make_check(status="failed", points=0.0, message="came back   3", diagnosis=("forgets to add",))
    return make_grade(status="failed", points=points, max_points=3.0, checks=(check,), **fields)


def test_the_best_stays(kept):
    """best points and a pass stay when a later try is worse; the last answer is the last"""
    kept.note(make_grade(points=3.0, max_points=3.0))
    kept.note(failing())
    page = kept.page(PAGE)
    assert (page.best, page.last, page.passed) == (3.0, 1.0, True)
    assert page.mistakes == ["forgets to add"]
    assert told(page.failure).splitlines() == ["came back   3", "diagnosis   forgets to add"]


def test_it_comes_back_from_the_file(kept, tmp_path):
    """what was kept is there the next evening"""
    kept.note(failing())
    kept.page(PAGE).hints = 2
    kept.save()
    again = progress.load(workspace.find(tmp_path / "work"))
    assert again.pages == kept.pages


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"pages": {"one/scaled": 3}}', '{"pages": {"one/scaled": {"best": "3"}}}']
)
def test_a_damaged_file_is_kept_aside(kept, tmp_path, text):
    """a damaged file costs the record, never the evening: it is said, kept aside, and a new one is begun"""
    kept.path.write_text(text)
    space = workspace.find(tmp_path / "work")
    loaded = progress.load(space)
    assert loaded.pages == {}
    assert "progress.json: damaged; kept aside as progress.damaged.json" in loaded.warning
    assert (space.hidden / "progress.damaged.json").read_text() == text
    loaded.note(failing())
    loaded.save()
    again = progress.load(space)
    assert (again.warning, again.page(PAGE).last) == ("", 1.0)


def test_one_damaged_entry_is_lost_alone(kept, tmp_path):
    """pages and missions beside it are there, at once and the next time; the file as it was is kept aside"""
    good, play = {"best": 2.0}, {"play/one": ["first", 7], "play/two": 3, "play/three": ["third"]}
    text = json.dumps({"pages": {PAGE: good, "one/other": {"best": "3"}, "one/odd": 3}, "missions": play})
    kept.path.write_text(text)
    space = workspace.find(tmp_path / "work")
    first = progress.load(space)
    assert "kept aside as progress.damaged.json" in first.warning
    assert (space.hidden / "progress.damaged.json").read_text() == text
    for loaded in (first, again := progress.load(space)):
        assert {address: page.best for address, page in loaded.pages.items()} == {PAGE: 2.0}
        assert loaded.missions == {"play/one": ["first"], "play/three": ["third"]}
    assert again.warning == ""


def test_what_a_later_version_kept_besides(kept, tmp_path):
    """fields that are not known are passed over, and no file yet is no damage"""
    assert progress.load(workspace.find(tmp_path / "work")).warning == ""
    kept.path.write_text('{"pages": {"one/scaled": {"best": 2, "stars": 5}}}')
    loaded = progress.load(workspace.find(tmp_path / "work"))
    assert (loaded.page(PAGE).best, loaded.warning) == (2, "")


def test_what_is_next(kept, course):
    """the first page that is not passed is next; when all are there is none"""
    first, second = course[0].exercises
    assert progress.following(course[0], kept).address == first
    kept.page(first).passed = True
    assert progress.following(course[0], kept).address == second
    kept.page(second).passed = True
    assert progress.following(course[0], kept) is None


def test_the_hint_of_what_fails_comes_next():
    """another function that fails has its own hint come next; none is shown twice, then the last stays"""
    page = progress.Page(hints=1)  # as an earlier version counted
    general, half, twice = "Print shapes.", "half: by two.", "twice: add it."
    assert page.shown([general, half, twice]) == [general]
    assert page.next_hint([general, half, twice]) == half
    assert page.next_hint([twice, general, half]) == twice
    assert page.next_hint([half, general, twice]) == twice
    assert (page.hints, page.shown([general, half, twice])) == (3, [general, half, twice])
    assert progress.Page().next_hint([]) == ""
