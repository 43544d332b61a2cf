"""Rubric items and a bank of comments: kept beside the grades, written by several, read and written as TOML."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import GradebookError
from autograder.gradebook.entries import effective
from autograder.gradebook.entry_log import Entries
from autograder.gradebook.rubric import Item, Rubric, apply, as_toml, from_toml, reprice

PAGE = "one/page"
AXIS = Item(PAGE, "axis", "the wrong axis", -2.0)


@pytest.fixture
def path(tmp_path):
    """Where the gradebook will be."""
    return tmp_path / "gradebook.db"


def test_an_item_is_offered_until_it_is_removed(path):
    """the last version of a key counts, in the place where it first stood; a removed one can be written again"""
    with Rubric.open(path) as mine, Rubric.open(path) as other:
        mine.put(AXIS, "ada")
        other.put(Item(PAGE, "style", "hard to read", -0.5), "bob")
        other.put(Item(PAGE, "axis", "another axis", -1.0), "bob")
        assert [(i.key, i.points, i.by) for i in mine.items(PAGE)] == [("axis", -1.0, "bob"), ("style", -0.5, "bob")]
        assert mine.items("one/other") == ()
        mine.remove(AXIS, "ada")
        assert [i.key for i in other.items(PAGE)] == ["style"]
        other.put(AXIS, "bob")
        assert [i.key for i in mine.items(PAGE)] == ["axis", "style"]


def test_two_texts_never_share_a_key(path):
    """texts that begin alike, or have no Latin letter, are two items; one that was taken out is found again"""
    texts = ["forgets to transpose the second matrix of the pair", "forgets to transpose the second matrix", "忘记转置",
             "错误", "!!!", "Forgets to transpose the second matrix of the pair, twice"]  # fmt: skip
    with Rubric.open(path) as rubric:
        made = [rubric.put(Item(PAGE, rubric.key_for(PAGE, text), text, -1.0), "ada") for text in texts]
        assert [one.text for one in rubric.items(PAGE)] == texts
        assert len({one.key for one in made}) == len(texts)
        assert [rubric.key_for(PAGE, one.text) for one in made] == [one.key for one in made]
        rubric.remove(made[2], "ada")
        assert rubric.key_for(PAGE, "第三") not in {one.key for one in made}  # it may still be applied somewhere
        assert rubric.key_for("one/other", "第三") == "item"


def test_comments_of_a_page_and_of_every_page(path):
    """the bank offers a page its own comments first, then those for every page, and no rubric item"""
    with Rubric.open(path) as bank:
        bank.put(AXIS, "ada")
        bank.put(Item("", "nice", "Nicely done.", kind="comment"), "ada")
        bank.put(Item(PAGE, "look", "Look at page 3.", kind="comment"), "ada")
        assert [c.key for c in bank.comments(PAGE)] == ["look", "nice"]
        assert [c.key for c in bank.comments("one/other")] == ["nice"]


@pytest.mark.parametrize(
    "wrong",
    [
        Item(PAGE, "No key", "x"), Item(PAGE, "axis", " "), Item(PAGE, "a", "x", float("inf")),
        Item(PAGE, "a", "x", kind="gift"),
    ],
)  # fmt: skip
def test_an_item_that_cannot_be_is_refused(path, wrong):
    """with a line that names the page"""
    with Rubric.open(path) as rubric, pytest.raises(GradebookError, match=PAGE):
        rubric.put(wrong, "ada")


def test_a_new_price_reaches_whom_the_item_is_applied_to(path):
    """a changed item is applied again where it is applied, and nowhere else; the history says why"""
    with Entries.open(path) as log:
        for student in ("ada", "bob", "cyd"):
            log.add(apply(AXIS, student, "t"))
        log.undo(2, "t")
        dearer = Item(PAGE, "axis", "the wrong axis", -3.0)
        assert reprice(log, dearer, "t") == 2
        assert reprice(log, dearer, "t") == 0
        last = {e.student: e.value for e in effective(log.all())}
        assert last == {"ada": -3.0, "cyd": -3.0}
        assert log.history("ada", PAGE)[-1].why == "the rubric changed"


texts = st.text(min_size=1, max_size=30).filter(lambda t: t.strip() and max(t) < "\ud800")


@given(st.lists(st.tuples(st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True), texts,
                          st.none() | st.integers(-40, 40)), unique_by=lambda one: one[0]))  # fmt: skip
def test_toml_there_and_back(some):
    """what is written is read as it was"""
    items = [Item(PAGE, key, text, (n or 0) / 4, "comment" if n is None else "item") for key, text, n in some]
    assert from_toml(as_toml(items)) == items


@pytest.mark.parametrize(
    "text",
    [
        "a = [", "a = 1", "['one/page']\naxis = 3", "['one/page'.axis]\ntext = 3",
        "['one/page'.axis]\ntext = 'x'\npoints = 'many'", "['one/page'.AX]\ntext = 'x'",
    ],
)  # fmt: skip
def test_a_rubric_that_cannot_be_read_names_its_file(text):
    """one clear line"""
    with pytest.raises(GradebookError, match=r"^rubric\.toml") as caught:
        from_toml(text)
    assert "\n" not in str(caught.value)
