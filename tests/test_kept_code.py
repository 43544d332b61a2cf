"""The code of every attempt, kept beside the grades: there and back, alike but for blanks, gone with its student."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course import syllabus
from autograder.course.trees import trees
from autograder.gradebook.class_totals import of_book
from autograder.gradebook.kept_code import Code, KeptCode, shape
from autograder.gradebook.store import Gradebook
from autograder.running.run import Outcome, keep_code, write_results
from tests.marking import SOFTMAX, checks, graded

PLAIN = 'def f(x, y=2):\n    """Adds  # no comment."""\n    return x + y * "a  #b"\n'


@pytest.mark.parametrize(
    "other",
    [
        "# by Ada\n" + PLAIN, PLAIN.replace(" + ", "+").replace("y=2", "y = 2"), PLAIN.replace(", ", ","),
        PLAIN.replace("\n    r", "\n\n\n    r"), PLAIN.replace("def f", "def  f").replace("y * ", "y  *"),
        PLAIN.rstrip() + "   # so\n\n",
    ],
)  # fmt: skip
def test_blanks_and_comments_make_no_difference(other):
    """the same shape, of code that means the same"""
    assert other != PLAIN
    assert ast.dump(ast.parse(other)) == ast.dump(ast.parse(PLAIN))
    assert shape([other]) == shape([PLAIN])


@pytest.mark.parametrize(
    "other",
    [
        PLAIN.replace("a  #b", "a #b"), PLAIN.replace("Adds  #", "Adds #"), PLAIN.replace("    return", "  return"),
        PLAIN.replace("x + y", "xx + y"), PLAIN.replace("def f", "deff"), PLAIN.replace("return x", "returnx"),
    ],
)  # fmt: skip
def test_what_may_mean_something_else_has_another_shape(other):
    """what stands in quotes, names, and how far a line is indented"""
    assert other != PLAIN
    assert shape([other]) != shape([PLAIN])


sources = st.lists(st.text(alphabet=st.characters(), max_size=200), max_size=3)


@given(sources)
def test_any_text_has_a_shape(cells):
    """whatever was handed in"""
    assert shape(cells) == shape(cells)


def test_there_and_back(tmp_path):
    """under the digest of the submission, whatever student and name; what is there stays; one that is not is None"""
    first = Code("zo\udcff\\", "one/a", "d1", "a\udce9.py", ("x = 1\n", "# \ud800 \U0001f600"))
    with KeptCode(tmp_path / "gradebook.db") as kept:
        assert (kept.known(), kept.of("zoe", "one/a", "d1"), kept.shapes()) == (set(), None, ({}, 0))
        kept.note([first, replace(first, digest="d2", cells=("y",))] * 2)
        kept.note([replace(first, cells=("other",))])
        found = kept.of(first.student, "one/a", "d1")
        assert found is not None
        assert (found.cells, found.digest) == (first.cells, "d1")
        assert {digest for _, _, digest in kept.known()} == {"d1", "d2"}
        shapes, last = kept.shapes()
        assert (len(shapes), last) == (2, 2)
        assert kept.shapes(last) == ({}, last)
    with KeptCode(tmp_path / "whole.db") as whole:
        whole.take_over(tmp_path / "gradebook.db")
        whole.take_over(tmp_path / "gradebook.db")
        assert len(whole.known()) == 2


def test_a_run_keeps_what_it_graded(tmp_path):
    """each attempt once; nothing of who handed in nothing; and it goes with its student"""
    course = syllabus.load(trees())
    made = [graded(name, SOFTMAX, checks("failed"), f"x = {name!r}\n") for name in ("ada", "bob")]
    outcome = Outcome([grade for grade, _ in made], 0, {}, {(one.student, one.exercise): one for _, one in made})
    assert course.exercises[SOFTMAX]
    with Gradebook(tmp_path / "gradebook.db") as book:
        for grade, _ in made:
            book.add(grade)
        for _ in range(2):
            keep_code(outcome, book)
        with KeptCode(book.path) as kept:
            code = kept.of("ada", SOFTMAX, made[0][0].digest)
            assert code is not None
            assert (code.filename, code.cells) == ("softmax.py", ("x = 'ada'\n",))
            assert len(kept.known()) == 2
        assert book.erase("ada") == 2
        with KeptCode(book.path) as kept:
            assert {student for student, _, _ in kept.known()} == {"bob"}


def test_a_students_page_shows_the_attempt_that_counts(tmp_path):
    """its card and its code, after a later and worse one too; so does the report, to which its cells lead"""
    course = syllabus.load(trees())
    for ends, code, day in ((("passed", "passed"), "better = 1\n", 1), (("passed", "failed"), "worse = 1\n", 2)):
        grade, written = graded("ada", SOFTMAX, checks(*ends), code, when=f"2026-11-0{day}T10:00:00+00:00")
        with Gradebook(tmp_path / "gradebook.db") as book:
            book.add(grade)
            outcome = Outcome([grade], 0, {}, {("ada", SOFTMAX): written})
            keep_code(outcome, book)
            write_results(replace(outcome, totals=of_book(book, course)), course, tmp_path)
    page = (tmp_path / "students" / "ada.html").read_text()
    assert "better" in page
    assert "worse" not in page
    assert "divides by the sum" not in page + (tmp_path / "report.html").read_text().partition("Every grade")[2]
