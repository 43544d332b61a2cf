"""Which students the class shows, in which order, and by whom they were marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.course import syllabus
from autograder.course.trees import trees
from autograder.desk import table
from autograder.desk.results import Class, Results
from autograder.desk.table import Asked, asked_of, marked, selected
from autograder.errors import GradebookError
from autograder.gradebook.class_totals import of_book, of_grades
from autograder.gradebook.entries import Entry
from autograder.gradebook.states import STATES
from autograder.gradebook.store import Gradebook
from autograder.model import CheckResult, Failure, Grade
from autograder.report.card import card
from autograder.report.statistics import by_page
from tests.desks import invoke
from tests.marking import LOSSES, MISTAKE, SOFTMAX, desk_of, get, graded, write


@pytest.fixture
def results(tmp_path: Path) -> Iterator[Results]:
    """The results of the class."""
    made = Results(write(tmp_path / "out"), syllabus.load(trees()))
    yield made
    made.close()


def named(klass: Class, **asked: object) -> list[str]:
    """Who is selected."""
    return selected(klass, Asked(**asked), lambda student: student)


def test_each_state_has_its_students(results: Results) -> None:
    """five words, and each student of a page under one of them"""
    klass = results.now()
    who = {state: named(klass, state=state, page=SOFTMAX) for state in STATES}
    assert who == {
        "not handed in": ["flo"], "unfinished": ["eve"], "wrong": ["bob", "cyd", "dan"], "right": ["ada"],
        "ungraded": ["gil"],
    }  # fmt: skip
    assert table.counts(klass, SOFTMAX) == {state: len(found) for state, found in who.items()}
    assert named(klass, state="wrong", page=LOSSES) == ["ada"]
    assert set(named(klass, state="wrong")) == {"ada", "bob", "cyd", "dan"}


def test_means_say_over_whom(results: Results) -> None:
    """of those who handed in and could be graded: 4 + 2 + 2 + 2 + 2 of four points each"""
    assert table.mean(results.now(), SOFTMAX) == ("2.4", "4", "over 5 students who handed in")


def test_a_mean_has_the_same_digits_at_the_desk_and_in_the_book(tmp_path: Path) -> None:
    """12.346 of 15.5 was 12.35 of 15.5 at the one and 12.3 of 15.5 in the other, and a mean maximum 15.3333"""
    rows = [
        CheckResult("test_a", "a", "passed", points, most)
        for points, most in ((14.0, 15.0), (12.0, 15.0), (11.04, 16.0))
    ]
    made = tuple(graded(name, SOFTMAX, (row,)) for name, row in zip(("ada", "bob", "cyd"), rows, strict=True))
    course = syllabus.load(trees())
    results = Results(write(tmp_path / "out", made), course)
    with Gradebook(tmp_path / "out" / "gradebook.db") as book:
        (page,) = by_page(of_book(book, course))
    assert page.words == "mean 12.35 of 15.33 over 3 students who handed in"
    assert "mean {} of {} {}".format(*table.mean(results.now(), SOFTMAX)) == page.words
    results.close()


def test_a_page_that_is_not_right_says_why() -> None:
    """whatever the checks told, or did not: a sign and points alone say nothing; its cell leads to that failure"""
    for status in ("failed", "error", "timeout", "missing", "forbidden"):
        for failure in (None, Failure("problem", "no softmax here")):
            check = CheckResult("test_a[1]", "rows sum to one", status, 0.0, 2.0, failure)
            right = CheckResult("test_b", "shape", "passed", 0.0, 0.0)
            grade = Grade("ada", SOFTMAX, status, 0.0, 2.0, 0.1, (right, check), digest="d")
            made = table.cell(of_grades([grade], syllabus.load(trees())).rows[0])
            if made.state != "not handed in":  # which says it
                assert made.why == ("no softmax here" if failure else f"rows sum to one: {status}")
            assert made.at == "c-s3_neural_networks-softmax-test_a-1-"
            assert f'id="{made.at}"' in card(grade, "Softmax", anchored=True)


def test_orders_and_search(results: Results) -> None:
    """by name, total and page, either way; letters of the name; a mistake"""
    klass = results.now()
    assert named(klass) == sorted(klass.students)
    assert named(klass, down=True) == sorted(klass.students, reverse=True)
    assert named(klass, sort="total", down=True)[0] == "ada"
    assert named(klass, sort=SOFTMAX)[0] == "gil" or klass.rows["gil", SOFTMAX].grade is not None
    assert named(klass, find="D") == ["ada", "cyd", "dan"]
    assert named(klass, mistake=MISTAKE, page=SOFTMAX) == ["bob", "cyd"]


def test_who_marked(results: Results) -> None:
    """nobody, one, two, and two who set different points"""
    klass = results.now()
    assert named(klass, marked="nobody") == sorted(klass.students)
    results.entries.add(Entry("bob", SOFTMAX, "points", 3.0, by="mia"))
    assert named(results.now(), marked="one") == ["bob"]
    results.entries.add(Entry("bob", SOFTMAX, "comment", text="good", by="noa"))
    assert named(results.now(), marked="two or more") == ["bob"]
    results.entries.add(Entry("bob", SOFTMAX, "points", 2.0, by="noa"))
    assert named(results.now(), marked="differently", page=SOFTMAX) == ["bob"]
    assert marked(()) == "nobody"


def test_a_date_marks_nothing(results: Results) -> None:
    """who moved a date or forgave lateness has not looked at the answer"""
    results.entries.add(Entry("bob", SOFTMAX, "extension", key="2026-12-03T10:00:00+00:00", by="mia"))
    results.entries.add(Entry("bob", SOFTMAX, "excuse", by="mia"))
    klass = results.now()
    assert named(klass, marked="nobody") == sorted(klass.students)


def test_a_cell_says_what_else_made_its_points(results: Results) -> None:
    """lateness, the written question and points by hand, each where there is some; every total is shown"""
    assert {table.cell(row).changes for row in results.now().rows.values()} == {""}
    assert table.cell(results.now().rows["flo", LOSSES]).points.startswith("0/")  # nothing is known of flo there
    results.entries.add(Entry("bob", SOFTMAX, "adjust", -1.0, by="mia"))
    results.entries.add(Entry("bob", SOFTMAX, "question", 1.0, "question", by="mia"))
    row = results.now().rows["bob", SOFTMAX]
    assert table.cell(row).changes == "question 1 · by hand -1"
    assert (
        table.cell(replace(row, penalty=0.25, slip=1)).changes
        == "late, −25 % · 1 free day used · question 1 · by hand -1"
    )


@pytest.mark.parametrize(
    "query", [{"sheet": "-1"}, {"sheet": "٣"}, {"sheet": "9" * 99}, {"state": "<b>"}, {"sort": "x"}]
)
def test_what_cannot_be_asked_is_left_out(query: dict[str, str]) -> None:
    """an address that somebody wrote by hand shows the whole class"""
    assert asked_of(query, [SOFTMAX]) == Asked()


def test_a_total_is_counted_again_when_it_changes(results: Results) -> None:
    """an edit of one student's page changes that total, and no other"""
    before = dict(results.now().totals)
    results.entries.add(Entry("bob", SOFTMAX, "points", 4.0, by="mia"))
    after = results.now().totals
    assert after["bob"].points == before["bob"].points + 2
    assert {name for name in after if after[name] != before[name]} == {"bob"}
    results.entries.add(Entry("bob", SOFTMAX, "question", 1.0, by="mia"))  # then it counts for everybody
    with Gradebook(results.file) as book:
        whole = of_book(book, results.course)
    assert dict(whole.places) == dict(results.now().rows)
    assert whole.students == results.now().totals


def test_a_gift_that_was_taken_back_leaves_no_page(results: Results) -> None:
    """a page that nobody handed in counts while somebody has points for it, and no longer"""
    before = dict(results.now().totals)
    made = results.entries.add(Entry("bob", "s0_start/hello", "points", 4.0, by="mia"))
    assert "s0_start/hello" in results.now().pages
    results.entries.undo(made.number, "mia")
    assert "s0_start/hello" not in results.now().pages
    assert results.now().totals == before


def test_a_policy_that_changes_counts_at_once(results: Results) -> None:
    """every total is counted again; one that cannot be read is a line that names the file"""
    place = results.folder / "policy.toml"
    before = results.now().totals["ada"].points
    place.write_text('[maximum]\n"s3_neural_networks" = 1\n', encoding="utf-8")
    assert results.now().totals["ada"].points == 1 < before
    place.write_text("[maximum]\nnonsense = 1\n", encoding="utf-8")
    with pytest.raises(GradebookError, match=r"policy\.toml, line 2"):
        results.now()
    place.unlink()
    assert results.now().totals["ada"].points == before


def test_a_policy_that_is_named_says_that_it_counts_here_alone(tmp_path: Path) -> None:
    """--policy wins over the folder's own in every view; page, student and `book` say so where the two differ"""
    out, mine = write(tmp_path / "out"), tmp_path / "mine.toml"
    mine.write_text('count = "last"\nlate_per_day = 0.5\n', encoding="utf-8")
    with desk_of(out, mine) as (desk, address):
        assert desk.results.policy.late_per_day == 0.5
        alone = f"totals here count by {mine}; the report, grades.csv and grades.json count without a policy"
        for path in ("named/", "anonymous/", f"named/student/{desk.ids.of('bob')}"):
            assert alone in get(address + path)[1]
        assert alone in invoke("book", "--out", out, "--policy", mine)[1]
        (out / "policy.toml").write_text("late_per_day = 0.1\n", encoding="utf-8")
        assert desk.results.now().totals  # the named one wins still
        assert desk.results.policy.late_per_day == 0.5
        assert f"count by {out / 'policy.toml'}" in get(address + "named/")[1]
        (out / "policy.toml").write_text(mine.read_text(encoding="utf-8"), encoding="utf-8")
        assert "totals here" not in get(address + "named/")[1]
    assert "totals here" not in invoke("book", "--out", out, "--policy", mine)[1]
