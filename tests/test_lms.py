"""Filling in what Canvas and Moodle exported: only the cells that are meant change."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.errors import GradebookError
from autograder.export.lms import CANVAS_KEYS, MOODLE_KEYS, Form, canvas, moodle
from autograder.roster import Roster

CANVAS = '''Student,ID,SIS User ID,SIS Login ID,Section,"Week 1, softmax (501)",Week 2 (502),Final Points (read only)
,,,,,,Manual Posting,
    Points Possible,,,,,11.00,3,(read only)
"Lovelace, Ada",1001,s1,ada,"Deep ""learning""",,2.0,2.0
"Müller, Zoë 😀",1002,s2,zoe@example.org,"=1+1","",,
"Doe, Jane",1003,s3,jane,A,EX,,
'Quote' Pat;x,1004,s4,pat,A,7.5,,
"Student, Test",1005,,t,A,1,,
'''
POINTS = {"ada": 10.25, "zoe": -0.5, "jane": 3.0, "=x": 1.0}


def roster(*people):
    """A roster of (student, other names...)."""
    names = {name.casefold(): person[0] for person in people for name in person}
    return Roster({person[0]: {} for person in people}, names)


PEOPLE = roster(("ada",), ("zoe", "zoe@example.org"), ("jane", "s3"), ("=x",))


def cells(text, between=","):
    """A table as any program reads it."""
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=between))


@pytest.mark.parametrize("between", [",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_canvas(between, end, mark):
    """the column is filled, to the byte nothing else changes: quotes, line ends, mark, the rows that are no students"""
    text = mark + CANVAS.replace(";", "?").replace(",", between).replace("\n", end)
    for name in ("Lovelace", "Müller", "Doe", "Student", "Week 1"):  # commas inside a name
        text = text.replace(f"{name}{between} ", f"{name}, ")
    filled = canvas(text, "Week 1, softmax (501)", POINTS, PEOPLE)
    expected = text.replace(f'""learning"""{between}{between}2.0', f'""learning"""{between}10.25{between}2.0')
    expected = expected.replace(f'"=1+1"{between}""', f'"=1+1"{between}"-0.5"')
    assert filled.text == expected
    assert filled.rows_without == ("'Quote' Pat?x",)
    assert filled.students_without == ("=x",)
    before, after = cells(text, between), cells(filled.text, between)
    changed = [(r, c) for r, row in enumerate(before) for c, cell in enumerate(row) if after[r][c] != cell]
    assert changed == [(3, 5), (4, 5)]
    assert [row[5] for row in after[1:]] == ["", "11.00", "10.25", "-0.5", "EX", "7.5", "1"]


@pytest.mark.parametrize("column", ["Week 1, softmax (501)", "week 1", "501", "softmax"])
def test_canvas_finds_the_column(column):
    """the whole head, or a part that no other has, whatever its case"""
    assert cells(canvas(CANVAS, column, POINTS, PEOPLE).text)[3][5] == "10.25"


def test_a_whole_head_is_not_ambiguous():
    """a head that others contain is meant when it is said whole"""
    text = "Student,ID,Week (1),Week (1) again (2)\nada,1,,\n"
    assert canvas(text, "Week (1)", {"ada": 2.0}, PEOPLE).text == "Student,ID,Week (1),Week (1) again (2)\nada,1,2,\n"


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        (CANVAS, "Week 3", "no column named Week 3; there are Week 1, softmax (501), Week 2 (502), Final"),
        (CANVAS, "Week", "several columns named Week; there are Week 1, softmax (501), Week 2 (502)"),
        (CANVAS, "Student, X", "no column named Student, X"),
        ("Student,ID,Grade\nada,1,\n", "Week\n3", "no column named Week 3; there are none"),
        ("", "Week", "holds no students"),
        ("Student,ID\n\n\n", "Week", "holds no students"),
        ('Student,"ID\nada,1\n', "Week", "not a CSV file"),
    ],
)
def test_canvas_errors_are_one_line(text, column, says):
    """no column, several columns, no table: one line that names the file and what there is"""
    with pytest.raises(GradebookError) as caught:
        canvas(text, column, POINTS, PEOPLE, "grades.csv")
    assert str(caught.value).startswith("grades.csv: ")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("key", CANVAS_KEYS)
def test_canvas_knows_a_student_by_any_name(key):
    """login, SIS id, Canvas's id, integration id or name, whichever the roster has"""
    text = f"{key},Other,Week (1)\nZoë,x,\n"
    people = roster(("z", "zoë"))
    assert canvas(text, "Week", {"z": 2.0}, people).text.endswith("\nZoë,x,2\n")


def test_two_people_of_one_name_are_not_mixed_up():
    """a name in two rows is nobody's, unless a surer key tells whose; the other row is told of and stays"""
    text = "Student,ID,SIS Login ID,Week (1)\nDoe,1,j1,\nDoe,2,j2,\n"
    filled = canvas(text, "Week", {"jane": 5.0}, roster(("jane", "doe")))
    assert (filled.text, filled.rows_without, filled.students_without) == (text, ("Doe", "Doe"), ("jane",))
    filled = canvas(text, "Week", {"jane": 5.0}, roster(("jane", "doe", "j2")))
    assert filled.text == text.replace("j2,", "j2,5")
    assert filled.rows_without == ("Doe",)


# -- Moodle --------------------------------------------------------------------------------------

MOODLE = (
    'Identifier,"Full name","ID number","Email address",Status,Grade,"Maximum grade","Grade can be changed",'
    '"Last modified (submission)","Last modified (grade)","Feedback comments"\r\n'
    '"Participant 7","Lovelace, Ada",101,ada@example.org,"Submitted for grading",,11.00,Yes,'
    '"Monday, 2 November 2026",-,\r\n'
    '"Participant 8","=Zoë ""Z"" 😀",102,zoe@example.org,"Submitted, late",,11.00,Yes,"Tuesday",-,'
    '"Earlier\r\nwords"\r\n'
    '"Participant 9","Jane; Doe",,jane@example.org,"No submission",3.00,11.00,Yes,-,"Friday","Well, well"\r\n'
)


def test_moodle():
    """grade and feedback are filled in; every other column and row stays as it is to the byte"""
    people = roster(("ada", "101"), ("zoe", "participant 8"))
    filled = moodle(MOODLE, {"ada": 10.5, "zoe": 2.0, "eve": 1.0}, {"ada": '=SUM(1), "so"\nit is'}, people)
    expected = MOODLE.replace('grading",,11.00,Yes,"Monday, 2 November 2026",-,', (
        'grading",10.5,11.00,Yes,"Monday, 2 November 2026",-,"\'=SUM(1), ""so"" it is"'
    )).replace('late",,', 'late",2,')  # fmt: skip
    assert filled.text == expected
    assert filled.rows_without == ("Jane; Doe",)
    assert filled.students_without == ("eve",)


@pytest.mark.parametrize("key", MOODLE_KEYS)
def test_moodle_knows_a_student_by_any_name(key):
    """number, email, user name, full name or Moodle's own identifier"""
    head = [key, "Grade"] if key == "Identifier" else ["Identifier", key, "Grade"]
    text = ",".join(head) + "\n" + ("x," if len(head) == 3 else "") + "Zoë,\n"
    assert moodle(text, {"z": 2.0}, {}, roster(("z", "zoë"))).text.endswith("Zoë,2\n")


@pytest.mark.parametrize("text", ["", "Identifier,Grade\n", "Teilnehmer,Bewertung\n1,\n", "Identifier,Bewertung\n1,\n"])
def test_moodle_errors_are_one_line(text):
    """an empty or a translated worksheet is one line that says what to do"""
    with pytest.raises(GradebookError) as caught:
        moodle(text, {}, {}, PEOPLE, "sheet.csv")
    assert str(caught.value).startswith("sheet.csv: ")
    assert "\n" not in str(caught.value)


# -- the form itself -----------------------------------------------------------------------------

cell = st.text(alphabet='ab,;" \n\té😀=', max_size=6)
tables = st.integers(1, 3).flatmap(lambda n: st.lists(st.lists(cell, min_size=n, max_size=n), min_size=2, max_size=4))


@settings(max_examples=30)
@given(tables, st.sampled_from(["\n", "\r\n"]), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), cell, st.data())
def test_filling_one_cell_changes_one_cell(rows, end, quoting, value, data):
    """any table comes back to the byte; after filling a cell, every reader sees that cell changed and no other"""
    rows = [["head", *rows[0]], *(["x", *row] for row in rows[1:])]
    out = io.StringIO()
    csv.writer(out, lineterminator=end, quoting=quoting).writerows(rows)
    form = Form(out.getvalue(), "it")
    assert str(form) == out.getvalue()
    if form.between != ",":
        return
    assert [row for _, row in form.rows] == rows
    at = data.draw(st.integers(0, len(rows) - 1)), data.draw(st.integers(0, len(rows[0]) - 1))
    form.fill(form.rows[at[0]][0], at[1], value)
    rows[at[0]][at[1]] = value
    assert cells(str(form)) == rows


@given(st.text(alphabet='ab,;"\n\r\té', max_size=30))
def test_any_text_is_a_form_or_one_error(text):
    """whatever a file holds, it is refused in one line or comes back as it was"""
    try:
        form = Form(text, "it")
    except GradebookError:
        return
    assert str(form) == text
