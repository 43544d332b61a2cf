"""`gradus new`: a skeleton that loads, builds and is refused a second time."""

from __future__ import annotations

import json
import sys

import pytest
from typer.testing import CliRunner

from autograder import cli
from autograder.authoring import build, skeleton
from autograder.authoring.new import start, start_questions
from autograder.authoring.verify.statics import signatures
from autograder.course import catalogue, syllabus
from autograder.errors import CourseError
from tests.helpers import GOOD, PAGE, make_course, tiny, words

NEW = "one/my_page"


def contents(root):
    """Every file below a folder with its bytes."""
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_every_file_at_its_address(tmp_path):
    """all files of an exercise are written at its address, each valid Python, no placeholder left"""
    _, trees = tiny(tmp_path)
    written = start(trees, NEW)
    expected = [trees.lesson(NEW), trees.solution(NEW), trees.check(NEW), trees.misconception(NEW), trees.variant(NEW)]
    assert {*expected, trees.course / "course.toml"} <= set(written)
    for path in written:
        if path.suffix == ".png":
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            compile(text, str(path), "exec")
        assert not any(placeholder in text for placeholder in ("{name}", "{title}", "{address}"))


def test_the_skeleton_loads_and_builds(tmp_path):
    """the new exercise is in the syllabus, last of its section, and its parts fit together"""
    trees = make_course(tmp_path, {PAGE: GOOD, "two/scaled": GOOD})
    start(trees, NEW)
    course = syllabus.load(trees)
    assert list(course.exercises) == [PAGE, NEW, "two/scaled"]
    exercise = course.exercises[NEW]
    assert build.drifted(trees, exercise) == [], "what is generated was written, too"
    assert build.orphans(trees, course) == []
    assert set(signatures(catalogue.solution_text(trees, exercise))) == {"my_page"}
    for rewrite in (*catalogue.misconceptions(trees, exercise), *catalogue.variants(trees, exercise)):
        assert rewrite.of == "my_page"
    checks = signatures(trees.check(NEW).read_text())
    assert {m.dies_by for m in catalogue.misconceptions(trees, exercise)} <= set(checks)
    assert exercise.points == sum(name.startswith("test_") for name in checks)


def test_a_german_course_begins_in_german(tmp_path):
    """what students read of the skeleton is in the course's language: lessons, titles, known mistakes, questions"""
    _, trees = tiny(tmp_path)
    toml = trees.course / "course.toml"
    toml.write_text('language = "de"\n' + toml.read_text())
    start(trees, NEW)
    start(trees, "one/plain_page", torch=False)
    start_questions(trees, "one/asked")
    course = syllabus.load(trees)
    for address in (NEW, "one/plain_page"):
        exercise = course.exercises[address]
        assert exercise.hints == ("Was ist die Antwort, wo x gleich 0 ist?", "Multipliziere zuerst, dann addiere.")
        (mistake,) = catalogue.misconceptions(trees, exercise)
        assert (mistake.name, mistake.hint) == ("addiert, bevor verdoppelt wird", "Welche Höhe ist bei x = 0?")
        assert "zweimal x plus eins" in trees.check(address).read_text(encoding="utf-8")
    assert course.question_pages["one/asked"].questions[0].ask.startswith("Lies das Bild oben.")
    kinds = (trees.lesson, trees.check, trees.misconception)
    read = "".join(kind(address).read_text("utf-8") for kind in kinds for address in (NEW, "one/plain_page"))
    read += trees.lesson("one/asked").read_text("utf-8")
    assert [said for said in skeleton.SAID if said in read] == []
    assert all(f"## {german}\n" in read for german in ("Was schiefgeht", "Was man als Nächstes liest"))


def test_the_first_exercise_of_a_section(tmp_path):
    """a section that has no exercise yet gets its first"""
    _, trees = tiny(tmp_path)
    path = trees.course / "course.toml"
    path.write_text(path.read_text().replace("[exercises]", 'two = "Second"\n\n[exercises]'))
    start(trees, "two/first")
    assert list(syllabus.load(trees).exercises) == [PAGE, "two/first"]


def test_course_toml_keeps_what_it_has(tmp_path):
    """comments, assignments and order of course.toml stay; one line comes in"""
    _, trees = tiny(tmp_path)
    path = trees.course / "course.toml"
    path.write_text("# mine\n" + path.read_text() + f'\n[assignments.week1]\nexercises = ["{PAGE}"]  # only this\n')
    before = path.read_text().splitlines()
    start(trees, NEW)
    after = path.read_text().splitlines()
    assert [line for line in after if line not in before] == [f'"{NEW}" = 1.0']
    assert [line for line in after if line in before] == before
    assert NEW in syllabus.load(trees).exercises


@pytest.mark.parametrize(
    "address",
    ["my_page", "one/", "/page", "one/My_Page", "one/my-page", "one/../page", "one/two/page", "nine/page", ""],
)
def test_a_bad_address_writes_nothing(tmp_path, address):
    """an address that is malformed or of no section is refused and nothing is written"""
    _, trees = tiny(tmp_path)
    before = contents(tmp_path)
    with pytest.raises(CourseError):
        start(trees, address)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("kind", ["lesson", "solution", "check", "misconception", "variant"])
def test_nothing_is_written_over(tmp_path, kind):
    """one file at the address that is there already is enough to refuse, and nothing is written"""
    _, trees = tiny(tmp_path)
    path = getattr(trees, kind)(NEW)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine\n")
    before = contents(tmp_path)
    with pytest.raises(CourseError, match=path.name):
        start(trees, NEW)
    assert contents(tmp_path) == before


def _raise(error):
    raise error


@pytest.mark.parametrize("begun", [start, start_questions])
def test_what_fails_leaves_nothing_behind(tmp_path, monkeypatch, begun):
    """an error in the middle, or Ctrl-C, takes all files and folders of the page away, and nothing else"""
    _, trees = tiny(tmp_path)
    before = {path: path.is_dir() or path.read_bytes() for path in tmp_path.rglob("*")}
    for error in (CourseError("no room"), KeyboardInterrupt()):
        monkeypatch.setattr(build, "write", lambda *_, error=error: _raise(error))
        with pytest.raises(type(error)):
            begun(trees, NEW)
        assert {path: path.is_dir() or path.read_bytes() for path in tmp_path.rglob("*")} == before


def test_the_command(tmp_path, monkeypatch, capsys):
    """`gradus new` says what it wrote and what is next, `gradus list` shows it, a second time is one line and exit 2"""
    tiny(tmp_path)
    runner = CliRunner()
    made = runner.invoke(cli.app, ["--course", str(tmp_path), "new", NEW])
    assert made.exit_code == 0
    assert "course.toml" in made.stdout
    assert f"gradus verify {NEW}" in words(made.stdout)
    shown = runner.invoke(cli.app, ["--course", str(tmp_path), "list", "--json"])
    assert [entry["address"] for entry in json.loads(shown.stdout)] == [PAGE, NEW]
    before = contents(tmp_path)
    monkeypatch.setattr(sys, "argv", ["gradus", "--course", str(tmp_path), "new", NEW])
    with pytest.raises(SystemExit) as ended:
        cli.entry()
    said = capsys.readouterr()
    assert ended.value.code == 2
    assert len([line for line in said.err.splitlines() if not line.startswith("note:")]) == 1
    assert "gradus: " in said.err
    assert contents(tmp_path) == before
