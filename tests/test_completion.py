"""Missions on their way from a student's workspace into the gradebook, and out of it: completion, never a grade."""

from __future__ import annotations

import csv
import io
import json
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from autograder import cli
from autograder.course import syllabus
from autograder.course.trees import trees
from autograder.gradebook.completion import Completion, Done
from autograder.gradebook.store import Gradebook
from autograder.intake.files import Entry
from autograder.intake.missions import MOST, missions_of
from autograder.intake.rows import missing
from autograder.lab.convolution.missions import MISSIONS as OF_CONVOLUTION
from autograder.lab.playground.missions import MISSIONS as OF_NETWORKS
from autograder.model import Playground
from autograder.student import workspace
from autograder.student.progress import load
from tests.helpers import GOOD, PAGE, make_course

PLAY, CONVOLUTION = "s3_neural_networks/playground", "s4_cnns/playground"


def entry(content: bytes, name: str = "work/missions.json") -> Entry:
    """A file as it was handed in."""
    return Entry(PurePosixPath(name), len(content), lambda: content)


def test_the_front_matter_names_the_missions():
    """what counts, and what is exported as 'of', is what the lab has"""
    found = syllabus.load(trees()).playgrounds
    assert {one.address: one.names for one in found.values()} == {
        PLAY: tuple(OF_NETWORKS), CONVOLUTION: tuple(OF_CONVOLUTION),
    }  # fmt: skip
    assert all(one.missions == len(one.names) for one in found.values())


@given(st.lists(st.sampled_from(["one", "two", "three", "=x", ""])), st.booleans())
def test_what_counts_is_never_more_than_there_is(said, named):
    """each known name once, in the order in which it was said; without names the first, as many as there are"""
    page = Playground("a/b", "Play", 2, ("one", "two") if named else ())
    counted = page.counted(said)
    assert len(counted) == len({*counted}) <= 2
    assert {*counted} == {*said} & {"one", "two"} if named else counted == tuple(dict.fromkeys(said))[:2]


def test_what_the_lab_keeps_is_a_file_to_hand_in(tmp_path):
    """done missions stand beside the pages; the file is read as it is written, and is not there before the first"""
    course = syllabus.load(trees())
    space = workspace.init(tmp_path / "work", trees(), course)
    progress = load(space)
    progress.save()
    assert not (space.root / "missions.json").exists()
    progress.missions[PLAY] = ["product", "zigzag"]
    progress.save()
    found, odd = missions_of([entry((space.root / "missions.json").read_bytes())], course.playgrounds.values())
    assert (found, odd) == ({PLAY: ["product", "zigzag"]}, [])


@pytest.mark.parametrize("content", [
    b"", b"{", b"[]", b'{"a/b": 1}', b'{"a/b": [1]}', b'{"a/b": ["\\n"]}', b'{"a/b": [""]}', b"\xff\xfe", b"[" * 90_000,
    b'{"a/b": ["' + b"x" * 101 + b'"]}', json.dumps({"a/b": ["x"] * (MOST + 1)}).encode(), b" " * 100_001,
])  # fmt: skip
def test_a_file_that_says_nothing_of_missions_is_told_and_costs_nothing(content):
    """whatever stands in it"""
    play = Playground("a/b", "Play", 2, ("one", "two"))
    found, odd = missions_of([entry(content), entry(b'{"a/b": ["one"], "no/page": ["two"]}')], [play])
    assert found == {"a/b": ["one"]}
    assert [where for where, _ in odd] == ["work/missions.json"]
    assert "\n" not in odd[0][1]


def test_a_name_that_is_no_mission_is_told_and_does_not_count():
    """a file that was made by hand has no more done than there is, in however many files"""
    play = Playground("a/b", "Play", 2, ("one", "two"))
    files = [entry(json.dumps({"a/b": names}).encode()) for names in (["x", "one", "one"], [f"n{k}" for k in range(9)])]
    found, odd = missions_of(files, [play])
    assert found == {"a/b": ["one"]}
    assert [why for _, why in odd] == [
        "names what are no missions of a/b, which do not count: x",
        "names what are no missions of a/b, which do not count: n0, n1, n2, n3, n4 and others",
    ]


def test_the_file_is_no_notebook_that_cannot_be_read():
    """who handed in nothing else is told that, and not to download it again"""
    softmax = syllabus.load(trees()).exercises["s3_neural_networks/softmax"]
    told = missing(softmax, [entry(b"{}")], {})
    assert told == ("missing", "nothing was handed in for softmax")


def test_what_is_done_stays_done(tmp_path):
    """less that is handed in later takes nothing away; a student who is erased is erased from here too"""
    with Gradebook(tmp_path / "gradebook.db"), Completion(tmp_path / "gradebook.db") as kept:
        assert kept.note([Done("ada", PLAY, ("product", "zigzag"), "2026-01-01"), Done("bob", PLAY, ())]) == 1
        assert kept.note([Done("ada", PLAY, ("product",))]) == 0
        assert kept.note([Done("ada", PLAY, ("ridge",), "2026-01-09")]) == 1
        assert kept.all() == [Done("ada", PLAY, ("product", "zigzag", "ridge"), "2026-01-09")]
    with Gradebook(tmp_path / "gradebook.db") as again:
        assert again.students() == set()
        assert again.erase("ada") == 2
    with Completion(tmp_path / "gradebook.db") as kept:
        assert kept.all() == []


def test_from_the_folder_of_a_class_to_a_table(tmp_path, monkeypatch):
    """`grade` notes what lies beside the pages, `merge` keeps it, `export completion` writes it; points are the same"""
    course = make_course(tmp_path / "course", {PAGE: GOOD})
    section = PAGE.partition("/")[0]
    address = f"{section}/play"
    toml = course.course / "course.toml"
    toml.write_text(f'playgrounds = ["{address}"]\n' + toml.read_text())
    matter = 'title = "Play"\nmissions = ["=first", "second", "third"]\n'
    (course.course / f"{address}.md").write_text(f"+++\n{matter}+++\n# Play\n")
    handed = tmp_path / "class"
    for student in ("ada", "bob"):
        (handed / student).mkdir(parents=True)
        (handed / student / "scaled.py").write_text(course.solution(PAGE).read_text())
    (handed / "ada" / "missions.json").write_text(json.dumps({
        address: ["=first", "second", *"abcdef", 7], "odd/one": {"third": 1},
    }))  # fmt: skip
    (handed / "bob" / "missions.json").write_text("nonsense")
    monkeypatch.chdir(tmp_path)
    run = CliRunner()
    said = run.invoke(
        cli.app, ["--course", str(course.root), "grade", str(handed), "--shard", "1/1", "--seed", "5", "--out", "part"]
    )
    assert said.exit_code == 0, said.output
    merged = run.invoke(cli.app, ["--course", str(course.root), "merge", "part", "--out", "out"])
    assert merged.exit_code == 0, merged.output
    assert "ada/missions.json: names what are no missions of" in " ".join(said.output.split())
    assert "ada/missions.json: says of odd/one what is no list" in " ".join(said.output.split())
    assert f"ada/missions.json: 1 of the names of {address} are no names of missions" in " ".join(said.output.split())
    assert "bob/missions.json: says nothing of missions" in " ".join(said.output.split())
    with Completion(tmp_path / "out" / "gradebook.db") as kept:
        kept.note([Done("bob", address, ("made up", "by hand", "and more", "than there are"))])  # by an older version
    told = run.invoke(cli.app, ["--course", str(course.root), "export", "completion", "--out", "out"]).output
    rows = [row[:5] for row in csv.reader(io.StringIO(told))]
    assert rows == [
        ["student", "playground", "done", "of", "missions"],
        ["ada", address, "2", "3", "'=first second"],
        ["bob", address, "0", "3", ""],
    ]
    grades = json.loads((tmp_path / "out" / "grades.json").read_text())["grades"]
    assert len({grade["points"] for grade in grades}) == 1
    assert "missions" not in (tmp_path / "out" / "grades.csv").read_text()
