"""The anonymous view of a class in which students, markers and requests name others, in every form of a name."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.desk.who import Who
from autograder.gradebook.rubric import Item
from autograder.gradebook.store import Gradebook
from autograder.intake.roster import Roster
from autograder.model import Failure
from autograder.text import printable
from tests.marking import CODE, SOFTMAX, checks, desk_of, get, graded, post, write

ZOE = "Müller, Zoë"
NAMES = ("Zoë", "Müller", "Quentin", "Byron", "Ophelia")  # of no other word of a page
FORMS = [unicodedata.normalize(form, name).casefold() for name in NAMES for form in ("NFC", "NFD")]
TOLD = f"with Quentin and {unicodedata.normalize('NFD', 'Zoë Müller')}, then ophelia_3"


def test_nobody_is_named(tmp_path: Path) -> None:
    """neither in code, file names, failures, prints, comments, reasons, the rubric and its keys, the bank of comments,
    the log, requests, conflicts nor errors, whoever's name it is, composed or decomposed"""
    people = Roster({"quentin": {"student": "quentin", "name": "Augusta Byron"}, "ophelia": {"student": "ophelia"}})
    (failed,) = checks("failed")
    told = Failure("exception", f"ValueError: {TOLD}", "softmax(x)", function="softmax")
    hurt = (replace(failed, failure=told, output=TOLD),)
    own = graded(ZOE, SOFTMAX, hurt, f"# {TOLD}\n{CODE}x = '''{TOLD}'''\n", filename=f"Quentin{ZOE}.py")
    other = graded("quentin", SOFTMAX, hurt, CODE)
    asked = tmp_path / "requests.csv"
    asked.write_text(f'student,page,request\nquentin,softmax,"ask {TOLD}"\nByronn,softmax,hm\nophelia,x,hm\n')
    out = write(tmp_path / "out", (own, other))
    seen: list[str] = []
    with desk_of(out, who=Who("mia"), roster=people, requests=asked) as (desk, address):

        def send(**message: object) -> None:
            seen.append(
                json.dumps(post(address + "anonymous/edit", {"page": SOFTMAX, **message})[1], ensure_ascii=False)
            )

        for kind in ("item", "comment"):
            send(type="rubric", key="", text=f"{kind} {TOLD}", kind=kind)
        item = desk.results.rubric.items(SOFTMAX)[0]
        assert "quentin" in item.key
        for student in (ZOE, "quentin"):
            who = {desk.ids.of(student): 0}
            send(type="edit", students=who, kind="item", key=desk.ids.of(item.key) and f"~{desk.ids.of(item.key)}")
            send(type="edit", students=who, kind="comment", text=TOLD, why=TOLD)
            send(type="edit", students=who, kind="points", value=99)
        assert '"kept": 1' in seen[2]
        send(type="rubric", key=f"~{desk.ids.of(item.key)}", text="item with ••• and ••• •••, then •••_3", points=-1)
        assert [one.text for one in desk.results.rubric.items(SOFTMAX)] == [f"item {TOLD}"]  # no cover is written
        paths = ["", "class.csv", "log/", "figures/", f"figures/{SOFTMAX}/", "requests/", "again/", f"page/{SOFTMAX}/"]
        paths += [f"page/{SOFTMAX}/?by={kind}" for kind in ("failure", "file")]
        for student in (ZOE, "quentin", "ophelia"):
            id = desk.ids.of(student)
            paths += [f"page/{SOFTMAX}/{id}", f"student/{id}"]
        for path in paths:
            status, text = get(f"{address}anonymous/{path}")
            assert status == 200, path
            seen.append(path + text)
            assert (
                any(name in get(f"{address}named/{path}")[1].casefold() for name in FORMS)
                or "figures" in path
                or (path == "again/")
            )
        (out / "policy.toml").write_text('[groups]\none = ["quentin"]\nquentin = ["quentin"]\n')
        seen.append(get(address + "anonymous/")[1])
        send(type="edit", students={desk.ids.of(ZOE): 0}, kind="comment", text="hm")
        assert "policy.toml, line 3" in seen[-1]
    for text in seen:
        assert not [name for name in FORMS if name in text.casefold()], text[:200]


@pytest.mark.parametrize("before", [0, 30, 45, 52, 140, 180, 1990])
def test_a_name_that_is_cut_off_is_covered(tmp_path: Path, before: int) -> None:
    """in every view that has room for a part of a long message alone, wherever the name in it is cut"""
    (failed,) = checks("failed")
    for name in ("Quentinquentin Zarathustrazara", "\u738b\u5c0f\u660e\u660e", "zq" * 100):
        told = Failure("exception", f"ValueError: {'.' * before} {name}", "softmax(x)", function="softmax")
        made = graded(name, SOFTMAX, (replace(failed, failure=told, output=told.reason),))
        out = write(tmp_path / str(len(name)), (made, graded("bob", SOFTMAX, checks("passed"))))
        with desk_of(out) as (desk, address):
            id = desk.ids.of(name)
            paths = ["", f"page/{SOFTMAX}/", f"page/{SOFTMAX}/{id}", f"student/{id}", f"page/{SOFTMAX}/?by=failure"]
            for path in paths:
                status, text = get(f"{address}anonymous/{path}")
                shown = text.casefold()
                assert status == 200
                assert not [part for part in (name[:4].casefold(), name[-4:].casefold()) if part in shown], path


def test_what_covers_a_name_is_never_kept(tmp_path: Path) -> None:
    """words with it are refused: a comment of the bank that names somebody, an item's changed text, a reason; an item
    of which only the points change keeps its words, long ones too, and the desk's own sentences stay as they are"""
    out = write(tmp_path / "out", (graded("Yours Nothing", SOFTMAX, checks("failed"), CODE),))
    with desk_of(out, who=Who("mia")) as (desk, address):
        rubric, whom = desk.results.rubric, {"students": {desk.ids.of("Yours Nothing"): 0}}

        def sent(mode: str = "anonymous", **message: object) -> dict[str, object]:
            answer = post(f"{address}{mode}/edit", {"page": SOFTMAX, **message})[1]
            assert isinstance(answer, dict)
            return answer

        long = f"as Yours Nothing\nsaid, {'a' * 600}"
        rubric.put(Item(SOFTMAX, "long", long, -1.0), "mia")
        refused = (
            {"type": "edit", **whom, "kind": "comment", "text": "Dear ••• •••, look again"},
            {"type": "edit", **whom, "kind": "adjust", "value": -1, "why": "as ••• said"},
            {"type": "rubric", "key": "", "text": "Dear •••", "kind": "comment"},
            {"type": "rubric", "key": "long", "text": "as ••• ••• says", "points": -1},
        )
        for message in refused:
            told = sent(**message)
            assert told["kept"] == 0
            assert "stands for a name here" in str(told["told"])
        assert (rubric.items(SOFTMAX)[0].text, rubric.comments(SOFTMAX)) == (long, ())
        field = printable(desk.cover.text(long), 500).replace("\n", "")
        assert sent(type="rubric", key="long", text=field, points=-2)["kept"] == 1
        assert [(one.text, one.points) for one in rubric.items(SOFTMAX)] == [(long, -2.0)]
        assert sent(type="edit", **whom, kind="hm")["told"] == ["there is nothing to give of the kind 'hm'"]
        told = sent(type="rubric", key="long", text="shorter", points=-2, seen=1)
        assert "yours was not kept" in str(told["told"])
        assert "••• •••" in str(told["told"])
        assert sent("named", **refused[0])["kept"] == 1


def test_names_are_learnt_once(tmp_path: Path) -> None:
    """what covers the names of a class stays through every edit, and is another where somebody is new"""
    out = write(tmp_path / "out", (graded("ada", SOFTMAX, checks("failed"), CODE),))
    with desk_of(out, who=Who("mia")) as (desk, address):
        desk.results.now()
        kept = desk.cover
        whom = {"students": {desk.ids.of("ada"): 0}}
        sent = {"page": SOFTMAX, "type": "edit", **whom, "kind": "comment", "text": "hm"}
        assert post(f"{address}anonymous/edit", sent)[1]["kept"] == 1
        assert "ada" not in get(f"{address}anonymous/")[1]
        assert desk.cover is kept
        with Gradebook(out / "gradebook.db") as book:
            book.add(graded("Quentin", SOFTMAX, checks("failed"), CODE)[0])
        desk.results.now()
        assert desk.cover is not kept
        assert desk.cover.text("Quentin") == "•••"
