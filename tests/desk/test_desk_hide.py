"""Students by ids in place of names, and names covered in texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.desk.hide import Ids, cover_grade, covered
from tests.marking import SOFTMAX, checks, graded


@given(st.lists(st.text(max_size=20), unique=True, max_size=30))
def test_ids_lead_back_and_say_nothing(students: list[str]) -> None:
    """each student has an id of its own, which leads back, and which another secret makes another one"""
    ids, others = Ids("one"), Ids("two")
    made = [ids.of(student) for student in students]
    assert len(set(made)) == len(students)
    assert [ids.student(one) for one in made] == students
    assert not set(made) & {others.of(student) for student in students}
    assert all(one.isascii() and one.isalnum() for one in made)


@pytest.mark.parametrize(
    "student, text, shown",
    [
        ("ada", "# by Ada, ada_softmax.py; adamant", "# by •••, •••_softmax.py; adamant"),
        ("ada", "by ada-softmax.py", "by •••-softmax.py"),
        ("Müller, Zoë", "zoë müller MÜLLER ZOË", "zoë ••• •••"),
        ("mueller_zoe", "mueller zoe, Zoe", "•••, Zoe"),
        ("x", "x = max(x)", "x = max(x)"),
        ("a.b*c", "a.b*c aXbbc", "••• aXbbc"),
        ("", "nothing", "nothing"),
    ],
)
def test_a_name_is_covered_as_a_word(student: str, text: str, shown: str) -> None:
    """whole, in any case, joined by anything, and long parts by themselves; never within another word"""
    assert covered(text, student) == shown


@given(st.text(alphabet="abcdeÄß .,-'<>\"\u202e", min_size=3, max_size=30), st.text(alphabet="xyz 12.,_", max_size=40))
def test_no_whole_name_is_left(student: str, text: str) -> None:
    """whatever stands around it, as words of its own"""
    if student[0].isalpha() and student[-1].isalpha():
        assert student not in covered(f"{text} {student} {text}", student)


def test_no_part_of_a_grade_names_its_student() -> None:
    """neither file, notes, failures nor what was printed"""
    grade, _ = graded("lovelace", SOFTMAX, checks("failed"), filename="lovelace.py")
    assert "lovelace" in repr(grade)
    assert "lovelace" not in repr(cover_grade(grade, "lovelace"))
