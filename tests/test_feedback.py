"""Feedback that reaches students: their own page, in each form; no seed, no reasons of markers, nothing of others."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest
from rich.console import Console

from autograder.errors import GradebookError
from autograder.export import feedback
from autograder.export.standings import as_csv, comments
from autograder.gradebook.class_totals import ClassTotals
from autograder.gradebook.entries import Entry
from autograder.gradebook.policy import Policy
from autograder.gradebook.totals import standings
from autograder.intake.roster import Roster
from autograder.model import Exercise, Syllabus
from autograder.report.book_table import long_table
from tests.helpers import make_check, make_grade, without_digests

PAGES = ("one/scaled", "one/lines")
COURSE = Syllabus("C", Path("."), {"one": "One"}, {a: Exercise(a, a.title(), 3.0) for a in PAGES}, {})
ZOE = 'Müller, Zoë "Z" <b>😀'
SEED = 424242424242


def class_of(*more):
    """Three students; zoe has a failing page with a comment and late work."""
    failed = make_check(status="failed", points=0.0, max_points=3.0, message="call  f(1)", diagnosis=("adds two",))
    book = {
        (ZOE, PAGES[0]): [make_grade(ZOE, PAGES[0], status="failed", points=1.0, max_points=3.0, checks=(failed,),
                                     seed=SEED, submitted="2026-11-06T10:00:00+00:00")],
        ("ada", PAGES[0]): [make_grade("ada", PAGES[0], points=3.0, max_points=3.0, seed=SEED)],
    }  # fmt: skip
    entries = {
        (ZOE, PAGES[0]): [Entry(ZOE, PAGES[0], "adjust", 0.5, text="well <i>put</i>", why="begged", by="kim", number=1,
                                at="2026-12-01T10:00:00+00:00")],
        ("bob", PAGES[1]): [Entry("bob", PAGES[1], "points", 2.0, text="on paper", by="kim", number=2)],
    }  # fmt: skip
    rows = standings(book, entries, Policy(), COURSE, everybody=["eve", *more])
    return ClassTotals(tuple(rows), Policy(), COURSE)


def test_a_page_says_all_that_is_ones_own():
    """total, points by hand, comment with who and when, what failed; not why, no seed, nobody else, no markup"""
    made = feedback.pages(class_of())
    assert set(made) == {ZOE, "ada", "bob"}  # of eve nothing is known
    for part in (
        "1.5 of 6 points",
        "by hand +0.5",
        "well &lt;i&gt;put&lt;/i&gt; (+0.5)",
        "kim, 2026-12-01",
        "adds two",
    ):
        assert part in made[ZOE], part
    assert "on paper" in made["bob"]
    for student, page in made.items():
        assert str(SEED) not in page
        assert "begged" not in page
        assert "<script" not in page
        for other in {"ada", "bob", "eve"} - {student}:
            assert other not in without_digests(page)
    assert "Müller" not in made["ada"] + made["bob"]


def test_points_by_hand_are_told_one_by_one():
    """what adds up to nothing is told as well, with words and without, so that the total can be added up"""
    log = [
        Entry("ada", PAGES[0], kind, value, text=text, key=key, number=n)
        for n, (kind, value, key, text) in enumerate([
            ("adjust", -1.5, "", "the idea is right"), ("adjust", 0.75, "", ""), ("item", 0.75, "names", "nice names"),
        ], 1)
    ]  # fmt: skip
    grade = make_grade("ada", PAGES[0], points=3.0, max_points=3.0)
    rows = standings({("ada", PAGES[0]): [grade]}, {("ada", PAGES[0]): log}, Policy(), COURSE)
    page = feedback.pages(ClassTotals(tuple(rows), Policy(), COURSE))["ada"]
    for part in ("the idea is right (-1.5)", "(+0.75)", "nice names (+0.75)", "<b>3 of 3 points</b>"):
        assert part in page, part


def test_a_rubric_item_is_told_as_it_holds(tmp_path):
    """its last words and points alone stand on the page, in the mail, in Moodle's comment and in the CSV; of one that
    was taken back none do"""
    log = [
        Entry("ada", PAGES[0], kind, value, key, text, number=n)
        for n, (kind, value, key, text) in enumerate([
            ("item", -1.0, "axis", "OLD WORDS"), ("item", -0.5, "axis", "NEW WORDS"),
            ("item", -1.0, "shape", "TAKEN BACK"), ("unitem", 0.0, "shape", ""),
        ], 1)
    ]  # fmt: skip
    grade = make_grade("ada", PAGES[0], points=3.0, max_points=3.0)
    rows = standings({("ada", PAGES[0]): [grade]}, {("ada", PAGES[0]): log}, Policy(), COURSE)
    totals = ClassTotals(tuple(rows), Policy(), COURSE)
    mail = feedback.folder(totals, tmp_path, Roster())[0].read_text()
    table = io.StringIO()
    Console(file=table, width=300).print(long_table(totals))
    said = "".join(line for line in as_csv(totals).splitlines())
    for told in (feedback.pages(totals)["ada"], mail, comments(totals)["ada"], table.getvalue(), said):
        assert "NEW WORDS" in told
        assert not [words for words in ("OLD WORDS", "TAKEN BACK", "-1)") if words in told]


def test_a_folder_for_a_mail_merge(tmp_path):
    """a page for each, and a table with the roster's columns, each file by its name"""
    people = Roster({"ada": {"student": "ada", "email": "=ada@x.org"}, ZOE: {"student": ZOE, "email": "z@x.org"}})
    files = feedback.folder(class_of(), tmp_path / "to", people)
    lines = list(csv.DictReader((tmp_path / "to" / "mail.csv").open(encoding="utf-8")))
    assert {line["student"]: (line["email"], line["total"], line["maximum"]) for line in lines} == {
        "ada": ("'=ada@x.org", "3", "6"), ZOE: ("z@x.org", "1.5", "6"), "bob": ("", "2", "6")
    }  # fmt: skip
    for line in lines:
        assert f"<b>{line['total']} of 6 points</b>" in (tmp_path / "to" / line["file"]).read_text(encoding="utf-8")
    assert len(files) == 4


SHEET = (
    "\ufeffIdentifier,Full name,Email address,Grade,Last modified (grade)\n"
    "Participant 101,Ada_Lovelace/X,ada,,-\nParticipant 102,Zoë Müller,z@x.org,,-\nParticipant 103,Pat,pat,,-\n"
)


def test_moodles_feedback_zip(tmp_path):
    """a folder for each participant as Moodle reads it: name without underscores, number, plugin"""
    people = Roster({ZOE: {}}, {"z@x.org": ZOE}).including(["ada", "bob"])
    left = feedback.moodle(class_of(), SHEET, people, tmp_path / "up.zip")
    assert left == ["bob"]
    with zipfile.ZipFile(tmp_path / "up.zip") as archive:
        names = archive.namelist()
        assert names == [
            "Ada Lovelace X_101_assignfeedback_file_/feedback.html", "Zoë Müller_102_assignfeedback_file_/feedback.html"
        ]  # fmt: skip
        assert "adds two" in archive.read(names[1]).decode()
    for name in names:  # as Moodle's importer takes a path apart
        parts = name.split("/")[0].split("_", 4)
        assert len(parts) == 5
        assert (parts[1].isdecimal(), parts[2:4]) == (True, ["assignfeedback", "file"])
    with pytest.raises(GradebookError, match="no column Identifier"):
        feedback.moodle(class_of(), "a,b\n1,2\n", people, tmp_path / "up.zip")


def test_canvas_comments():
    """a line for each student with every name that the roster has, and the words"""
    people = Roster({"ada": {"student": "ada", "ID": "12"}})
    lines = {line["student"]: line for line in csv.DictReader(io.StringIO(feedback.canvas(class_of(), people)))}
    assert lines["ada"]["ID"] == "12"
    assert "well" in lines[ZOE]["comment"]
    assert "begged" not in str(lines)


def test_nbgraders_feedback(tmp_path):
    """a file for each student and page where nbgrader keeps them; an id that leads elsewhere is passed over"""
    made = class_of()
    files = feedback.nbgrader(made, tmp_path)
    assert sorted(p.relative_to(tmp_path).as_posix() for p in files) == sorted([
        f"feedback/{ZOE}/one/scaled.html", "feedback/ada/one/scaled.html", "feedback/bob/one/lines.html"
    ])  # fmt: skip
    text = (tmp_path / "feedback" / "ada" / "one" / "scaled.html").read_text(encoding="utf-8")
    assert "3 of 3 points" in text
    away = [row for row in made.rows if row.student == "ada"]
    for row in away:
        object.__setattr__(row, "student", "../../away")
    assert feedback.nbgrader(ClassTotals(tuple(away), Policy(), COURSE), tmp_path / "deep" / "er") == []
    assert not (tmp_path / "away").exists()
