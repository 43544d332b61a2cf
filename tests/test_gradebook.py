"""What is kept: every grade, known again by the hash of all that decides it."""

from __future__ import annotations

import dataclasses
import json
import sqlite3

import pytest

from autograder.course import syllabus
from autograder.errors import GradebookError
from autograder.gradebook.entries import Entry
from autograder.gradebook.entry_log import Entries
from autograder.gradebook.keys import grade_key, page_key
from autograder.gradebook.rows import from_json, to_json
from autograder.gradebook.store import VERSION, Gradebook
from autograder.text import told
from tests.helpers import PAGE, make_check, make_grade, tiny


@pytest.fixture
def path(tmp_path):
    """Where a gradebook of the test's own may be."""
    return tmp_path / "out" / "gradebook.db"


def full_grade(student="ada", **fields):
    """A grade that uses every field."""
    checks = (
        make_check(name="test_a", status="failed", points=0.5, message="call  f(1)\nno", diagnosis=("x", "y")),
        make_check(name="test_b", output="printed", badge="gold"),
    )
    return make_grade(student, status="failed", points=1.5, max_points=2.0, checks=checks, notes=("a", "b"), **fields)


@pytest.mark.parametrize("student", ["ada", "Müller, Zoë", "=1+1", "😀", "odd\udcff", "a'b\"c;--"])
def test_a_grade_comes_back_whole(path, student):
    """whatever is in a grade, a student's odd name included, comes back as it was kept"""
    grade = full_grade(student, key="k1")
    with Gradebook(path) as book:
        book.add(grade)
        assert book.known(student, PAGE, "k1") == grade
    with Gradebook(path) as book:
        assert book.known(student, PAGE, "k1") == grade
        assert book.history(student, PAGE) == [grade]


def test_json_round_trip():
    """the text of a grade gives the grade, and is ASCII"""
    grade = full_grade("odd\udcff")
    assert from_json(to_json(grade)) == grade
    assert to_json(grade).isascii()


def test_unknown_until_kept(path):
    """another student, exercise or key is not known"""
    with Gradebook(path) as book:
        book.add(make_grade("ada", key="k1"))
        assert book.known("bob", PAGE, "k1") is None
        assert book.known("ada", "one/other", "k1") is None
        assert book.known("ada", PAGE, "k2") is None


def test_history_is_kept(path):
    """a new grade does not take the place of the old one"""
    grades = [make_grade("ada", key=f"k{n}", points=float(n)) for n in range(3)]
    with Gradebook(path) as book:
        for grade in grades:
            book.add(grade)
        book.add(make_grade("bob"))
        assert book.history("ada", PAGE) == grades
        assert book.known("ada", PAGE, "k1") == grades[1]


def test_the_latest_of_one_key_counts(path):
    """of two grades under one key the later one is known"""
    first, second = make_grade(key="k", points=0.0), make_grade(key="k", points=1.0)
    with Gradebook(path) as book:
        book.add(first)
        book.add(second)
        assert book.known("ada", PAGE, "k") == second


def test_the_graders_own_faults_are_not_kept(path):
    """an internal grade is forgotten, so that it is tried again"""
    with Gradebook(path) as book:
        book.add(make_grade(status="internal", key="k"))
        assert book.known("ada", PAGE, "k") is None
        assert book.history("ada", PAGE) == []


def test_settings(path):
    """a value beside the grades is kept, and replaced by a new one"""
    with Gradebook(path) as book:
        assert book.setting("seed") is None
        book.keep_setting("seed", "1")
        book.keep_setting("seed", "2")
    with Gradebook(path) as book:
        assert book.setting("seed") == "2"


def test_every_grade_is_on_disk_at_once(path):
    """what was added is there for another reader before the book is closed"""
    with Gradebook(path) as book:
        book.add(make_grade(key="k"))
        with Gradebook(path) as other:
            assert other.known("ada", PAGE, "k") is not None


def foreign_database(path):
    """A database of another program."""
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE students (name TEXT)")
    db.close()


def other_version(path):
    """A gradebook of another version."""
    Gradebook(path).close()
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    db.close()


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path.write_text("student,points\nada,3\n" * 100),
        lambda path: path.write_bytes(b"SQLite format 3\0" + b"\xff" * 4000),
        lambda path: path.mkdir(),
        foreign_database,
        other_version,
    ],
    ids=["a table of text", "a damaged database", "a folder", "a database of another program", "another version"],
)
def test_a_file_that_is_no_gradebook(path, make):
    """what is no gradebook gives one clear error that names it, and stays as it was"""
    path.parent.mkdir()
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(GradebookError) as caught:
        Gradebook(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert before == (path.read_bytes() if path.is_file() else None)


def test_a_folder_that_cannot_be_made(tmp_path):
    """a gradebook below a file is one clear error"""
    (tmp_path / "out").write_text("")
    with pytest.raises(GradebookError, match="out"):
        Gradebook(tmp_path / "out" / "gradebook.db")


def test_grade_key_changes_with_each_part():
    """submission, page, isolation and data each decide the key"""
    parts = ["digest", "page", "plain", "digits"]
    keys = {grade_key(*parts)}
    for at, other in enumerate(["d", "p", "namespaces", "mnist"]):
        keys.add(grade_key(*[other if n == at else part for n, part in enumerate(parts)]))
    assert len(keys) == 5
    assert grade_key(*parts) in keys


def test_page_key_changes_with_what_decides_a_grade(tmp_path):
    """checks, solution, misconceptions and limits change it; the lesson's words and the stub do not"""
    course, trees = tiny(tmp_path)
    exercise = course.exercises[PAGE]
    first = page_key(trees, exercise)
    assert page_key(trees, syllabus.load(trees).exercises[PAGE]) == first
    seen = {first}
    for path in (trees.check(PAGE), trees.solution(PAGE), trees.misconception(PAGE)):
        path.write_text(path.read_text() + "# more\n")
        seen.add(page_key(trees, exercise))
    seen.add(page_key(trees, dataclasses.replace(exercise, seconds=9)))
    assert len(seen) == 5
    before = page_key(trees, exercise)
    trees.stub(PAGE).write_text("changed = 1\n")
    trees.lesson(PAGE).write_text(trees.lesson(PAGE).read_text() + "more words\n")
    assert page_key(trees, syllabus.load(trees).exercises[PAGE]) == before


# -- beside what persons give ---------------------------------------------------------------------


def word(student, points, comment=""):
    """What a person gave for the page."""
    return Entry(student, PAGE, "adjust", points, text=comment, by="teacher")


def test_a_run_never_touches_what_persons_gave(path):
    """grades that come later leave points by hand as they are"""
    with Gradebook(path) as book, Entries.open(path) as log:
        book.add(make_grade("ada", key="1"))
        given = log.add(word("ada", 1.0, "nice"))
        for key in "234":
            book.add(make_grade("ada", key=key, points=0.0))
        assert log.all() == (given,)


def test_an_older_gradebook_opens(path):
    """a file from before there were points by hand opens with its grades, and takes them from now on"""
    grade = full_grade("ada", key="k")
    with Gradebook(path) as book:
        book.add(grade)
        book.keep_setting("seed", "5")
    with Gradebook(path) as book, Entries.open(path) as log:
        assert book.known("ada", PAGE, "k") == grade
        assert book.setting("seed") == "5"
        assert log.all() == ()
        assert log.add(word("ada", 1.0)).value == 1.0


def test_looking_changes_nothing(path):
    """opening, reading and closing a gradebook leaves the file the same to the byte"""
    with Gradebook(path) as book:
        book.add(make_grade())
    with Entries.open(path) as log:
        log.add(word("ada", 1.0))
    before = path.read_bytes()
    with Gradebook(path) as book, Entries.open(path) as log:
        assert (book.histories(), log.all(), book.known("ada", PAGE, "k")) != ({}, (), None)
        assert book.setting("seed") is None
    assert path.read_bytes() == before


# -- erasing -------------------------------------------------------------------------------------


def files_of(path):
    """Everything that lies beside a gradebook, its log included, as bytes."""
    return b"".join(p.read_bytes() for p in sorted(path.parent.iterdir()) if p.is_file())


def test_erasing_leaves_no_trace(path):
    """not a byte of the name is left in the file or its log, while it is open and after; the others are whole"""
    others = [full_grade(f"student {n}", key="k") for n in range(30)]
    with Gradebook(path) as book, Entries.open(path) as log:
        book._db.execute("PRAGMA secure_delete = OFF")  # some builds of SQLite blank what is deleted, others do not
        for n, grade in enumerate(others):
            book.add(grade)
            book.add(full_grade("Zoë Q. Müller", key=f"k{n}", digest="Zoë Q. Müller's"))
            log.add(word("Zoë Q. Müller", float(n), "well done, Zoë Q. Müller" * 50))
        log.add(word("student 1", 1.0, "kept"))
        names = ("Zoë Q. Müller".encode(), rb"Zo\u00eb Q. M\u00fcller")
        assert any(name in files_of(path) for name in names)
        assert book.erase("Zoë Q. Müller") == 60
        assert not any(name in files_of(path) for name in names)
        assert [h[-1] for h in book.histories().values()] == others
    assert not any(name in files_of(path) for name in names)
    with Gradebook(path) as book:
        with Entries.open(path) as log:
            assert log.history("student 1", PAGE)[0].text == "kept"
        assert book.erase("nobody") == 0
        assert book.erase("student") == 0  # a part of a name is nobody's


def test_erasing_while_another_program_reads(path):
    """where another program keeps the log from being emptied, that is said, and erasing again does it"""
    with Gradebook(path) as book:
        book.add(make_grade("Zoe Mueller"))
        book.add(make_grade("ada"))
        reader = sqlite3.connect(path)
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM grades").fetchone() == (2,)
        book._db.execute("PRAGMA busy_timeout = 50")  # else it waits half a minute
        with pytest.raises(GradebookError, match="close that and erase again"):
            book.erase("Zoe Mueller")
        reader.close()
        book.erase("Zoe Mueller")
        assert b"Zoe Mueller" not in files_of(path)
        assert list(book.histories()) == [("ada", PAGE)]


# -- rows that cannot be read, and files of other times ------------------------------------------


def spoil(path, text, student="ada"):
    """Write something else in the place of a student's last row."""
    with sqlite3.connect(path) as db:
        db.execute(
            "UPDATE grades SET grade = ? WHERE id = (SELECT max(id) FROM grades WHERE student = ?)", (text, student)
        )
    db.close()


SPOILT = {
    "no JSON": "{", "an empty object": "{}", "a list": "[]", "a number": "3", "no text": b"\xff\x00",
    "a missing field": '{"student": "ada", "exercise": "one/scaled", "status": "passed"}',
    "an unknown field": to_json(make_grade(key="k")).replace('"seed"', '"sede"'),
    "a later version": to_json(make_grade(key="k")).replace('"v":3', '"v":4'),
    "an unknown status": to_json(make_grade(key="k", status="won")),
    "a list for points": to_json(make_grade(key="k")).replace('"max_points":1.0', '"max_points":[1]'),
    "no number": to_json(make_grade(key="k", points=float("nan"))),
    "no time": to_json(make_grade(key="k", submitted="yesterday")),
    "another student's": to_json(make_grade("bob", key="k")),
}  # fmt: skip


@pytest.mark.parametrize("text", SPOILT.values(), ids=SPOILT)
def test_a_row_that_cannot_be_read(path, text):
    """it is passed over and named in one line; the file is kept aside whole, and what was earlier or of others stays"""
    with Gradebook(path) as book:
        book.add(make_grade(key="early", points=0.5))
        book.add(make_grade(key="k"))
        book.add(make_grade("bob", key="k"))
    spoil(path, text)
    with Gradebook(path) as book:
        assert book.known("ada", PAGE, "k") is None
        assert {name: len(history) for (name, _), history in book.histories().items()} == {"ada": 1, "bob": 1}
        assert sorted(grade.student for grade in book.latest()) == ["ada", "bob"]
        assert book.trouble().count("\n") == 0
        assert f"{path}: 1 row cannot be read (ada {PAGE}: " in book.trouble()
        said = book.set_aside()
        (aside,) = path.parent.glob("*.aside.db")
        assert str(aside) in said
        assert (book.trouble(), book.set_aside()) == ("", "")
        book.add(make_grade(key="k", points=0.25))
    with Gradebook(path) as book, Gradebook(aside) as kept:
        assert [g.points for g in book.history("ada", PAGE)] == [0.5, 0.25]
        assert len(kept.histories()["ada", PAGE]) == 1
        assert kept.trouble()
        assert book.trouble() == ""
        book.erase("ada")
    assert b"ada" not in files_of(path)


OLD_TABLES = """
CREATE TABLE grades (id INTEGER PRIMARY KEY, student TEXT NOT NULL, exercise TEXT NOT NULL, key TEXT NOT NULL,
 status TEXT NOT NULL, points REAL NOT NULL, max_points REAL NOT NULL, isolation TEXT NOT NULL, seed INTEGER NOT NULL,
 graded TEXT NOT NULL, grade TEXT NOT NULL);
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
PRAGMA user_version = 1;
"""


def test_a_gradebook_of_the_first_version(path):
    """its rows, which had no number, come over whole, with the digests that tell one attempt from another"""
    grade = full_grade("ada", key="k", digest="d")
    path.parent.mkdir()
    with sqlite3.connect(path) as db:
        db.executescript(OLD_TABLES)
        fields = {name: value for name, value in json.loads(to_json(grade)).items() if name != "v"}
        for check, result in zip(fields["checks"], grade.checks, strict=True):
            del check["failure"]
            check |= {"message": told(result.failure), "diagnosis": list(result.diagnosis)}
        old = json.dumps(fields)
        row = ("ada", PAGE, "k", "failed", 1.5, 2.0, "plain", 7, "2026-01-01")
        for text in (old, "{}"):
            db.execute("INSERT INTO grades VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, text))
    db.close()
    with Gradebook(path) as book:
        assert book.history("ada", PAGE) == [grade]
        assert book.attempts("ada", PAGE) == [("d", 7), ("", 7)]
        assert book.pending() == {}


def test_a_locked_gradebook_says_so_at_once(path, monkeypatch):
    """it is waited for with a line, not in silence; the advice is to close the other program, not to move the file"""
    Gradebook(path).close()
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr("autograder.gradebook.store.PATIENCE", 1.5)
    said = []
    with Gradebook(path, said.append) as book, pytest.raises(GradebookError) as caught:
        book.add(make_grade())
    other.close()
    assert said == [f"{path}: another program has it open; waiting up to 1.5 s"]
    assert "close that, and run the same command again" in str(caught.value)
    assert "move" not in str(caught.value)


def test_what_came_since(tmp_path):
    """a mark differs when a grade came, and those after it are told alone"""
    with Gradebook(tmp_path / "gradebook.db") as book:
        book.add(make_grade("ada"))
        first = book.mark()
        assert book.mark() == first
        book.add(make_grade("bob"))
        assert book.mark() != first
        assert [student for student, _ in book.histories(first[0])] == ["bob"]
        assert len(book.histories()) == 2
        before = book.mark()
        book.add(make_grade("cyd", status="internal"))
        assert book.mark() != before
