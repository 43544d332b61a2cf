"""Texts made harmless, and failures in words."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.checking.typeset import typeset
from autograder.model import Diagnosis, Failure, Frame, Relation
from autograder.text import fields, headline, hint_for, hint_owners, hints_for, in_line, printable, told

DIRECTIONS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def harmless(text: str) -> bool:
    """No control character but newline and tab, no lone surrogate, no mark of direction."""
    return not any(
        (unicodedata.category(c) == "Cc" and c not in "\n\t") or 0xD800 <= ord(c) < 0xE000 or c in DIRECTIONS
        for c in text
    )


@given(st.text(alphabet=st.characters(categories=["Cc", "Cs", "Cf", "L", "N", "So"]), max_size=80))
def test_printable_is_harmless_to_a_terminal(text):
    """no text of a student's can steer a terminal, and ordinary text stays as it is"""
    shown = printable(text)
    assert harmless(shown)
    if harmless(text):
        assert shown == text
    assert harmless(typeset(text))


def test_printable_escapes_and_caps():
    """control characters are shown as escapes, long text is cut with a mark"""
    assert printable("\x1b[2Ja\u202eb") == "\\x1b[2Ja\\u202eb"
    assert printable("a\nb\tc") == "a\nb\tc"
    assert printable("x" * 50, 10) == "x" * 10 + "…"
    assert printable("x" * 10, 10) == "x" * 10


FRAME = Frame("work.py", 2, "f", "return 1 / 0")
WHOLE = Failure(
    "difference", "2 instead of 3", "f(1)", "tensor([[1, 2],\n        [3, 4]])", "tensor([3.])", "[0]", "the gradient",
    (Relation("offset", "every entry is 1 less than the expected one"),),
    (FRAME, Frame("work.py", 9, "<module>", "f()")), (("the file", "'a,b'"),),
    Failure("problem", "work.py stopped with E: no", frames=(Frame("work.py", 1, "<module>", "import x"),)),
    (Diagnosis("forgets to add one", "What is it at 0?", "f"), Diagnosis("adds two", "", "f")),
)  # fmt: skip


def test_a_failure_in_words():
    """every part has its label and its lines below each other; a second mistake that remains is an `or`"""
    assert told(WHOLE).splitlines() == [
        "differs     the gradient: at [0]: 2 instead of 3",
        "call        f(1)",
        "gradient    tensor([[1, 2],",
        "                    [3, 4]])",
        "expected    tensor([3.])",
        "where       work.py, line 2 in f:  return 1 / 0",
        "            work.py, line 9:  f()",
        "seen        every entry is 1 less than the expected one",
        "the file    'a,b'",
        "problem     work.py stopped with E: no",
        "where       work.py, line 1:  import x",
        "diagnosis   f forgets to add one",
        "hint        What is it at 0?",
        "or          f adds two",
    ]
    assert fields(WHOLE)[2] == ("gradient", WHOLE.got)


def test_what_is_no_plain_difference_is_said_first():
    """a changed input, a missing error, a default: before call and values, which have names of their own"""
    changed = Failure("difference", "changed in place", "f(x)", "[2]", "[1]", about="an argument")
    assert [label for label, _ in fields(changed)] == ["differs", "call", "afterwards", "before"]
    assert [label for label, _ in fields(Failure("property", "nothing was raised", "f(x)"))] == ["problem", "call"]
    assert fields(Failure("difference", "1 instead of 2", "f()", "1", "2"))[0] == ("call", "f()")


def test_what_follows_and_what_else_is_wrong():
    """a failure that follows names the helper alone; behind another stand those that the check did not come to"""
    assert fields(Failure("difference", "1 instead of 2", "f()", function="f", follows=("g",))) == [
        ("follows", "`f` is not to blame: with the right `g` in place of yours this check passes")
    ]
    other = Failure(
        "property", "nothing was raised", "h(1)", diagnosis=(Diagnosis("is late", "why?", "h"),), function="h"
    )
    told_of = fields(Failure("property", "no", function="f", besides=(other,)))
    assert told_of[1:] == [
        ("besides", "h: nothing was raised"), ("call", "h(1)"), ("diagnosis", "h is late"), ("hint", "why?"),
    ]  # fmt: skip


def test_a_likeness_is_said_in_other_words():
    """what agrees in the failing call alone is no diagnosis but a likeness"""
    found = Failure("property", "no", diagnosis=(Diagnosis("is late", "", "h", exact=False),))
    assert fields(found)[1] == ("looks like", "h is late")


def test_hints_that_name_the_function_come_first():
    """then those that name nothing, then those of other functions"""
    hints = ["`f` first", "think", "look at `g`"]
    assert hints_for(hints, "g") == ["look at `g`", "think", "`f` first"]
    assert hints_for(hints, "")[0] == "think"


def test_a_hint_belongs_to_the_functions_that_it_begins_with():
    """their own come first, those of all next; beside a failure of a function no other's is shown"""
    hints = ["f: square `g` first", "g, h: add up", "what does f ask for: a sum?"]
    assert [hint_owners(hint) for hint in hints] == [("f",), ("g", "h"), ()]
    assert hints_for(hints, "h")[0] == "g, h: add up"
    assert hints_for(hints, "g")[0] == "g, h: add up", "it is no hint for g that f's names it"
    assert hint_for(hints, "other") == "what does f ask for: a sum?"
    assert hint_for(hints[:2], "other") == ""
    assert hint_for([], "f") == ""


@pytest.mark.parametrize("sentence", ["MNIST is not here; run it there", "the data is not here", "no", "two  words"])
def test_a_remark_is_a_sentence(sentence):
    """what has no label is told as it is, wherever its twelfth letter stands; nothing is told of nothing"""
    assert told(Failure("remark", sentence)) == sentence
    assert fields(Failure("remark", sentence)) == [("", sentence)]
    assert fields(Failure("remark", "", got="3")) == [("came back", "3")]
    assert (told(None), fields(None)) == ("", [])


def test_a_headline_is_one_line():
    """the known mistake where there is one, else the sentence, without what stands below it"""
    assert headline(WHOLE) == "forgets to add one"
    assert headline(Failure("problem", "no\nmore", about="the loss")) == "the loss: no"
    assert headline(Failure("remark", "")) == ""


def test_a_long_name_keeps_its_end() -> None:
    """in a line the middle is left out: who begins alike stays apart; marks and breaks are harmless in both parts"""
    one, other = ("a" * 200 + end for end in "xy")
    assert in_line(one, 40) != in_line(other, 40)
    assert len(in_line(one, 40)) == 41
    assert in_line("Ada\n Love\tlace \u202e", 40) == "Ada Love lace \\u202e"
    assert in_line("ab" * 9 + "\u202e", 6) == "abab…b\\u202e"
    assert in_line("abc", 2) == "ab…"
