"""Grading again from the desk: what would change is shown, and nothing is written before that."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from autograder.desk import again_view
from autograder.desk.again import FAILED, RUNNING, SHOWN, WRITTEN, Again, State
from autograder.desk.results import Results
from autograder.desk.site import ANONYMOUS, NAMED, Desk, View
from autograder.errors import GradusError
from autograder.gradebook.store import Gradebook
from tests.desks import hand_in, invoke
from tests.helpers import PAGE, SOLUTION, tiny
from tests.marking import desk_of, get, post, write


def ended(again: Again) -> State:
    """The state once nothing runs."""
    end = time.monotonic() + 300
    while again.state.step == RUNNING:
        assert time.monotonic() < end
        time.sleep(0.05)
    return again.state


def test_the_difference_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """a check that is mended changes one grade: that is shown, then written by the same marker's word"""
    course, places = tiny(tmp_path / "course")
    monkeypatch.setenv("GRADUS_COURSE", str(places.root))
    folder, out = hand_in(tmp_path / "class"), tmp_path / "out"
    people = tmp_path / "people.csv"
    people.write_text("student,email\nbob,bob@example\n", encoding="utf-8")
    (folder / "bob").rename(folder / "bob@example")
    run = ("--course", places.root, "grade", folder, "--out", out, "--roster", people, "--jobs", 1)
    assert invoke(*run)[0] == 0
    check = places.check(PAGE)
    check.write_text(check.read_text(encoding="utf-8").replace("for factor in (3.0, -0.5)", "for factor in (2.0,)"))
    hand_in(folder, {"new": SOLUTION})
    (folder / "stray.py").write_text("", encoding="utf-8")
    again = Again(folder, out, places.root, people)
    with pytest.raises(GradusError, match="nothing is written before they were shown"):
        again.begin("mia", apply=True)
    again.begin("mia", apply=False)
    state = ended(again)
    assert state.step == SHOWN, state.told
    assert {(one["student"], one["difference"]) for one in state.changes} == {("bob", 2.0), ("new", None)}
    assert any("passed over stray.py" in line for line in state.notes), state.notes

    def points() -> float:
        with Gradebook(out / "gradebook.db") as book:
            return book.history("bob", PAGE)[-1].points

    assert points() == 1.0
    desk = Desk(Results(out, course), again=again)
    assert desk.results.now().totals["bob"].points == 1.0
    seen = again_view.context(View(desk, NAMED, "mia"), {})
    row, fresh = seen["rows"]
    assert row["totals"] == [1.0, 3.0]
    assert (fresh["label"], fresh["fresh"], fresh["old"], fresh["new"], fresh["checks"]) == ("new", True, None, 3.0, [])
    assert (seen["changed"], seen["fresh"]) == (1, 1)
    hidden = again_view.context(View(desk, ANONYMOUS, "mia"), {})
    assert "stray" not in str(hidden["notes"])
    assert "new" not in {one["label"] for one in hidden["rows"]}
    again.begin("mia", apply=True)
    state = ended(again)
    assert (state.step, state.by) == (WRITTEN, "mia"), state.told
    assert points() == 3.0
    assert desk.results.now().totals["bob"].points == 3.0
    assert "bob@example" not in desk.results.now().totals  # whom a folder calls otherwise is nobody new
    desk.close()


def test_what_goes_wrong_is_a_line(tmp_path: Path) -> None:
    """a folder with nothing in it; twice at once; a desk that was not told what was graded, or may only read"""
    course, places = tiny(tmp_path / "course")
    again = Again(tmp_path / "nothing", tmp_path / "out", places.root)
    again.begin("mia", apply=False)
    with pytest.raises(GradusError, match="already"):
        again.begin("noa", apply=False)
    state = ended(again)
    assert state.step == FAILED
    assert state.told.startswith("gradus: ")
    out = write(tmp_path / "graded")
    for how in ({}, {"read_only": True, "again": again}):
        with desk_of(out, **how) as (_, address):
            status, told = post(address + "named/edit", {"type": "again", "apply": bool(how)})
            assert (status, told["kept"]) == (409, 0)
            status, text = get(address + "named/again/")
            assert status == 200
            assert ("--submissions CLASS" in text, "may only be read" in text) == (not how, bool(how))
            if how:  # to look is allowed
                assert post(address + "named/edit", {"type": "again"})[0] == 200
                assert ended(again).step == FAILED
    assert course.exercises
