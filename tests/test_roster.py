"""Who is who: one CSV with all names of each student."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import GradebookError
from autograder.intake.roster import Roster, delimiter, fold, load

PEOPLE = """student,name,email,id number
ada,"Lovelace, Ada",ada@example.org,101
zoe,Zoë Müller 😀,Zoe@Example.org,102
=x,"=HYPERLINK(""http://e.org"")",,103
"""


def people(tmp_path, text=PEOPLE, encoding="utf-8"):
    """The roster of a text."""
    path = tmp_path / "people.csv"
    path.write_bytes(text.encode(encoding))
    return load(path)


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("ada", "ada"), ("Lovelace, Ada", "ada"), ("  lovelace,   ADA ", "ada"), ("101", "ada"),
        ("zoe@example.ORG", "zoe"), ("ZOË MÜLLER 😀", "zoe"), ('=HYPERLINK("http://e.org")', "=x"),
        ("bob", None), ("", None), ("10", None),
    ],
)  # fmt: skip
def test_every_name_finds_its_student(tmp_path, name, student):
    """ids, names, emails and numbers find the student, whatever their case and blanks; a part of one does not"""
    assert people(tmp_path).find(name) == student


def test_the_first_known_name_counts(tmp_path):
    """of several names the first that is known decides"""
    assert people(tmp_path).find("nobody", "", "102", "ada") == "zoe"


@pytest.mark.parametrize("between", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_any_kind_of_csv(tmp_path, between, encoding, end):
    """comma, semicolon or tab, with and without the mark that spreadsheets write at the beginning"""
    text = end.join([f"student{between}name", f'ada{between}"Ada{between} L"', f"bob{between}Bob", ""])
    roster = people(tmp_path, text, encoding)
    assert roster.students == {
        "ada": {"student": "ada", "name": f"Ada{between} L".strip()},
        "bob": {"student": "bob", "name": "Bob"},
    }


def test_a_name_of_two_people_is_nobodys(tmp_path):
    """two people of one name are found by their other names only"""
    roster = people(tmp_path, "student,name,email\nj1,Jane Doe,j1@x\nj2,jane  doe,j2@x\nk,Kim,\n")
    assert roster.find("Jane Doe") is None
    assert (roster.find("Jane Doe", "j2@x"), roster.find("j1"), roster.find("Kim")) == ("j2", "j1", "k")


def test_ids_are_names_of_themselves(tmp_path):
    """students of a gradebook that no roster knows go by their ids; ids that differ by case only find nobody"""
    roster = people(tmp_path).including(["ada", "Bob", "Eve", "eve"])
    assert (roster.find("bob"), roster.find("Lovelace, Ada"), roster.find("EVE")) == ("Bob", "ada", None)
    assert set(roster.students) == {"ada", "zoe", "=x", "Bob", "Eve", "eve"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "line 1: a roster needs a column named student"),
        (b"name\nAda\n", "line 1: a roster needs a column named student"),
        (b"student,name\n", "line 1: a roster needs a column named student"),
        (b"student,name\nada,A\n ,B\n", "line 3: no student"),
        (b"student,name\nada,A\nada,B\n", "line 3: twice ada"),
        (b"student\n\xff\n", "save it as CSV in UTF-8"),
        (b"student,name\nada," + b"x" * 200_000, "save it as CSV in UTF-8"),
    ],
)
def test_a_broken_roster_is_one_line(tmp_path, content, says):
    """what is wrong with a roster is one line that names file and line"""
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    with pytest.raises(GradebookError) as caught:
        load(path)
    assert str(path) in str(caught.value)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_roster_that_is_not_there(tmp_path):
    """neither is one that is missing"""
    with pytest.raises(GradebookError, match=r"nowhere\.csv: the roster cannot be read: No such file or directory;"):
        load(tmp_path / "nowhere.csv")


@given(st.lists(st.text(max_size=8), max_size=8))
def test_an_id_finds_itself_or_nobody(ids):
    """no id ever finds another student"""
    roster = Roster().including(ids)
    for name in ids:
        found = roster.find(name)
        alike = {other for other in ids if fold(other) == fold(name)}
        assert found in ({name} if len(alike) == 1 and name else {None})


@pytest.mark.parametrize(("line", "between"), [("a", ","), ("a;b", ";"), ("a,b;c,d", ","), ("a\tb", "\t"), ("", ",")])
def test_delimiter(line, between):
    """the mark that the first line has most of"""
    assert delimiter(line + "\n;;;;;;") == between
