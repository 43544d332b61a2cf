"""The failure message: the call, what came back, what was expected, where they differ."""

from __future__ import annotations

import re
from dataclasses import replace

import torch

from autograder.checking import CheckFailure, assert_same, messages
from autograder.model import Failure, Frame
from autograder.sandbox.host.problem import StudentProblem
from autograder.sandbox.host.record import Call
from autograder.sandbox.wire.problems import RemoteError, RemoteException
from autograder.text import fields, told

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


def said_of_failure(*args):
    """What people read of a check that said no."""
    return told(messages.of_failure(*args))


def said_of_exception(*args):
    """What people read of an exception."""
    return told(messages.of_exception(*args))


def said_of_problem(*args):
    """What people read where no value came back."""
    return told(messages.of_problem(*args))


def test_a_failure_names_call_values_and_place():
    """what was called, what came back, what was expected and where they first differ stand in a line each"""
    wrong = failure(torch.tensor([[1.0, 2.0], [3.0, 5.0]]), torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
    text = said_of_failure(wrong, call(torch.tensor([1.0]), dim=1))
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
    lines = said_of_failure(failure(big, big + 1), None).splitlines()
    assert len(lines) > 6
    assert all(line[:12].strip() in ("came back", "expected", "differs", "") for line in lines)


def test_a_reason_without_values():
    """a property that does not hold is told by its sentence alone"""
    text = said_of_failure(CheckFailure("each row must sum to one"), call(3))
    assert text.splitlines() == ["problem     each row must sum to one", "call        softmax(3)"]


def test_about_says_which_value():
    """a difference of the gradient says so"""
    wrong = failure(torch.zeros(2), torch.ones(2), about="the gradient")
    assert "differs     the gradient: at [0]: " in said_of_failure(wrong, None)


def test_an_exception_shows_the_students_lines():
    """type, text and the student's own lines, from our copy of the source; foreign frames are left out"""
    error = remote(
        "ZeroDivisionError", "division by zero", ("/lib/torch.py", 7, "f"), ("softmax.py", 2, "softmax"),
        ("softmax.py", 99, "softmax"), ("softmax.py", 0, "softmax"),
    )  # fmt: skip
    lines = said_of_exception(error, call(1), SOURCE).splitlines()
    assert lines == [
        "call        softmax(1)",
        "raised      ZeroDivisionError: division by zero",
        "where       softmax.py, line 2 in softmax:  y = x / 0",
        "means       something is divided by 0: how many are there, if there are none?",
    ]


def test_an_exception_without_text():
    """an exception without words shows its type alone"""
    assert said_of_exception(remote("ValueError", ""), None, {}) == "raised      ValueError"


def test_a_problem():
    """when nothing came back the problem is told with the call, and without one when nothing was written"""
    problem = StudentProblem("timeout", "no answer within the time limit")
    assert said_of_problem(problem, call(1), {}).splitlines() == [
        "call        softmax(1)", "problem     no answer within the time limit"
    ]  # fmt: skip
    missing = StudentProblem("missing", "softmax.py does not define `softmax`")
    assert said_of_problem(missing, call(1), {}).splitlines() == [
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
        said_of_exception(remote("Value" + ESCAPES, ESCAPES, *frames), call(ESCAPES), cells),
        said_of_problem(StudentProblem("crashed", ESCAPES, frames), call(ESCAPES), cells),
        said_of_failure(CheckFailure(ESCAPES, about=ESCAPES), call(ESCAPES)),
        said_of_failure(CheckFailure("differs", "", ESCAPES, {ESCAPES: ESCAPES}, True), None),
        said_of_exception(remote("Value" + ESCAPES, ""), None, {}),
    ]
    for text in texts:
        assert not set(text) & set("\x1b\x07\u202e")


def test_long_texts_are_cut():
    """an exception with a text of a million characters makes a short message"""
    text = said_of_exception(remote("ValueError", "x" * 1_000_000), None, {})
    assert len(text) < 2000


# -- part by part --------------------------------------------------------------------------------


def test_every_part_is_a_field():
    """call, values, place and what it is about are fields of their own, without labels and alignment"""
    wrong = failure(2 * torch.ones(4, 6), torch.ones(4, 6), about="the gradient")
    found = messages.of_failure(wrong, call(torch.tensor([1.0]), dim=1))
    assert found.kind == "difference"
    assert re.fullmatch(r"softmax\(tensor\(\[1\.?\]\), dim=1\)", found.call)
    assert (found.where, found.about) == ("[0, 0]", "the gradient")
    assert len(found.got.splitlines()) == len(found.expected.splitlines()) >= 4
    assert dict(fields(found))["gradient"] == found.got


def test_frames_are_fields():
    """a frame has file, line, function and code, a longer failure those of its cause too"""
    error = remote("ZeroDivisionError", "division by zero", ("softmax.py", 2, "softmax"))
    found = messages.of_exception(error, call(1), SOURCE)
    assert found.frames == (Frame("softmax.py", 2, "softmax", "y = x / 0"),)
    behind = Failure("problem", "softmax.py stopped", frames=(Frame("softmax.py", 1, "<module>", "import x"),))
    assert [frame.line for frame in replace(found, cause=behind).all_frames] == [2, 1]


def test_no_value_makes_a_failure_endless():
    """every part is cut where the whole would be too long, those of the cause too"""
    long = "x" * 10**6
    behind = Failure("problem", long)
    found = messages.cut(Failure("problem", *(long,) * 6, notes=((long, long),) * 99, cause=behind))
    assert found is not None
    assert len(told(found)) < 10 * messages.MAX_MESSAGE
    short = Failure("problem", "no", "f(1)")
    assert messages.cut(short) is short
    assert messages.cut(None) is None
