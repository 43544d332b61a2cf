"""Filling in what Canvas and Moodle exported: only the cells that are meant change, and their importers take it.

How the importers read a file is written down here a second time, from what they do: :func:`imported_by_canvas` and
:func:`imported_by_moodle`.
"""

from __future__ import annotations

import csv
import html
import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.errors import GradebookError
from autograder.export.csv_form import Form
from autograder.export.lms import CANVAS_KEYS, MOODLE_KEYS, MOODLE_NEEDS, Scale, canvas, moodle
from autograder.intake.roster import Roster

CANVAS = '''Student,ID,SIS User ID,SIS Login ID,Section,"Week 1, softmax (501)",Week 2 (502),Final Points
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
    assert filled.left == ("Doe, Jane: excused",)
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
    text = "Student,ID,Section,Week (1),Week (1) again (2)\nada,1,,,\n"
    assert canvas(text, "Week (1)", {"ada": 2.0}, PEOPLE).text == text.replace("ada,1,,,", "ada,1,,2,")


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        (CANVAS, "Week 3", "no column named Week 3; there are Week 1, softmax (501), Week 2 (502)"),
        (CANVAS, "Week", "several columns named Week; there are Week 1, softmax (501), Week 2 (502)"),
        (CANVAS, "Student, X", "no column named Student, X"),
        ("Student,ID,Section,Grade\nada,1,,\n", "Week\n3", "no column named Week 3; there are none"),
        *((CANVAS, head, f"no column named {head};") for head in ("ID", "Section", "Final Points", "SIS Login ID")),
        (
            CANVAS.replace("11.00", "(read only)"),
            "Week 1",
            "Canvas takes no points into Week 1, softmax (501): it is read",
        ),
        (
            CANVAS.replace("softmax", "Final Score"),
            "Week 1",
            "into Week 1, Final Score (501): its head holds 'Final Score'",
        ),
        (CANVAS.replace("Section", "Group"), "Week 1", "not a gradebook as Canvas exports it"),
        (CANVAS.replace("Student,ID", "ID,Student"), "Week 1", "not a gradebook as Canvas exports it"),
        ("LastName,Section\nada,1\n", "Week 1", "not a gradebook as Canvas exports it"),
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
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Integration ID", "Section", "Week (1)"]
    row = ["Zoë" if title == key else "" for title in head]
    filled = canvas(",".join(head) + "\n" + ",".join(row) + "\n", "Week", {"z": 2.0}, roster(("z", "zoë")))
    assert cells(filled.text)[1] == [*row[:-1], "2"]


@pytest.mark.parametrize("cell", ["=1+1", '"=""=1+1"""'], ids=["as it is", "as Canvas guards it"])
def test_canvas_knows_a_name_that_begins_like_a_formula(cell):
    """Canvas writes such a name as a formula that gives the name"""
    text = f"Student,ID,Section,Week (1)\n{cell},7,,\n{cell},8,,\n"
    filled = canvas(text.replace(f"{cell},8", "Doe,8"), "Week", {"eve": 2.0}, roster(("eve", "=1+1")))
    assert filled.text == text.replace(f"{cell},8", "Doe,8").replace("7,,", "7,,2")
    assert canvas(text, "Week", {"eve": 2.0}, roster(("eve", "=1+1"))).text == text


def test_canvas_with_two_columns_for_the_name():
    """the other form of the export, in which the name stands in two columns; it has to go without a mark"""
    text = (
        "LastName,FirstName,ID,SIS Login ID,Section,Week (1)\n    Points Possible,,,,,3.00\nStudent,Test,9,x,,\n"
        "Lovelace,Ada,7,,,\nDoe,Jane,8,jane,,N/A\nRoe,Pat,6,pat,,\n"
    )
    people = roster(("ada", "lovelace, ada"), ("jane",))
    filled = canvas("\ufeff" + text, "Week", {"ada": 2.0, "jane": 1.0}, people)
    assert filled.text == text.replace("Ada,7,,,", "Ada,7,,,2")
    assert filled.rows_without == ("Roe, Pat",)
    assert filled.left == ("Doe, Jane: the assignment is not theirs, or Canvas hides who is who",)


def test_two_people_of_one_name_are_not_mixed_up():
    """a name in two rows is nobody's, unless a surer key tells whose; each row that stays says why"""
    text = "Student,ID,SIS Login ID,Section,Week (1)\nDoe,1,j1,,\nDoe,2,j2,,\n"
    filled = canvas(text, "Week", {"jane": 5.0}, roster(("jane", "doe")))
    assert (filled.text, filled.rows_without, filled.students_without) == (text, (), ())
    why = (
        "2 rows answer to jane, and no points are in any: leave one, or give the roster a column that tells them apart"
    )
    assert filled.left == (f"Doe: {why}",) * 2
    filled = canvas(text, "Week", {"jane": 5.0}, roster(("jane", "doe", "j2")))
    assert filled.text == text.replace("j2,,", "j2,,5")
    assert filled.left == ("Doe: 2 rows answer to jane, and the points are in another, whose SIS Login ID says so",)
    assert (filled.rows_without, filled.students_without) == ((), ())
    twice = "Student,ID,Section,Week (1)\nDoe,1,A,\nDoe,1,B,\n"  # the same person, as Canvas says itself
    filled = canvas(twice, "Week", {"jane": 5.0}, roster(("jane", "doe")))
    assert filled.text == twice.replace("A,", "A,5").replace("B,", "B,5")
    sheet = "Identifier,Full name,Grade,Last modified (grade)\nP 1,Doe,,-\nP 2,Doe,,-\n"
    assert moodle(sheet, {"jane": 5.0}, {}, roster(("jane", "doe"))).left == (f"Doe: {why}",) * 2


def test_what_stood_in_a_cell_is_told():
    """another value, or other words, are replaced, which is told; the same value stays as it is written"""
    text = "Student,ID,Section,Week (1)\nada,1,,3.00\nbob,2,,5.50\ncyd,3,,B+\n"
    filled = canvas(text, "Week", {"ada": 4.0, "bob": 5.5, "cyd": 1.0}, PEOPLE.including(["ada", "bob", "cyd"]))
    assert filled.text == text.replace("3.00", "4").replace("B+", "1")
    assert filled.replaced == ("ada (3.00, now 4)", "cyd (B+, now 1)")
    filled = moodle(
        MOODLE, {"zoe": 2.0, "jane": 3.0}, {"zoe": "new"}, roster(("zoe", "102"), ("jane", "participant 9"))
    )
    assert filled.replaced == ('=Zoë "Z" 😀 (Earlier words, now new)',)


@pytest.mark.parametrize("titles", ["Week 1 (7),Week 10 (8)", "Week 10 (8),Week 1 (7)", "week  1 (7),My Week 1 (8)"])
def test_a_whole_name_comes_before_a_part(titles):
    """the name that Canvas's number stands behind, whatever other names begin or end so"""
    filled = canvas(f"Student,ID,Section,{titles}\nada,1,,,\n", "Week 1", {"ada": 2.0}, PEOPLE)
    assert cells(filled.text)[1][3 + titles.split(",").index(next(t for t in titles.split(",") if "(7)" in t))] == "2"


@pytest.mark.parametrize("row", [",,,Manual Posting,", "    Manual Posting,,,,", ",,,Manual Posting,(read only)"])
def test_a_row_of_nobody_is_none(row):
    """what Canvas says of its columns is no person without points"""
    text = f"Student,ID,Section,Week (1),Total\n{row}\n    Points Possible,,,3.00,(read only)\nada,1,,,\n"
    filled = canvas(text, "Week", {"ada": 2.0}, PEOPLE)
    assert (filled.rows_without, filled.left, filled.text) == ((), (), text.replace("ada,1,,,", "ada,1,,2,"))


def test_a_file_without_a_maximum():
    """is filled, which is told; there is nothing to scale to; who says --no-scale is told nothing"""
    canvas_, sheet = "Student,ID,Section,Week (1)\nada,1,,\n", "Identifier,Grade,Last modified (grade)\nada,,-\n"

    def filled(wanted):
        scale = Scale(4.0, wanted)
        both = (
            canvas(canvas_, "Week", {"ada": 2.0}, PEOPLE, scale=scale),
            moodle(sheet, {"ada": 2.0}, {}, PEOPLE, scale=scale),
        )
        assert [one.text for one in both] == [canvas_.replace(",1,,", ",1,,2"), sheet.replace("ada,,", "ada,2,")]
        return {one.note for one in both}

    assert filled(None) == {"names no maximum: points up to 4 are written as they are"}
    assert filled(False) == {""}
    with pytest.raises(GradebookError, match="names no maximum to scale to; say --no-scale"):
        filled(True)


def imported_by_canvas(text, ids):
    """What Canvas's import makes of a gradebook: the points of each of these ids, by assignment.

    Nothing in it may make a new assignment or a new student.
    """
    first = text.splitlines()[:3]
    widths = {sep: {len(next(csv.reader([line], delimiter=sep), [])) for line in first} for sep in ";,"}
    count = {sep: width.pop() if len(width) == 1 else 0 for sep, width in widths.items()}
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";" if count[";"] > count[","] else ","))
    rows = [row for row in rows if any(cell.strip(" ;,") for cell in row)]
    head = rows[0]
    two = head[:2] == ["LastName", "FirstName"]
    at = 2 if two else 1
    assert two or "Student" in head[0]
    assert "ID" in head[at]
    info = at + 1
    if re.search(r"SIS\s+Login\s+ID", head[info]):
        info += 1
    elif re.search(r"SIS\s+User\s+ID", head[info]) and re.search(r"SIS\s+Login\s+ID", head[info + 1]):
        info += 2
        info += bool(re.search(r"Integration\s+ID", head[info]))
        info += bool(re.search(r"Root\s+Account", head[info]))
    assert "Section" in head[info]
    own = "|".join(f"{when} {what}" for when in ("Current", "Final") for what in ("Score", "Points", "Grade"))
    titles = {}
    for place, title in enumerate(head[info + 1 :], info + 1):
        if not re.search(own + "|Override (Score|Grade|Status)", title):
            assert re.search(r"\s\(\d+\)$", title), f"{title} would be a new assignment"
            titles[place] = title
    points = {}
    for row in rows[1:]:
        if "Points Possible" in row[0]:
            titles = {place: title for place, title in titles.items() if "read only" not in row[place]}
        elif not all(re.fullmatch(r"\s*(Muted|Manual Posting.*)?\s*", cell, re.I) for cell in row):
            assert row[at] in ids, f"{row[0]} would be a new student"
            points[row[at]] = {title: _canvas_number(row[place].strip()) for place, title in titles.items()}
    return points


def _canvas_number(cell):
    """With a point or a comma, whichever comes last; everything else is text."""
    if not re.fullmatch(r"-?[0-9.,]+%?", cell):
        return cell
    *parts, last = re.split("[,.]", cell)
    return float(f"{''.join(parts)}.{last}" if parts else last)


AWKWARD = ["Lovelace, Ada", 'Doe, Jane "JJ"', "Müller, Zoë", "李 😀", "O'Neil; Pat", "=1+1, Eve", "-x", "back\\slash\\"]
title = st.text(alphabet='ab,;"é😀=()[]', min_size=1, max_size=20).map(lambda text: f"{text} (501)")


@given(title, st.sampled_from(",;"), st.booleans(), st.booleans(), st.integers(-20_000, 20_000_000))
def test_canvas_imports_it(title, between, mark, two, ten_thousandths):
    """whatever the assignment is called, every student gets their points, to the digit, and nothing else changes"""
    value = ten_thousandths / 10_000
    names = ["LastName", "FirstName"] if two else ["Student"]
    blank = [""] * len(names[1:])
    guarded = [f'="{name}"' if name.startswith("=") else name for name in AWKWARD]
    rows = [
        [*names, "ID", "SIS Login ID", "Section", title, "Week 2 (502)", "Homework Final Score", "Final Points"],
        ["", *blank, "", "", "", "Manual Posting", "", "", ""],
        ["    Points Possible", *blank, "", "", "", "11.00", "3,00", "(read only)", "(read only)"],
        *([name, *blank, f"{n}", f"login{n}", "A; B, C", "", "2.50", "50.00", "1"] for n, name in enumerate(guarded)),
    ]
    out = io.StringIO()
    csv.writer(out, delimiter=between, lineterminator="\n").writerows(rows)
    ids = {f"{n}": f"login{n}" for n in range(len(AWKWARD))}
    points = dict.fromkeys(ids.values(), value)
    filled = canvas("\ufeff" * mark + out.getvalue(), title, points, roster(*((login,) for login in ids.values())))
    assert (filled.rows_without, filled.students_without, filled.left) == ((), (), ())
    read = imported_by_canvas(filled.text, ids)
    assert read == {one: {title: value, "Week 2 (502)": 2.5} for one in ids}


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
    filled = moodle(MOODLE, {"ada": 10.5, "zoe": 2.0, "eve": 1.0}, {"ada": '=SUM(1), "so"\nit < is'}, people)
    expected = MOODLE.replace('grading",,11.00,Yes,"Monday, 2 November 2026",-,', (
        'grading",10.5,11.00,Yes,"Monday, 2 November 2026",-,"&#61;SUM(1), ""so""<br>it &lt; is"'
    )).replace('late",,', 'late",2,')  # fmt: skip
    assert filled.text == expected
    assert filled.rows_without == ("Jane; Doe",)
    assert filled.students_without == ("eve",)


@pytest.mark.parametrize("key", MOODLE_KEYS)
def test_moodle_knows_a_student_by_any_name(key):
    """number, email, user name, full name or Moodle's own identifier"""
    head = ["Identifier", *([] if key == "Identifier" else [key]), "Last modified (grade)", "Grade"]
    row = ["Zoë" if title == key else "x" for title in head]
    text = ",".join(head) + "\n" + ",".join([*row[:-1], ""]) + "\n"
    assert cells(moodle(text, {"z": 2.0}, {}, roster(("z", "zoë"))).text)[1] == [*row[:-1], "2"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "holds no students"),
        ("Identifier,Grade\n", "holds no students"),
        ("Teilnehmer,Bewertung\n1,\n", f"has no column {' and '.join(MOODLE_NEEDS)}; download"),
        *((MOODLE.replace(title, "X"), f"has no column {title}; download") for title in MOODLE_NEEDS[::2]),
        (MOODLE.replace("Maximum grade", "Scale"), "has a scale"),
        (MOODLE.replace("Maximum grade", "Grade"), "has several columns Grade; leave one"),
    ],
)
def test_moodle_errors_are_one_line(text, says):
    """an empty or a translated worksheet, or one that Moodle would refuse, is one line that says what to do"""
    with pytest.raises(GradebookError) as caught:
        moodle(text, {}, {}, PEOPLE, "sheet.csv")
    assert str(caught.value).startswith("sheet.csv: ")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "points", "says"),
    [
        (("", ""), 11.0, ""),
        (("11.00", '"11,00"'), 11.5, "Moodle takes no more than the maximum 11,00, and these are 11.5"),
        (("11.00", ""), 11.5, ""),
        (("", ""), -0.25, "Moodle takes no points below zero, and these are -0.25"),
        (("11.00,Yes", "11.00,No"), 2.0, "Moodle has locked the grade"),
    ],
)
def test_what_moodle_passes_over_without_a_word_is_told(change, points, says):
    """points that Moodle would not take stay out, and so do the words beside them; the teacher is told"""
    text = MOODLE.replace(*change) if change[0] else MOODLE
    filled = moodle(text, {"ada": points}, {"ada": "words"}, roster(("ada", "101")))
    assert filled.left == ((f"Lovelace, Ada: {says}",) if says else ())
    assert (filled.text == text) == bool(says)
    assert filled.students_without == ()


@pytest.mark.parametrize("most", [13.0, 26.0])
def test_scaled_is_each_students_own_share(most):
    """of what counts for them now: what waits for a mark lowers nobody; of whom nothing counts nothing is written"""
    points, own = {"ada": 9.0, "zoe": 13.0, "jane": 0.0}, {"ada": 11.0, "zoe": 13.0, "jane": 0.0}
    scale = Scale(13.0, True, own)
    head = f"Student,ID,Section,Week (1)\n    Points Possible,,,{most}\n"
    filled = canvas(head + "ada,1,,\nzoe,2,,\njane,3,,\n", "Week", points, PEOPLE, scale=scale)
    want = {"ada": f"{most * 9 / 11:.4f}", "zoe": f"{most:g}", "jane": ""}
    assert {row[0]: row[3] for row in cells(filled.text)[2:]} == want
    assert filled.left == ("jane: nothing counts for them yet that could be scaled",)
    rows = "".join(f"{name},,{most},-\n" for name in points)
    filled = moodle(f"Identifier,Grade,Maximum grade,Last modified (grade)\n{rows}", points, {}, PEOPLE, scale=scale)
    assert {row[0]: row[1] for row in cells(filled.text)[1:]} == want
    plain = canvas(head + "ada,1,,\n", "Week", points, PEOPLE, scale=Scale(13.0, False, own))
    assert cells(plain.text)[2][3] == "9"


@pytest.mark.parametrize(
    ("scale", "most", "written", "cut"),
    [
        (Scale(13.0, True, {"ada": 13.0}), "100.00", "100", "100 instead of 111.5385"),
        (Scale(14.5, None, {"ada": 13.0}), "14.5", "14.5", ""),
        (Scale(13.0, None, {"ada": 13.0}), "13.00", "13", "13 instead of 14.5"),
        (Scale(13.0, False, {"ada": 13.0}), "10.00", "", ""),  # which lowers everybody: no number is safer
    ],
)
def test_points_beyond_the_maximum_are_cut_to_moodles(scale, most, written, cut):
    """and told: a student to whom more was given than there is has a number all the same"""
    text = f"Identifier,Grade,Maximum grade,Last modified (grade)\nada,,{most},-\n"
    filled = moodle(text, {"ada": 14.5}, {}, PEOPLE, scale=scale)
    assert cells(filled.text)[1][1] == written
    assert filled.cut == ((f"ada ({cut})",) if cut else ())
    assert bool(filled.left) == (not written)


def imported_by_moodle(text):
    """What Moodle's import makes of a worksheet: (points, words as they are shown) by the number of the participant.

    Its reader is PHP's: inside of quotes a backslash guards the character behind it. All rows must have as many cells
    as the head, or nothing is imported. It keeps the table in between, written and read by the same rules.
    """
    rows = _php(re.sub("\r\n?", "\n", text.removeprefix("\ufeff")).strip())
    kept = io.StringIO()
    for row in rows:  # a cell is quoted where it must be, and a quote behind a backslash is not doubled
        quoted = ('"' + re.sub(r'(?<!\\)"', '""', cell) + '"' if re.search(r'[",\\\s]', cell) else cell for cell in row)
        kept.write(",".join(quoted) + "\n")
    rows = _php(kept.getvalue().strip())
    assert len({len(row) for row in rows}) == 1, "the number of columns is not constant"
    head = rows[0]
    assert set(MOODLE_NEEDS) <= set(head)
    found = {}
    for row in rows[1:]:
        named = dict(zip(head, row, strict=True))
        shown = html.unescape(re.sub("<br ?/?>", "\n", named["Feedback comments"]))
        found[named["Identifier"].removeprefix("Participant ")] = named["Grade"], shown
    return found


def _php(text):
    """A table as PHP's fgetcsv reads it."""
    rows, row, cell, place, quoted = [], [], "", 0, False
    while place <= len(text):
        char = text[place : place + 1]
        if quoted and char == "\\":
            cell += text[place : place + 2]
            place += 1
        elif quoted and char == '"':
            quoted = text[place + 1 : place + 2] == '"'
            cell += '"' * quoted
            place += quoted
        elif char == '"' and not cell:
            quoted = True
        elif quoted and char:
            cell += char
        elif char in (",", "\n", ""):
            row.append(cell)
            cell = ""
            if char != ",":
                rows.append(row)
                row = []
        else:
            cell += char
        place += 1
    return rows


def test_the_reader_is_strict():
    """this is what the file held once for the words `a \\" b, c`: no importer for it"""
    spoilt = MOODLE.replace('"Well, well"', '"a \\"" b, c"')
    with pytest.raises(AssertionError, match="not constant"):
        imported_by_moodle(spoilt)
    assert imported_by_moodle(MOODLE)["9"] == ("3.00", "Well, well")


words = st.text(alphabet="ab\\\",\n;é😀=<>&'-@+ ", min_size=1, max_size=14).map(str.strip).filter(bool)


@given(st.lists(words, min_size=1, max_size=4), st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_moodle_imports_it(said, mark, end):
    """points and words arrive whole, whatever the words hold; and no cell of ours begins like a formula"""
    head = ["Identifier", "Full name", "Email address", "Grade", "Maximum grade", "Last modified (grade)"]
    names = [name.rstrip("\\") for name in AWKWARD]  # Moodle loses its own count at a name that ends so
    marked = "Friday, 20 November 2026, 3:04 PM"
    rows = [
        [f"Participant {n}", names[n % len(names)], f"u{n}@example.org", "", "11.00", marked, ""]
        for n in range(len(said))
    ]
    out = io.StringIO()
    csv.writer(out, lineterminator=end).writerows([[*head, "Feedback comments"], *rows])
    people = [(f"s{n}", f"u{n}@example.org") for n in range(len(said))]
    points = {student: n + 0.1234 for n, (student, _) in enumerate(people)}
    comments = {student: text for (student, _), text in zip(people, said, strict=True)}
    filled = moodle("\ufeff" * mark + out.getvalue(), points, comments, roster(*people))
    read = imported_by_moodle(filled.text)
    assert read == {f"{n}": (f"{n}.1234", text) for n, text in enumerate(said)}
    assert not [row for row in cells(filled.text) if row[-1].startswith(("=", "+", "-", "@"))]


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
