"""Words for a student who is stuck."""

from __future__ import annotations

from autograder.student.advice import explanation, paragraph
from tests.helpers import PAGE, tiny

LESSON = """# Softmax

Probabilities sum to one.

Subtract the maximum before you exponentiate, else large logits overflow.

![a picture about overflow and the maximum](x.png)

Temperature flattens the distribution.
"""


def test_the_paragraph_that_says_most():
    """the paragraph that shares rare words with the mistake is quoted, never a heading or a picture"""
    assert paragraph(LESSON, "exponentiates without subtracting the maximum").startswith("Subtract the maximum")
    assert paragraph(LESSON, "multiplies by the temperature").startswith("Temperature")


def test_nothing_to_say():
    """where no paragraph shares a word, none is quoted"""
    assert paragraph(LESSON, "xyzzy") == ""
    assert paragraph("", "anything") == ""


def test_a_known_mistake_in_full(tmp_path):
    """function and hint come from the page's own list; an unknown mistake has neither"""
    syllabus, trees = tiny(tmp_path)
    function, hint, _ = explanation(trees, syllabus.exercises[PAGE], "divides by the factor")
    assert (function, hint) == ("scaled", "Try factor 2 and x 4.")
    assert explanation(trees, syllabus.exercises[PAGE], "something else")[:2] == ("", "")
