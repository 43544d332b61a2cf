"""Texts made harmless, and taken apart again."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from autograder.checking.typeset import typeset
from autograder.text import fields, printable

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


def test_fields_of_a_message_without_labels():
    """a sentence is a sentence, wherever its twelfth letter is; blank lines and nothing are no fields of their own"""
    for sentence in (
        "MNIST is not here; run it there",
        "the data is not here",
        "no",
        "RuntimeError: x",
        "two  words of",
    ):
        assert fields(sentence) == [("", sentence)]
    assert fields("") == []
    assert fields("first of all\nsecond") == [("", "first of all"), ("", "second")]
    assert fields("problem     one\n\n            two\nthe file    x") == [
        ("problem", "one\n\ntwo"), ("the file", "x")
    ]  # fmt: skip


def test_fields_of_anything():
    """a message that begins with white space, or has labels alone, is taken apart all the same"""
    assert fields("   indented") == [("", "   indented")]
    assert fields("problem     ") == [("problem", "")]
    assert fields("problem") == [("", "problem")]
