"""The failure message: the call, what came back, what was expected, where they differ."""

from __future__ import annotations

import re

import torch

from autograder.checking import CheckFailure, assert_same, messages
from autograder.sandbox.host.student import Call, StudentProblem
from autograder.sandbox.wire.codec import RemoteException
from autograder.sandbox.wire.problems import RemoteError
from autograder.text import fields

SOURCE = {"softmax.py": ["def softmax(x):", "    y = x / 0", "    return y"]}
ESCAPES = "\x1b]0;title\x07\x1b[2J\u202e"


def call(*args, **kwargs):
    """The record of a call of softmax."""
    return Call("softmax", "softmax", args, kwargs)


def remote(kind, text, *frames):
    """An exception of the student's, with frames as (file, line, function)."""
    return RemoteError.of(RemoteException(kind, (kind, "Exception"), text), tuple(frames))


def failure(actual, expected, **more):
    """The failure that comparing two values raises."""
    try:
        assert_same(actual, expected, **more)
    except CheckFailure as error:
        return error
    raise AssertionError("the two are the same")


def test_a_failure_names_call_values_and_place():
    """what was called, what came back, what was expected and where they first differ stand in a line each"""
    wrong = failure(torch.tensor([[1.0, 2.0], [3.0, 5.0]]), torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
    text = messages.of_failure(wrong, call(torch.tensor([1.0]), dim=1))
    labels = [line[:12].strip() for line in text.splitlines()]
    assert labels == ["call", "came back", "expected", "differs"]
    lines = text.splitlines()
    assert re.search(r"softmax\(tensor\(\[1\.?\]\), dim=1\)$", lines[0])
    assert re.search(r"\b5\.?\]", lines[1])
    assert re.search(r"\b4\.?\]", lines[2])
    assert "[1, 1]" in lines[3]
    assert re.search(r"\b5\.? instead of 4\b", lines[3])


def test_big_tensors_are_aligned():
    """values over several lines stay aligned under their label"""
    big = torch.arange(24.0).reshape(4, 6) * 1000.5
    lines = messages.of_failure(failure(big, big + 1), None).splitlines()
    assert len(lines) > 6
    assert all(line[:12].strip() in ("came back", "expected", "differs", "") for line in lines)


def test_a_reason_without_values():
    """a property that does not hold is told by its sentence alone"""
    text = messages.of_failure(CheckFailure("each row must sum to one"), call(3))
    assert text.splitlines() == ["call        softmax(3)", "problem     each row must sum to one"]


def test_about_says_which_value():
    """a difference of the gradient says so"""
    wrong = failure(torch.zeros(2), torch.ones(2), about="the gradient")
    assert "differs     the gradient: at [0]: " in messages.of_failure(wrong, None)


def test_an_exception_shows_the_students_lines():
    """type, text and the student's own lines, from our copy of the source; foreign frames are left out"""
    error = remote(
        "ZeroDivisionError", "division by zero", ("/lib/torch.py", 7, "f"), ("softmax.py", 2, "softmax"),
        ("softmax.py", 99, "softmax"), ("softmax.py", 0, "softmax"),
    )  # fmt: skip
    lines = messages.of_exception(error, call(1), SOURCE).splitlines()
    assert lines == [
        "call        softmax(1)",
        "raised      ZeroDivisionError: division by zero",
        "where       softmax.py, line 2 in softmax:  y = x / 0",
    ]


def test_an_exception_without_text():
    """an exception without words shows its type alone"""
    assert messages.of_exception(remote("ValueError", ""), None, {}) == "raised      ValueError"


def test_a_problem():
    """when nothing came back the problem is told with the call, and without one when nothing was written"""
    problem = StudentProblem("timeout", "no answer within the time limit")
    assert messages.of_problem(problem, call(1), {}).splitlines() == [
        "call        softmax(1)", "problem     no answer within the time limit"
    ]  # fmt: skip
    missing = StudentProblem("missing", "softmax.py does not define `softmax`")
    assert messages.of_problem(missing, call(1), {}).splitlines() == [
        "problem     softmax.py does not define `softmax`"
    ]  # fmt: skip


def test_only_the_last_frames_are_shown():
    """of a deep recursion three lines are enough"""
    frames = tuple(("softmax.py", 2, "softmax") for _ in range(50))
    assert len(messages.source_lines(frames, SOURCE)) == 3


def test_a_terminal_obeys_no_student():
    """escapes and direction marks in anything of the student's are shown, not obeyed"""
    cells = {"softmax.py": [f"x = '{ESCAPES}'"]}
    frames = (("softmax.py", 1, ESCAPES),)
    texts = [
        messages.of_exception(remote("Value" + ESCAPES, ESCAPES, *frames), call(ESCAPES), cells),
        messages.of_problem(StudentProblem("crashed", ESCAPES, frames), call(ESCAPES), cells),
        messages.of_failure(CheckFailure(ESCAPES, about=ESCAPES), call(ESCAPES)),
        messages.of_failure(CheckFailure("differs", "", ESCAPES, {ESCAPES: ESCAPES}, True), None),
        messages.of_exception(remote("Value" + ESCAPES, ""), None, {}),
    ]
    for text in texts:
        assert not set(text) & set("\x1b\x07\u202e")


def test_long_texts_are_cut():
    """an exception with a text of a million characters makes a short message"""
    text = messages.of_exception(remote("ValueError", "x" * 1_000_000), None, {})
    assert len(text) < 2000


# -- taken apart again ---------------------------------------------------------------------------


def test_fields_are_what_a_message_was_put_together_from():
    """every label with its text, several lines under one label together, without the alignment"""
    wrong = failure(torch.ones(4, 6) * 1000.5, torch.zeros(4, 6))
    text = messages.of_failure(wrong, call(torch.tensor([1.0]), dim=1))
    found = dict(fields(text))
    assert list(found) == ["call", "came back", "expected", "differs"]
    assert found["call"].startswith("softmax(tensor([1")
    assert len(found["came back"].splitlines()) >= 4
    assert all(line in text for line in found["came back"].splitlines())
    assert fields("\n".join(f"{label:<12}" + value.replace("\n", "\n" + " " * 12)
                                     for label, value in found.items())) == list(found.items())  # fmt: skip
