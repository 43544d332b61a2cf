"""A student's evening, command by command, in a workspace."""

from __future__ import annotations

import json
import re

import pytest
from typer.testing import CliRunner

from autograder import cli
from autograder.errors import GradusError
from autograder.student import workspace
from tests.helpers import PAGE, SOLUTION, tiny

pytestmark = pytest.mark.usefixtures("warm")
STUB = f"exercises/{PAGE}.py"
WRONG = "def scaled(x, factor=2.0):\n    return x / factor + 1\n"


@pytest.fixture
def work(tmp_path, monkeypatch):
    """A workspace of a course of one page, as the current folder."""
    course, trees = tiny(tmp_path / "course")
    space = workspace.init(tmp_path / "work", trees, course)
    monkeypatch.setenv("GRADUS_COURSE", str(tmp_path / "course"))
    monkeypatch.chdir(space.root)
    return space.root


def say(*arguments, code=0, **options):
    """What a command prints, on a wide screen; it ends with this code."""
    clean = {"NO_COLOR": "1", "FORCE_COLOR": None, "COLUMNS": "200"}
    result = CliRunner().invoke(cli.app, list(arguments), env=clean, **options)
    assert result.exit_code == code, result.output
    return result.output


def test_from_the_stub_to_the_solution(work):
    """where one stands, what is next, a mistake explained, a hint at a time, the pass, and what is kept of it all"""
    assert "0/1" in say()
    beginning = say("next")
    assert "to write: scaled" in beginning
    assert str(work / STUB) in beginning
    assert "not passed yet" in say("solution", "scaled", code=1)

    (work / STUB).write_text(WRONG)
    assert "divides by the factor" in say("check", "scaled", code=1)
    assert "Try factor 2 and x 4." in say("explain")
    assert "hint 1 of 2" in say("hint")
    assert "hint 2 of 2" in say("hint")
    assert "hint 2 of 2" in say("hint")

    (work / STUB).write_text(SOLUTION)
    assert "✓ right" in say("check", "scaled")
    assert "1/1" in say()
    assert "every page is passed" in say("next")
    assert "nothing failed" in say("explain", "scaled")
    assert "def scaled" in say("solution", "scaled")
    kept = json.loads(say("progress", "--json"))[PAGE]
    assert kept["hints"] == 2
    assert kept["passed"] is True


def test_beginning_again(work):
    """reset asks, then puts the stub back and keeps what was there"""
    stub = (work / STUB).read_text()
    (work / STUB).write_text(WRONG)
    say("reset", "scaled", code=1, input="n\n")
    assert (work / STUB).read_text() == WRONG
    told = say("reset", "scaled", input="y\n")
    assert (work / STUB).read_text() == stub
    assert (work / told.split("what you had: ")[1].strip()).read_text() == WRONG
    assert "everything is up to date" in say("update")


def test_damaged_notes_disable_nothing(work):
    """with both notes of the workspace damaged a check answers, says what it found and where that lies now"""
    (work / STUB).write_text(SOLUTION)
    for name in ("workspace", "progress"):
        (work / f".gradus/{name}.json").write_text("{")
    told = say("check", "scaled")
    assert "✓ right" in told
    assert "workspace.damaged.json" in told
    assert "progress.damaged.json" in told
    assert "1/1" in say()
    assert ".damaged.json" not in say("check", "scaled")
    (work / ".gradus/workspace.json").write_text("{")
    assert "workspace.damaged-2.json" in say()


def test_outside_a_workspace_there_is_nothing_to_check(work, tmp_path, monkeypatch):
    """a page that lies nowhere here is not graded as the course's own copy: one line with the next step"""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(GradusError, match=r"there is no scaled\.py here.*gradus init DIR"):
        CliRunner().invoke(cli.app, ["check", "scaled"], catch_exceptions=False)
    (tmp_path / "scaled.py").write_text(SOLUTION)
    assert "✓ right" in say("check", "scaled")


def test_a_file_is_checked_wherever_it_lies(work, tmp_path, monkeypatch):
    """a path is enough: the page is that of the file's name, or of what it defines; what is no page is told"""
    (tmp_path / "d0").mkdir()
    for name in ("scaled.py", "scaled (1).py", "first try.py"):
        (tmp_path / "d0" / name).write_text(SOLUTION)
    monkeypatch.chdir(tmp_path)
    for name in ("d0/scaled.py", "./d0/scaled.py", "d0/scaled (1).py", "d0/first try.py"):
        assert "✓ right" in say("check", name)
    (tmp_path / "d0/notes.py").write_text("x = 1\n")
    for name, told in (
        ("d0/notes.py", "gradus check PAGE d0/notes.py"), ("d0/none.py", "d0/none.py: no such file"),
        ("d0", "gradus check scaled d0"), ("d0/none", "there is no exercise d0/none"),
    ):  # fmt: skip
        with pytest.raises(GradusError, match=re.escape(told)):
            CliRunner().invoke(cli.app, ["check", name], catch_exceptions=False)
    monkeypatch.chdir(work)
    (work / STUB).write_text(SOLUTION)
    assert "✓ right" in say("check", "scaled.py"), "a bare name is the workspace's own"


def test_a_file_that_stops_is_no_page_of_the_lesson(work):
    """where nothing ran, `explain` says why, and quotes no paragraph"""
    (work / STUB).write_text("def scaled(x:\n    return x\n")
    say("check", "scaled", code=1)
    told = say("explain", "scaled")
    assert "SyntaxError" in told
    assert "the lesson says" not in told


@pytest.mark.parametrize("command", [["list"], ["list", "--json"], ["next"], ["verify"]])
def test_a_course_without_a_page(work, tmp_path, command):
    """an empty course.toml is said, by every command that reads it"""
    (tmp_path / "course/course/course.toml").write_text("")
    with pytest.raises(GradusError, match=r"course\.toml: is empty; .*`gradus new-course"):
        CliRunner().invoke(cli.app, command, catch_exceptions=False)


def test_a_folder_that_was_deleted(tmp_path, monkeypatch):
    """in a folder that is gone every command says so"""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(GradusError, match="was deleted; cd to another"):
        CliRunner().invoke(cli.app, ["list"], catch_exceptions=False)
