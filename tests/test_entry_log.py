"""What persons give: a log that only grows, that several write at once, and that loses nothing."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import GradebookError
from autograder.gradebook.entries import KINDS, Entry, effective
from autograder.gradebook.entry_log import Conflict, Entries
from autograder.gradebook.store import Gradebook
from tests.helpers import PAGE, make_grade


@pytest.fixture
def path(tmp_path):
    """Where the gradebook will be."""
    return tmp_path / "gradebook.db"


def draft(kind="adjust", value=1.0, student="ada", by="teacher", **more):
    """An entry that is not in the log yet."""
    return Entry(student, PAGE, kind, value, by=by, **more)


def test_what_was_given_is_there_after_reopening(path):
    """every field comes back as it was given, with a number and a time"""
    first = draft(text="well put", why="asked in the lecture")
    with Entries.open(path) as log:
        one = log.add(first)
        two = log.add(draft("item", -2.0, key="axis", text="the wrong axis", extra=True))
    assert (one.number, two.number) == (1, 2)
    assert one.at.endswith("+00:00")
    with Entries.open(path) as log:
        assert log.history("ada", PAGE) == (one, two) == log.all()
        assert log.by_row() == {("ada", PAGE): (one, two)}
        assert (log.version("ada", PAGE), log.version("bob", PAGE)) == (2, 0)
        assert log.all(since=1) == (two,)


@pytest.mark.parametrize("student", ["Müller, Zoë", "=1+1", "😀", "odd\udcff", "back\\slash", "a'b\"c;--"])
def test_any_name_meets_its_grades(path, student):
    """whatever a student is called, entries and grades stand under one name"""
    with Gradebook(path) as book, Entries.open(path) as log:
        book.add(make_grade(student))
        log.add(draft(student=student, text="odd\udcff 😀"))
        assert list(log.by_row()) == list(book.histories()) == [(student, PAGE)]
        assert log.history(student, PAGE)[0].student == student
        assert log.version(student, PAGE) == 1
        assert book.erase(student) == 2
        assert log.all() == ()


def test_an_undo_takes_back_and_brings_back(path):
    """an undone entry does not count; undoing the undo brings it back; nothing leaves the log"""
    with Entries.open(path) as log:
        one, other = log.add(draft()), log.add(draft(value=2.0))
        undo = log.undo(one.number, "bob", "by mistake")
        assert (undo.kind, undo.undoes, undo.by, undo.why) == ("undo", one.number, "bob", "by mistake")
        assert effective(log.all()) == (other,)
        with pytest.raises(GradebookError, match=r"taken back already: bob did so .*undo 3 instead"):
            log.undo(one.number, "ada")
        log.undo(undo.number, "ada")
        assert effective(log.all()) == (one, other)
        log.undo(one.number, "ada")
        assert effective(log.all()) == (other,)
        assert len(log.all()) == 5
        with pytest.raises(GradebookError, match="no entry number 99"):
            log.undo(99, "ada")


@given(st.data())
def test_the_order_in_which_entries_are_read_is_free(data):
    """what counts does not depend on the order of the list, and an undo at the end restores what counted"""
    entries = [draft(value=float(n), number=n) for n in range(1, 6)]
    numbers = range(6, data.draw(st.integers(6, 12)))
    entries += [draft("undo", number=n, undoes=data.draw(st.integers(1, n - 1))) for n in numbers]
    before = effective(entries)
    assert effective(data.draw(st.permutations(entries))) == before
    more = [*entries, draft(number=90)]
    assert effective([*more, draft("undo", number=91, undoes=90)]) == before


@pytest.mark.parametrize(
    ("kind", "value", "fine"),
    [
        ("adjust", 11, True), ("adjust", -11, True), ("adjust", 500, False), ("points", 0, True), ("points", -1, False),
        ("points", 11.5, False), ("question", -0.5, False), ("item", -12, False), ("adjust", float("nan"), False),
        ("gift", 1, False),
    ],
)  # fmt: skip
def test_points_are_bounded(path, kind, value, fine):
    """points beyond the page's maximum are refused in a line, unless it is said that they are meant"""
    with Entries.open(path) as log:
        if fine:
            assert log.add(draft(kind, value), most=11.0).value == value
            return
        with pytest.raises(GradebookError) as caught:
            log.add(draft(kind, value, key="k"), most=11.0)
        assert "ada" in str(caught.value)
        assert "\n" not in str(caught.value)
        assert log.all() == ()
        if kind in KINDS and value == value:
            assert log.add(draft(kind, value, key="k", extra=True), most=11.0).extra


@pytest.mark.parametrize("when", ["", "soon", "2026-11-30", "2026-11-30T23:59:00"])
def test_an_extension_needs_a_whole_date(path, when):
    """a date without a zone may mean two times"""
    with Entries.open(path) as log, pytest.raises(GradebookError, match="is no date with a zone"):
        log.add(draft("extension", 0.0, key=when))


def test_the_second_of_two_edits_is_told(path):
    """who looked before another's edit is refused with who, what and when; who looked after it is not"""
    with Entries.open(path) as log, Entries.open(path) as other:
        seen = log.version("ada", PAGE)
        made = other.add(draft(value=-1.0, by="bob", why="axis"), seen=seen)
        with pytest.raises(Conflict) as caught:
            log.add(draft(), seen=seen)
        assert caught.value.entries == (made,)
        for part in ("bob", made.at, "-1 point: axis", "nothing of yours was kept"):
            assert part in str(caught.value)
        log.add(draft(student="bob"), seen=0)  # another student's page is another row
        log.add(draft(), seen=other.version("ada", PAGE))
        with pytest.raises(Conflict):
            other.undo(made.number, "bob", seen=made.number)
        assert len(log.history("ada", PAGE)) == 2


_WRITER = """
import sys
from pathlib import Path
from autograder.gradebook.entries import Entry
from autograder.gradebook.entry_log import Entries
with Entries.open(Path(sys.argv[1])) as log:
    for n in range(int(sys.argv[3])):
        made = log.add(Entry(f"s{n % 7}", "one/page", "adjust", float(n), by=sys.argv[2]))
        print(made.number, flush=True)
"""


def writer(path, name, count):
    """Another process that adds entries and prints each number once it is kept."""
    return subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(path), name, str(count)], stdout=subprocess.PIPE, text=True
    )


def test_two_processes_lose_nothing(path):
    """two processes that add a thousand entries each: all two thousand are there, each with a number of its own"""
    both = [writer(path, name, 1000) for name in ("ada", "bob")]
    said_ = [one.communicate(timeout=300)[0].split() for one in both]
    assert [one.returncode for one in both] == [0, 0]
    with Entries.open(path) as log:
        found = log.all()
    assert len(found) == 2000 == len({one.number for one in found})
    for name, numbers in zip(("ada", "bob"), said_, strict=True):
        mine = [one for one in found if one.by == name]
        assert [one.value for one in mine] == [float(n) for n in range(1000)]
        assert [str(one.number) for one in mine] == numbers


def test_a_killed_marker_loses_at_most_the_edit_in_flight(path):
    """what was acknowledged before a kill -9 is there after it, the file opens, and at most one more entry is there"""
    one = writer(path, "ada", 10**6)
    acknowledged = [one.stdout.readline() for _ in range(50)]
    os.kill(one.pid, signal.SIGKILL)
    acknowledged += one.stdout.read().splitlines()
    one.wait(timeout=60)
    with Entries.open(path) as log:
        kept = log.all()
        assert len(acknowledged) <= len(kept) <= len(acknowledged) + 1
        assert log.add(draft()).number == len(kept) + 1


def test_a_gradebook_and_its_log_are_one_file(path):
    """a gradebook opens a file in which the log came first, and the log one that a run is writing"""
    Entries.open(path).close()
    with Gradebook(path) as book, Entries.open(path) as log:
        for n in range(3):
            book.add(make_grade(key=str(n)))
            log.add(draft())
        assert (len(book.history("ada", PAGE)), len(log.all())) == (3, 3)


def manual(path, *rows):
    """Write points by hand as an older Gradus kept them."""
    Gradebook(path).close()
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute(
            "CREATE TABLE IF NOT EXISTS manual (id INTEGER PRIMARY KEY, student TEXT NOT NULL, exercise TEXT NOT NULL,"
            " points REAL NOT NULL, comment TEXT NOT NULL, by_whom TEXT NOT NULL, at TEXT NOT NULL)"
        )
        db.executemany(
            "INSERT INTO manual (student, exercise, points, comment, by_whom, at) VALUES (?,?,?,?,?,?)", rows
        )


def test_points_of_an_older_gradebook_are_taken_over(path):
    """the last word alone counted there, and it alone counts here; the earlier one is in the history; only once"""
    manual(
        path,
        ("ada", PAGE, 1.0, "good", "t", "2026-11-05T10:00:00+00:00"),
        ("ada", PAGE, -0.5, "late", "t", "2026-11-06T10:00:00+00:00"),
        ("bob", PAGE, 20.0, "", "t", "2026-11-07"),
    )
    for _ in range(2):
        with Entries.open(path) as log:
            assert [(e.student, e.value, e.text, e.at) for e in effective(log.all())] == [
                ("ada", -0.5, "late", "2026-11-06T10:00:00+00:00"), ("bob", 20.0, "", "2026-11-07")
            ]  # fmt: skip
            assert [e.kind for e in log.history("ada", PAGE)] == ["adjust", "undo", "adjust"]
    manual(path, ("cyd", PAGE, 3.0, "", "t", "2026-11-08"))  # an older Gradus goes on writing
    with Entries.open(path) as log:
        assert [e.student for e in effective(log.all())] == ["ada", "bob", "cyd"]


def test_an_entry_that_cannot_be_read_harms_no_other(path):
    """SQLite keeps any value in any column: such a row is passed over and named"""
    with Entries.open(path) as log:
        log.add(draft())
        log.add(draft(student="bob"))
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE entries SET value = 'many' WHERE student = 'ada'")
    with Entries.open(path) as log:
        assert [one.student for one in log.all()] == ["bob"]
        assert "ada" in log.unread[1]


def test_a_merged_log_keeps_undos_with_what_they_undo(tmp_path):
    """entries of another machine's gradebook come over once, renumbered, and what was undone there is undone here"""
    with Entries.open(tmp_path / "a.db") as one, Entries.open(tmp_path / "b.db") as other:
        one.add(draft(student="bob"))
        wrong = other.add(draft(value=5.0))
        other.add(draft(value=2.0))
        other.undo(wrong.number, "t")
        assert one.take_over(other.all()) == 3
        assert [e.value for e in effective(one.all()) if e.student == "ada"] == [2.0]
        assert one.take_over(other.all()) == 0


def test_a_file_that_is_no_gradebook_is_one_clear_line(path):
    """a damaged file is named, without a traceback"""
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(GradebookError, match=r"gradebook\.db: .*cannot be read as a gradebook; name another folder$"):
        Entries.open(path)  # nobody edited anything
