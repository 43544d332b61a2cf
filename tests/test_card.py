"""One grade as a card in a notebook: what is there, and that nothing of a student's is obeyed."""

from __future__ import annotations

import pytest

from autograder.gradebook.states import LOOKS, state
from autograder.model import ENDS, STATUSES, Failure
from autograder.report.card import card
from tests.helpers import make_check, make_grade
from tests.test_report import EVIL, Reader

MESSAGE = (
    "call        scaled(tensor([1.]))\ncame back   tensor([[1, 2],\n                    [3, 4]])\n"
    "expected    tensor([3.])\ndiffers     at [0]: 2 instead of 3\ndiagnosis   scaled forgets to add one\n"
    "hint        What is the value at x = 0?"
)
CURVE = {"kind": "curves", "label": "x", "x": [0.0, 1.0], "actual": [0.0, 1.0], "expected": [0.0, 2.0]}


def failed(**fields):
    """A grade of one check that passed and one that did not."""
    wrong = make_check(name="test_wrong", title="any factor", status="failed", points=0.0, message=MESSAGE, **fields)
    return make_grade(status="failed", max_points=2.0, checks=(make_check(title="twice x"), wrong))


def text_of(page):
    """What is to be read, all in one."""
    return "".join(Reader(page).texts)


def rows_of(page):
    """The (label, text) rows of the tables of a card."""
    texts, rows = Reader(page), []
    cells = page.split("<tr")[1:]
    for cell in cells:
        parts = ["".join(Reader(part).texts) for part in ("<tr" + cell).split("</td>")[:2]]
        rows.append(tuple(parts))
    assert texts.tags
    return rows


def test_a_failure_is_told_in_full():
    """title, points, call, what came back, what was expected, diagnosis and hint are there, each at its label"""
    page = card(failed(diagnosis=("scaled forgets to add one",)), "Scale & shift", ("look at 0", "look at 1"))
    assert rows_of(page) == [
        ("call", "scaled(tensor([1.]))"), ("came back", "tensor([[1, 2],\n        [3, 4]])"),
        ("expected", "tensor([3.])"), ("differs", "at [0]: 2 instead of 3"), ("diagnosis", "scaled forgets to add one"),
        ("hint", "What is the value at x = 0?"),
    ]  # fmt: skip
    text = text_of(page)
    for part in ("Scale & shift", "1 of 2 points", "twice x", "any factor", "0/1", "✗", "✓"):
        assert part in text
    assert "look at" not in text, "a diagnosis has a hint of its own"


def test_the_pages_first_hint_where_nothing_is_known():
    """without a diagnosis the page's first hint is shown, and only that; a pass needs none"""
    text = text_of(card(failed(), "Lines", ("look at 0", "look at 1")))
    assert "look at 0" in text
    assert "look at 1" not in text
    assert "look at" not in text_of(card(make_grade(), "Lines", ("look at 0",)))


def test_what_passed_takes_a_line():
    """passed checks are named, with badge, advice and figures, and their messages are not told"""
    checks = (
        make_check(title="fine", badge="99 %", advice="use dim", figures=(("accuracy", 0.97),), message="secret"),
    )
    text = text_of(card(make_grade(checks=checks), "Lines"))
    for part in ("fine", "★ 99 %", "use dim", "accuracy 0.97"):
        assert part in text
    assert "secret" not in text


def test_what_failed_comes_first_and_what_passed_is_folded():
    """a reader sees the failure; the list of what passed is open only where there is nothing else"""
    page = card(failed(), "Lines")
    assert page.index("any factor") < page.index("twice x")
    assert "<details" in page
    assert "<details open" not in page.replace('style="margin-top:.6em" ', "")
    assert "1 of 2 checks pass" in text_of(page)
    assert "open><summary" in card(make_grade(), "Lines")


def test_a_file_that_cannot_be_read_is_told_of_once_and_alone():
    """one syntax error: its place, once; no list of checks, no note of the same, no hint of the page's"""
    problem = "problem     softmax.py stopped with SyntaxError: invalid syntax\nwhere       softmax.py, line 3:  x = ("
    same = [make_check(name=f"test_{n}", title=f"title {n}", status="error", points=0.0, message=problem)
            for n in range(3)]  # fmt: skip
    waiting = make_check(name="test_w", title="title w", status="missing", points=0.0, message="NotImplementedError")
    note = "softmax.py stopped with SyntaxError: invalid syntax\nsoftmax.py, line 3:  x = ("
    grade = make_grade(status="error", points=0.0, checks=(*same, waiting), notes=(note,))
    text = text_of(card(grade, "Lines", ("look at `f`",)))
    assert text.count("SyntaxError") == 1
    assert "line 3" in text
    assert "title" not in text
    assert "look at" not in text
    half = make_grade(status="error", checks=(*same, make_check(title="fine")), notes=(note,))
    assert "title 0" in text_of(card(half, "Lines")), "a cell of several: the others count"


def test_a_picture_is_drawn():
    """a failure with a plot shows it, one without does not"""
    assert "<svg" in card(failed(plot=CURVE), "Lines")
    assert "<svg" not in card(failed(), "Lines")


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_is_readable(status):
    """each status shows its sign and its word, the page one of the five words with its own sign"""
    grade = make_grade(status=status, points=0.0, checks=(make_check(status=status, points=0.0),))
    text = text_of(card(grade, "Lines"))
    assert f"Lines {LOOKS[state(grade)].sign} {state(grade)} " in text
    assert ENDS[status].sign in text
    assert status in text or status in ("passed", "failed", "skipped")


@pytest.mark.parametrize(
    "message", ["MNIST is not here; run `gradus doctor`", "RuntimeError: no", "the data is  not here", "short", ""]
)
def test_a_message_without_labels_is_a_sentence(message):
    """why a check was skipped is one sentence, not cut where a label would end"""
    page = card(make_grade(checks=(make_check(status="skipped", points=0.0, message=message),)), "Lines")
    assert message in text_of(page)


def test_nothing_of_a_students_is_obeyed():
    """markup, escapes and direction marks in any text are text"""
    wrong = make_check(
        title=EVIL, status="failed", points=0.0, message=f"{EVIL}\ncall        {EVIL}", diagnosis=(EVIL,), badge=EVIL,
        advice=EVIL, figures=((EVIL, 1.0),), plot={**CURVE, "label": EVIL},
    )  # fmt: skip
    fine = make_check(title=EVIL, badge=EVIL, advice=EVIL, figures=((EVIL, 1.0),))
    grade = make_grade(EVIL, status="failed", checks=(wrong, fine), isolation=EVIL, notes=(EVIL,))
    page = card(grade, EVIL, (EVIL,))
    reader = Reader(page)
    allowed = {"div", "b", "span", "table", "tr", "td", "pre", "svg", "rect", "polyline", "text"}
    allowed |= {"details", "summary"}
    assert {tag for tag, _ in reader.tags} <= allowed
    assert {name for _, attributes in reader.tags for name in attributes if name.startswith("on")} == set()
    assert "\x1b" not in page
    assert "\u202e" not in page


def test_a_card_is_self_contained():
    """nothing is loaded: no scripts, links, sources or styles from elsewhere; one address, the name of SVG itself"""
    page = card(failed(plot=CURVE), "Lines", ("hint",))
    names = {name for _, attributes in Reader(page).tags for name in attributes}
    assert not names & {"src", "href", "srcset", "data", "action", "class", "id"}
    assert page.count("http") == 1
    assert "xmlns='http://www.w3.org/2000/svg'" in page
    assert "url(" not in page


def test_a_card_is_bounded():
    """messages of a million characters make a card of a few thousand"""
    checks = tuple(
        make_check(status="failed", title="t" * 10**6, message="call        " + "x" * 10**6) for _ in range(3)
    )
    assert len(card(make_grade(checks=checks), "T" * 10**6)) < 100_000


@pytest.mark.parametrize(
    ("function", "reason", "word"),
    [("", "nothing was handed in for lines", "not handed in"), ("twice", "lines.py has no `twice`", "unfinished")],
)
def test_what_misses_something_is_one_of_two_words(function, reason, word):
    """a page that nobody handed in is not one whose functions are not written, and the card says which it is"""
    check = make_check(status="missing", points=0.0, failure=Failure("problem", reason, function=function))
    page = card(make_grade(status="missing", points=0.0, checks=(check,)), "Lines")
    assert f"{word} 0 of" in text_of(page)
