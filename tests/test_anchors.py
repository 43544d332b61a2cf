"""Which words of a lesson an anchor opens: whole sentences."""

from __future__ import annotations

import pytest

from autograder.course.anchors import anchored
from tests.helpers import ROOT

LESSON = "Before.\n\n<!-- about: f -->\n{}\n\nAfter.\n"


@pytest.mark.parametrize(
    ("paragraph", "also"),
    [
        ("One sentence.", ""),
        ("It is *so*: see (1).", ""),
        ("A formula:\n\n$$x = 1$$", ""),
        ("But\n\n$$x = 1,$$\n\nand so on.", ""),
        ("Two:\n\n- one\n- two", ""),
        ("Code:\n\n```\na\n\nb\n```", ""),
        ("It goes on,\n\n<!-- about: g -->\nwith another anchor.", "with another anchor."),
    ],
)
def test_a_paragraph_goes_on_until_its_sentence_ends(paragraph, also):
    """the formula, list or code that a sentence ends in belongs to it, what comes after does not"""
    found = anchored(LESSON.format(paragraph))
    assert found["f"] == paragraph.replace("<!-- about: g -->\n", "")
    assert found.get("g", "") == also


def test_no_explanation_of_the_course_breaks_off():
    """whatever is opened ends as a sentence, a formula, a list or a table does"""
    said = [text for path in ROOT.glob("course/*/*.md") for text in anchored(path.read_text(encoding="utf-8")).values()]
    assert len(said) > 100
    assert [text for text in said if text.rstrip("*_)`\"'")[-1] not in ".!?$|"] == []
