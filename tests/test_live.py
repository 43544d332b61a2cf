"""Checks in a notebook, in a real kernel: the live objects, the card, and nothing of the kernel's changed."""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import contextmanager

import pytest

from autograder.errors import GradusError
from autograder.gradebook.store import to_json
from autograder.live.client import BenchClient
from autograder.live.kernel import check_live
from autograder.live.magic import check
from autograder.sandbox.wire.control import ControlLine
from tests.helpers import make_grade
from tests.kernels import SECONDS, running_kernel
from tests.nbcourses import HALF, RIGHT, STUB


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """One kernel for all of these, with the extension loaded."""
    with running_kernel(tmp_path_factory.mktemp("live")) as kernel:
        yield kernel


# -- what a check says ---------------------------------------------------------------------------


def test_all_checks_of_a_page(kernel):
    """everything right: one card with all points, no word of how it was run, no value and no error"""
    kernel.define(RIGHT)
    html, text, error, value = kernel.card('check("lines")')
    assert "6 of 6 points" in html
    assert "sandbox" not in html
    assert "seed" not in html
    assert "Lines: ✓ right, 6 of 6 points" in text
    for title in ("twice x plus one", "any factor", "x moved by a number"):
        assert title in html
        assert title in text
    assert (error, value) == (None, None)


def test_a_stub_has_no_points(kernel):
    """what is not written yet: no points; a line names it, and the card says where, by cell and line"""
    number = kernel.define(STUB)
    html, text, error, _ = kernel.card('check("one/lines")')
    assert "0 of 6 points" in html
    assert text.count("not written yet: scaled, shifted") == 1
    assert f"In [{number}], line 4 in scaled:  raise NotImplementedError()" in html
    assert error is None, "only a check that was named fails its cell"


def test_a_failure_is_told_and_diagnosed(kernel):
    """the call, what came back, what was expected, the known mistake with its hint; a curve over the expected one"""
    kernel.define({**RIGHT, "scaled": "def scaled(x, factor=2.0):\n    return x * factor"})
    html, text, _, _ = kernel.card('check("lines")')
    assert "scaled forgets to add one" in text
    assert "What is the value at x = 0?" in html
    for label in ("call", "came back", "expected"):
        assert f">{label}</td>" in html
        assert label in text
    assert "<svg" in html
    assert "3 of 6 points" in html


def test_a_named_check(kernel):
    """a named check alone: passed without a word, failed with an error of one line"""
    kernel.define({**RIGHT, "shifted": STUB["shifted"]})
    html, text, error, value = kernel.card('check("lines", "test_scaled")')
    assert "1 of 1 points" in html
    assert "any factor" not in text
    assert (error, value) == (None, None)
    html, _, error, value = kernel.card('check("lines", "test_shifted")')
    assert "0 of 1 points" in html
    assert error.ename == "CheckFailed"
    assert error.traceback == ["no points of 1: see above"]
    assert value is None


def test_part_of_the_points_is_a_number(kernel):
    """a named check with part of its points ends with that number, as nbgrader reads it"""
    kernel.define(HALF)
    html, _, error, value = kernel.card('check("lines", "test_share")')
    assert "1 of 2 points" in html
    assert (error, float(value)) == (None, 1.0)


def test_several_named_checks(kernel):
    """of several named checks the points are summed"""
    kernel.define(HALF)
    html, _, error, value = kernel.card('check("lines", "test_scaled", "test_share", "test_shifted")')
    assert "2 of 4 points" in html
    assert (error, float(value)) == (None, 2.0)


def test_a_skipped_check_is_no_pass(kernel):
    """a named check that was skipped fails its cell and says why: nbgrader would give all points else"""
    kernel.define(RIGHT)
    _, text, error, value = kernel.card('check("absent", "test_scaled")')
    assert error.ename == "CheckFailed"
    assert error.traceback == ["not checked, as on the large set: the large set is not here"]
    assert value is None
    assert "the large set is not here" in text
    assert kernel.card('check("absent")')[2] is None


@pytest.mark.parametrize(
    ("call", "words"),
    [('check("line")', "there is no exercise line; did you mean lines?"),
     ('check("lines", "test_nothing")', "one/lines has no check test_nothing"),
     ("%check", "name the exercise"), ("%check nothing_like_it", "there is no exercise nothing_like_it")],
)  # fmt: skip
def test_unknown_names(kernel, call, words):
    """a page or a check that does not exist: one line, and the next check works"""
    error = kernel.error(call)
    assert error.ename == "CannotCheck"
    assert len(error.traceback) == 1
    assert words in error.traceback[0]
    kernel.define(RIGHT)
    assert "1 of 1 points" in kernel.card('check("lines", "test_scaled")')[0]


def test_the_magics(kernel):
    """%%check runs its cell and checks the page; %check checks it alone; a cell that fails is not checked"""
    wrong = "\n\n".join(
        {**RIGHT, "shifted": "def shifted(x, by):\n    return x / 0 if x is None else x.nothing"}.values()
    )
    html, text, error, _ = kernel.card(f"%%check lines\n{wrong}")
    number = kernel.client.nb.cells[-1].execution_count
    assert "3 of 6 points" in html
    assert f"In [{number}], line 5 in shifted:" in text
    assert error is None
    assert "3 of 6 points" in kernel.card("%check lines")[0]
    (broken,) = [o for o in kernel.run("%%check lines\n1 / 0") if o.output_type != "stream"]
    assert broken.ename == "ZeroDivisionError"


def test_style_rules_hold_in_every_kind_of_cell(kernel):
    """what a page forbids is found in the cell that defined it, be it run plainly or by %%check"""
    forbidden = "import torch\ndef soft(x):\n    return torch.softmax(x, 0)\ndef apply(f, x):\n    return f(x)"
    for run in (lambda: kernel.run(forbidden), lambda: kernel.run(f"%%check spied\n{forbidden}")):
        run()
        html, _, error, _ = kernel.card('check("spied", "test_soft")')
        assert "this page asks you to write it yourself, without torch.softmax" in html
        assert error is not None
    kernel.run("def soft(x):\n    return x.exp() / x.exp().sum()")
    assert "apply" in kernel.said("print(apply.__name__)"), "a neighbour of the old definition lives on"
    assert "1 of 1 points" in kernel.card('check("spied", "test_soft")')[0]


def test_props(kernel):
    """what a check hands in is called by the live function, and its values come back"""
    kernel.run("def apply(f, x):\n    return f(x)")
    assert "1 of 1 points" in kernel.card('check("spied", "test_prop")')[0]
    kernel.run("def apply(f, x):\n    return f(f(x)) / 2")
    assert "it is called once a time" in kernel.card('check("spied", "test_prop")')[0]


# -- what is checked -----------------------------------------------------------------------------


def test_the_last_definition_counts(kernel):
    """what is defined now is checked, whatever was defined before, and its cell is named as it was run last"""
    kernel.define(STUB)
    kernel.define(RIGHT)
    assert "6 of 6 points" in kernel.card('check("lines")')[0]
    raising = {**STUB, "scaled": "def scaled(x, factor=2.0):\n    raise ValueError('not so')\n"}
    first, second = kernel.define(raising), kernel.define(raising)
    text = kernel.card('check("lines")')[1]
    assert f"In [{second}]" in text
    assert f"In [{first}]" not in text
    kernel.run("del scaled")
    assert "not written yet: scaled" in kernel.card('check("lines", "test_scaled")')[0]


def test_objects_of_any_kind_in_the_notebook(kernel):
    """helpers, partial functions and objects that answer to no name do not disturb a check"""
    kernel.define(RIGHT)
    kernel.run("""
import functools

class Config(dict):
    __getattr__ = dict.__getitem__

class Liar:
    __module__ = property(lambda self: 1 / 0)
    def __getattribute__(self, name): raise RuntimeError(name)

config, liar, handle = Config(a=1), Liar(), open("handle.txt", "w")
offset = torch.tensor(1.0, dtype=torch.float64)
def line(factor, x): return factor * x + offset
scaled = lambda x, factor=2.0: functools.partial(line, factor)(x)
""")
    assert "6 of 6 points" in kernel.card('check("lines")')[0]
    kernel.run("del config, liar, handle, offset")


def test_a_check_leaves_the_kernel_alone(kernel):
    """seeds, default dtype, threads, objects and printing of the kernel are what they were, whatever the code does"""
    kernel.run("""
import random, sys, warnings
import numpy as np
seen = []
def scaled(x, factor=2.0):
    seen.append(x)
    torch.set_default_dtype(torch.float64)
    torch.rand(3), np.random.rand(3), random.random()
    print("to stdout")
    print("to stderr", file=sys.stderr)
    warnings.warn("a warning")
    x.mul_(factor)
    return x + 1
torch.manual_seed(3), np.random.seed(3), random.seed(3)
def state():
    return [torch.get_rng_state().sum().item(), np.random.get_state()[1].sum().item(), hash(random.getstate()),
            torch.get_default_dtype(), torch.get_num_threads(), len(seen), sys.stdout is not None, os.getcwd()]
import os
before = state()
""")
    html = kernel.card('check("lines", "test_scaled")')[0]
    assert "1 of 1 points" in html
    assert kernel.said("print(before == state(), state()[5])") == "True 0"
    assert kernel.said("print('heard')") == "heard"


def test_another_seed_draws_other_inputs(kernel):
    """the inputs depend on the seed alone: the same twice, others with another"""
    kernel.define({**RIGHT, "scaled": "def scaled(x, factor=2.0):\n    return x"})
    first, again, other = (
        kernel.card(f'check("lines", "test_factor", seed={n})')[1].partition("came back")[2] for n in (1, 1, 2)
    )
    assert first
    assert first == again != other


# -- what takes too long, and what dies ----------------------------------------------------------

_ENDLESS = "def scaled(x, factor=2.0):\n    open('started', 'w').close()\n    while True:\n        pass"


def children(kernel):
    """How many processes the kernel has started that still are."""
    return int(kernel.said("print(len(open(f'/proc/{os.getpid()}/task/{os.getpid()}/children').read().split()))"))


def test_an_endless_loop_ends_by_the_time_limit(kernel):
    """the check is over after the page's time limit, the others have their points, and no worker is left"""
    kernel.run("import os")
    kernel.define({**RIGHT, "scaled": _ENDLESS})
    before = time.monotonic()
    html, _, error, _ = kernel.card('check("lines", "test_scaled", "test_shifted")')
    assert SECONDS <= time.monotonic() - before < SECONDS + 30
    assert "timeout" in html
    assert "1 of 2 points" in html
    assert error is None
    assert children(kernel) <= 1


@contextmanager
def interrupted(kernel, path):
    """Interrupt the kernel once this file is there; the time when it was."""
    at = []

    def wait():
        for _ in range(600):
            if path.exists():
                time.sleep(0.2)
                at.append(time.monotonic())
                kernel.client.km.interrupt_kernel()
                return
            time.sleep(0.05)

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    yield at
    thread.join(40)


def test_an_interrupt_ends_a_check_at_once(kernel, tmp_path):
    """the interrupt is a KeyboardInterrupt in the cell, long before the limit; kernel and next check work"""
    kernel.run("import os")
    slow = _ENDLESS.replace("'started'", repr(str(tmp_path / "started")))
    kernel.define({**RIGHT, "scaled": slow})
    with interrupted(kernel, tmp_path / "started") as at:
        outputs = kernel.run('check("lines")')
        ended = time.monotonic()
    assert [o.ename for o in outputs if o.output_type == "error"] == ["KeyboardInterrupt"]
    assert ended - at[0] < SECONDS - 1
    assert not [o for o in outputs if o.output_type == "display_data"]
    assert children(kernel) <= 1
    kernel.define(RIGHT)
    assert "6 of 6 points" in kernel.card('check("lines")')[0]


def test_a_crash_costs_its_check_alone(kernel):
    """a function that ends its process fails, and nothing else does"""
    kernel.define({**RIGHT, "scaled": "import os\ndef scaled(x, factor=2.0):\n    os._exit(3)"})
    html = kernel.card('check("lines")')[0]
    assert "crashed" in html
    assert "3 of 6 points" in html
    assert kernel.said("print(1 + 1)") == "2"


def test_a_killed_judge_is_replaced(kernel):
    """the judge beside the notebook may die: the next check has another"""
    kernel.define(RIGHT)
    pid = kernel.said("import autograder.live.magic as live; print(live._bench._process.pid)")
    kernel.run(f"import os, signal; os.kill({pid}, signal.SIGKILL); live._bench._process.wait()")
    assert "6 of 6 points" in kernel.card('check("lines")')[0]
    assert kernel.said("print(live._bench._process.pid)") != pid


def test_a_judge_killed_while_it_is_asked(kernel):
    """a judge that dies in the middle of a check is one line of an error, and the next check works"""
    kernel.run("import autograder.live.magic as live, os, signal")
    kernel.define(
        {**RIGHT, "scaled": "def scaled(x, factor=2.0):\n    os.kill(live._bench._process.pid, 9)\n    return x"}
    )
    error = kernel.error('check("lines", "test_scaled")')
    assert error.ename == "CannotCheck"
    assert len(error.traceback) == 1
    assert "judge process ended" in error.traceback[0]
    kernel.define(RIGHT)
    assert "1 of 1 points" in kernel.card('check("lines", "test_scaled")')[0]


# -- outside a notebook --------------------------------------------------------------------------


def test_outside_a_notebook():
    """check() says where it works"""
    with pytest.raises(GradusError, match="works in a notebook"):
        check("lines")


def test_a_late_answer_is_passed_over():
    """the answer to a check that was interrupted arrives during the next one, which goes on and gets its own"""
    ours, theirs = socket.socketpair()
    client = BenchClient.__new__(BenchClient)
    client._wire, client._number = ControlLine(ours), 6
    grade = to_json(make_grade(checks=()))
    said = []

    def judge():
        wire = ControlLine(theirs)
        request, (fd,) = wire.receive()
        wire.send({"id": 5, "grade": grade, "title": "the first late one", "hints": []})
        wire.send({"id": 6, "error": "the second late one"})
        with socket.socket(fileno=fd) as control:
            control.settimeout(20)
            line = ControlLine(control)
            inside, outside = socket.socketpair()
            said.append(line.ask({"op": "fork", "limits": {"memory_mb": 1024}}, inside.fileno()))
            inside.close(), outside.close()
            said.append(line.ask({"op": "reap", "pid": said[0]["pid"], "grace": 5.0}))
            wire.send({"id": request["id"], "grade": grade, "title": "the answer", "hints": ["a hint"]})

    def judge_or_hang_up():
        with theirs:  # whatever goes wrong over there, nobody waits for ever
            judge()

    thread = threading.Thread(target=judge_or_hang_up, daemon=True)
    thread.start()
    answer = check_live(client, {"exercise": "lines"}, {}, {})
    thread.join(20)
    assert (answer.title, answer.hints) == ("the answer", ("a hint",))
    assert said[1]["ended"] in ("exit", "signal", "killed")
    ours.close(), theirs.close()


def test_the_wire():
    """messages come whole and in order, a descriptor with the one that it was sent with, None when nobody is there"""
    ours, theirs = map(ControlLine, socket.socketpair())
    ours.send({"a": 1})
    ours.send({"b": "ü"})
    assert theirs.receive() == ({"a": 1}, [])
    assert theirs.waiting
    assert theirs.receive() == ({"b": "ü"}, [])
    assert not theirs.waiting
    read, write = os.pipe()
    ours.send({"c": 3}, write)
    message, (fd,) = theirs.receive()
    os.write(fd, b"through")
    assert (message, os.read(read, 10)) == ({"c": 3}, b"through")
    ours.close()
    assert theirs.receive() is None
    theirs.close()
    for number in (read, write, fd):
        os.close(number)
