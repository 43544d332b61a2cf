"""The desk's server: what is shown of a class, what markers give, and what strangers and anonymous views may not."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.desk import edits
from autograder.desk.cover import COVER
from autograder.desk.site import Desk
from autograder.desk.who import LONGEST, Nobody, Who
from autograder.errors import GradebookError, GradusError
from autograder.gradebook.entries import questions_of
from autograder.gradebook.entry_log import Entries
from autograder.gradebook.rubric import Item
from autograder.gradebook.states import STATES
from autograder.gradebook.store import Gradebook
from autograder.intake.roster import Roster
from autograder.model import Failure
from tests.desks import contents
from tests.marking import CLASS, CODE, SOFTMAX, checks, desk_of, get, graded, post, write

HOSTILE = "<script>alert(1)</script>\"'`${7}\u202e" + "n" * 10_000
MARKUP = '"><img src=x onerror=alert(1)>{{ 7 * 7 }}'


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[Desk, str]]:
    """One desk."""
    with desk_of(write(tmp_path / "out"), who=Who("mia")) as opened:
        yield opened


def edit(desk: Desk, student: str, kind: str, **more: object) -> dict[str, Any]:
    """What a page sends for one student."""
    seen = desk.results.entries.version(student, SOFTMAX)
    return {"type": "edit", "page": SOFTMAX, "students": {desk.ids.of(student): seen}, "kind": kind, **more}


def views(desk: Desk, mode: str, student: str) -> list[str]:
    """An address of each view."""
    id = desk.ids.of(student)
    paths = (
        "", "class.csv", "log/", "figures/", f"figures/{SOFTMAX}/", "requests/", "again/", f"page/{SOFTMAX}/",
        f"page/{SOFTMAX}/{id}", f"student/{id}",
    )  # fmt: skip
    return [f"{mode}/{path}" for path in paths]


def test_the_class_has_every_state_and_total(running: tuple[Desk, str]) -> None:
    """five states, each by its word; totals first; a link to each answer"""
    desk, address = running
    status, text = get(address + "named/")
    assert status == 200
    for state in STATES:
        assert f"</b> {state}</span>" in text, state
    for name in ("ada", "bob", "gil"):
        assert f"<bdi>{name}</bdi>" in text
    assert f"page/{SOFTMAX}/{desk.ids.of('bob')}" in text
    assert "<b>4</b>/8" in text  # ada: 4 of 4, and 0 of 4


@pytest.mark.parametrize("place", ["named/", f"named/page/{SOFTMAX}/", "named/class.csv", "static/desk/desk.js"])
def test_who_may_read(running: tuple[Desk, str], place: str) -> None:
    """with the token, from this machine's own page; without one of these, nothing, and nothing of the class is said"""
    _, address = running
    host, _, token = address.removeprefix("http://").rstrip("/").partition("/")
    for where, headers in (
        (f"http://{host}/{place}", {}), (f"http://{host}/{token[:-1]}/{place}", {}),
        (address + place, {"Host": "desk.example"}), (address + place, {"Origin": "http://example.org"}),
    ):  # fmt: skip
        status, text = get(where, **headers)
        assert status == 403
        assert text == "this address is not known here: open the one that `gradus desk` printed\n"
    assert get(address + place)[0] == 200


def test_an_edit_from_elsewhere_is_refused(running: tuple[Desk, str]) -> None:
    """a page of a stranger's cannot write, nor can a form of one, which sends no JSON"""
    desk, address = running
    message = edit(desk, "bob", "points", value=3)
    assert post(address + "named/edit", message, Origin="http://example.org")[0] == 403
    assert post(address + "named/edit", message, content_type="text/plain")[0] == 415
    assert desk.results.entries.all() == ()


def test_what_is_given_counts_at_once(running: tuple[Desk, str]) -> None:
    """points, rubric items, comments; each with who gave it; undone by a further entry, and nothing is lost"""
    desk, address = running
    desk.results.rubric.put(Item(SOFTMAX, "axis", "wrong axis", -1.0), "mia")
    for message in (
        edit(desk, "bob", "points", value=3, why="seen by eye"),
        edit(desk, "bob", "item", key="axis", value=-100, text="not the page's to say"),
        edit(desk, "bob", "comment", text="Look at the axis."),
    ):
        message["students"] = {desk.ids.of("bob"): desk.results.entries.version("bob", SOFTMAX)}
        assert post(address + "named/edit", message) == (200, {"kept": 1, "told": [], "conflict": False})
    text = get(f"{address}named/page/{SOFTMAX}/{desk.ids.of('bob')}")[1]
    assert ">2/4<" in text
    for part in ("seen by eye", "Look at the axis.", "rubric axis (-1)", "<b>mia</b>"):
        assert part in text, part
    numbers = [one.number for one in desk.results.entries.history("bob", SOFTMAX)]
    undo = {"type": "undo", "page": SOFTMAX, "student": desk.ids.of("bob"), "number": numbers[1], "seen": numbers[-1]}
    assert post(address + "named/edit", undo)[1]["kept"] == 1
    text = get(f"{address}named/page/{SOFTMAX}/{desk.ids.of('bob')}")[1]
    assert ">3/4<" in text
    assert "class=gone" in text
    log = get(address + "named/log/")[1]
    assert log.count("<td>mia</td>") == 5
    assert len(desk.results.entries.all()) == 4


def test_the_second_of_two_edits_is_told(running: tuple[Desk, str]) -> None:
    """it is not kept, and says who came first, when and with what; the first one stays"""
    desk, address = running
    mine = edit(desk, "bob", "points", value=1)
    assert post(address + "named/edit", edit(desk, "bob", "comment", text="first"))[1]["kept"] == 1
    status, told = post(address + "named/edit", mine)
    assert (status, told["kept"], told["conflict"]) == (200, 0, True)
    assert told["told"][0].startswith("bob was changed in between (mia at ")
    assert "comment: first" in told["told"][0]
    told = post(address.replace("named", "") + "anonymous/edit", mine)[1]
    assert "bob" not in told["told"][0]
    assert [one.text for one in desk.results.entries.all()] == ["first"]


def test_what_the_desk_says_can_be_done_at_the_desk(running: tuple[Desk, str]) -> None:
    """points out of bounds name the command that gives them; two items in letters of another kind are two"""
    desk, address = running
    told = post(address + "named/edit", edit(desk, "bob", "points", value=500))[1]["told"][0]
    assert "say --extra" not in told
    assert told.endswith("the most that the page has; where that is meant, tick *beyond the maximum* first")
    told = post(address + "named/edit", edit(desk, "bob", "comment", text=" \n"))[1]
    assert (told["kept"], told["told"]) == (0, ["there are no words to say"])
    for text in ("忘记转置", "错误"):
        assert (
            post(address + "named/edit", {"type": "rubric", "page": SOFTMAX, "key": "", "text": text})[1]["kept"] == 1
        )
    assert [one.text for one in desk.results.rubric.items(SOFTMAX)] == ["忘记转置", "错误"]
    assert "mean 2.4 of 4 over 5 students who handed in" in get(address + "named/")[1]


def test_a_group_shows_what_its_answers_have_in_common(tmp_path: Path) -> None:
    """the points of the checks, not the first student's total; a changed total says on the page what changed it"""
    with desk_of(write(tmp_path / "out"), who=Who("mia")) as (desk, address):
        assert post(address + "named/edit", edit(desk, "bob", "points", value=0))[1]["kept"] == 1
        text = get(f"{address}named/page/{SOFTMAX}/")[1]
        line = next(part for part in text.split("<tr>") if "<bdi>bob</bdi>, <bdi>cyd</bdi>" in part)
        assert "2/4" in line
        assert "checks 2 · by hand -2" in get(f"{address}named/page/{SOFTMAX}/{desk.ids.of('bob')}")[1]


def test_what_was_graded_again_is_one_attempt(running: tuple[Desk, str]) -> None:
    """the same file under other checks is not handed in again; another file is"""
    desk, address = running
    where = f"{address}named/page/{SOFTMAX}/{desk.ids.of('bob')}"
    with Gradebook(desk.results.file) as book:
        book.add(replace(book.history("bob", SOFTMAX)[-1], key="today's checks"))
        assert "attempts" not in get(where)[1]
        book.add(graded("bob", SOFTMAX, checks("failed", "failed"), CODE + "# again")[0])
        assert "2 attempts" in get(where)[1]


def test_marking_begins_with_the_first_who_is_asked_for(running: tuple[Desk, str]) -> None:
    """each of a page's links leads to one who is such, and on to the next; where nobody is, a line says so"""
    page = f"{running[1]}named/page/{SOFTMAX}/"
    links = re.findall(r'href="(first\?[^"]+)">([^<]+)<', get(page)[1])
    assert [who for _, who in links] == [
        "marked by nobody (6)",
        "unfinished (1)",
        "wrong (3)",
        "right (1)",
        "ungraded (1)",
    ]
    for query, who in links:
        text = get(page + query.replace("&amp;", "&"))[1]
        assert "<li aria-current=true>" in text, who
    text = get(f"{page}first?state=unfinished")[1]
    assert "<bdi>eve</bdi>" in text
    assert "1 of 1" in text
    assert get(f"{page}first?marked=differently") == (404, "there is nobody such on this page, or no longer: go back\n")


def test_a_group_is_marked_at_once(running: tuple[Desk, str]) -> None:
    """all who answered alike, without the exceptions; who was changed meanwhile is told, the others are kept"""
    desk, address = running
    page = get(f"{address}named/page/{SOFTMAX}/")[1]
    assert "<bdi>bob</bdi>, <bdi>cyd</bdi>" in page  # equal answers, unequal files
    from autograder.gradebook.alike import groups_of

    key = next(one.key for one in groups_of(desk.results.now().of_page(SOFTMAX), "answers") if "bob" in one.students)
    text = get(f"{address}named/page/{SOFTMAX}/{desk.ids.of('bob')}?by=answers&group={key}")[1]
    assert f'value="{desk.ids.of("cyd")}" data-seen="0" ' in text
    message = edit(desk, "bob", "comment", text="both of you")
    message["students"][desk.ids.of("cyd")] = 0
    message["students"][desk.ids.of("eve")] = 99
    told = post(address + "named/edit", message)[1]
    assert (told["kept"], told["conflict"], len(told["told"])) == (2, True, 1)
    assert {one.student for one in desk.results.entries.all()} == {"bob", "cyd"}


@pytest.mark.parametrize(
    "change, words",
    [
        ({"kind": "points", "value": 500}, "outside of 0 to"),
        ({"kind": "points", "value": -1}, "outside of 0 to"),
        ({"kind": "extension"}, "there is nothing to give of the kind"),
        ({"kind": "item", "key": "nothing"}, "the rubric has no such item"),
        ({"page": "s1_math/nothing"}, "nobody handed in such a page"),
        ({"students": {"nobody": 0}}, "there is no such student"),
    ],
)
def test_what_cannot_be_given_is_a_line(running: tuple[Desk, str], change: dict[str, Any], words: str) -> None:
    """and nothing is kept"""
    desk, address = running
    _, told = post(address + "named/edit", {**edit(desk, "bob", "points", value=1), **change})
    assert told["kept"] == 0
    assert words in told["told"][0]
    assert desk.results.entries.all() == ()


@given(
    st.one_of(
        st.binary(max_size=200), st.recursive(st.none() | st.text(), st.lists).map(lambda v: json.dumps(v).encode())
    )
)
@settings(max_examples=100)
def test_what_is_no_message_does_nothing(text: bytes) -> None:
    """one line says why"""
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        edits.read(text)


def test_no_name_in_the_anonymous_view(tmp_path: Path) -> None:
    """not in any page, export, address or answer: neither in code, file names, failures, comments nor conflicts"""
    name = "lovelace"
    own = graded(name, SOFTMAX, checks("passed", "failed"), f"# by {name}\n{CODE}", filename=f"{name}_softmax.py")
    with desk_of(write(tmp_path / "out", (*CLASS, own)), who=Who("mia")) as (desk, address):
        told = [json.dumps(post(address + "anonymous/edit", edit(desk, name, "comment", text=f"well, {name}"))[1])]
        told.append(json.dumps(post(address + "anonymous/edit", edit(desk, name, "points", value=99))[1]))
        message = {**edit(desk, name, "comment", text="too late"), "students": {desk.ids.of(name): 0}}
        told.append(json.dumps(post(address + "anonymous/edit", message)[1]))
        for path in views(desk, "anonymous", name):
            status, text = get(address + path)
            assert status == 200
            assert desk.ids.of(name) in text or path.split("/")[1] in ("log", "figures", "requests", "again")
            told.append(path + text)
        assert name not in "".join(told).lower()
        for other in ("bob", "cyd", "gil"):
            assert f">{other}<" not in "".join(told)
        assert get(f"{address}anonymous/?find={name}")[1].count("<tr>") == get(f"{address}anonymous/?find=zzzz")[
            1
        ].count("<tr>")
        assert any(name in get(address + path)[1] for path in views(desk, "named", name))


def test_a_reason_in_the_class_is_covered(tmp_path: Path) -> None:
    """why a page is not right may quote the student: in the anonymous class it is covered"""
    name = "ada lovelace"
    made, submission = graded(name, SOFTMAX, checks("error"))
    told = Failure("exception", f"ValueError: no {name}, no Lovelace", function="softmax")
    grade = replace(made, checks=tuple(replace(check, failure=told) for check in made.checks))
    with desk_of(write(tmp_path / "out", (*CLASS, (grade, submission)))) as (_, address):
        assert f"no {name}, no Lovelace" in get(address + "named/")[1]
        hidden = get(address + "anonymous/")[1]
        assert f"no {COVER} {COVER}, no {COVER}" in hidden
        assert "lovelace" not in hidden.lower()


def test_a_desk_without_names_has_no_other_view(tmp_path: Path) -> None:
    """where it was started so, the named view is not there"""
    with desk_of(write(tmp_path / "out"), anonymous=True) as (desk, address):
        assert [get(address + path)[0] for path in views(desk, "named", "bob")] == [404] * 10
        assert get(address)[0] == 200


def test_nothing_of_a_students_is_markup(tmp_path: Path) -> None:
    """names of 10 kB with quotes and direction marks, code, comments, rubric items: text, on every view"""
    own = graded(HOSTILE, SOFTMAX, checks("passed", "failed"), MARKUP, filename=f"{MARKUP}.py")
    item = {"type": "rubric", "page": SOFTMAX, "key": "", "text": MARKUP, "points": -1}
    with desk_of(write(tmp_path / "out", (*CLASS, own)), who=Who(MARKUP)) as (desk, address):
        assert post(address + "named/edit", edit(desk, HOSTILE, "comment", text=MARKUP, why=MARKUP))[1]["kept"] == 1
        assert post(address + "named/edit", item)[1]["kept"] == 1
        for mode in desk.modes:
            for path in views(desk, mode, HOSTILE):
                status, text = get(address + path)
                assert status == 200
                if path.endswith(".csv"):
                    continue  # no markup at all
                assert "<script>alert" not in text
                assert "<img" not in text
                assert "\u202e" not in text
                assert "49" not in text or "{{ 7 * 7 }}" in text
        assert HOSTILE[:20] not in "".join(views(desk, "named", HOSTILE))


def test_a_proxys_header_counts_only_where_it_was_named(tmp_path: Path) -> None:
    """else whoever sends one is whoever started the desk; where it was named, nobody may anything without it"""
    out = write(tmp_path / "out")
    with desk_of(out, who=Who("mia")) as (desk, address):
        post(address + "named/edit", edit(desk, "bob", "comment", text="a"), X_Remote_User="boss")
        assert desk.results.entries.all()[-1].by == "mia"
    with desk_of(out, who=Who(header="X-Remote-User"), host="desk.example") as (desk, address):
        proxy = {"Host": "desk.example", "Origin": "https://desk.example"}
        assert get(address + "named/")[0] == 403
        assert post(address + "named/edit", edit(desk, "bob", "comment", text="b"), **proxy)[0] == 403
        assert "marking as noa" in get(address + "named/", X_Remote_User="noa", **proxy)[1]
        assert (
            post(address + "named/edit", edit(desk, "bob", "comment", text="c"), X_Remote_User="noa", **proxy)[0] == 200
        )
        assert [(one.by, one.text) for one in desk.results.entries.all()] == [("mia", "a"), ("noa", "c")]


@pytest.mark.parametrize("given", ["", " noa", "n" * (LONGEST + 1), "a\x07b", "\u202eb"])
def test_a_header_that_holds_no_name(given: str) -> None:
    """is refused; nobody marks under half a name"""
    with pytest.raises(Nobody, match="the proxy did not say who you are"):
        Who(header="X-User").of({"X-User": given})


@pytest.mark.parametrize("given", ["Zoë", "Zo\u00c3\u00ab", "Łukasz".encode().decode("latin-1"), "noa"])
def test_a_header_in_utf_8(given: str) -> None:
    """is the name that the proxy meant, be it sent in UTF-8 or in Latin-1"""
    assert Who(header="X-User").of({"X-User": given}) in ("Zoë", "Łukasz", "noa")


def test_a_name_that_is_no_utf_8(tmp_path: Path) -> None:
    """of a folder from another system: it is shown, marked, and told of, escaped"""
    odd = graded("b\udcffob", SOFTMAX, checks("failed"))
    with desk_of(write(tmp_path / "out", (*CLASS, odd))) as (desk, address):
        for mode in desk.modes:
            assert [get(address + path)[0] for path in views(desk, mode, "b\udcffob")] == [200] * 10
        message = edit(desk, "b\udcffob", "points", value=1)
        assert post(address + "named/edit", message)[1]["kept"] == 1
        for again in (message, {**message, "value": 99}):
            assert "b\\udcffob" in post(address + "named/edit", again)[1]["told"][0]
        assert desk.results.now().rows["b\udcffob", SOFTMAX].total == 1.0


def test_two_ways_to_say_who_marks() -> None:
    """are one too many"""
    with pytest.raises(GradusError, match="say one of them"):
        Who("mia", "X-User")


def test_an_item_that_changes_its_points(running: tuple[Desk, str]) -> None:
    """counts anew wherever it is applied, and nowhere else; what was taken back stays so"""
    desk, address = running

    def send(**message: Any) -> Any:
        return post(address + "named/edit", {"page": SOFTMAX, **message})[1]

    def total(student: str) -> float:
        return desk.results.now().rows[student, SOFTMAX].total

    item = {"type": "rubric", "key": "", "text": "no axis", "points": -1.0}
    assert send(**item)["kept"] == 1
    (made,) = desk.results.rubric.items(SOFTMAX)
    who = {desk.ids.of(name): 0 for name in ("ada", "bob", "dan")}
    assert send(type="edit", students=who, kind="item", key=made.key)["kept"] == 3
    last = desk.results.entries.version("dan", SOFTMAX)
    assert send(type="edit", students={desk.ids.of("dan"): last}, kind="unitem", key=made.key)["kept"] == 1
    assert (total("ada"), total("bob"), total("dan"), total("eve")) == (3.0, 1.0, 2.0, 2.0)
    assert send(**{**item, "key": made.key, "text": "no axis at all", "points": -0.5})["kept"] == 2
    assert (total("ada"), total("bob"), total("dan"), total("eve")) == (3.5, 1.5, 2.0, 2.0)
    assert [one.text for one in desk.results.rubric.items(SOFTMAX)] == ["no axis at all"]
    assert "outside of -" in send(**{**item, "key": made.key, "points": 99})["told"][0]
    assert (total("ada"), [one.points for one in desk.results.rubric.items(SOFTMAX)]) == (3.5, [-0.5])


def test_results_that_may_only_be_read(tmp_path: Path) -> None:
    """are shown whole, and no byte of them changes: neither by looking nor by an edit"""
    out = write(tmp_path / "out")
    before = contents(out)
    with desk_of(out, read_only=True) as (desk, address):
        for path in views(desk, "named", "bob"):
            assert get(address + path)[0] == 200
        status, told = post(address + "named/edit", edit(desk, "bob", "points", value=1))
        assert (status, told["kept"]) == (409, 0)
        assert told["told"] == ["these results may only be read"]
        assert "points of the checks alone" not in get(address + "named/")[1]
    assert contents(out) == before


def test_results_without_a_gradebook(tmp_path: Path) -> None:
    """a grades.json alone is shown, and may only be read"""
    out = write(tmp_path / "out")
    for file in out.glob("gradebook.db*"):
        file.unlink()
    with desk_of(out) as (desk, address):
        text = get(address + "named/")[1]
        assert "read only, points of the checks alone" in text  # a gradebook knows lateness and points by hand
        assert text.count("</b> wrong</span>") >= 3
        assert get(f"{address}named/page/{SOFTMAX}/{desk.ids.of('bob')}")[0] == 200
    assert not (out / "gradebook.db").exists()


def test_grades_that_come_while_the_desk_is_open(running: tuple[Desk, str]) -> None:
    """are shown at the next look, and so is who was taken out"""
    desk, address = running
    with Gradebook(desk.results.file) as book:
        book.add(graded("zed", SOFTMAX, checks("passed"))[0])
        assert "<bdi>zed</bdi>" in get(address + "named/")[1]
        book.erase("bob")
    assert "<bdi>bob</bdi>" not in get(address + "named/")[1]
    for path in views(desk, "named", "bob")[-2:]:
        assert get(address + path) == (404, "there is no such student\n")


@pytest.mark.parametrize("what", ["gradebook", "read only", "grades.json"])
def test_results_that_others_take_the_place_of(tmp_path: Path, what: str) -> None:
    """a run that begins anew in the folder is shown, and what is given goes into its gradebook, not into the old one"""
    out, fresh = write(tmp_path / "out"), write(tmp_path / "new", CLASS[:1])
    if what == "grades.json":
        (out / "gradebook.db").unlink()
    with desk_of(out, read_only=what == "read only") as (desk, address):
        assert "<bdi>bob</bdi>" in get(address + "named/")[1]
        for file in ("gradebook.db", "gradebook.db-wal", "grades.json"):
            (out / file).unlink(missing_ok=True)
        status, text = get(address + "named/")
        assert (status, "is gone; `gradus grade` writes a new one" in text) == (503, True)
        for file in ("grades.json",) if what == "grades.json" else ("gradebook.db", "grades.json"):
            shutil.copy(fresh / file, out / file)
        text = get(address + "named/")[1]
        assert "<bdi>ada</bdi>" in text
        assert "<bdi>bob</bdi>" not in text
        if what == "gradebook":
            comment = {"type": "edit", "page": SOFTMAX, "students": {desk.ids.of("ada"): 0}, "kind": "comment"}
            assert post(address + "named/edit", {**comment, "text": "well done"})[1]["kept"] == 1
            with Entries.open(out / "gradebook.db") as log:
                assert [one.text for one in log.all()] == ["well done"]


def test_no_results_is_one_line(tmp_path: Path) -> None:
    """which names the folder and the next step"""
    from autograder.course import syllabus
    from autograder.course.trees import trees
    from autograder.desk.results import Results

    with pytest.raises(GradebookError, match=r"no results here; name the folder that `gradus grade --out` wrote"):
        Results(tmp_path, syllabus.load(trees()))
    (tmp_path / "grades.json").write_text("{")
    with pytest.raises(GradebookError, match="no results here"):  # beside a folder that is not there
        Results(tmp_path / "nothing", syllabus.load(trees()))
    with pytest.raises(GradebookError, match=r"grades\.json: .*`gradus grade` writes it again"):
        Results(tmp_path, syllabus.load(trees()))
    assert os.listdir(tmp_path) == ["grades.json"]


def test_a_roster_brings_further_students_and_names(tmp_path: Path) -> None:
    """who handed in nothing is there; a search finds any name; the anonymous view covers all of them, and finds none"""
    people = Roster(
        {"dan": {"student": "dan", "name": "Augusta Byron", "email": "a.byron@uni.example"}, "zoe": {"student": "zoe"}}
    )
    own = graded("dan", SOFTMAX, checks("failed"), f"# Augusta Byron, a.byron@uni.example\n{CODE}")
    with desk_of(write(tmp_path / "out", (own, *CLASS[:2])), roster=people) as (desk, address):
        assert "<bdi>zoe</bdi>" in get(address + "named/?state=not+handed+in")[1]
        assert ">1 of 4 students" in get(address + "named/?find=byron")[1]
        assert ">0 of 4 students" in get(address + "anonymous/?find=byron")[1]
        where = f"page/{SOFTMAX}/{desk.ids.of('dan')}"
        assert "Byron" in get(f"{address}named/{where}")[1]
        assert "byron" not in get(f"{address}anonymous/{where}")[1].lower()
        assert "augusta" not in get(f"{address}anonymous/{where}")[1].lower()


def test_two_desks_on_one_gradebook(tmp_path: Path) -> None:
    """two markers at once: whatever was said to be kept is kept, once, and each desk shows what the other did"""
    out = write(tmp_path / "out")
    with desk_of(out, who=Who("mia")) as one, desk_of(out, who=Who("noa")) as other:
        kept: dict[str, list[str]] = {"mia": [], "noa": []}

        def mark(desk: Desk, address: str, name: str) -> None:
            for number in range(40):
                student = ("ada", "bob", "cyd")[number % 3]
                message = edit(desk, student, "comment", text=f"{name} {number}")
                if post(address + "named/edit", message)[1]["kept"]:
                    kept[name].append(f"{name} {number}")

        markers = [threading.Thread(target=mark, args=(*desk, name)) for desk, name in ((one, "mia"), (other, "noa"))]
        for marker in markers:
            marker.start()
        for marker in markers:
            marker.join()
        for desk, address in (one, other):
            said = [(entry.by, entry.text) for entry in desk.results.entries.all()]
            assert {text for by, text in said if by == "mia"} == set(kept["mia"])
            assert {text for by, text in said if by == "noa"} == set(kept["noa"])
            assert len(said) == len(kept["mia"]) + len(kept["noa"])
            assert f"{len(said)} changes" in get(address + "named/log/")[1]
        assert len(kept["mia"]) > 5


def test_a_question_in_words(running: tuple[Desk, str]) -> None:
    """is asked beside what a good answer says; its points are bounded by its own maximum, and count in the total"""
    desk, address = running
    asked = questions_of(desk.results.course.pages[SOFTMAX])
    assert "question" in asked
    where = f"{address}named/page/{SOFTMAX}/{desk.ids.of('ada')}"
    assert 'data-question="question"' in get(where)[1]
    before = desk.results.now().totals["ada"]
    over = edit(desk, "ada", "question", key="question", value=asked["question"] + 1)
    assert "outside of 0 to" in post(address + "named/edit", over)[1]["told"][0]
    assert post(address + "named/edit", edit(desk, "ada", "question", key="question", value=1))[1]["kept"] == 1
    assert f"{asked['question']:g} points: 1 given" in get(where)[1]
    after = desk.results.now().totals["ada"]
    assert (after.points - before.points, after.maximum - before.maximum) == (1, sum(asked.values()))


def test_a_second_marker_sees_the_first_afterwards(tmp_path: Path) -> None:
    """neither points, rubric nor comments before the second has marked; then both, and that they differ"""
    out = write(tmp_path / "out")
    with desk_of(out, who=Who("mia")) as (first, address):
        post(address + "named/edit", edit(first, "bob", "points", value=1))
        post(address + "named/edit", edit(first, "bob", "comment", text="a word of the first"))
    with desk_of(out, who=Who("noa")) as (second, address):
        assert get(f"{address}named/page/{SOFTMAX}/")[1].count("as second marker (1)") == 1
        where = f"{address}named/page/{SOFTMAX}/{second.ids.of('bob')}?second=1"
        text = get(where)[1]
        assert "Hidden until you have marked" in text
        assert ">2/4<" in text  # what the checks gave
        assert "a word of the first" not in text
        assert post(address + "named/edit", edit(second, "bob", "points", value=3))[1]["kept"] == 1
        text = get(where)[1]
        assert ">3/4<" in text
        assert "a word of the first" in text
        assert "Two markers set different points" in text
        assert ">marked differently<" in text
        assert "marked differently (1)" in get(f"{address}named/page/{SOFTMAX}/")[1]


def test_an_item_is_taken_back_from_those_who_have_it(running: tuple[Desk, str]) -> None:
    """of a group one alone has it: nothing is written to the others, and the count is true"""
    desk, address = running
    desk.results.rubric.put(Item(SOFTMAX, "axis", "wrong axis", -1.0), "mia")
    assert post(address + "named/edit", edit(desk, "bob", "item", key="axis"))[1]["kept"] == 1
    message = edit(desk, "bob", "unitem", key="axis")
    message["students"] |= edit(desk, "cyd", "unitem")["students"]
    told = post(address + "named/edit", message)[1]
    assert (told["kept"], told["told"]) == (1, ["1 of the group did not have it"])
    assert desk.results.entries.history("cyd", SOFTMAX) == ()


def test_nothing_handed_in_is_called_so(running: tuple[Desk, str]) -> None:
    """there is no code that grading could write again"""
    desk, address = running
    text = get(f"{address}named/page/{SOFTMAX}/{desk.ids.of('flo')}")[1]
    assert "nothing was handed in" in text
    assert "writes it again" not in text


def test_names_that_begin_alike_for_long(tmp_path: Path) -> None:
    """two students of 200 letters who differ in the last are two on every page, and whole in the CSV"""
    names = ["a" * 199 + end for end in "xy"]
    out = write(tmp_path / "out", tuple(graded(name, SOFTMAX, checks("failed")) for name in names))
    with desk_of(out) as (desk, address):
        pages = ["", f"page/{SOFTMAX}/", f"page/{SOFTMAX}/{desk.ids.of(names[0])}", f"figures/{SOFTMAX}/"]
        for path in pages:
            text = get(f"{address}named/{path}")[1]
            assert len({end for end in "xy" if f"aaaa{end}</bdi>" in text}) == 2, path
        sheet = list(csv.reader(io.StringIO(get(f"{address}named/class.csv")[1])))
        assert [row[0] for row in sheet[1:]] == names
