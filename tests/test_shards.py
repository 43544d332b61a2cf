"""One class over several machines: the parts are a partition, and put together they are one run."""

from __future__ import annotations

import json
import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.course.syllabus import load
from autograder.errors import GradebookError
from autograder.gradebook import handed_in as lying
from autograder.gradebook.entries import Entry
from autograder.gradebook.entry_log import Entries
from autograder.gradebook.store import Gradebook
from autograder.model import Submission
from autograder.running.run import Outcome, graded_with, note_data, write_results
from autograder.running.shards import SAME, merge, parse, part_of
from tests.desks import contents, document, hand_in, invoke
from tests.helpers import PAGE, make_check, make_grade, tiny

handed_in = st.lists(
    st.builds(Submission, st.text(max_size=3), st.sampled_from(["a/a", "a/b"]), st.just("a.py")),
    unique_by=lambda s: (s.student, s.exercise), max_size=12,
)  # fmt: skip


@settings(max_examples=30)
@given(handed_in, st.integers(1, 15), st.randoms())
def test_parts_are_a_partition(submissions, count, random):
    """each submission is in exactly one part, in whatever order a machine finds them; parts are equally large"""
    parts = []
    for number in range(1, count + 1):
        random.shuffle(submissions)
        parts.append(part_of(submissions, (number, count)))
    together = [(s.student, s.exercise) for part in parts for s in part]
    assert sorted(together) == sorted((s.student, s.exercise) for s in submissions)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


@pytest.mark.parametrize(("text", "shard"), [("1/1", (1, 1)), ("2/8", (2, 8)), ("08/8", (8, 8))])
def test_parse(text, shard):
    """i/n"""
    assert parse(text) == shard


@pytest.mark.parametrize("text", ["", "1", "0/2", "3/2", "a/b", "1/2/3", "-1/2", "1/0", "1.0/2", " 1/2"])
def test_parse_refuses(text):
    """anything else is one line that shows the form"""
    with pytest.raises(GradebookError, match=r"say i/n with i from 1 to n, like 2/8"):
        parse(text)


# -- a real run in parts -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """The tiny course's class graded whole, in two parts, and merged: the folder of all."""
    root = tmp_path_factory.mktemp("shards")
    tiny(root / "course")
    hand_in(root / "class")
    for name, more in (("whole", ()), ("one", ("--shard", "1/2")), ("two", ("--shard", "2/2"))):
        code, _, err = invoke(
            "--course",
            root / "course",
            "grade",
            root / "class",
            "--out",
            root / name,
            "--seed",
            "5",
            "--jobs",
            "1",
            *more,
        )
        assert code == 0, err
    code, _, err = invoke("--course", root / "course", "merge", root / "one", root / "two", "--out", root / "merged")
    assert code == 0, err
    return root


def test_parts_put_together_are_one_run(runs):
    """the merged grades.json is that of one run, but for seconds and the run's own facts; so are the CSVs"""
    one, two, whole = (document(runs / name)["grades"] for name in ("one", "two", "whole"))
    assert (len(one), len(two), len(whole)) == (3, 2, 5)
    assert document(runs / "merged") == document(runs / "whole")
    assert (runs / "merged" / "grades.csv").read_bytes() == (runs / "whole" / "grades.csv").read_bytes()


def test_a_merged_gradebook_knows_its_run(runs):
    """for a grades.json that is gone; and where what was graded lies, for the desk"""
    with Gradebook(runs / "merged" / "gradebook.db") as book:
        kept, places = json.loads(book.setting("run")), lying.places(book)
    assert kept == json.loads((runs / "merged" / "grades.json").read_text(encoding="utf-8"))["run"]
    assert places == [((runs / "class").resolve(), None)]


def test_a_merged_gradebook_knows_everybody(runs):
    """the class graded into the merged folder grades nobody again"""
    shutil.copytree(runs / "merged", runs / "again")
    code, out, err = invoke("--course", runs / "course", "grade", runs / "class", "--out", runs / "again")
    assert code == 0, err
    assert "0 graded, 5 known from before" in out
    assert document(runs / "again") == document(runs / "whole")


def test_merging_twice_changes_nothing(runs):
    """the same parts again, in another order, add nothing"""
    before = document(runs / "merged")
    code, _, err = invoke("--course", runs / "course", "merge", runs / "two", runs / "one", "--out", runs / "merged")
    assert code == 0, err
    assert document(runs / "merged") == before
    with Gradebook(runs / "merged" / "gradebook.db") as book:
        assert {len(history) for history in book.histories().values()} == {1}


# -- parts made by hand --------------------------------------------------------------------------

RUN = {
    "seed": 5, "started": "2026-11-05T10:00:00+00:00", "gradus": "1", "torch": "2", "python": "3",
    "isolation": "plain", "data": "", "engine": "e", "course": "c", "libraries": "l",
}  # fmt: skip


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The tiny course."""
    return load(tiny(tmp_path_factory.mktemp("tiny"))[1])


def part(folder, syllabus, grades, given=(), **run):
    """The --out folder of a run with these grades; the folder."""
    with Gradebook(folder / "gradebook.db") as book:
        for grade in grades:
            book.add(grade)
    with Entries.open(folder / "gradebook.db") as log:
        for one in given:
            log.add(one)
    write_results(Outcome(list(grades), 0, {**RUN, **run}), syllabus, folder)
    return folder


@pytest.mark.parametrize("name", SAME)
def test_parts_that_disagree_are_refused(tmp_path, course, name):
    """another version, engine, course or data set is one line that names both parts, and nothing is written"""
    one = part(tmp_path / "one", course, [make_grade("ada")])
    two = part(tmp_path / "two", course, [make_grade("bob")], **{name: "other"})
    with pytest.raises(GradebookError) as caught:
        merge([one, two], tmp_path / "whole", course)
    message = str(caught.value)
    assert message.startswith(f"{two}: graded with {name} other, {one} with {RUN[name]}; ")
    assert "\n" not in message
    assert not (tmp_path / "whole").exists()


def test_the_command_refuses_in_one_line(tmp_path, course):
    """so does `gradus merge`, with exit code 2"""
    one = part(tmp_path / "one", course, [make_grade("ada")])
    two = part(tmp_path / "two", course, [make_grade("bob", seed=6)], seed=6)
    code, out, err = invoke("--course", course.root, "merge", one, two, "--out", tmp_path / "whole")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "graded with seed 6" in err


def test_a_part_may_have_been_run_again(tmp_path, course):
    """a part whose later run, of what was handed in again, drew a seed of its own still fits the others"""
    one = part(tmp_path / "one", course, [make_grade("ada", seed=5)])
    later = [make_grade("bob", seed=5, digest="first"), make_grade("bob", seed=6, digest="second", points=0.5)]
    two = part(tmp_path / "two", course, later, seed=6)
    outcome, _ = merge([one, two], tmp_path / "whole", course)
    assert [(g.student, g.seed, g.points) for g in outcome.grades] == [("ada", 5, 1.0), ("bob", 6, 0.5)]


@pytest.mark.parametrize("gone", ["grades.json", "gradebook.db"])
def test_a_part_that_is_not_whole_is_refused(tmp_path, course, gone):
    """a folder without results or without a gradebook is refused, and no empty gradebook is made in it"""
    one = part(tmp_path / "one", course, [make_grade("ada")])
    (one / gone).unlink()
    before = contents(one)
    with pytest.raises(GradebookError, match=rf"one: no {gone} in it"):
        merge([one], tmp_path / "whole", course)
    assert contents(one) == before
    (one / "grades.json").write_text("[]")
    with pytest.raises(GradebookError, match=r"one: no grades\.json in it"):
        merge([one], tmp_path / "whole", course)


def test_the_graders_own_faults_are_not_lost(tmp_path, course):
    """who could not be graded in a part is in the merged grades.json too, as internal, and not in the gradebook"""
    fault = make_grade("bob", status="internal", points=0.0, checks=(make_check(status="internal", points=0.0),))
    one = part(tmp_path / "one", course, [make_grade("ada"), fault])
    merge([one], tmp_path / "whole", course)
    assert document(tmp_path / "whole") == document(one)
    with Gradebook(tmp_path / "whole" / "gradebook.db") as book:
        assert book.history("bob", PAGE) == []


def test_points_by_hand_come_along(tmp_path, course):
    """all of their history; a later word that was said in the whole stays the last, however often parts are merged"""
    words = [
        Entry("ada", PAGE, "adjust", float(n), text=f"word {n}", by="me", number=n, at=f"2026-11-0{n}T10:00:00+00:00")
        for n in (1, 2, 3)
    ]
    one = part(tmp_path / "one", course, [make_grade("ada")], words[:2])
    merge([one], tmp_path / "whole", course)
    with Entries.open(tmp_path / "whole" / "gradebook.db") as log:
        assert log.all() == tuple(words[:2])
        log.add(words[2])
    merge([one], tmp_path / "whole", course)
    with Entries.open(tmp_path / "whole" / "gradebook.db") as log:
        assert log.all() == tuple(words)


def test_the_earliest_start_is_the_runs(tmp_path, course):
    """the facts of the whole are those of its parts, begun when the first of them was"""
    one = part(tmp_path / "one", course, [make_grade("ada")])
    two = part(tmp_path / "two", course, [make_grade("bob")], started="2026-11-05T09:00:00+00:00")
    merge([one, two], tmp_path / "whole", course)
    run = json.loads((tmp_path / "whole" / "grades.json").read_text())["run"]
    assert run == {**RUN, "started": "2026-11-05T09:00:00+00:00"}


def test_a_merged_gradebook_knows_the_data_sets(tmp_path, course):
    """which data set each part graded its pages with: grading again uses it"""
    one = part(tmp_path / "one", course, [make_grade("ada")])
    with Gradebook(one / "gradebook.db") as book:
        note_data(book, {PAGE: "large"})
    merge([one], tmp_path / "whole", course)
    with Gradebook(tmp_path / "whole" / "gradebook.db") as book:
        assert graded_with(book) == {PAGE: "large"}
