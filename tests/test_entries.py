"""What an entry is, and what it says."""

from __future__ import annotations

import pytest

from autograder.gradebook.entries import KINDS, Entry, maximum, said
from autograder.model import Exercise
from tests.helpers import PAGE


def test_the_maximum_of_a_question_is_its_own():
    """a written question has points of its own"""
    page = Exercise(PAGE, "T", 11.0, question_points=2.0)
    assert (maximum(page, "question"), maximum(page, "adjust")) == (2.0, 11.0)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_told_in_words(kind):
    """a history has a line for each kind, with the words that were said and why"""
    line = said(Entry("ada", PAGE, kind, 2.0, key="k", text="read page 3", why="asked", undoes=4))
    assert ("read page 3; asked" in line and not line.startswith(kind + ":")) or kind == "comment"


@pytest.mark.parametrize("value, words", [(0.5, " beyond the maximum"), (-1.0, ""), (0.0, "")])
def test_what_is_taken_lies_not_beyond_the_maximum(value, words):
    """points that nbgrader takes off are added after the cut like its extra credit, but lie beyond nothing"""
    assert said(Entry("ada", PAGE, "item", value, key="nbgrader", extra=True)) == f"rubric nbgrader ({value:+g}){words}"
