"""Into the debugger: the call that failed, with its very arguments."""

from __future__ import annotations

import pytest
import torch

from autograder.errors import GradusError
from autograder.judging.check import Trace
from autograder.model import Submission
from autograder.sandbox.host.record import Call, Named
from autograder.student.debug import enter, failing_call


def call(root, *args, label=None):
    """A recorded call."""
    return Call(root, label or root, args, {})


def test_the_last_call_of_the_first_failure():
    """calls of objects, gradients and calls whose arguments are gone are passed over"""
    good = call("f", torch.ones(2))
    calls = [
        call("f", 1),
        good,
        call("f", Named("callback")),
        call("f", label="gradient of f"),
        call("M", label="M object"),
    ]
    traces = {"test_a": Trace([call("g", 0)], True), "test_b": Trace(calls)}
    assert failing_call(traces, ["test_b"]) is good
    assert failing_call(traces, ["absent"]) is None


def test_the_call_is_made_again_here(tmp_path, capsys):
    """the student's own file is loaded, its helpers beside it, and the function gets the very arguments"""
    (tmp_path / "helper_of_mine.py").write_text("def twice(x): return 2 * x\n")
    path = tmp_path / "page.py"
    path.write_text("from helper_of_mine import twice\ndef f(x, y=1): return twice(x) + y\n")
    made = []
    source = Submission("you", "one/page", "page.py", (path.read_text(),))
    enter(source, path, Call("f", "f", (3,), {"y": 4}), run=lambda f, *a, **k: made.append(f(*a, **k)))
    assert made == [10]
    assert "f(3, y=4)" in capsys.readouterr().out


def test_a_function_that_is_gone(tmp_path):
    """a file that does not define the function here is one clear error"""
    path = tmp_path / "page.py"
    path.write_text("x = 1\n")
    with pytest.raises(GradusError, match="does not define f"):
        enter(Submission("you", "one/page", "page.py", ("x = 1\n",)), path, call("f"))
