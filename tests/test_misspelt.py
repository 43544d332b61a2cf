"""Names that match nothing, and forms whose maximum is another: said before anything is written."""

from __future__ import annotations

import pytest

from autograder.errors import GradebookError
from autograder.export import lms
from autograder.gradebook.policy import Policy, ghosts
from autograder.gradebook.store import Gradebook
from autograder.gradebook.totals import standings
from autograder.intake.roster import Roster
from tests.desks import contents, invoke
from tests.helpers import PAGE, make_check, make_grade, tiny

SHEET = (
    "Identifier,Full name,Status,Grade,{most},Grade can be changed,Last modified (grade)\r\n"
    "Participant 1,ada,Submitted,,{value},Yes,-\r\nParticipant 2,bob,Submitted,,{value},Yes,-\r\n"
)


@pytest.fixture
def desk(tmp_path):
    """A gradebook of two on the tiny course: (the folder, run a command there)."""
    tiny(tmp_path / "course")
    with Gradebook(tmp_path / "out" / "gradebook.db") as book:
        book.add(make_grade("adalbert", points=3.0, max_points=3.0))
        book.add(make_grade("bob", points=1.0, max_points=3.0))

    def run(*more):
        return invoke("--course", tmp_path / "course", *more, "--out", tmp_path / "out")

    return tmp_path, run


@pytest.mark.parametrize(
    "text", ['[groups]\nteam = ["adalbret", "bob"]\n', f'[extensions.Adelbert]\n"{PAGE}" = 2026-12-03T00:00:00Z\n']
)
def test_a_ghost_in_the_policy(desk, text):
    """a student whom only the policy knows, and whose name is nearly another's, is refused; a roster may know better"""
    root, run = desk
    (root / "out" / "policy.toml").write_text(text)
    before = contents(root / "out")
    for command in (("book",), ("export", "csv", "--to", root / "all.csv")):
        code, _, err = run(*command)
        assert code == 2
        assert "did you mean adalbert?" in err
    assert contents(root / "out") == before
    assert not (root / "all.csv").exists()
    (root / "people.csv").write_text("student\nadalbret\nAdelbert\nadalbert\nbob\n")
    assert run("book", "--roster", root / "people.csv")[0] == 0


def test_whom_nobody_is_like_may_stand_in_a_group():
    """a partner who never handed in anything is no ghost"""
    assert ghosts(Policy(groups={"team": ("ada", "zoe")}), {"ada", "bob"}) == []
    assert ghosts(Policy(groups={"team": ("ada", "Bob")}), {"ada", "bob"}) == [
        "there is no student Bob; did you mean bob?"
    ]


@pytest.mark.parametrize(
    "command", [("book", "--student", "adalbret"), ("give", "adalbret", "scaled", "1"), ("erase", "adalbret", "--yes")]
)
def test_the_nearest_is_said(desk, command):
    """a student who is not there is one line with the nearest who is"""
    code, _, err = desk[1](*command)
    assert (code, err.count("\n")) == (2, 1)
    assert "there is no student adalbret; did you mean adalbert?" in err


@pytest.mark.parametrize("most", ["Maximum grade", "Maximum Grade", "MAXIMUM GRADE", "maximum  grade"])
def test_a_bound_holds_however_its_head_is_written(most):
    """points above the maximum of a row are left out under every spelling of the column"""
    filled = lms.moodle(
        SHEET.format(most=most, value="3.00"), {"ada": 5.0, "bob": 2.0}, {}, Roster().including(["ada", "bob"])
    )
    assert [line.partition(":")[0] for line in filled.left] == ["ada"]


@pytest.mark.parametrize(("wanted", "written"), [(True, "50"), (False, "2")])
def test_another_maximum(wanted, written):
    """a worksheet of 100 for points up to 4 is an error until somebody says what is meant"""
    people, text = Roster().including(["ada", "bob"]), SHEET.format(most="Maximum grade", value="100.00")
    with pytest.raises(GradebookError, match=r"maximum there is 100, and these points go up to 4; say --scale"):
        lms.moodle(text, {"ada": 2.0}, {}, people, "sheet", lms.Scale(4.0))
    filled = lms.moodle(text, {"ada": 2.0}, {}, people, "sheet", lms.Scale(4.0, wanted))
    assert f"Participant 1,ada,Submitted,{written},100.00" in filled.text
    assert lms.moodle(text, {"ada": 2.0}, {}, people, "sheet", lms.Scale(100.0)).text.count(",2,") == 1


def test_what_could_not_be_graded_is_no_zero(desk):
    """an export leaves out whose page the grader failed at, says so, and ends with 3; a CSV has no number there"""
    root, run = desk
    fault = make_grade("bob", status="internal", points=0.0, checks=(make_check(status="internal", points=0.0),))
    with Gradebook(root / "out" / "gradebook.db") as book:
        book.add(fault)
        (row,) = [
            r for r in standings(book.histories(), {}, Policy(), tiny(root / "c")[0], book.pending()) if r.pending
        ]
    assert row.student == "bob"
    code, out, err = run("export", "csv")
    assert code == 3
    assert f"bob,{PAGE},ungraded,internal,,0,,0,,3," in out
    assert "could not grade it: bob scaled" in err
    (root / "sheet.csv").write_text(SHEET.format(most="Maximum grade", value="3.00").replace("ada", "adalbert"))
    code, out, _ = run("export", "moodle", "--into", root / "sheet.csv")
    assert code == 3
    assert "adalbert,Submitted,3,3.00" in out
    assert "bob,Submitted,,3.00" in out
