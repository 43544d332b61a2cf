"""What markers are told of each other's edits, of results that changed, and of the rubric's versions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autograder.course import syllabus
from autograder.course.trees import trees
from autograder.desk.site import Desk
from autograder.desk.who import Who
from autograder.gradebook.entries import Entry
from autograder.gradebook.store import Gradebook
from autograder.report.anchors import page_anchor
from autograder.running.run import Outcome, keep_code, rewrite_results
from tests.marking import CLASS, LOSSES, MISTAKE, SOFTMAX, checks, desk_of, get, graded, post, write


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[Desk, str]]:
    """One desk."""
    with desk_of(write(tmp_path / "out"), who=Who("mia")) as opened:
        yield opened


def shown(desk: Desk, address: str, student: str, query: str = "") -> dict[str, Any]:
    """What a page would send of one student, by what it shows."""
    text = get(f"{address}named/page/{SOFTMAX}/{desk.ids.of(student)}{query}")[1]
    head = text.partition("<div class=answer ")[2].partition(">")[0]
    given = dict(part.split("=", 1) for part in head.split() if "=" in part)
    id = desk.ids.of(student)
    return {
        "type": "edit", "page": SOFTMAX, "students": {id: int(given["data-seen"].strip('"'))},
        "graded": {id: given["data-graded"].strip('"')}, "blind": "data-blind" in head,
    }  # fmt: skip


def test_results_that_were_renewed_are_told(running: tuple[Desk, str]) -> None:
    """an edit of what was handed in or graded anew meanwhile is not kept; an equal end at other seeds is no matter"""
    desk, address = running
    mine = {**shown(desk, address, "bob"), "kind": "points", "value": 1}
    with Gradebook(desk.results.file) as book:
        book.add(replace(graded("bob", SOFTMAX, checks("passed", "failed"))[0], seed=8, seconds=2.0))
    assert post(address + "named/edit", mine)[1] == {"kept": 1, "told": [], "conflict": False}
    mine = {**shown(desk, address, "bob"), "kind": "points", "value": 2}
    with Gradebook(desk.results.file) as book:
        book.add(graded("bob", SOFTMAX, checks("passed", "passed"), "# better\n")[0])
    told = post(address + "named/edit", mine)[1]
    assert (told["kept"], told["conflict"]) == (0, True)
    assert told["told"] == [
        "bob was graded anew in between (the checks give 4 of 4 now); yours was not kept: look, and repeat it where it "
        "still holds"
    ]
    assert post(address + "named/edit", {**mine, **shown(desk, address, "bob")})[1]["kept"] == 1


def test_a_blind_marker_is_not_told_what_the_first_gave(tmp_path: Path) -> None:
    """that somebody came in between, not who and what; once both have marked all is told"""
    out = write(tmp_path / "out")
    with desk_of(out, who=Who("mia")) as (first, address):
        post(address + "named/edit", {**shown(first, address, "bob"), "kind": "points", "value": 1})
        with desk_of(out, who=Who("noa")) as (second, other):
            mine = {**shown(second, other, "bob", "?second=1"), "kind": "points", "value": 3}
            assert mine["blind"]
            post(address + "named/edit", {**shown(first, address, "bob"), "kind": "comment", "text": "hm"})
            told = post(other + "named/edit", mine)[1]
            assert told["told"] == [
                "bob was changed in between by another marker; yours was not kept: look, and repeat it where it still "
                "holds"
            ]
            mine |= shown(second, other, "bob", "?second=1")
            assert post(other + "named/edit", mine)[1]["kept"] == 1
            assert not shown(second, other, "bob", "?second=1")["blind"]


def test_a_version_that_cannot_be_is_told(running: tuple[Desk, str]) -> None:
    """a number beyond what the gradebook's file can hold, or below zero, is a line"""
    desk, address = running
    bob = desk.ids.of("bob")
    for number in (2**63, -1):
        for message in (
            {"type": "edit", "page": SOFTMAX, "kind": "points", "value": 1, "students": {bob: number}},
            {"type": "undo", "page": SOFTMAX, "student": bob, "number": 1, "seen": number},
            {"type": "rubric", "page": SOFTMAX, "key": "a", "text": "a", "seen": number},
        ):
            status, told = post(address + "named/edit", message)
            assert status == 400
            assert told["told"][0].startswith("not understood: ")


@pytest.mark.parametrize("kind", ["points", "adjust", "question"])
def test_points_need_a_number(running: tuple[Desk, str], kind: str) -> None:
    """none is no zero"""
    desk, address = running
    told = post(address + "named/edit", {**shown(desk, address, "bob"), "kind": kind, "key": ""})[1]
    assert told == {"kept": 0, "told": ["say a number of points"], "conflict": False}
    assert not desk.results.entries.all()


def test_an_adjustment_counts_whole_or_not_at_all(running: tuple[Desk, str]) -> None:
    """what would lie beyond 0 or the maximum is refused for each student alone, and nothing later is swallowed"""
    desk, address = running
    everybody = [shown(desk, address, name) for name in ("ada", "bob")]  # 4 and 2 of 4
    message = {**everybody[0], "kind": "adjust", "value": 1, "graded": {}}
    message["students"] = {id: seen for one in everybody for id, seen in one["students"].items()}
    told = post(address + "named/edit", message)[1]
    assert told["kept"] == 1
    assert told["told"] == ["ada: 4 of 4 and +1 points make 5; where that is meant, tick *beyond the maximum* first"]
    assert desk.results.now().rows["bob", SOFTMAX].total == 3
    desk.results.entries.add(Entry("bob", SOFTMAX, "item", -5.0, key="k", text="no axis", by="mia"))
    told = post(address + "named/edit", {**shown(desk, address, "bob"), "kind": "adjust", "value": 1})[1]
    assert (told["kept"], told["told"][0].partition(";")[0]) == (
        0, "bob: 0 of 4, where what was given before makes -2, and +1 points make -1",
    )  # fmt: skip
    assert post(address + "named/edit", {**shown(desk, address, "bob"), "kind": "adjust", "value": 3})[1]["kept"] == 1


def test_versions_of_the_rubric(running: tuple[Desk, str]) -> None:
    """each stands in the log with who and when; the second of two edits of one item is told of the first"""
    desk, address = running

    def send(**message: Any) -> Any:
        return post(address + "named/edit", {"type": "rubric", "page": SOFTMAX, **message})[1]

    assert send(key="", text="no axis", points=-1)["kept"] == 1
    (item,) = desk.results.rubric.items(SOFTMAX)
    assert send(key=item.key, text="no axis at all", points=-2, seen=item.number)["kept"] == 1
    for late in ({"points": -0.5, "text": "axis"}, {"text": "no axis", "gone": True}):
        told = send(key=item.key, seen=item.number, **late)
        assert (told["kept"], told["conflict"]) == (0, True)
        assert told["told"][0].startswith("mia at ")
        assert "writes the item no-axis (-2): no axis at all; yours was not kept" in told["told"][0]
    (last,) = desk.results.rubric.items(SOFTMAX)
    assert send(key=item.key, text=last.text, gone=True, seen=last.number)["kept"] == 1
    assert send(key="", kind="comment", text="See me.")["kept"] == 1
    log = get(address + "named/log/")[1]
    for words in (
        "writes the item no-axis (-1): no axis<", "writes the item no-axis (-2): no axis at all<",
        "takes out of the rubric the item no-axis (-2): no axis at all<", "writes the comment see-me: See me.<",
    ):  # fmt: skip
        assert words in log
    assert log.count("<td>mia</td>") == 4
    assert get(address + "named/log/?marker=kim")[1].count("<td>mia</td>") == 0


@pytest.mark.parametrize("mode", ["named", "anonymous"])
def test_a_policy_that_cannot_be_read_is_a_page(tmp_path: Path, mode: str) -> None:
    """with a sentence that names the file, and in the anonymous view nobody; once it is mended the desk goes on"""
    out = write(tmp_path / "out")
    with desk_of(out) as (desk, address):
        assert get(f"{address}{mode}/")[0] == 200
        (out / "policy.toml").write_text('[groups]\none = ["bob"]\nbob = ["bob"]\n', encoding="utf-8")
        for path in ("", "log/", f"page/{SOFTMAX}/{desk.ids.of('bob')}"):
            status, text = get(f"{address}{mode}/{path}")
            assert status == 503
            assert "<main" in text
            assert "policy.toml, line 3" in text
            assert ("bob" in text) == (mode == "named")
        (out / "policy.toml").unlink()
        assert get(f"{address}{mode}/")[0] == 200


def test_what_a_group_was_given_is_taken_back_from_it(running: tuple[Desk, str]) -> None:
    """from all who are named and have it; who is an exception keeps theirs, and a change that came between is told"""
    desk, address = running
    everybody = [shown(desk, address, name) for name in ("bob", "cyd", "dan", "ada")]
    message = {**everybody[0], "kind": "adjust", "value": -0.5, "text": "late", "graded": {}}
    message["students"] = {id: seen for one in everybody for id, seen in one["students"].items()}
    assert post(address + "named/edit", message)[1]["kept"] == 4
    assert post(address + "named/edit", {**shown(desk, address, "ada"), "kind": "adjust", "value": -0.25})[1]["kept"]
    last = desk.results.now().entries["bob", SOFTMAX][-1].number
    seen = {one: shown(desk, address, one)["students"][desk.ids.of(one)] for one in ("bob", "cyd", "dan", "eve", "ada")}
    desk.results.entries.add(Entry("dan", SOFTMAX, "comment", text="mine", by="kim"))
    undo = {
        "type": "undo", "page": SOFTMAX, "student": desk.ids.of("bob"), "number": last, "seen": seen["bob"],
        "others": {desk.ids.of(name): seen[name] for name in ("cyd", "dan", "eve")},
    }  # fmt: skip
    told = post(address + "named/edit", undo)[1]
    assert (told["kept"], told["conflict"]) == (2, True)
    assert told["told"][0].startswith("dan was changed in between (kim at ")
    assert told["told"][1] == "1 of the group had nothing like it"
    rows = desk.results.now().rows
    assert [rows[name, SOFTMAX].manual for name in ("bob", "cyd", "dan", "ada")] == [0.0, 0.0, -0.5, -0.75]
    more = {**undo, "student": desk.ids.of("ada"), "number": last + 3, "seen": seen["ada"], "others": {}}
    assert post(address + "named/edit", more)[1]["kept"] == 1, "the earlier of two"
    assert desk.results.now().rows["ada", SOFTMAX].manual == -0.25
    assert post(address + "named/edit", {**more, "others": {"nobody": 0}})[0] == 409
    count = len(desk.results.entries.all())
    assert post(address + "named/edit", {**message, "students": {**message["students"], "nobody": 0}})[0] == 409
    assert len(desk.results.entries.all()) == count, "of a group with somebody who is not there none is marked"


def test_a_proxy_is_believed_only_where_it_was_named(running: tuple[Desk, str], tmp_path: Path) -> None:
    """else whoever could reach the desk would mark in any name; once it is named, nobody marks without it"""
    desk, address = running
    mine = {**shown(desk, address, "bob"), "kind": "adjust", "value": -0.5}
    assert post(address + "named/edit", mine, X_User="kim", X_Forwarded_User="kim", Remote_User="kim")[1]["kept"] == 1
    assert {one.by for one in desk.results.entries.all()} == {"mia"}
    with desk_of(write(tmp_path / "other"), who=Who(header="X-User")) as (behind, there):
        told = {"type": "edit", "page": SOFTMAX, "students": {behind.ids.of("bob"): 0}, "kind": "adjust", "value": -0.5}
        assert post(there + "named/edit", told)[0] == post(there + "named/edit", told, Remote_User="kim")[0] == 403
        assert not behind.results.entries.all()
        assert post(there + "named/edit", told, X_User="kim")[1]["kept"] == 1
        assert {one.by for one in behind.results.entries.all()} == {"kim"}


def test_points_beyond_the_maximum(running: tuple[Desk, str]) -> None:
    """given where a marker says so, as `gradus give --extra` does: the entry keeps it, the page offers and shows it"""
    desk, address = running
    mine = {**shown(desk, address, "bob"), "kind": "points", "value": 50}
    assert post(address + "named/edit", mine)[1]["kept"] == 0
    assert post(address + "named/edit", {**mine, "extra": True})[1] == {"kept": 1, "told": [], "conflict": False}
    (kept,) = desk.results.entries.all()
    assert (kept.value, kept.extra, desk.results.now().rows["bob", SOFTMAX].total) == (50.0, True, 50.0)
    text = get(f"{address}named/page/{SOFTMAX}/{desk.ids.of('bob')}")[1]
    assert "id=extra type=checkbox" in text
    assert "50 points for the page beyond the maximum" in text
    other = {**shown(desk, address, "ada"), "kind": "comment", "text": "well", "extra": True}
    assert post(address + "named/edit", other)[1] == {
        "kept": 0, "told": ["only points can lie beyond the maximum"], "conflict": False
    }  # fmt: skip


def test_a_second_marker_is_not_offered_their_own(running: tuple[Desk, str]) -> None:
    """who marked an answer meets it no more as second marker; the next is who comes after, not the first again"""
    desk, address = running
    for name, by in (("ada", "mia"), ("bob", "kim"), ("cyd", "kim"), ("dan", "kim")):
        desk.results.entries.add(Entry(name, SOFTMAX, "points", 1.0, by=by))
    assert "as second marker (3)" in get(f"{address}named/page/{SOFTMAX}/")[1]
    query = "?marked=one&second=1"
    post(address + "named/edit", {**shown(desk, address, "bob", query), "kind": "points", "value": 1})
    assert "as second marker (2)" in get(f"{address}named/page/{SOFTMAX}/")[1]
    text = get(f"{address}named/page/{SOFTMAX}/{desk.ids.of('bob')}{query}")[1]
    assert f'id=after rel=next href="{desk.ids.of("cyd")}?' in text
    assert "data-blind" not in text.partition("<nav")[0].partition("<div class=answer")[2]
    assert f'href="{desk.ids.of("ada")}?' not in text


def test_a_members_page_shows_whose_attempt_counts(tmp_path: Path) -> None:
    """once the policy names a group its member's own failure makes room for the attempt that counts, and says whose"""
    out = write(tmp_path / "out")
    course = syllabus.load(trees())
    with Gradebook(out / "gradebook.db") as book:
        keep_code(Outcome([one for one, _ in CLASS], 0, {}, {(s.student, s.exercise): s for _, s in CLASS}), book)
        page = out / "students" / "bob.html"
        assert MISTAKE in page.read_text()
        (out / "policy.toml").write_text('[groups]\nteam = ["ada", "bob"]\n')
        rewrite_results(book, course, out)
    text = page.read_text()
    assert "handed in by another of your group" in text
    softmax = text.partition(f"e-{page_anchor(SOFTMAX)}")[2].partition("id=e-")[0] or text
    assert "values differ" not in softmax.partition(f"e-{page_anchor(LOSSES)}")[0]
    with desk_of(out) as (desk, address):
        text = get(f"{address}named/page/{SOFTMAX}/{desk.ids.of('bob')}")[1]
        assert "Handed in by <bdi>ada</bdi>, whose attempt counts for the group." in text
