"""The teacher's desk on the command line: standings, points by hand, erasing, exports, bundles."""

from __future__ import annotations

import csv
import io
import json
import stat
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import replace

import jsonschema
import pandas as pd
import pytest
import yaml

from autograder.course.syllabus import load
from autograder.gradebook.entries import Entry
from autograder.gradebook.entry_log import Entries
from autograder.gradebook.store import Gradebook
from autograder.judging.grades import make_grade as judged
from autograder.model import CheckResult
from autograder.running import pool
from autograder.running.run import Outcome, alone_in, write_results
from autograder.sandbox.host import probe
from tests.desks import contents, hand_in, invoke
from tests.helpers import GOOD, PAGE, ROOT, gradus, make_check, make_course, make_grade, words

pytestmark = pytest.mark.usefixtures("warm")

LINES = "one/lines"
ZOE = 'Müller, Zoë "Z" 😀'
RUN = {"seed": 5, "started": "2026-11-05T10:00:00+00:00", "gradus": "1", "torch": "2", "python": "3",
       "isolation": "plain", "data": "", "libraries": "l", "engine": "e", "course": "c"}  # fmt: skip
POLICY = """late_per_day = 0.5
[due]
"one/scaled" = 2026-11-05T10:00:00+00:00
[extensions."=eve"]
"one/scaled" = 2026-11-09T10:00:00+00:00
[groups]
team = ["ada", "bob"]
"""


def graded(student, exercise=PAGE, points=3.0, submitted="2026-11-05T09:00:00+00:00", **fields):
    """A grade of three points at most."""
    return make_grade(
        student, exercise, points=points, max_points=3.0, submitted=submitted, digest=f"{student} {exercise}", **fields
    )


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course of two pages: its folder."""
    root = tmp_path_factory.mktemp("desk") / "course"
    make_course(root, {PAGE: GOOD, LINES: GOOD}, built=False)
    return root


@pytest.fixture
def desk(tmp_path, course):
    """A gradebook with a policy, and `run`, which runs a command on it: (folder of the gradebook, run)."""
    out = tmp_path / "out"
    wrong = make_check(status="failed", points=0.0, message="call  f(1)\nno", diagnosis=("forgets to add one",))
    grades = [
        graded("ada"), graded(ZOE, points=2.0, submitted="2026-11-05T12:00:00+00:00", checks=(wrong,)),
        graded("=eve", points=1.5, submitted="2026-11-07T12:00:00+00:00"), graded("ada", LINES, points=1.0),
    ]  # fmt: skip
    with Gradebook(out / "gradebook.db") as book:
        book.keep_setting("seed", "5")
        for grade in grades:
            book.add(grade)
    write_results(Outcome(grades, 0, RUN), load(trees(course)), out)
    (out / "policy.toml").write_text(POLICY, encoding="utf-8")

    def run(*arguments):
        return invoke("--course", course, *arguments, "--out", out)

    return out, run


def trees(root):
    """Where a course's files are."""
    from autograder.course.trees import trees as find

    return find(root)


def one_line(code, out, err):
    """A user's error: exit 2 and one line; the line."""
    assert (code, out, err.count("\n")) == (2, "", 1)
    return err


# -- book and give -------------------------------------------------------------------------------


def standing(run, *more):
    """`gradus book --json` by student and exercise."""
    code, out, err = run("book", "--json", *more)
    assert (code, err) == (0, "")
    return {(row["student"], row["exercise"]): row for row in json.loads(out)["standings"]}


def test_book(desk):
    """lateness, extensions and groups of policy.toml beside the gradebook count; --student narrows"""
    out, run = desk
    rows = standing(run)
    assert {key: (r["automatic"], r["penalty"], r["total"]) for key, r in rows.items()} == {
        ("ada", PAGE): (3.0, 0.0, 3.0), ("bob", PAGE): (3.0, 0.0, 3.0), ("ada", LINES): (1.0, 0.0, 1.0),
        ("bob", LINES): (1.0, 0.0, 1.0), (ZOE, PAGE): (1.0, 0.5, 1.0), ("=eve", PAGE): (1.5, 0.0, 1.5),
        (ZOE, LINES): (0.0, 0.0, 0.0), ("=eve", LINES): (0.0, 0.0, 0.0),
    }  # fmt: skip
    assert {key for key, r in rows.items() if r["state"] == "not handed in"} == {(ZOE, LINES), ("=eve", LINES)}
    assert set(standing(run, "--student", "ada")) == {("ada", PAGE), ("ada", LINES)}
    students = json.loads(run("book", "--json")[1])["students"]
    assert {one["student"]: (one["total"], one["maximum"], one["pages"]) for one in students} == {
        "ada": (4.0, 6.0, 2), "bob": (4.0, 6.0, 2), ZOE: (1.0, 6.0, 2), "=eve": (1.5, 6.0, 2),
    }  # fmt: skip
    (out / "other.toml").write_text("")
    assert standing(run, "--policy", out / "other.toml")[ZOE, PAGE]["total"] == 2.0
    code, text, _ = run("book", "--long")
    assert code == 0
    line = next(words(line) for line in text.splitlines() if "Zoë" in line)
    assert "-50 % │ │ │ 1/3" in line
    code, text, _ = run("book")
    assert code == 0
    line = next(words(line) for line in text.splitlines() if "Zoë" in line)
    assert "1/6 │ 17" in line  # of both pages of the class
    assert "scaled: mean 2.12 of 3 over 4 students who handed in" in text


def test_a_policy_that_came_later(desk):
    """the files of the last run do not know it: the book says so, and --write brings them up to date"""
    out, run = desk
    assert "older than policy.toml: `gradus book --write`" in run("book")[1]

    def file():
        grades = json.loads((out / "grades.json").read_text(encoding="utf-8"))["grades"]
        return {(g["student"], g["exercise"]): g["standing"]["total"] for g in grades}

    assert file()[ZOE, PAGE] == 2.0
    code, said, told = run("book", "--write")
    assert (code, "older than" in said) == (0, False)
    assert told == f"{out}: report.html, grades.csv and grades.json are up to date\n"
    assert file()[ZOE, PAGE] == standing(run)[ZOE, PAGE]["total"] == 1.0
    for name in ("report.html", "grades.csv", "grades.json"):
        (out / name).unlink()
    with Gradebook(out / "gradebook.db") as book:
        book.keep_setting("run", json.dumps(RUN))
    told = run("book", "--write")[2]
    assert (
        told
        == f"{out}: the files of the last run were gone; report.html, grades.csv and grades.json are written anew\n"
    )
    assert file()[ZOE, PAGE] == 1.0
    assert json.loads((out / "grades.json").read_text(encoding="utf-8"))["run"] == RUN
    with alone_in(out):
        assert run("book", "--write")[2] == f"{out}: another run is at work here, which writes its files when it ends\n"


def test_give(desk):
    """points by hand, negative ones too, stand beside the automatic ones; what was given before stays"""
    out_, run = desk
    code, out, _ = run("give", ZOE, "scaled", "0.25", "-m", "=nice, idea", "--why", "asked", "--by", "kim")
    assert (code, out) == (0, f"{ZOE}, {PAGE}: +0.25 points by hand (number 1)\n")
    row = standing(run)[ZOE, PAGE]
    assert (row["automatic"], row["manual"], row["total"], row["comment"]) == (1.0, 0.25, 1.25, "=nice, idea")
    assert run("give", ZOE, PAGE, "-0.5", "-m", "late")[0] == 0
    row = standing(run)[ZOE, PAGE]
    assert (row["automatic"], row["manual"], row["total"], row["comment"]) == (1.0, -0.25, 0.75, "=nice, idea\nlate")
    assert "kim" in row["by_hand"]
    assert "+0.25 points: =nice, idea" in row["by_hand"]
    assert "asked" not in row["by_hand"]  # which is for markers
    assert standing(run)["ada", PAGE]["manual"] == 0.0
    assert "-0.25 by hand" in (out_ / "report.html").read_text()
    assert "0.75" in (out_ / "grades.csv").read_text()


@pytest.mark.parametrize("points", ["500", "0.25", "-3.25"])
def test_points_beyond_the_maximum_need_a_word(desk, points):
    """what would leave 0 to the maximum of the page is refused in a line, and given where --extra says so"""
    _, run = desk
    assert "say --extra" in one_line(*run("give", "ada", "scaled", points))
    assert standing(run)["ada", PAGE]["total"] == 3.0
    assert run("give", "ada", "scaled", points, "--extra")[0] == 0
    assert standing(run)["ada", PAGE]["total"] == max(0.0, 3.0 + float(points))


def test_set_points_history_and_undo(desk):
    """--set takes the place of the checks' points; the history tells all; an undo restores, and can be undone"""
    out_, run = desk
    assert run("give", ZOE, "scaled", "2.5", "--set", "--why", "on paper", "--by", "kim")[0] == 0
    assert standing(run)[ZOE, PAGE]["total"] == 2.5
    code, out, _ = run("history", ZOE, "scaled")
    assert code == 0
    assert "handed in 2026-11-05T12:00:00+00:00: 2/3" in out
    with Gradebook(out_ / "gradebook.db") as book:
        book.add(replace(graded(ZOE, points=2.0, submitted="2026-11-05T12:00:00+00:00"), key="today's checks"))
    assert "handed in 2026-11-05T12:00:00+00:00, graded again: 2/3" in run("history", ZOE, "scaled")[1]
    assert "kim  2.5 points for the page: on paper" in out
    assert out.splitlines()[-1] == "now ✓ right 2.5/3: checks 1, late -50 %, by hand +1.5"
    assert run("undo", "1", "--by", "lee", "--why", "wrong page")[0] == 0
    assert standing(run)[ZOE, PAGE]["total"] == 1.0
    out = run("history", ZOE, "scaled")[1]
    assert "(undone)" in out
    assert "lee  takes back number 1: wrong page" in out
    assert run("undo", "2")[0] == 0
    assert standing(run)[ZOE, PAGE]["total"] == 2.5
    told = json.loads(run("history", ZOE, "scaled", "--json")[1])
    assert told["standing"]["total"] == 2.5
    entries = told["entries"]
    assert [(e["kind"], e["undoes"]) for e in entries] == [("points", 0), ("undo", 1), ("undo", 2)]


def test_what_was_not_handed_in_is_no_attempt(desk):
    """a row of the roster, or of a page that was left out, is told as what it is"""
    out, run = desk
    nothing = make_check(status="missing", points=0.0, message="problem     nothing was handed in")
    with Gradebook(out / "gradebook.db") as book:
        book.add(graded("roz", status="missing", points=0.0, submitted="", checks=(nothing,)))
    said = run("history", "roz", "scaled")[1].splitlines()
    assert said == ["graded, and nothing was handed in", "now – not handed in 0/3: checks 0"]


def test_extend(desk):
    """a later date, or forgiven lateness, for one student's page"""
    _, run = desk
    assert run("extend", ZOE, "scaled", "2026-11-06T10:00:00+00:00", "--why", "ill")[0] == 0
    row = standing(run)[ZOE, PAGE]
    assert (row["penalty"], row["total"]) == (0.0, 2.0)
    assert run("undo", "1")[0] == 0
    assert standing(run)[ZOE, PAGE]["penalty"] == 0.5
    said = run("extend", ZOE, "scaled", "2020-11-06T10:00:00+00:00")
    assert (said[0], "note: that is earlier than " in said[2]) == (0, True)
    assert run("undo", "3")[0] == 0
    assert run("extend", ZOE, "scaled")[0] == 0
    assert standing(run)[ZOE, PAGE]["penalty"] == 0.0


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("give", "adda", "scaled", "1"), "there is no student adda"),
        (("give", "ada", "scald", "1"), "did you mean scaled?"),
        (("give", "ada", "scaled", "nan"), "nan points cannot be given"),
        (
            ("give", "ada", "scaled", "1", "--question", "question-3"),
            "has no written question question-3; there is none",
        ),
        (("extend", "ada", "scaled", "soon"), "'soon' is no date with a zone"),
        (("undo", "7"), "there is no entry number 7"),
        (("history", "adda", "scaled"), "there is no student adda"),
        (("give", "ada", "scaled", "-inf"), "-inf points cannot be given"),
        (("book", "--policy", "nowhere.toml"), "nowhere.toml: No such file"),
        (("erase", "adda", "--yes"), "there is no student adda"),
        (("export", "xlsx"), "there is no format xlsx; there are csv, json, junit, canvas, moodle, nbgrader"),
        (("export", "canvas"), "export the empty form from canvas first and name it with --into"),
        (("export", "moodle", "--into", "nowhere.csv"), "nowhere.csv: cannot be read"),
        (("export", "csv", "--exercise", "scald"), "did you mean scaled?"),
        (("export", "csv", "--assignment", "two"), "there is no assignment two"),
    ],
)
def test_bad_input_is_one_line(desk, tmp_path, monkeypatch, command, says):
    """whatever is wrong, it is one line and exit code 2, and the gradebook stays as it is"""
    monkeypatch.chdir(tmp_path)
    out, run = desk
    before = contents(out)
    assert says in one_line(*run(*command))
    assert {name: text for name, text in contents(out).items() if name != ".lock"} == before


@pytest.mark.parametrize(
    "command", [("book",), ("give", "a", "scaled", "1"), ("erase", "a", "--yes"), ("export", "csv")]
)
def test_no_gradebook(tmp_path, course, command):
    """without a gradebook none is made, and it is said how to make one"""
    said = one_line(*invoke("--course", course, *command, "--out", tmp_path))
    assert "there is no gradebook; `gradus grade` makes it" in said
    assert not (tmp_path / "gradebook.db").exists()


def test_a_broken_policy_is_one_line(desk):
    """a mistake in policy.toml stops everything that depends on it, in one line with file, line and key"""
    out, run = desk
    (out / "policy.toml").write_text('count = "best"\nlate_per_day = -1\n')
    for command in (("book",), ("export", "csv")):
        assert f"{out / 'policy.toml'}, line 2, key late_per_day: " in one_line(*run(*command))


# -- erase ---------------------------------------------------------------------------------------


def traces(out, name):
    """Which files of a folder hold a name, however it is written there."""
    ways = (name, json.dumps(name).strip('"'), name.replace('"', '""'), name.replace('"', "&quot;"))
    ways += (name.replace('"', "&#34;"), name.partition(",")[0])
    found = [p.name for p in out.rglob("*") if p.is_file() and any(way.encode() in p.read_bytes() for way in ways)]
    return sorted(found + [p.name for p in out.rglob("*") if name[:3] in p.name])


def test_erase_removes_every_trace(desk):
    """gradebook, its log, grades.json, grades.csv and report.html hold not a byte of the name; the others stay"""
    out, run = desk
    assert run("give", ZOE, "scaled", "1", "-m", f"for {ZOE}")[0] == 0
    (out / "similar.html").write_text(f"<p>{ZOE}")
    assert {"gradebook.db", "grades.csv", "grades.json", "report.html", "similar.html"} <= set(traces(out, ZOE))
    code, said, _ = run("erase", ZOE, "--yes")
    assert code == 0
    assert f"2 rows of {ZOE} removed" in said
    assert traces(out, ZOE) == []
    document = json.loads((out / "grades.json").read_text())
    assert [g["student"] for g in document["grades"]] == ["=eve", "=eve", "ada", "ada", "bob", "bob"]  # bob's group's
    assert document["run"] == RUN
    assert set(standing(run)) == {(s, e) for s in ("ada", "bob", "=eve") for e in (PAGE, LINES)}
    assert "there is no student" in one_line(*run("erase", ZOE, "--yes"))


def test_erase_asks_first(desk):
    """without --yes and without an answer nothing is removed"""
    out, run = desk
    before = contents(out)
    code, _, _ = run("erase", "ada")
    assert code == 1
    assert contents(out) == before


def test_an_erasure_that_was_stopped_can_be_finished(desk):
    """rows that are gone already, files that are not: the same command finishes the work"""
    out, run = desk
    with Gradebook(out / "gradebook.db") as book:
        assert book.erase(ZOE) == 1
    assert "grades.json" in traces(out, ZOE)
    assert run("erase", ZOE, "--yes")[0] == 0
    assert traces(out, ZOE) == []


# -- exports -------------------------------------------------------------------------------------


def test_export_csv_and_json(desk, tmp_path):
    """the same rows as `book`, for programs; to a file with --to, some pages with --exercise or --assignment"""
    _, run = desk
    assert run("give", ZOE, "scaled", "-1")[0] == 0
    code, out, _ = run("export", "csv")
    assert code == 0
    table = pd.read_csv(io.StringIO(out), keep_default_na=False)
    rows = standing(run)
    assert [(s.removeprefix("'"), e) for s, e in zip(table["student"], table["exercise"], strict=True)] == list(rows)
    assert list(table["total"]) == [row["total"] for row in rows.values()]
    code, out, err = run("export", "json", "--exercise", "lines", "--to", tmp_path / "standings.json")
    assert (code, out) == (0, "")
    assert err == f"wrote  {tmp_path / 'standings.json'}\n"
    told = json.loads((tmp_path / "standings.json").read_text())["standings"]
    assert told == [row for (_, exercise), row in rows.items() if exercise == LINES]
    assert len(json.loads(run("export", "json", "--assignment", "one")[1])["standings"]) == len(rows)


def test_export_junit(desk):
    """a suite for each grade that counts"""
    root = ET.fromstring(desk[1]("export", "junit")[1].encode())
    names = [suite.get("name") for suite in root]
    assert f"{ZOE}: {PAGE}" in names
    assert f"=eve: {PAGE}" in names
    (failure,) = root.iter("failure")
    assert failure.get("message") == "forgets to add one"


def test_export_canvas(desk, tmp_path):
    """the exported gradebook comes back with its column filled; who has no row, and whose row has no points, is told"""
    _, run = desk
    form = tmp_path / "canvas.csv"
    text = (
        '\ufeffStudent,ID,SIS Login ID,Section,"Week 1 (7)",Week 2 (8)\r\n    Points Possible,,,,6.00,\r\n'
        '"Müller, Zoë",11,zoe,,,\r\n"Lovelace, Ada",12,ada,,EX,\r\n"Doe, Pat",13,pat,,,\r\n'
    )
    form.write_bytes(text.encode())
    people = tmp_path / "people.csv"
    with open(people, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["student", "login"], [ZOE, "zoe"]])
    command = (
        "export",
        "canvas",
        "--into",
        form,
        "--column",
        "Week 1",
        "--roster",
        people,
        "--to",
        tmp_path / "up.csv",
    )
    code, _, err = run(*command)
    assert code == 0
    assert (tmp_path / "up.csv").read_bytes().decode() == text.replace("11,zoe,,,", "11,zoe,,1,")
    assert err.splitlines()[1:] == [
        "left as it is: Lovelace, Ada: excused",
        "no points for Doe, Pat: not handed in, or the roster does not know the name",
        "no row for =eve: give the roster a column with the platform's name of them",
        "no row for bob: give the roster a column with the platform's name of them",
    ]
    assert "several columns named Week" in one_line(*run(*command[:5], "Week"))
    assert "no column named Week 3; there are Week 1 (7), Week 2 (8)" in one_line(*run(*command[:5], "Week 3"))
    assert "say which column is meant" in one_line(*run(*command[:4]))


def test_export_moodle(desk, tmp_path):
    """grades and words go into the downloaded worksheet"""
    _, run = desk
    form = tmp_path / "sheet.csv"
    form.write_text(
        'Identifier,"ID number",Grade,"Last modified (grade)","Feedback comments"\n'
        "Participant 1,ada,,-,\nParticipant 2,eve,,-,\n"
    )
    code, out, err = run("export", "moodle", "--into", form, "--exercise", "lines")
    assert code == 0
    rows = list(csv.reader(io.StringIO(out)))
    assert rows[1:] == [
        ["Participant 1", "ada", "1", "-", "Scale and shift: 1/3"],
        ["Participant 2", "eve", "", "-", ""],
    ]
    assert "no points for Participant 2" in err


def test_grades_json_of_the_command_fits_its_schema(desk):
    """what the desk rewrites fits the schema that is shipped beside the code"""
    out, run = desk
    assert run("erase", "=eve", "--yes")[0] == 0
    schema = json.loads((ROOT / "autograder" / "export" / "grades.schema.json").read_text(encoding="utf-8"))
    document = json.loads((out / "grades.json").read_text())
    jsonschema.validate(document, schema, jsonschema.Draft202012Validator)
    assert {(g["student"], g["exercise"]) for g in document["grades"]} == set(standing(run))


# -- bundles -------------------------------------------------------------------------------------


def test_bundle(course, tmp_path, monkeypatch):
    """Gradescope's zip and Classroom's workflow, where they belong or where --to says"""
    monkeypatch.chdir(tmp_path)
    assert invoke("--course", course, "bundle", "gradescope", "--exercise", "scaled")[0] == 0
    with zipfile.ZipFile("autograder.zip") as archive:
        assert stat.S_IMODE(archive.getinfo("run_autograder").external_attr >> 16) == 0o755
        run = archive.read("run_autograder").decode()
        setup = archive.read("setup.sh").decode()
        assert "gradus/autograder/export/grades.schema.json" in archive.namelist()
    assert run.rstrip().endswith(f'autograder.cli.platforms gradescope "$ROOT" {PAGE}')
    assert '"torch>=' not in setup
    assert '"numpy>=' in setup
    assert "hypothesis" not in setup  # what only developers need
    assert invoke("--course", course, "bundle", "classroom", "--assignment", "one")[0] == 0
    flow = yaml.safe_load((tmp_path / ".github" / "workflows" / "classroom.yml").read_text())
    assert f"{PAGE} {LINES}" in json.dumps(flow)
    assert "say what to grade" in one_line(*invoke("--course", course, "bundle", "classroom"))
    said = one_line(*invoke("--course", course, "bundle", "moodle", "--exercise", "scaled"))
    assert "there are gradescope, classroom and student" in said


# -- what was handed in --------------------------------------------------------------------------


@pytest.fixture
def played(monkeypatch):
    """No judge processes: everything passes but what `fails` names, which cannot be graded."""
    fails: set[str] = set()

    def grade_many(submissions, syllabus, trees, settings, *, jobs, on_grade=lambda grade: None, template=None):
        for one in submissions:
            status = "internal" if one.student in fails else "passed"
            check = CheckResult("test_it", "it works", status, float(status == "passed"), 1.0)
            on_grade(judged(one, (check,), 0.1, settings, ()))

    monkeypatch.setattr(pool, "grade_many", grade_many)
    monkeypatch.setattr(probe, "best_level", lambda: "namespaces")
    return fails


def test_a_roster_says_who_is_who(played, tmp_path, course):
    """grade and regrade --roster: folders by the roster's ids; strangers and who handed in nothing are told of"""
    hand_in(tmp_path / "class", {"Ada L": "a = 1\n", "Mal": "m = 1\n"})
    (tmp_path / "people.csv").write_text("student,name\nada,Ada L\nbob,Bob\n")
    command = (tmp_path / "class", "--roster", tmp_path / "people.csv", "--out", tmp_path / "out")
    for verb in ("grade", "regrade"):
        code, _, err = invoke("--course", course, verb, *command)
        assert code == 0
        assert "passed over Mal: is not in the roster" in err
        assert "passed over bob: handed in nothing" in err
    grades = json.loads((tmp_path / "out" / "grades.json").read_text())["grades"]
    assert [g["student"] for g in grades] == ["Mal", "ada", "bob"]
    (tmp_path / "people.csv").write_text("name\nAda\n")
    for verb in ("grade", "regrade"):
        assert "a roster needs a column named student" in one_line(*invoke("--course", course, verb, *command))


def test_nobody_is_dropped_silently(played, tmp_path, course):
    """of a large class everybody who is passed over is named"""
    hand_in(tmp_path / "class", {"ada": "a = 1\n"})
    (tmp_path / "people.csv").write_text("student\nada\n" + "".join(f"student{n}\n" for n in range(60)))
    command = (tmp_path / "class", "--roster", tmp_path / "people.csv", "--out", tmp_path / "out")
    err = invoke("--course", course, "grade", *command)[2]
    assert "passed over 60: handed in nothing (student0, student1, student2 and 57 more" in err
    err = invoke("--course", course, "grade", *command, "--verbose")[2]
    assert err.count("handed in nothing") == 60


def test_why_tells_how_to_repeat_it(played, tmp_path, course):
    """the whole story: what was handed in and when, key, seed, isolation, checks, a command that a shell takes"""
    hand_in(tmp_path / "my class", {"Ada L": "a = 1\n"})
    code, out, _ = invoke(
        "--course", course, "grade", tmp_path / "my class", "--out", tmp_path / "out", "--seed", "5",
        "--student", "Ada L", "--why",
    )  # fmt: skip
    assert code == 0
    text = words(out)
    for part in ("submission ", "handed in 20", "graded with key ", "seed 5, isolation namespaces", "it works"):
        assert part in text
    assert f"gradus grade '{tmp_path}/my class' --student 'Ada L' --exercise {PAGE} --seed 5 --why" in text


def test_regrade_tells_whom_it_could_not_grade(played, tmp_path, course):
    """a fault of the grader's own changes no grade and is not passed over in silence"""
    hand_in(tmp_path / "class", {"ada": "a = 1\n", "bob": "b = 1\n"})
    out = tmp_path / "out"
    assert invoke("--course", course, "grade", tmp_path / "class", "--out", out, "--seed", "5")[0] == 0
    with Gradebook(out / "gradebook.db") as book:
        kept = book.histories()
        book._db.execute("UPDATE grades SET key = 'of older checks'")
        book._db.commit()
    played.add("bob")
    code, said, _ = invoke("--course", course, "regrade", tmp_path / "class", "--out", out, "--apply")
    assert code == 0
    assert "1 were graded again and stay" in said
    assert "1 could not be graded" in said
    with Gradebook(out / "gradebook.db") as book:
        assert {s: len(h) for (s, _), h in book.histories().items()} == {"ada": 2, "bob": 1}
        assert book.histories()["bob", PAGE] == kept["bob", PAGE]


# -- whom only the roster knows ------------------------------------------------------------------


def test_who_handed_in_nothing_is_known_by_the_roster(desk, tmp_path):
    """a date that is moved beforehand, points for a talk; without the roster it says how; the book lists everybody"""
    _, run = desk
    people = tmp_path / "people.csv"
    people.write_text("student,login\nnora,n1\neve,=eve\n", encoding="utf-8")
    moved, given = ("extend", "nora", "scaled", "2026-12-03T10:00:00+00:00"), ("give", "nora", "scaled", "1")
    for command in (moved, given):
        assert "of one who handed in nothing say --roster" in one_line(*run(*command))
        assert "there is no student nob" in one_line(*run(command[0], "nob", *command[2:], "--roster", people))
    assert {student for student, _ in standing(run)} == {"ada", "bob", ZOE, "=eve"}
    rows = standing(run, "--roster", people)
    assert {student for student, _ in rows} == {"ada", "bob", ZOE, "=eve", "nora"}  # eve is =eve
    assert rows["nora", PAGE]["state"] == "not handed in"
    for command in (moved, given):
        assert run(*command, "--roster", people)[0] == 0
    assert standing(run)["nora", PAGE]["total"] == 1.0


def test_who_shares_a_groups_work_is_known(desk):
    """whom the policy names beside one who handed in has a row, so points, a date, a history that says by whom"""
    out, run = desk
    (out / "policy.toml").write_text('[groups]\nteam = ["noa", "ada"]\nothers = ["zed", "yan"]\n', encoding="utf-8")
    assert ("noa", PAGE) in standing(run)
    assert run("give", "noa", "scaled", "-1", "-m", "late to the talk")[0] == 0
    assert run("extend", "noa", "scaled", "2026-12-03T10:00:00+00:00")[0] == 0
    said = run("history", "noa", "scaled")[1]
    assert "by ada: 3/3" in said
    assert "late to the talk" in said
    assert [one["by"] for one in json.loads(run("history", "noa", "scaled", "--json")[1])["grades"]] == ["ada"]
    assert "there is no student zed" in one_line(*run("give", "zed", "scaled", "1"))  # a group of which nothing is kept


def test_no_points_without_end(desk):
    """--extra has a bound as well: a sum of larger ones is no number that a spreadsheet or JSON can hold"""
    _, run = desk
    line = one_line(*run("give", "ada", "scaled", "1e308", "--extra"))
    assert "1e+308 points cannot be given; say a number from -1,000,000 to 1,000,000" in line


def test_students_pages_do_not_go_beside_the_gradebook(desk):
    """whose id is report would take the place of report.html, and nobody should hand that folder on"""
    out, run = desk
    before = contents(out)
    assert "holds the gradebook" in one_line(*run("feedback", "folder", "--to", out))
    assert contents(out) == before


def test_nbgraders_gradebook_is_not_ours(desk, tmp_path):
    """feedback for an nbgrader course goes into the course, beside its own gradebook.db, which stays as it is"""
    _, run = desk
    course = tmp_path / "course"
    (course / "submitted").mkdir(parents=True)
    (course / "gradebook.db").write_bytes(b"of nbgrader")
    code, said, err = run("feedback", "nbgrader", "--to", course)
    assert (code, err) == (0, "")
    assert "pages in" in said
    assert (course / "feedback" / "ada" / "one" / "scaled.html").is_file()
    assert (course / "gradebook.db").read_bytes() == b"of nbgrader"
    assert "holds the gradebook" in one_line(*run("feedback", "folder", "--to", course))
    (course / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.feedback_directory = 'told'\n")
    assert run("feedback", "nbgrader", "--to", course)[0] == 0
    assert (course / "told" / "ada" / "one" / "scaled.html").is_file()


@pytest.mark.parametrize(
    ("command", "place", "why"),
    [
        (("export", "csv"), "nowhere/all.csv", "No such file or directory"),
        (("feedback", "canvas"), "nowhere/all.csv", "No such file or directory"),
        (("feedback", "folder"), "taken", "File exists"),
    ],
)
def test_a_place_that_cannot_be_written_is_named_as_it_was_said(desk, course, tmp_path, command, place, why):
    """no number of the system's, and no file that the user never named"""
    (tmp_path / "taken").write_text("")
    done = gradus("--course", course, *command, "--to", tmp_path / place, "--out", desk[0])
    assert done.returncode == 2
    assert done.stderr == f"gradus: {tmp_path / place}: {why}; say another place, or mend that\n"


def test_a_name_that_is_one_students_alone(desk, tmp_path):
    """give, history and book take it with --roster, in one column or in two; what several are called names them"""
    _, run = desk
    people = tmp_path / "people.csv"
    rows = [
        "student,given name,surname,name,group",
        "ada,Max,Sum,,red",
        "bob,Máx,Power,Power Max,red",
        "e1,Eve,Sum,=eve,b",
    ]
    people.write_text("\n".join(rows), encoding="utf-8")
    for name, student in (
        ("Max Sum", "ada"),
        ("sum, MAX", "ada"),
        ("power max", "bob"),
        ("eve", "=eve"),
        ("bob", "bob"),
    ):
        code, said, _ = run("give", name, "scaled", "-0.25", "--roster", people)
        assert (code, said.partition(",")[0]) == (0, student)
    assert run("history", "Max Sum", "scaled", "--roster", people)[1].count("-0.25 points") == 2
    assert {student for student, _ in standing(run, "--student", "Max Sum", "--roster", people)} == {"ada"}
    line = one_line(*run("give", "max", "scaled", "1", "--roster", people))
    assert "max may be 2 students of" in line
    assert "ada, Max, Sum, red; bob, Máx, Power, Power Max, red; say the id" in line
    for name in ("red", "Max Sum Power", ""):
        assert "there is no student" in one_line(*run("give", name, "scaled", "1", "--roster", people))
    assert "say --roster" in one_line(*run("give", "Max Sum", "scaled", "1"))


# -- what the course no longer has ---------------------------------------------------------------

OLD = "one/old"


@pytest.fixture
def aged(desk):
    """The desk, with a page of bob's and of ada's that was taken out of the course since."""
    out, run = desk
    with Gradebook(out / "gradebook.db") as book, Entries.open(book.path) as log:
        book.add(graded("bob", OLD, points=2.0))
        log.add(Entry("bob", OLD, "adjust", 0.5, by="mia"))
        log.add(Entry("ada", OLD, "adjust", 1.0, by="mia"))
    return out, run


def test_a_page_that_is_gone_is_said(aged):
    """history shows what is kept of it, nothing is given for it, and all that adds up says that it does not count"""
    out, run = aged
    gone = f"{OLD} is no page of this course any more"
    code, said, _ = run("history", "bob", "old")
    assert code == 0
    assert "handed in 2026-11-05T09:00:00+00:00: 2/3" in said
    assert "+0.5 points" in said
    assert said.splitlines()[-1] == f"{gone}: nothing that is kept of it counts"
    kept = json.loads(run("history", "bob", OLD, "--json")[1])
    assert (len(kept["grades"]), len(kept["entries"]), kept["standing"]) == (1, 1, None)
    for command in (("give", "bob", "old", "1"), ("extend", "bob", OLD)):
        assert f"{gone}: " in one_line(*run(*command))
    assert "there is no exercise older" in one_line(*run("give", "bob", "older", "1"))
    assert gone in run("book")[1]
    document = json.loads(run("book", "--json")[1])
    assert document["gone"] == [{"student": "ada", "exercise": OLD}, {"student": "bob", "exercise": OLD}]
    assert OLD not in {row["exercise"] for row in document["standings"]}
    assert gone in run("export", "csv")[2]
    assert gone not in run("book", "--student", ZOE)[1]
    assert run("book", "--write")[0] == 0
    assert gone in (out / "report.html").read_text()
    assert gone in (out / "students" / "bob.html").read_text()
    assert gone not in next((out / "students").glob("M*.html")).read_text()


# -- results that may only be read ----------------------------------------------------------------


def test_results_that_may_only_be_read(aged, tmp_path, monkeypatch):
    """what only looks works over them, and leaves no file beside them; what would change them says so in a line"""
    out, run = aged
    looks = (
        ("book",), ("book", "--json"), ("history", "bob", "scaled"), ("history", "bob", "old"), ("export", "csv"),
        ("export", "completion"), ("feedback", "folder", "--to", tmp_path / "fb"),
    )  # fmt: skip
    before = [run(*look)[:2] for look in looks]
    monkeypatch.setattr("autograder.gradebook.read_only.writable", lambda file: False)  # root may write anywhere
    there = contents(out)
    assert [run(*look)[:2] for look in looks] == before
    for change in (("give", "ada", "scaled", "-1"), ("extend", "ada", "scaled"), ("undo", "1"), ("book", "--write")):
        line = one_line(*run(*change))
        assert "gradebook.db: may only be read, so nothing was changed; ask who owns it, or copy the folder" in line
    assert contents(out) == there
