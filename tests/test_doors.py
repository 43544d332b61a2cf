"""One total at every door: generated classes, and each view and each export asked for everybody's points."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbgrader.api import Gradebook as Formgrader
from nbgrader.api import MissingEntry
from rich.console import Console

from autograder.desk import class_view
from autograder.desk.results import Results
from autograder.desk.site import NAMED, Desk, View
from autograder.export import gradescope, junit, lms, standings
from autograder.export.files import dumped, write_csv
from autograder.gradebook.class_totals import ClassTotals, of_book, of_grades, weighted
from autograder.gradebook.entries import Entry
from autograder.gradebook.entry_log import Entries
from autograder.gradebook.policy import Policy
from autograder.gradebook.store import Gradebook
from autograder.gradebook.totals import standings as rows_of
from autograder.intake.roster import Roster
from autograder.model import Assignment, Exercise, Failure, Grade, Syllabus
from autograder.nbcourse.manual import synchronise
from autograder.report.book_table import long_table, short_table
from autograder.report.page import class_page, student_page
from autograder.report.table import class_table
from autograder.running.run import Outcome, write_results
from tests import totals_oracle
from tests.helpers import make_check, make_grade, without_digests

DUE = datetime(2026, 11, 30, 12, tzinfo=UTC)
PAGES = ("one/scaled", "one/lines", "two/words")
VALUED = ("points", "adjust", "question", "item")
STUDENTS = ("ada", "bob", "=cyd", 'Zoë "Z" <b>')


def course(weights):
    """Three pages with these weights, the last with a written question."""
    exercises = {
        a: Exercise(a, a.title(), 4.0, weight=w, question="Why?" if a == PAGES[2] else "",
                    question_points=2.0 if a == PAGES[2] else 0.0)
        for a, w in zip(PAGES, weights, strict=True)
    }  # fmt: skip
    sections = {"one": "One", "two": "Two"}
    return Syllabus("C", Path("."), sections, exercises, {
        s: Assignment(s, s, tuple(a for a in PAGES if a.startswith(s))) for s in sections
    })  # fmt: skip


@dataclass
class Made:
    """A class: the last grade of each page, all attempts, what persons gave, its totals, the policy as TOML has it."""

    grades: list[Grade]
    entries: list[Entry]
    totals: ClassTotals
    attempts: list[Grade]
    rules: dict[str, Any]

    def written(self, folder: Path) -> Path:
        """The gradebook and the policy of this class in a folder; the gradebook."""
        plain = {name: value for name, value in self.rules.items() if not isinstance(value, dict)}
        lines = [f"{name} = {json.dumps(value)}" for name, value in plain.items()]
        for table in ("due", "groups", "drop_lowest", "maximum"):
            lines += [
                f"[{table}]",
                *(f"{json.dumps(key)} = {_toml(value)}" for key, value in self.rules[table].items()),
            ]
        for student, dates in self.rules["extensions"].items():
            lines += [f"[extensions.{json.dumps(student)}]", *(f'"{k}" = {_toml(when)}' for k, when in dates.items())]
        (folder / "policy.toml").write_text("\n".join(lines), encoding="utf-8")
        with Gradebook(folder / "gradebook.db") as book, Entries.open(book.path) as log:
            for grade in self.attempts:
                book.add(grade)
            for entry in self.entries:
                assert log.add(replace(entry, number=0)).number == entry.number
        return folder / "gradebook.db"


def _toml(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else json.dumps(value, ensure_ascii=False)


def _graded(student: str, page: str, end: str, points: float, late: float, number: int) -> Grade:
    failure = None if end == "passed" else Failure("problem", "why", function="f" if end == "unwritten" else "")
    status = {"unwritten": "missing"}.get(end, end)
    check = make_check(status=status, points=points, max_points=4.0, failure=failure)
    return make_grade(
        student, page, status=status, points=points, max_points=4.0, checks=(check,), digest=f"{student}{page}{number}",
        submitted=(DUE + timedelta(days=late, seconds=STUDENTS.index(student))).isoformat(),  # of two none is the last
    )  # fmt: skip


ENDINGS = ["passed", "failed", "failed", "missing", "unwritten", "internal", "nothing"]
GIFTS = ["adjust", "adjust", "item", "unitem", "points", "question", "excuse", "extension", "comment", "undo"]


@st.composite
def classes(draw):
    """A class with every kind of grade, several attempts, groups, and every kind of entry and of policy."""
    made = course(draw(st.lists(st.sampled_from([0.5, 1.0, 2.0]), min_size=3, max_size=3)))
    attempts: list[Grade] = []
    entries: list[Entry] = []
    pending: set[tuple[str, str]] = set()
    for student in STUDENTS:
        for page in PAGES:
            ends = draw(st.lists(st.sampled_from(ENDINGS), min_size=1, max_size=2))
            late = draw(st.sampled_from([-2.0, -0.5, 0.005, 0.02, 0.99, 1.0, 1.5, 3.0]))
            for number, end in enumerate(end for end in ends if end != "nothing"):
                points = {"passed": 4.0, "failed": draw(st.integers(0, 15)) / 4}.get(end, 0.0)
                attempts.append(_graded(student, page, end, points, late + 0.75 * number, number))
                (pending.add if end == "internal" else pending.discard)((student, page))
            for kind in draw(st.lists(st.sampled_from(GIFTS), max_size=3)):
                number, mine = (
                    len(entries) + 1,
                    [one.number for one in entries if (one.student, one.page) == (student, page)],
                )
                if kind == "undo" and not mine:
                    continue
                entries.append(
                    Entry(
                        student, page, kind, draw(st.integers(-4 if kind == "adjust" else 0, 8)) / 4 * (kind in VALUED),
                        {"extension": (DUE + timedelta(days=2)).isoformat(), "question": "question", "item": "axis",
                         "unitem": "axis"}.get(kind, ""),
                        "" if kind in ("extension", "undo", "unitem") else "well <i>put</i>", "secret", "kim",
                        kind in VALUED and draw(st.booleans()), mine[-1] if kind == "undo" else 0, number,
                        "2026-12-01T10:00:00+00:00",
                    )
                )  # fmt: skip
    rules: dict[str, Any] = {
        "count": draw(st.sampled_from(["best", "last"])), "late_per_day": draw(st.sampled_from([0.0, 0.25])),
        "late_days": draw(st.sampled_from([2, 30])), "grace_minutes": draw(st.sampled_from([0, 15])),
        "slip_days": draw(st.integers(0, 3)), "due": draw(st.sampled_from([{"one": DUE}, {"one": DUE, PAGES[2]: DUE}])),
        "groups": draw(st.sampled_from([{}, {"team": ["ada", "bob"]}])),
        "drop_lowest": draw(st.sampled_from([{}, {"one": 1}])), "maximum": draw(st.sampled_from([{}, {"two": 3.0}])),
        "extensions": draw(st.sampled_from([{}, {"bob": {PAGES[0]: DUE + timedelta(days=3)}}])),
    }  # fmt: skip
    policy = Policy(**{**rules, "groups": {name: tuple(team) for name, team in rules["groups"].items()}})
    book: dict[tuple[str, str], list[Grade]] = {}
    for grade in attempts:
        if grade.status != "internal":
            book.setdefault((grade.student, grade.exercise), []).append(grade)
    given_: dict[tuple[str, str], list[Entry]] = {}
    for one in entries:
        given_.setdefault((one.student, one.page), []).append(one)
    rows = rows_of(book, given_, policy, made, pending, everybody=STUDENTS)
    last = {(grade.student, grade.exercise): grade for grade in attempts}
    return Made(list(last.values()), entries, ClassTotals(tuple(rows), policy, made), attempts, rules)


def shown(table):
    """A table of the terminal as text, wide enough for every name."""
    out = io.StringIO()
    Console(file=out, width=400, no_color=True).print(table)
    return out.getvalue()


def by_student(text, pattern):
    """What stands in the rows of a terminal's table: a match by student."""
    found = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in re.split("[│┃]", line)]
        name = next((s for s in STUDENTS if s in cells), None)
        if name is not None:
            found.setdefault(name, []).append(next(c for c in cells if re.fullmatch(pattern, c)))
    return found


@pytest.fixture(scope="module")
def formgrader(tmp_path_factory) -> Iterator[Any]:
    """nbgrader's gradebook of the course, that nobody has handed in anything for."""
    url = f"sqlite:///{tmp_path_factory.mktemp('nbgrader') / 'gradebook.db'}"
    with pytest.MonkeyPatch.context() as patch:  # by which nbgrader finds old files, and asks a program for seconds
        patch.setattr("nbgrader.api.get_alembic_version", lambda: "new")
        book = Formgrader(url)
    with book:
        for page in PAGES:
            section, _, name = page.partition("/")
            book.update_or_create_assignment(section)
            book.add_notebook(name, section)
            book.add_grade_cell("check", name, section, max_score=4, cell_type="code")
            if page == PAGES[2]:
                book.add_grade_cell("question", name, section, max_score=2, cell_type="markdown")
        yield url, book


def in_formgrader(book: Any, grades: list[Grade], marks: dict[str, float]) -> None:
    """Put grades where nbgrader's autograde puts them; `marks` is what its markers gave for the written question."""
    for student in list(book.students):
        book.remove_student(student.id)
    for grade in grades:
        if grade.status != "internal":
            section, _, name = grade.exercise.partition("/")
            book.update_or_create_student(grade.student)
            book.update_or_create_submission(section, grade.student)
            book.find_grade("check", name, section, grade.student).auto_score = grade.points
            if grade.exercise == PAGES[2] and grade.student in marks:
                book.find_grade("question", name, section, grade.student).manual_score = marks[grade.student]
    book.db.commit()


@settings(max_examples=60, deadline=None)
@given(classes())
def test_totals_are_those_of_the_guide(made):
    """worked out anew, from the teacher's guide and in another way: each page, each sum, and what is ungraded"""
    totals = made.totals
    graded = [grade for grade in made.attempts if grade.status != "internal"]
    pending = {(g.student, g.exercise) for g in made.grades if g.status == "internal"}
    pages, sums = totals_oracle.totals(
        made.rules, totals.syllabus.exercises, graded, made.entries, pending, totals.students or STUDENTS
    )
    assert {place: None if row.pending else row.total for place, row in totals.places.items()} == pages
    for student, one in totals.students.items():
        assert (one.points, one.maximum) == pytest.approx(sums[student], abs=1e-3), student


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # of nbgrader's own first submissions
@settings(max_examples=15, deadline=None)
@given(classes(), st.dictionaries(st.sampled_from(STUDENTS), st.sampled_from([0.0, 1.5]), max_size=2))
def test_every_door_has_the_same_total(tmp_path_factory, formgrader, made, marks):
    """book, report, student's page, CSV, JSON, JUnit, Canvas, Moodle, Gradescope, desk, nbgrader: pages and sums"""
    grades, totals = made.grades, made.totals
    want = {name: (one.points, one.maximum) for name, one in totals.students.items()}
    ready = {name: one.points for name, one in totals.students.items() if not one.pending}
    pages = {place: (None if row.pending else row.total) for place, row in totals.places.items()}
    if not totals.rows:
        return
    folder = tmp_path_factory.mktemp("class")
    kept = made.written(folder)
    desk = Desk(Results(folder, totals.syllabus, roster=Roster().including(list(STUDENTS))))
    now = desk.results.now()
    assert {name: (one.points, one.maximum) for name, one in now.totals.items()} == want
    assert {place: None if row.pending else row.total for place, row in now.rows.items()} == pages
    sheet = csv.DictReader(io.StringIO(class_view.as_csv(View(desk, NAMED, "kim"), {})))
    assert {r["student"].removeprefix("'"): (float(r["points"]), float(r["max_points"])) for r in sheet} == want
    desk.close()
    book = by_student(shown(short_table(totals, 400)), r"[\d.e+-]+/[\d.e+-]+")
    assert {name: cells[0] for name, cells in book.items()} == {n: f"{p:g}/{m:g}" for n, (p, m) in want.items()}
    terminal = by_student(shown(class_table(grades, totals.syllabus, totals)), r"[\d.e+-]+/[\d.e+-]+|")
    assert set(terminal) <= set(STUDENTS)
    # programs
    document = json.loads(json.dumps(standings.document(totals)))
    assert {one["student"]: (one["total"], one["maximum"]) for one in document["students"]} == want
    assert {(one["student"], one["exercise"]): one["total"] for one in document["standings"]} == pages
    rows = list(csv.DictReader(io.StringIO(standings.as_csv(totals))))
    named = [name.removeprefix("'") if name.startswith("'") else name for name in (row["student"] for row in rows)]
    told = {(name, row["exercise"]): row for name, row in zip(named, rows, strict=True)}
    assert {place: float(row["total"]) if row["total"] else None for place, row in told.items()} == pages
    assert {name: (float(r["student_total"]), float(r["student_maximum"])) for (name, _), r in told.items()} == want
    run = json.loads("".join(dumped({}, grades, totals)))
    for found in ({(g["student"], g["exercise"]): at(g)["total"] for g in run["grades"]} for at in (
        lambda grade: grade, lambda grade: grade["standing"],
    )):  # fmt: skip
        assert found == {(g.student, g.exercise): pages[g.student, g.exercise] for g in grades}
    assert {one["student"]: (one["total"], one["maximum"]) for one in run["students"]} == want
    suites = ET.fromstring(junit.standings(totals).encode())
    assert {suite.get("name") for suite in suites} == {f"{name}: {page}" for name, page in pages}
    for suite in suites:
        said = {one.get("name"): one.get("value") for one in suite.find("properties")}
        name = next(s for s in STUDENTS if suite.get("name").startswith(f"{s}: "))
        assert (float(said["student_total"]), float(said["student_maximum"])) == want[name]
    # platforms: the column's maximum is this total's
    people = Roster().including(list(STUDENTS))
    known = standings.points(totals)
    assert known == {name: ready[name] for name in known}
    head = f"Student,ID,SIS Login ID,Section,Week (1)\n    Points Possible,,,,{totals.most:.15g}\n"
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([f"Doe {n}", n, name, "", ""] for n, name in enumerate(STUDENTS))
    canvas = lms.canvas(head + text.getvalue(), "Week", known, people, scale=lms.Scale(totals.most))
    filled = {row["SIS Login ID"]: row["Week (1)"] for row in csv.DictReader(io.StringIO(canvas.text))}
    assert {name: float(filled[name]) for name in known} == known
    rows = [["Identifier", "ID number", "Grade", "Maximum grade", "Last modified (grade)"]]
    rows += [[f"P {n}", name, "", f"{max(totals.most, 100.0):.15g}", "-"] for n, name in enumerate(STUDENTS)]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    moodle = lms.moodle(text.getvalue(), known, {}, people, scale=lms.Scale(totals.most, wanted=False))
    filled = {row["ID number"]: row["Grade"] for row in csv.DictReader(io.StringIO(moodle.text))}
    assert {name: float(filled[name]) for name in known} == known
    # people
    page = class_page(grades, totals.syllabus, {}, totals=totals)
    cells = dict(zip(totals.students, re.findall(r"<td class=n>([\d.e+-]+/[\d.e+-]+)</td></tr>", page), strict=True))
    assert cells == {n: f"{p:g}/{m:g}" for n, (p, m) in want.items()}
    for name, (points, most) in want.items():
        mine = [g for g in grades if g.student == name]
        if mine:
            own = student_page(mine, {}, totals.syllabus, {"seed": 77777}, totals)
            assert f"<b>{points:g} of {most:g} points</b>" in own
            assert "77777" not in own
            assert "secret" not in own  # why a marker gave something is for markers
            assert not any(other in without_digests(own) for other in ("ada", "bob", "=cyd") if other != name)
            if all(g.status != "internal" for g in mine):  # Gradescope knows no more than what was handed in there
                alone = of_grades(mine, totals.syllabus).students[name].points
                assert gradescope.results(weighted(mine, totals.syllabus))["score"] == pytest.approx(alone)
    # nbgrader, once both sides were brought together; what its markers gave counts here then as well
    url, theirs = formgrader
    in_formgrader(theirs, grades, marks)
    where = SimpleNamespace(coursedir=lambda: SimpleNamespace(
        db_url=url, course_id="default_course", root=folder, submitted_directory="submitted",
        autograded_directory="autograded", format_path=lambda step, student, name: f"{folder}/{step}/{student}/{name}",
    ))  # fmt: skip
    with Gradebook(kept) as ours, Entries.open(kept) as log:
        for _ in range(2):
            done = synchronise(where, ours, log, totals.syllabus)
        assert (done.taken, done.given) == (0, 0)
        rows = of_book(ours, totals.syllabus).rows
    theirs.db.expire_all()
    for row in rows:
        section, _, name = row.exercise.partition("/")
        try:
            there = theirs.find_submission_notebook(name, section, row.student)
            score = there.score - (there.late_submission_penalty or 0.0)
        except MissingEntry:
            score = 0.0
        # what nbgrader has no submission of is told: it was graded elsewhere, or could not be graded there
        told = any(note.startswith(f"{row.student}, {row.exercise}: nbgrader has no ") for note in done.notes)
        assert row.pending or told or score == pytest.approx(row.total, abs=1e-9), (row.student, row.exercise)


@settings(max_examples=30, deadline=None)
@given(classes())
def test_the_book_a_row_a_page_agrees(made):
    """--long shows the total of each page"""
    totals = made.totals
    text = by_student(shown(long_table(totals)), r"[\d.e+-]+/[\d.e+-]+|not graded")
    want = {}
    for row in totals.rows:
        want.setdefault(row.student, []).append("not graded" if row.pending else f"{row.total:g}/{row.max_points:g}")
    assert text == want


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(0, 16), min_size=3, max_size=3),
    st.lists(st.sampled_from([0.5, 1.0, 3.0]), min_size=3, max_size=3),
)
def test_what_sums_up_by_itself_is_given_weighted_points(reached, weights):
    """Gradescope's score, and the sum of its tests, is the total of grades without a gradebook"""
    made = course(weights)
    grades = []
    for page, quarter in zip(PAGES, reached, strict=True):
        check = make_check(status="passed" if quarter == 16 else "failed", points=quarter / 4, max_points=4.0)
        grades.append(make_grade("ada", page, status=check.status, points=quarter / 4, max_points=4.0, checks=(check,)))
    total = of_grades(grades, made).students["ada"]
    results = gradescope.results(weighted(grades, made))
    assert results["score"] == pytest.approx(total.points)
    assert sum(test["score"] for test in results["tests"]) == pytest.approx(total.points)
    assert sum(test["max_score"] for test in results["tests"]) == pytest.approx(total.maximum)


def test_grades_csv_has_the_total(tmp_path):
    """the run's own CSV says the total beside the automatic points"""
    made = course((1.0, 1.0, 1.0))
    grade = make_grade("ada", PAGES[0], points=2.0, max_points=4.0)
    row = of_grades([grade], made).rows[0]
    totals = ClassTotals((replace(row, total=3.0, manual=1.0),), Policy(), made)
    write_csv(tmp_path / "grades.csv", [grade], totals)
    (line,) = csv.DictReader((tmp_path / "grades.csv").open())
    assert (line["points"], line["by_hand"], line["total"], line["maximum"]) == ("2", "1", "3", "4")


def test_every_door_has_every_student(tmp_path):
    """who shares a group's work has its points under their own name; who was given something or stands in the roster
    alone has a row: in grades.json, grades.csv, the report, JUnit, CSV, the book, and a page of their own"""
    made = course((1.0, 1.0, 1.0))
    check = make_check(status="passed", points=4.0, max_points=4.0)
    grade = make_grade("ada", PAGES[0], points=4.0, max_points=4.0, checks=(check,), digest="d")
    given_ = {("eve", PAGES[2]): [Entry("eve", PAGES[2], "question", 1.5, "question", "on paper", number=1)]}
    policy = Policy(groups={"team": ("ada", "bob")})
    rows = rows_of({("ada", PAGES[0]): [grade]}, given_, policy, made, everybody=["fay"])
    totals = ClassTotals(tuple(rows), policy, made)
    write_results(Outcome([grade], 0, {"seed": 7}, totals=totals), made, tmp_path)
    want = {(row.student, row.exercise): (row.state, row.total) for row in totals.rows}
    assert want["bob", PAGES[0]] == ("right", 4.0)
    assert len(want) == 8
    run = json.loads((tmp_path / "grades.json").read_text())["grades"]
    assert {(g["student"], g["exercise"]): (g["standing"]["state"], g["standing"]["total"]) for g in run} == want
    assert [g["points"] for g in run if g["student"] == "bob"] == [4.0, 0.0]
    lines = csv.DictReader((tmp_path / "grades.csv").open())
    assert {(line["student"], line["exercise"]): (line["state"], float(line["total"])) for line in lines} == want
    said = {}
    for suite in ET.fromstring(junit.standings(totals).encode()):
        told = {one.get("name"): one.get("value") for one in suite.find("properties")}
        said[tuple(suite.get("name").split(": "))] = told["state"], float(told["total"])
    assert said == want
    report = (tmp_path / "report.html").read_text()
    for student, one in totals.students.items():
        page = (tmp_path / "students" / f"{student}.html").read_text()
        assert f"<b>{one.points:g} of {one.maximum:g} points</b>" in page
        assert student in report
    assert "ada" not in (tmp_path / "students" / "bob.html").read_text()
