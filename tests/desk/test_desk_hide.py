"""Students by ids in place of names, and grades without names."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from autograder.desk.cover import Cover
from autograder.desk.hide import Ids, cover_grade
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


def test_no_part_of_a_grade_names_its_student() -> None:
    """neither file, notes, failures nor what was printed"""
    grade, _ = graded("lovelace", SOFTMAX, checks("failed"), filename="lovelace.py")
    assert "lovelace" in repr(grade)
    assert "lovelace" not in repr(cover_grade(grade, Cover([["lovelace"]])))
