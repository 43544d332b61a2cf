"""Words for a student who is stuck."""

from __future__ import annotations

from autograder.course.syllabus import split_lesson
from autograder.student.advice import explanation, opening, paragraph, unwritten, words_above
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


def test_what_a_page_is_about():
    """the first paragraph in one line, no heading and no picture"""
    assert opening(LESSON) == "Probabilities sum to one."
    assert opening("# Title\n\n![a](b)\n\ntwo\nlines\n") == "two lines"
    assert opening("") == ""


def test_what_is_still_to_be_written():
    """functions and methods that raise NotImplementedError, in their order; written ones and broken files have none"""
    stub = '''
class Net:
    def forward(self, x):
        """Adds."""
        raise NotImplementedError("Net.forward is not written yet")
    def ready(self): return 1
def half(x):
    raise NotImplementedError
def done(x):
    if x < 0: raise ValueError("negative")
    return x
'''
    assert unwritten(stub) == ["Net.forward", "half"]
    assert unwritten("def f(:") == []


def test_the_authors_paragraph_is_opened(tmp_path):
    """a paragraph tied to the mistake, else to its function; no reader sees the anchors"""
    syllabus, trees = tiny(tmp_path)
    exercise, path = syllabus.exercises[PAGE], trees.lesson(PAGE)
    tied = "<!-- about: scaled -->\nA line has a slope $a_1$.\n\n<!-- about: divides by the factor -->\n\nTimes.\n\n"
    path.write_text(
        path.read_text().replace("## What to read", f"{tied}Divides by the factor it is.\n\n## What to read")
    )
    assert explanation(trees, exercise, "divides by the factor")[2] == "Times."
    assert explanation(trees, exercise, "forgets to add one")[2] == "A line has a slope a₁."
    assert "about:" not in split_lesson(path)[1]


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


def test_what_the_stub_says_above_a_function():
    """a function has the words above it in the stub, its methods their class's; the title is nobody's"""
    stub = (
        "# %% [markdown]\n# # Lines\n#\n# All of them.\n\n# %%\nimport torch\n\n\ndef first():\n    ...\n\n\n"
        "# %% [markdown]\n# ## Twice\n#\n# Add $x$ to itself.\n\n\n# %%\ndef twice(x):\n    ...\n\n\n"
        "# %%\nclass Net:\n    ...\n"
    )
    assert words_above(stub, "twice") == "## Twice\n\nAdd $x$ to itself."
    assert words_above(stub, "Net.forward") == "## Twice\n\nAdd $x$ to itself."
    assert words_above(stub, "first") == words_above(stub, "tw") == words_above(stub, "twice(") == ""
