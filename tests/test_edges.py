"""One failure at every edge: its call, values, place, lines, diagnosis and hint are there for whoever reads of it."""

from __future__ import annotations

import base64
import html
import json
import re
import xml.etree.ElementTree as ET

import pytest

from autograder.export import classroom, files, gradescope, junit
from autograder.live.client import Answer
from autograder.live.magic import Card
from autograder.model import Diagnosis, Failure, Frame, Relation, Submission
from autograder.nbcourse.autograde import result_outputs
from autograder.report.card import card
from autograder.report.page import class_page, student_page
from autograder.report.table import grade_lines
from autograder.text import told
from tests.helpers import PAGE, make_check, make_grade
from tests.test_report import PAGES, RUN, SYLLABUS

FAILURE = Failure(
    "difference", "2 instead of 3", "scaled(tensor([1.]))", "tensor([2.])", "tensor([3.])", "[0, 7]", "the gradient",
    (Relation("offset", "every entry is 1 less than the expected one"),),
    (Frame("work.py", 2, "scaled", "return 2 * x"),), (("the file", "a,b"),),
    Failure("problem", "work.py stopped with NameError"),
    (Diagnosis("forgets to add one", "What is it at 0?", "scaled"),),
)  # fmt: skip
PARTS = (
    "scaled(tensor([1.]))", "tensor([2.])", "tensor([3.])", "[0, 7]", "2 instead of 3", "the gradient",
    "every entry is 1 less than the expected one", "work.py, line 2 in scaled:  return 2 * x", "a,b",
    "work.py stopped with NameError",
    "forgets to add one", "What is it at 0?",
)  # fmt: skip
CHECK = make_check(status="failed", points=0.0, failure=FAILURE)
GRADE = make_grade(status="failed", points=0.0, checks=(CHECK,))
HERE = make_grade(exercise=PAGES[0], status="failed", points=0.0, checks=(CHECK,))
SOURCE = Submission("ada", PAGES[0], "work.py", ("def scaled(x):\n    return 2 * x\n",))


def text_of(page: str) -> str:
    """What a reader of HTML sees."""
    return html.unescape(re.sub(r"<[^>]*>", "", page))


def outputs() -> str:
    """What nbgrader keeps of a cell."""
    (shown, _) = result_outputs(GRADE, CHECK, "Lines", 1.0)
    assert all(part in text_of(shown["data"]["text/html"]) for part in PARTS)
    return shown["data"]["text/plain"]


EDGES = {
    "terminal": lambda: "\n".join(line.plain for line in grade_lines(GRADE)),
    "notebook, plain": lambda: repr(Card(Answer(GRADE, "Lines", ()))),
    "card": lambda: text_of(card(GRADE, "Lines")),
    "class page": lambda: text_of(class_page([HERE], SYLLABUS, RUN)),
    "student's page": lambda: text_of(student_page([HERE], {PAGES[0]: SOURCE}, SYLLABUS, RUN)),
    "nbgrader": outputs,
    "Gradescope": lambda: gradescope.results([GRADE])["tests"][0]["output"],
    "JUnit": lambda: next(ET.fromstring(junit.document([GRADE]).encode()).iter("failure")).text,
    "Classroom": lambda: json.loads(base64.b64decode(classroom.encoded([GRADE])))["tests"][0]["message"],
    "Classroom's summary": lambda: classroom.summary([GRADE]),
}


@pytest.mark.parametrize("edge", EDGES)
def test_every_part_is_there(edge):
    """whoever reads of a failure reads all of it"""
    shown = EDGES[edge]()
    assert [part for part in PARTS if part not in shown] == []


def test_grades_json_has_the_fields():
    """programs find each part by its name, and nothing padded"""
    (check,) = json.loads(files.dumps(files.grade_record(GRADE)))["checks"]
    assert check["failure"]["got"] == "tensor([2.])"
    assert check["failure"]["frames"] == [{"file": "work.py", "line": 2, "function": "scaled", "code": "return 2 * x"}]
    assert files.grade_of(files.grade_record(GRADE)).checks == GRADE.checks
    assert not re.search(r"\w {4}", json.dumps(check))


def test_the_line_is_marked_by_its_frame():
    """a student's page marks the line of a frame; a text that only looks like one marks nothing"""
    page = student_page([HERE], {PAGES[0]: SOURCE}, SYLLABUS, RUN)
    assert re.findall(r"<mark>(.*?)</mark>", page) == ["    return 2 * x"]
    talk = make_check(status="error", points=0.0, failure=Failure("exception", "E: see work.py, line 1"))
    other = make_grade(exercise=PAGES[0], status="error", points=0.0, checks=(talk,))
    assert "<mark>" not in student_page([other], {PAGES[0]: SOURCE}, SYLLABUS, RUN)


def test_a_hidden_check_shows_its_sentence_at_every_edge():
    """where the author's sentence stands for the inputs, no edge has more than that"""
    failure = Failure("hidden", "try it with zeros")
    check = make_check(status="failed", points=0.0, failure=failure)
    assert told(failure) == "hidden      try it with zeros"
    for shown in (
        gradescope.results([make_grade(status="failed", checks=(check,))])["tests"][0]["output"],
        "\n".join(line.plain for line in grade_lines(make_grade(status="failed", checks=(check,)))),
    ):
        assert "try it with zeros" in shown
        assert "call" not in shown
    assert files.grade_record(make_grade(exercise=PAGE, checks=(check,)))["checks"][0]["failure"]["call"] == ""
