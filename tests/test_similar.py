"""Which submissions are alike: renaming hides nothing, what was given and what everybody writes says nothing."""

from __future__ import annotations

import pytest

from autograder.model import Submission
from autograder.report.similar import page, runs, similar, tokens
from tests.test_report import Reader

STUB = "import math\n\n\ndef f(values):\n    raise NotImplementedError\n"
LOOP = """
def f(values):
    total, count = 0.0, 0
    for value in values:
        if value is None or math.isnan(value):
            continue
        total += value * value
        count += 1
    return math.sqrt(total / count) if count else float("nan")
"""
OTHER = """
def f(values):
    kept = [v for v in values if v is not None and v == v]
    squares = sum(map(lambda v: v ** 2, kept))
    try:
        return (squares / len(kept)) ** 0.5
    except ZeroDivisionError:
        return math.nan
"""
RENAMED = LOOP.replace("total", "acc").replace("count", "n").replace("value", "x").replace("0.0", "0.")


def sub(student, text):
    """A submission."""
    return Submission(student, "one/page", "page.py", (text,))


def pairs_of(texts, **options):
    """(student, student) of the pairs."""
    found = similar([sub(name, text) for name, text in texts.items()], STUB, **options)
    return [(pair.one.student, pair.other.student) for pair in found]


def test_renaming_and_comments_hide_nothing():
    """the same code with other names, numbers and comments is found, another way to write it is not"""
    commented = RENAMED.replace("continue", "continue  # skip it") + "\n# mine\n"
    assert pairs_of({"ada": LOOP, "bob": OTHER, "eve": commented}) == [("ada", "eve")]


def test_across_cells():
    """how a notebook cuts the code into cells does not matter"""
    cells = Submission("eve", "one/page", "page.ipynb", (STUB, RENAMED))
    found = similar([sub("ada", STUB + LOOP), cells, sub("bob", OTHER)], STUB)
    assert [(p.one.student, p.other.student) for p in found] == [("ada", "eve")]


def test_what_was_given_says_nothing():
    """two untouched stubs are not alike, they are empty"""
    assert pairs_of({"ada": STUB, "bob": STUB}) == []


def test_what_everybody_writes_says_nothing():
    """code that the whole class shares makes no pair of two who differ elsewhere"""
    endings = ["+ 1", "- b * 2", "** b % 7", "// (b or 3)", "@ b", "& 5 | b", "^ b << 2", ">> 1"]
    own = {f"s{n}": f"{LOOP}\n\ndef g(a, b):\n" + "".join(f"    a = a {endings[(n + k) % 8]}\n" for k in (0, 2, 5))
           for n in range(8)}  # fmt: skip
    assert len(pairs_of(own)) < 8


def test_two_of_one_student_are_no_pair():
    """a student may be like themselves"""
    assert similar([sub("ada", LOOP), sub("ada", LOOP)], STUB) == []


@pytest.mark.parametrize("text", ["def f(:\n  '''", "\t\tx\n y", "", "x = 'a\n"])
def test_broken_sources_are_survived(text):
    """a source that does not tokenize gives what it gives"""
    assert isinstance(tokens(text), list)
    assert isinstance(runs(text), list)
    assert pairs_of({"ada": text, "bob": text}) == []


def test_the_page_is_text_only():
    """names and code are text on the page, nothing of theirs is markup, nothing is loaded"""
    evil = LOOP + "\n# <script>alert(1)</script>\n"
    found = similar([sub("<b>ada</b>", evil), sub("eve", evil), sub("bob", OTHER)], STUB)
    shown = page("Alike", found)
    assert found
    assert "<script>" not in shown
    assert "<b>ada" not in shown
    assert not {"script", "iframe", "img"} & {tag for tag, _ in Reader(shown).tags}
