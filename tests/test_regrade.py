"""Grading again: what a changed check changes, who, by how much and why, before anything is written."""

from __future__ import annotations

import json
import shutil

import pytest

from autograder.course.syllabus import load
from autograder.course.trees import trees
from autograder.gradebook.class_totals import of_book
from autograder.gradebook.entry_log import Entries
from autograder.gradebook.regrade import Preview, change
from autograder.gradebook.store import Gradebook
from autograder.running.run import alone_in
from tests.desks import CLASS, contents, document, hand_in, invoke
from tests.helpers import LESSON, PAGE, SOLUTION, make_check, make_course, make_grade, page, tiny, words

pytestmark = pytest.mark.usefixtures("warm")

ZOE = "Müller, Zoë 😀"


# -- what differs --------------------------------------------------------------------------------


def test_the_same_is_no_change():
    """another time, key or message alone changes nothing that counts"""
    old = make_grade(key="a", seconds=1.0, checks=(make_check(message="here"),))
    assert change(old, make_grade(key="b", seconds=2.0, checks=(make_check(message="there"),))) is None


@pytest.mark.parametrize(
    "fields", [{"points": 0.5}, {"max_points": 2.0}, {"status": "failed"}], ids=["points", "maximum", "status"]
)
def test_another_outcome_is_a_change(fields):
    """points, maximum and status each make a change, with the checks that differ"""
    check = make_check(**fields)
    old, new = make_grade(), make_grade(checks=(check,), **fields)
    made = change(old, new)
    assert made.checks == ((make_check(), check),)
    assert made.difference == new.points - old.points


def test_checks_that_came_and_went():
    """a new check has no before, a removed one no after; another diagnosis is a change too"""
    old = make_grade(checks=(make_check(name="gone"), make_check(name="both", status="failed", diagnosis=("a",))))
    new = make_grade(checks=(make_check(name="both", status="failed", diagnosis=("b",)), make_check(name="new")))
    assert change(old, new).checks == ((old.checks[0], None), (old.checks[1], new.checks[0]), (None, new.checks[1]))


def test_a_preview_keeps_aside(tmp_path):
    """a preview writes nothing; it compares with the last grade of the same submission, the largest losses first"""
    with Gradebook(tmp_path / "gradebook.db") as book:
        for student, points in (("ada", 3.0), ("bob", 1.0), ("cyd", 2.0)):
            book.add(make_grade(student, points=points, digest="d", key="1"))
            book.add(make_grade(student, points=9.0, digest="other", key="0"))
        preview = Preview(book)
        for student in ("ada", "bob", "cyd", "new"):
            assert preview.known(student, PAGE, "2") is None
            preview.add(make_grade(student, points=2.0, digest="d", key="2"))
        preview.add(make_grade("eve", status="internal"))
        assert preview.known("ada", PAGE, "1").points == 3.0
        assert [(c.new.student, c.difference) for c in preview.changes()] == [("ada", -1.0), ("bob", 1.0)]
        assert [g.student for g in preview.first_grades()] == ["new"]
        assert [len(book.history(s, PAGE)) for s in ("ada", "bob", "cyd", "new", "eve")] == [2, 2, 2, 0, 0]


# -- through the command line --------------------------------------------------------------------


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A class graded on the tiny course, points by hand given, then the checks changed, and what regrade says to that.

    (the folder, what was said, the --out folder before and after)
    """
    root = tmp_path_factory.mktemp("regrade")
    tiny(root / "course")
    hand_in(root / "class")
    course = ("--course", root / "course")
    code, _, err = invoke(*course, "grade", root / "class", "--out", root / "out", "--seed", "5", "--jobs", "1")
    assert code == 0, err
    assert invoke(*course, "give", "bob", "scaled", "0.5", "--extra", "-m", "well put", "--out", root / "out")[0] == 0
    checks = root / "course" / "autograder" / "pages" / "one" / "scaled" / "test_scaled.py"
    text = checks.read_text()
    changed = text.replace("(3.0, -0.5)", "(2.0,)").replace(  # the second check forgives, the first looks at nothing
        "assert_same(student.scaled(x), 2 * x + 1)", "assert_same(student.scaled(x[:0]), 2 * x[:0] + 1)"
    )
    assert changed.count("x[:0]") == changed.count("(2.0,)") + 1 == 2
    checks.write_text(changed)
    hand_in(root / "class", {"new": SOLUTION + "# new\n"})
    before = contents(root / "out")
    said = invoke(*course, "regrade", root / "class", "--out", root / "out", "--jobs", "1")
    return root, said, before, contents(root / "out")


def test_looking_needs_no_folder_that_can_be_written(desk, monkeypatch):
    """the differences of results that may only be read are shown, and no lock is taken; to write them is refused"""
    root, (code, said, _), before, _ = desk
    monkeypatch.setattr("autograder.gradebook.read_only.writable", lambda file: False)  # root may write anywhere
    command = ("--course", root / "course", "regrade", root / "class", "--out", root / "out", "--jobs", "1")
    with alone_in(root / "out"):  # another run's
        assert invoke(*command)[:2] == (code, said)
    code, _, err = invoke(*command, "--apply")
    assert code == 2
    assert "may only be read, so nothing was changed" in err
    assert contents(root / "out") == before


def test_who_changes_by_how_much_and_why(desk):
    """each change with its points, and the checks that make it, with old and new evidence"""
    _, (code, out, _), _, _ = desk
    assert code == 0
    assert f"{ZOE}  {PAGE}  3 → 2 of 3" in out
    assert f"bob  {PAGE}  1 → 3 of 3" in out
    assert f"bob  {PAGE}  1 → 3 of 3\n  total 1.5 → 3.5 of 3, by hand +0.5" in out
    assert f"=cyd  {PAGE}  0 → 1 of 3\n  any" in out or f"=cyd  {PAGE}  0 → 1 of 3\n  twice" in out
    assert f"ada  {PAGE}" not in out
    assert f"eve  {PAGE}" not in out
    zoe = out[out.index(ZOE) : out.index("=cyd")]  # the largest loss comes first
    assert "twice x plus one: passed 1/1 → error 0/1" in zoe
    assert "now  " in zoe
    assert "AssertionError" in zoe
    assert "any factor" not in zoe
    bob = out[out.index(f"bob  {PAGE}") :]
    assert "any factor: failed 0/2 → passed 2/2" in bob
    assert "was  call" in bob
    assert f"new  {PAGE}  new: 3 of 3" in out
    assert "3 grades change, 2 were graded again and stay, 1 is new" in out
    assert "nothing was written; say --apply to write this" in out


def test_nothing_is_written(desk):
    """gradebook, grades.json and every other file are the same to the byte"""
    _, _, before, after = desk
    assert after == before
    assert {"gradebook.db", "grades.json", "grades.csv", "report.html"} <= set(before)


def test_apply_writes(desk, tmp_path):
    """--apply --json tells the same as one document, keeps the old grades as history, and rewrites the files

    What is passed over is said on the other stream.
    """
    root = desk[0]
    mine = tmp_path / "out"
    shutil.copytree(root / "out", mine)
    shutil.copytree(root / "class", tmp_path / "class")
    (tmp_path / "class" / "stray.py").write_text("")
    old = document(mine)
    command = ("--course", root / "course", "regrade", tmp_path / "class", "--out", mine)
    code, out, err = invoke(*command, "--apply", "--json", "--jobs", "1")
    assert code == 0
    assert "passed over stray.py: lies beside the students' folders" in err
    told = json.loads(out)
    assert [(c["student"], c["exercise"], c["difference"]) for c in told] == [
        (ZOE, PAGE, -1.0), ("=cyd", PAGE, 1.0), ("bob", PAGE, 2.0), ("new", PAGE, None)
    ]  # fmt: skip
    assert [c["old"] for c in told if c["student"] == "new"] == [None]
    was = {g["student"]: g for g in old["grades"]}
    now = {g["student"]: g for g in document(mine)["grades"]}
    for one in told:
        assert one["old"] is None or {**one["old"], "seconds": 0} == was[one["student"]]
        assert {**one["new"], "seconds": 0} == now[one["student"]]
    assert {s: g["points"] for s, g in now.items()} == {"ada": 3, "bob": 3, "=cyd": 1, ZOE: 2, "eve": 0, "new": 3}
    assert {c["status"] for c in now["eve"]["checks"]} == {"missing"}
    with Gradebook(mine / "gradebook.db") as book:
        assert [g.points for g in book.history(ZOE, PAGE)] == [3.0, 2.0]
        assert {len(book.history(s, PAGE)) for s in CLASS} == {2}
        course = load(trees(root / "course"))
        rows = {r.student: r for r in of_book(book, course).rows}
        with Entries.open(book.path) as log:
            (given,) = log.history("bob", PAGE)
    assert rows[ZOE].total == 2.0  # replaced, though the best one counts
    assert (rows["bob"].automatic, rows["bob"].manual, rows["bob"].total) == (3.0, 0.5, 3.5)
    assert (given.kind, given.value, given.text, given.extra) == ("adjust", 0.5, "well put", True)
    code, out, _ = invoke(*command)  # once applied, all is known
    assert code == 0
    assert words(out).strip() == (
        "0 grades change, 0 were graded again and stay, 0 are new; 6 stay: nothing that decides them has changed"
    )


def test_the_data_set_is_that_of_the_run(tmp_path):
    """a page that was graded with --data is graded again with it, not with the page's first; --data says another"""
    two = "\n".join((LESSON.partition("\n")[0], 'data = ["small", "large"]', LESSON.partition("\n")[2]))
    make_course(tmp_path / "course", {PAGE: page(lesson=two)})
    hand_in(tmp_path / "class", {"ada": SOLUTION})
    at = ("--course", tmp_path / "course")
    rest = (tmp_path / "class", "--out", tmp_path / "out", "--jobs", "1")
    code, _, err = invoke(*at, "grade", *rest, "--data", "large")
    assert code == 0, err
    _, out, _ = invoke(*at, "regrade", *rest)
    assert "0 were graded again and stay, 0 are new; 1 stay" in words(out)
    assert f"{PAGE}: with the data set large, as before" in out
    _, out, _ = invoke(*at, "regrade", *rest, "--data", "small", "--apply")
    assert "1 were graded again and stay" in words(out)
    assert "as before" not in out
    _, out, _ = invoke(*at, "regrade", *rest)
    assert "0 were graded again" in words(out)
    assert "with the data set small, as before" in out
