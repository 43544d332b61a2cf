"""grades.json and grades.csv, as other programs read them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from autograder.export.files import (
    SCHEMA_VERSION,
    as_document,
    dumps,
    grade_record,
    read_run,
    safe_cell,
    write_csv,
    write_json,
    write_whole,
)
from autograder.gradebook.class_totals import of_grades
from autograder.model import Diagnosis, Exercise, Failure, Syllabus
from tests.helpers import make_check, make_grade

COURSE = Syllabus(
    "C", Path("."), {"one": "One"}, {"one/scaled": Exercise("one/scaled", "Lines", 1.0, weight=2.0)}, {}
)  # fmt: skip
RUN = {"seed": 7, "started": "2026-01-01T00:00:00+00:00", "gradus": "0", "torch": "2", "isolation": "plain"}


def rows(tmp_path, *grades):
    """grades.csv as a spreadsheet reads it, without its head."""
    path = tmp_path / "grades.csv"
    write_csv(path, list(grades))
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.reader(file))[1:]


def test_the_schema(tmp_path):
    """grades.json has exactly the documented keys, at every level"""
    write_json(tmp_path / "grades.json", RUN, [make_grade()])
    document = json.loads((tmp_path / "grades.json").read_text(encoding="utf-8"))
    assert list(document) == ["schema_version", "run", "grades"]
    assert document["schema_version"] == SCHEMA_VERSION == 3
    assert document["run"] == RUN
    (grade,) = document["grades"]
    assert {"student", "exercise", "status", "points", "max_points", "seconds", "checks"} <= set(grade)
    assert set(grade["checks"][0]) == {"name", "title", "status", "points", "max_points", "failure"}


@pytest.mark.parametrize("half", ["", "\udcff"], ids=["whole", "half a letter"])
@pytest.mark.parametrize("count", [0, 1, 3])
def test_pieces_make_the_same_document(tmp_path, count, half):
    """what is written grade by grade is to the byte what one JSON document is"""
    message = f'two\nlines, "quotes", \\n, \u2028 and é 😀 {half}'
    grades = [make_grade(f"s{n}", checks=(make_check(message=message),), notes=("[]",)) for n in range(count)]
    write_json(tmp_path / "grades.json", RUN, grades)
    assert (tmp_path / "grades.json").read_text(encoding="utf-8") == dumps(as_document(RUN, grades))
    totals = of_grades(grades, COURSE)
    write_json(tmp_path / "grades.json", RUN, grades, totals)
    assert (tmp_path / "grades.json").read_text(encoding="utf-8") == dumps(as_document(RUN, grades, totals))


def test_the_total_stands_beside_the_points():
    """the points of the checks alone, what counts, and everybody's sum; one that nobody could grade has no total"""
    grades = [make_grade(points=0.5), make_grade("bob", status="internal", points=0.0)]
    document = as_document(RUN, grades, of_grades(grades, COURSE))
    assert [(g["points"], g["total"], g["maximum"]) for g in document["grades"]] == [(0.5, 0.5, 1.0), (None, None, 1.0)]
    ada, bob = document["students"]
    assert ada == {
        "student": "ada", "total": 1.0, "maximum": 2.0, "pages": 1, "dropped": [], "ungraded": [], "unmarked": []
    }  # fmt: skip
    assert (bob["total"], bob["maximum"], bob["ungraded"]) == (0.0, 0.0, ["one/scaled"])


def test_the_facts_of_a_run_stand_first(tmp_path):
    """they are read without the grades behind them, however many they are; of another file a line says what is wrong"""
    path = tmp_path / "grades.json"
    for run in (RUN, {**RUN, "faults": ["é" * 70_000, '"grades": 1}']}, {}):
        write_json(path, run, [make_grade()])
        assert read_run(path) == run
    whole = path.read_text()
    for text in (whole.replace('"run": {}', '"run": 3'), whole.replace(": 3,", ": 99,"), "[]", "", "\udcff"):
        path.write_text(text, errors="surrogateescape")
        with pytest.raises(ValueError):
            read_run(path)


@pytest.mark.parametrize("names", [("one",), ("one", "two")])
def test_diagnoses_are_listed_with_their_hints(names):
    """each known mistake that remains has its name, its hint and its function; without a failure there is none"""
    found = tuple(Diagnosis(name, f"look at {name}", "f") for name in names)
    failure = grade_record(make_grade(checks=(make_check(failure=Failure("problem", "no", diagnosis=found)),)))
    assert list(failure["checks"][0]["failure"]["diagnosis"]) == [
        {"name": name, "hint": f"look at {name}", "function": "f", "exact": True} for name in names
    ]
    assert grade_record(make_grade())["checks"][0]["failure"] is None


def test_badges_and_notes_only_where_there_are_some():
    """a badge and notes are written when there are any"""
    plain = as_document(RUN, [make_grade()])["grades"][0]
    assert "badge" not in plain["checks"][0]
    assert "notes" not in plain
    rich = as_document(RUN, [make_grade(checks=(make_check(badge="99 %"),), notes=("cell 2 stopped",))])["grades"][0]
    assert rich["checks"][0]["badge"] == "99 %"
    assert rich["notes"] == ["cell 2 stopped"]


NAMES = [
    "ada", "Müller, Zoë", 'Jane "JJ" Doe', "李小龙", "😀 family 👩‍👩‍👧", "שלום", "a\u202eb", "line\nbreak", "tab\there",
    "odd\udcff", "nul\0byte", "\u2028separator", "back\\slash", "'quoted'",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_json_keeps_every_name(tmp_path, name):
    """whatever a student is called, grades.json gives the name back, and is ASCII"""
    failure = Failure("exception", f"raised {name}", f"f({name})")
    write_json(tmp_path / "grades.json", RUN, [make_grade(name, checks=(make_check(failure=failure),))])
    text = (tmp_path / "grades.json").read_bytes()
    assert text.isascii()
    (grade,) = json.loads(text)["grades"]
    assert grade["student"] == name
    told = grade["checks"][0]["failure"]
    assert (told["kind"], told["reason"], told["call"]) == ("exception", f"raised {name}", f"f({name})")


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_one_csv_line_a_grade(tmp_path, name):
    """whatever a student is called, grades.csv has one line of eight cells for each grade"""
    read = rows(tmp_path, make_grade(name), make_grade("zoe"))
    assert [len(row) for row in read] == [8, 8]
    assert read[1][0] == "zoe"
    assert len((tmp_path / "grades.csv").read_bytes().splitlines()) == 3


@pytest.mark.parametrize(
    "name", ["ada", "Müller, Zoë", 'Jane "JJ" Doe', "李小龙", "😀", "שלום", "O'Neil", "a;b", "a\\b"]
)
def test_csv_keeps_ordinary_names(tmp_path, name):
    """commas, quotes, umlauts, emoji and other alphabets arrive unchanged"""
    assert rows(tmp_path, make_grade(name))[0][0] == name


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", "\u200e=", "\u202e=", "\ufeff=", " ="])
def test_csv_holds_no_formula(tmp_path, start):
    """no cell of a student's making begins a formula, hidden characters before it or not"""
    evil = start + 'HYPERLINK("http://example.org")'
    grade = make_grade(evil, checks=(make_check(diagnosis=(evil,)),))
    for cell in rows(tmp_path, grade)[0]:
        assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize(
    "mark", ["\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\u2069", "\n", "\r\n", "\0", "\x1b", "\udcff"]
)
def test_csv_holds_nothing_invisible(tmp_path, mark):
    """direction marks, line breaks, control characters and lone surrogates do not reach a cell"""
    assert rows(tmp_path, make_grade(f"a{mark}b"))[0][0].split() == ["a", "b"]


def test_csv_columns(tmp_path):
    """student, exercise, status, points, maximum, diagnoses, isolation, notes, in this order"""
    checks = (make_check(diagnosis=("one",)), make_check(diagnosis=("two", "one")))
    grade = make_grade(status="failed", points=1.5, max_points=2.0, checks=checks)
    assert rows(tmp_path, grade) == [["ada", "one/scaled", "failed", "1.5", "2", "one | two", "plain", ""]]
    head = (tmp_path / "grades.csv").read_text().splitlines()[0]
    assert head == "student,exercise,status,points,max_points,diagnosis,isolation,notes"


def test_safe_cell_leaves_numbers_and_words_alone():
    """a cell that is harmless is not touched"""
    for text in ("", "0", "11.5", "a=b", "3-1", "mail@example.org"):
        assert safe_cell(text) == text


def test_files_are_replaced_whole(tmp_path):
    """a new file takes the old one's place in one step and leaves nothing beside it"""
    path = tmp_path / "report.html"
    write_whole(path, "old")
    before = path.stat().st_ino
    write_whole(path, "new \udcff")
    assert path.read_text() == "new \\udcff"
    assert path.stat().st_ino != before
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_keeps_the_old_file(tmp_path, monkeypatch):
    """when writing fails half-way, the old file is still whole"""
    path = tmp_path / "grades.csv"
    write_csv(path, [make_grade()])
    before = path.read_bytes()
    monkeypatch.setattr("autograder.export.files.safe_cell", lambda text: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_csv(path, [make_grade("bob")])
    with pytest.raises(AttributeError):
        write_json(tmp_path / "grades.csv", RUN, [None])
    assert path.read_bytes() == before
