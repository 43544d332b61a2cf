"""Code as it was graded, read back from the students' pages, with failing checks at their lines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from autograder.desk.cover import Cover
from autograder.desk.sources import lines_of, source_of
from autograder.model import Frame
from tests.marking import CODE, SOFTMAX, checks, graded, write

HOSTILE = 'x = "</pre></details><script>alert(1)</script>"  # \u202e &amp; <b>\n\n  12 = 3\n\ny = 1'


def test_code_comes_back_as_it_was(tmp_path: Path) -> None:
    """markup, blank lines, lines that begin with numbers, no newline at the end"""
    grade, written = graded("ada", SOFTMAX, checks("failed"), HOSTILE)
    write(tmp_path, ((grade, written),))
    found = source_of(tmp_path, grade)
    assert found is not None
    assert found.cells == (HOSTILE.replace("\u202e", "\\u202e"),)
    assert found.filename == "softmax.py"
    shown = "\n".join(str(line.code) for line in lines_of(found, grade)[0])
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_code_of_another_submission_is_not_shown(tmp_path: Path) -> None:
    """a grade that is younger than the page has no code there; nor has one whose page is gone"""
    grade, written = graded("ada", SOFTMAX, checks("failed"))
    write(tmp_path, ((grade, written),))
    assert source_of(tmp_path, replace(grade, digest="another")) is None
    assert source_of(tmp_path, replace(grade, student="bob")) is None


def test_failing_checks_stand_at_their_lines(tmp_path: Path) -> None:
    """what raised at the innermost line of the student's, what differs at the definition that it is about"""
    made = checks("passed", "failed", "error", frames=(Frame("softmax.py", 4, "", ""), Frame("softmax.py", 5, "", "")))
    grade, written = graded("ada", SOFTMAX, made)
    write(tmp_path, ((grade, written),))
    found = source_of(tmp_path, grade)
    assert found is not None
    lines = lines_of(found, grade)[0]
    assert len(lines) == len(CODE.removesuffix("\n").split("\n"))
    assert {line.number: line.checks for line in lines if line.checks} == {4: ("test_1",), 5: ("test_2",)}


def test_a_name_is_covered_in_code(tmp_path: Path) -> None:
    """in comments and texts alike"""
    grade, written = graded("ada", SOFTMAX, checks("failed"), "# Ada's\nx = 'ada'\n")
    write(tmp_path, ((grade, written),))
    found = source_of(tmp_path, grade)
    assert found is not None
    assert "ada" not in "".join(str(line.code) for line in lines_of(found, grade, Cover([["ada"]]).text)[0]).lower()
