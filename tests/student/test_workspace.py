"""A student's workspace: no solutions in it, and no correction ever writes over their work."""

from __future__ import annotations

import json

import pytest

from autograder.errors import GradusError
from autograder.student import workspace
from tests.helpers import GOOD, PAGE, make_course, tiny

STUB = f"exercises/{PAGE}.py"
NOTEBOOK = f"notebooks/{PAGE}.ipynb"
LESSON = f"lessons/{PAGE}.md"


@pytest.fixture
def course(tmp_path):
    """A course of one page, and its trees."""
    return tiny(tmp_path / "course")


@pytest.fixture
def space(course, tmp_path):
    """A fresh workspace."""
    return workspace.init(tmp_path / "work", course[1], course[0])


def correct(course, old, new):
    """The course corrects the lesson and the solution, and generates again."""
    from autograder.authoring import build

    syllabus, trees = course
    for path in (trees.lesson(PAGE), trees.solution(PAGE)):
        path.write_text(path.read_text().replace(old, new))
    for exercise in syllabus.exercises.values():
        build.write(trees, exercise)


def test_a_fresh_workspace_holds_everything_but_solutions(space):
    """stubs, notebooks, lessons and their pictures are there; nowhere a solution or a marker of one"""
    files = {p.relative_to(space.root).as_posix(): p for p in space.root.rglob("*") if p.is_file()}
    assert {STUB, NOTEBOOK, LESSON, "README.md"} <= set(files)
    assert any(name.endswith(".png") for name in files)
    for name, path in files.items():
        if not name.endswith(".png"):
            text = path.read_text()
            assert "SOLUTION" not in text
            assert "factor * x + 1" not in text
    cells = ["".join(cell["source"]) for cell in json.loads(files[NOTEBOOK].read_text())["cells"]]
    assert any("raise NotImplementedError" in cell for cell in cells)
    assert any(f'check("{PAGE.partition("/")[2]}", "test_values")' in cell for cell in cells)


def test_a_folder_with_something_in_it_is_refused(course, tmp_path):
    """init never writes among other files"""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    with pytest.raises(GradusError, match="is not empty"):
        workspace.init(tmp_path / "mine", course[1], course[0])
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


def test_found_from_inside(space, tmp_path):
    """a workspace is found from any folder inside it, and nowhere else"""
    assert workspace.find(space.root / "exercises").root == space.root
    assert workspace.find(tmp_path) is None


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"files": 3, "checks": {}}', "\x00"])
def test_a_damaged_manifest_costs_nothing(space, course, text):
    """a manifest that says nothing is kept aside and told of; the student's stays theirs, and an update heals"""
    (space.root / STUB).write_text("my work")
    (space.hidden / "workspace.json").write_text(text)
    found = workspace.find(space.root)
    assert "workspace.json: damaged; kept aside as workspace.damaged.json" in found.warning
    assert (space.hidden / "workspace.damaged.json").read_text() == text
    assert workspace.find(space.root).warning == "", "said once"
    assert workspace.update(found, course[1], course[0]).written == ()
    assert (space.root / STUB).read_text() == "my work"
    healed = workspace.find(space.root)
    assert healed.untouched(space.root / LESSON)
    assert not healed.untouched(space.root / STUB)
    (space.hidden / "workspace.json").write_text(text)
    assert "workspace.damaged-2.json" in workspace.find(space.root).warning, "an earlier one is not written over"


def test_a_page_that_the_course_dropped(space, course, tmp_path):
    """an update says which files are of a page that the course no longer has, once, and leaves them"""
    from autograder.course import syllabus

    grown = make_course(tmp_path / "grown", {PAGE: GOOD, "one/other": GOOD})
    workspace.update(space, grown, syllabus.load(grown))
    changes = workspace.update(space, course[1], course[0])
    assert set(changes.dropped) == {"exercises/one/other.py", "notebooks/one/other.ipynb", "lessons/one/other.md"}
    assert (space.root / "exercises/one/other.py").is_file()
    assert workspace.update(space, course[1], course[0]).dropped == ()


def test_what_cannot_be_written(space, monkeypatch):
    """a file that cannot be written is named, no half of one is left, and what was there stays"""
    import os

    def full(*paths):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    before = (space.root / STUB).read_text()
    with pytest.raises(GradusError, match=r"scaled\.py: cannot be written: No space left"):
        workspace.write_text(space.root / STUB, "other")
    assert (space.root / STUB).read_text() == before
    assert not list(space.root.rglob("*.part"))


def test_an_update_replaces_only_what_was_not_touched(space, course):
    """the lesson is corrected, the student's stub is theirs, and the new stub lies beside"""
    mine = space.root / STUB
    mine.write_text(mine.read_text() + "\n# my work\n")
    correct(course, "Scale", "Stretch")
    changes = workspace.update(space, course[1], course[0])
    assert LESSON in changes.written
    assert NOTEBOOK in changes.written
    assert "# my work" in mine.read_text()
    assert "Stretch" in (space.root / LESSON).read_text()
    assert [name for name, _ in changes.kept] == [STUB]
    assert "Stretch" in (space.root / changes.kept[0][1]).read_text()
    again = workspace.update(workspace.find(space.root), course[1], course[0])
    assert (again.written, again.kept) == ((), ())


def test_an_update_brings_back_what_was_deleted(space, course):
    """a deleted lesson comes back"""
    (space.root / LESSON).unlink()
    assert workspace.update(space, course[1], course[0]).written == (LESSON,)


def test_a_page_that_is_new(space, tmp_path):
    """an update brings pages that the course did not have"""
    grown = make_course(tmp_path / "grown", {PAGE: GOOD, "one/other": GOOD})
    from autograder.course import syllabus

    changes = workspace.update(space, grown, syllabus.load(grown))
    assert "exercises/one/other.py" in changes.written


def test_the_file_that_was_touched_last_counts(space, course):
    """of stub and notebook the one that the student works in is checked"""
    exercise = course[0].exercises[PAGE]
    assert space.file_of(exercise, course[1]) == space.root / STUB
    (space.root / NOTEBOOK).write_text("{}")
    assert space.file_of(exercise, course[1]) == space.root / NOTEBOOK


def test_reset_keeps_what_was_there(space, course):
    """after a reset the stub is as handed out, and the work lies in the backups"""
    syllabus, trees = course
    path = space.root / STUB
    before = path.read_text()
    path.write_text("my work")
    backup = workspace.reset(space, syllabus.exercises[PAGE], path, trees, syllabus)
    assert path.read_text() == before
    assert backup.read_text() == "my work"
    assert space.untouched(path)
    assert workspace.reset(space, syllabus.exercises[PAGE], path, trees, syllabus) is None


def test_resets_within_a_second_keep_all(space, course):
    """each reset has a backup of its own, however fast they follow"""
    syllabus, trees = course
    path, kept = space.root / STUB, []
    for number in range(4):
        path.write_text(f"try {number}")
        kept.append(workspace.reset(space, syllabus.exercises[PAGE], path, trees, syllabus))
    assert [backup.read_text() for backup in kept] == [f"try {number}" for number in range(4)]
