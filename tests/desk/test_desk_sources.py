"""Code as it was graded, read back from the students' pages, with failing checks at their lines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from autograder.desk.cover import Cover
from autograder.desk.sources import lines_of, source_of
from autograder.gradebook.store import Gradebook
from autograder.model import Frame
from autograder.running.run import Outcome, keep_code
from tests.marking import CODE, SOFTMAX, checks, desk_of, get, graded, write

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


def test_the_attempt_that_counts_has_its_code(tmp_path: Path) -> None:
    """an earlier one that was better, whose code is on no page any more"""
    first = graded("ada", SOFTMAX, checks("passed", "passed"), "better = 1\n", when="2026-11-01T10:00:00+00:00")
    second = graded("ada", SOFTMAX, checks("passed", "failed"), "worse = 1\n", when="2026-11-02T10:00:00+00:00")
    for attempt in (first, second):
        write(tmp_path, (attempt,))
        with Gradebook(tmp_path / "gradebook.db") as book:
            keep_code(Outcome([attempt[0]], 0, {}, {("ada", SOFTMAX): attempt[1]}), book)
    with desk_of(tmp_path) as (desk, address):
        text = get(f"{address}named/page/{SOFTMAX}/{desk.ids.of('ada')}")[1]
    assert "better" in text
    assert "worse" not in text
    assert "2 attempts" in text
