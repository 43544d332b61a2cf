"""What students answered in words stands beside the question that a marker gives points for, or a line says where."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import pytest

from autograder.course import syllabus
from autograder.course.trees import Trees
from autograder.desk import written
from autograder.desk.again import Again
from autograder.desk.results import Results
from autograder.desk.server import Site
from autograder.desk.site import Desk
from autograder.gradebook import handed_in
from autograder.gradebook.store import Gradebook
from autograder.intake.files import disk_entry
from autograder.intake.in_words import answers
from tests.desks import invoke
from tests.helpers import words
from tests.marking import checks, get, graded
from tests.nbcourses import LINES, RIGHT, answered, make_nbcourse, source_notebook
from tests.serving import serving

ASK = "Why is a line straight?"
SAID = {
    "ada": f"**Question.** {ASK}\n\nIts <b>slope</b> stays, says Ada.",
    "bob": f"**Question.** {ASK}\n\nYOUR ANSWER HERE",
    "dan": "Only my own words.",
}


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Trees:
    """A course with a question, as an nbgrader course: ada answered, bob did not, dan deleted the question; cyd
    handed in a .py."""
    made = make_nbcourse(tmp_path_factory.mktemp("words"))
    for student, said in SAID.items():
        notebook = answered(source_notebook(made), RIGHT, said)
        _put(made.notebooks / "submitted" / student / "one" / "lines.ipynb", json.dumps(notebook))
    _put(made.notebooks / "submitted" / "cyd" / "one" / "lines.py", "\n".join(RIGHT.values()))
    shutil.make_archive(str(made.notebooks / "submitted"), "zip", made.notebooks / "submitted")
    return made


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy takes its time."""
    monkeypatch.setattr(written, "PATIENCE", 60)


def _put(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Its results."""
    with Gradebook(tmp_path / "gradebook.db") as book:
        for student in (*SAID, "cyd"):
            book.add(graded(student, LINES, checks("passed"))[0])
    return tmp_path


def shown(trees: Trees, out: Path, submissions: Path | None, mode: str = "named") -> Mapping[str, str]:
    """What the desk shows of each student's page."""
    again = None if submissions is None else Again(submissions, out, trees.root)
    desk = Desk(Results(out, syllabus.load(trees)), again=again)
    with serving(Site(desk).app, ws="none") as address:
        where = f"{address}{desk.token}/{mode}/page/{LINES}/"
        return {student: get(where + desk.ids.of(student))[1] for student in (*SAID, "cyd")}


@pytest.mark.parametrize("layout", ["", "submitted", "submitted.zip"])
def test_the_answer_stands_beside_its_question(trees: Trees, out: Path, layout: str) -> None:
    """of an nbgrader course, a class folder and a zip; as text, and without a name in the anonymous view"""
    pages = shown(trees, out, trees.notebooks / layout)
    assert "Its &lt;b&gt;slope&lt;/b&gt; stays, says Ada." in pages["ada"]
    assert pages["ada"].count(ASK) == 1  # the question once, where it is asked
    assert written.NOTHING in pages["bob"]
    assert "Only my own words." in pages["dan"]
    assert written.NO_NOTEBOOK.split("'")[0] in pages["cyd"]
    hidden = shown(trees, out, trees.notebooks / layout, "anonymous")["ada"]
    assert "stays, says •••." in hidden


def test_where_the_answer_is_to_be_read(trees: Trees, out: Path) -> None:
    """where nobody said what was handed in, the page says so, and how it is shown"""
    assert "--submissions FOLDER" in words(shown(trees, out, None)["ada"])
    gone = words(shown(trees, out, trees.notebooks / "elsewhere")["ada"])
    assert "The submissions cannot be read" in gone


def test_the_answer_is_found_where_it_was_graded(trees: Trees, tmp_path: Path) -> None:
    """without a word, as long as it lies there; of a later download, too; then the page says which option"""
    folder, later, out = tmp_path / "class", tmp_path / "later", tmp_path / "out"
    shutil.copytree(trees.notebooks / "submitted", folder)
    assert invoke("--course", trees.root, "grade", folder, "--out", out)[0] == 0
    assert "Its &lt;b&gt;slope&lt;/b&gt; stays, says Ada." in shown(trees, out, None)["ada"]
    (folder / "ada").rename(later)
    with Gradebook(out / "gradebook.db") as book:
        assert [place for place, _ in handed_in.places(book)] == [folder.resolve()]
        handed_in.note(book, later.parent / "gone", None)
        handed_in.note(book, folder, tmp_path / "people.csv")
        (tmp_path / "people.csv").write_text("student,mail\nada,ada@x\n", encoding="utf-8")
        assert handed_in.places(book) == [(folder.resolve(), (tmp_path / "people.csv").resolve())]
    assert "Only my own words." in shown(trees, out, None)["dan"]
    shutil.rmtree(folder)
    assert "--submissions FOLDER" in words(shown(trees, out, None)["dan"])


def test_no_view_waits_for_a_large_class(trees: Trees, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """that takes seconds to read: the page is there at once and says so, and has the answer when it is read"""
    monkeypatch.setattr(written, "PATIENCE", 0.01)
    go_on, whole = threading.Event(), written.Written._class_at

    def slow(self: written.Written, place: Path, roster: Path | None) -> object:
        assert go_on.wait(60)
        return whole(self, place, roster)

    monkeypatch.setattr(written.Written, "_class_at", slow)
    desk = Desk(Results(out, syllabus.load(trees)), again=Again(trees.notebooks, out, trees.root))
    row = desk.results.now().rows["ada", LINES]
    assert desk.written.of(row, {"question": ASK})["question"].why == written.READING
    go_on.set()
    monkeypatch.setattr(written, "PATIENCE", 60)
    assert "stays, says Ada." in desk.written.of(row, {"question": ASK})["question"].text
    desk.close()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cells": [1]}', '{"cells": [{"source": 3}]}', "[" * 100_000])
def test_a_file_that_is_no_notebook_has_no_answers(tmp_path: Path, text: str) -> None:
    """whatever it holds, nobody is stopped"""
    file = tmp_path / "lines.ipynb"
    file.write_text(text, encoding="utf-8")
    assert answers(disk_entry(file, PurePosixPath(file.name)), {"question": ASK}) == {}
    assert answers(disk_entry(tmp_path / "gone.ipynb", PurePosixPath("gone.ipynb")), {"question": ASK}) == {}
