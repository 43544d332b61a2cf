"""One submission before one exercise's checks."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import torch

from autograder.checking import (  # fmt: skip
    CheckFailure,
    advise,
    assert_gradients,
    assert_left_alone,
    assert_number,
    assert_same,
    badge,
    forbids,
    hidden,
    leaderboard,
    marks_of,
    points,
    raises,
    replayable,
    require,
    training,
    unmodified,
)
from autograder.errors import SandboxError
from autograder.judging.check import Check, check_seed
from autograder.judging.exam import Exam
from autograder.model import CheckResult, Exercise, Submission
from autograder.sandbox.host.forked import Template
from autograder.sandbox.host.problem import StudentProblem
from autograder.text import told

EXERCISE = Exercise("one/page", "A page", points=3.0, seconds=2.0)
MakeExam = Callable[..., Exam]


@pytest.fixture
def make_exam(plain_template: Template) -> Iterator[MakeExam]:
    """Makes exams on plain workers and closes them."""
    made: list[Exam] = []

    def make(*cells: str, **fields: object) -> Exam:
        given: dict = {"student": "ada", "exercise": EXERCISE.address, "filename": "page.py", "cells": cells}
        submission = Submission(**{**given, **fields})
        made.append(Exam(EXERCISE, submission, plain_template, seed=1, keep_output=True))
        return made[-1]

    yield make
    for exam in made:
        exam.close()


def run(exam: Exam, function: Callable, name: str = "") -> CheckResult:
    """Run one check as the plugin does."""
    check = Check(name or function.__name__, (function.__doc__ or "").strip(), marks_of(function))
    error: BaseException | None = None
    try:
        function(exam.begin(check))
    except (Exception, StudentProblem) as caught:
        error = caught
    return exam.finish(check, error)


@points(2)
def doubles(student):
    """f doubles"""
    x = torch.tensor([1.0, 2.0])
    assert_same(student.f(x), 2 * x)


@pytest.mark.parametrize(
    ("source", "status", "says"),
    [
        ("def f(x): return 2 * x", "passed", ""),
        ("def f(x): return 3 * x", "failed", "3. instead of 2."),
        ("def f(x): pass", "failed", "is a `return` missing?"),
        ("def f(x): return object()", "failed", "an object came back"),
        ("def f(x): return 2 * x[None]", "failed", "its shape is (1, 2), not (2,)"),
        ("def f(x): return 1 / 0", "error", "ZeroDivisionError"),
        ("def f(x): return 2 * x + undefined", "error", "NameError"),
        ("def f(x): raise SystemExit", "error", "SystemExit"),
        ("def f(y, z): return y", "error", "TypeError"),
        ("def f(x): raise NotImplementedError", "missing", "NotImplementedError"),
        ("def g(x): return x", "missing", "page.py does not define `f`; it defines `g`"),
        ("f = 3", "failed", "not callable"),
        ("def f(x):\n    while True: pass", "timeout", "endless loop"),
        ("import os\ndef f(x): os._exit(0)", "crashed", "ended the whole process (os._exit"),
        ("import os\nos.closerange(3, 256)\ndef f(x): return 2 * x", "crashed", "closed its line to the grader"),
        ("import ctypes\ndef f(x): ctypes.string_at(0)", "crashed", "SIGSEGV"),
        ("def f(x): return 1 << 70", "failed", "1180591620717411303424"),
        ("def f(x): return x.to_sparse()", "malformed", "sparse"),
        (
            "def f(x): return x.new_zeros(5000, 5000)",
            "malformed",
            "shape (5000, 5000) and dtype float32, 95 MB",
        ),
        ("def f(x): return x.to('meta')", "malformed", "of shape (2,) and dtype float32 on the device `meta`"),
        ("import torch\ndef f(x): return torch.ones(3 << 28)", "memory", "memory"),
        ("def f(x): open('/', 'w'); raise PermissionError('no')", "error", "IsADirectoryError"),
        ("def f(x): raise PermissionError('no')", "forbidden", "no"),
        ("def f(x: return", "error", "SyntaxError"),
        ("import nothing_like_this\ndef f(x): return 2 * x", "passed", ""),
        ("import nothing_like_this\nf = nothing_like_this.f", "error", "the grader has no package nothing_like_this"),
        ("", "missing", "nothing that can be called"),
    ],
)
def test_every_status(make_exam, source, status, says):
    """each way a check can end has its status and says why"""
    result = run(make_exam(source), doubles)
    assert (result.status, result.points, result.max_points) == (status, 2.0 if status == "passed" else 0.0, 2.0)
    assert says.strip(".") in told(result.failure).replace("3 instead", "3. instead")
    assert (result.name, result.title) == ("doubles", "f doubles")


def test_a_submission_that_cannot_be_read(make_exam):
    """a problem of the submission itself is the result of every check; nothing is run"""
    exam = make_exam(problem=("malformed", "page.py is a binary file"))
    for _ in range(2):
        result = run(exam, doubles)
        assert (result.status, result.points) == ("malformed", 0.0)
        assert "binary file" in told(result.failure)


def test_a_crash_loses_that_check_alone(make_exam):
    """after a crash or an endless loop the worker is made anew, and the other checks go on"""
    exam = make_exam(
        "import os\nn = 0\n"
        "def f(x):\n    global n\n    n += 1\n    if n == 2: os._exit(1)\n    return 2 * x\n"
        "def g(): os._exit(1)\ndef h():\n    while True: pass\n"
    )

    def crashes(student):
        student.g()

    def hangs(student):
        student.h()

    order = [doubles, crashes, doubles, hangs, doubles, doubles, doubles]
    assert [run(exam, check).status for check in order] == [
        "passed", "crashed", "passed", "timeout", "passed", "crashed", "passed",
    ]  # fmt: skip


def test_the_lines_are_the_students(make_exam):
    """an exception is shown with the student's own lines, from our copy of the source"""
    exam = make_exam("def helper(x):\n    return x / 0  # here\n\ndef f(x):\n    return helper(2)\n")
    message = told(run(exam, doubles).failure)
    assert "page.py, line 5 in f:  return helper(2)" in message
    assert "page.py, line 2 in helper:  return x / 0  # here" in message


def test_cells_run_one_by_one(make_exam):
    """a failing cell is noted, with its line, and the next cells run"""
    exam = make_exam("a = 1", "b = 1 / 0\nc = 2", "def f(x): return 2 * x", filename="page.ipynb")
    assert run(exam, doubles).status == "passed"
    (note,) = exam.workers.load_problems
    assert note.startswith("cell 2 of page.ipynb stopped with ZeroDivisionError: division by zero")
    assert "b = 1 / 0" in note


def test_a_missing_name_after_a_failed_load_shows_the_failure(make_exam):
    """when the source stopped before the function was defined, that is what the student is told"""
    result = run(make_exam("x = [1, 2\n\ndef f(x): return 2 * x"), doubles)
    assert result.status == "error"
    assert "SyntaxError" in told(result.failure)


def test_hostile_texts_are_escaped(make_exam):
    """no text of a student's reaches the terminal raw: messages, names of functions and types, load problems"""
    source = (
        "class E(Exception): pass\nE.__name__ = '\\x1b[2JE'\n"
        "def f(x): raise E\ndef g(x): raise ValueError('\\x1b]0;t\\x07 \\u202e')\n"
        "def h(x): return 5\nh.__name__ = '\\x1b[31mh'\n"
        "def r(): raise E('\\x1b[1m')\nabsent = r()"
    )
    exam = make_exam(source)

    def calls(name: str) -> Callable:
        return lambda student: assert_same(getattr(student, name)(1), 2)

    shown = [
        told(run(exam, calls(name), name).failure) for name in ("f", "g", "h", "absent")
    ] + exam.workers.load_problems
    for text in shown:
        assert "\\x1b" in text
        assert not {"\x1b", "\x07", "\u202e"} & set(text)


def test_prints_are_kept_and_cost_nothing(make_exam):
    """what the code printed during a check stands with its result"""
    exam = make_exam("print('loading')\ndef f(x):\n    print('x is', x.tolist())\n    return 2 * x")
    assert run(exam, doubles).output == "loading\nx is [1.0, 2.0]\n"
    assert run(exam, doubles).output == "x is [1.0, 2.0]\n"


DRAWS = """
import random, numpy as np, torch
def draw(n): return torch.rand(n).tolist()
def seeds():
    first = int(np.random.get_state()[1][0])
    return torch.initial_seed(), [first], draw(2), np.random.rand(), random.random()
"""


def test_a_worker_learns_nothing_of_the_inputs(make_exam):
    """torch, numpy and random of the worker are seeded otherwise than the judge's, and alike under every seed"""
    theirs, ours = [], []

    def asks(student):
        theirs.append(student.seeds())
        ours.append((torch.initial_seed(), [int(np.random.get_state()[1][0])], torch.rand(2).tolist(),
                     np.random.rand(), random.random()))  # fmt: skip

    for seed in (1, 2):
        exam = make_exam(DRAWS)
        exam.seed = seed
        run(exam, asks)
    assert theirs[0] == theirs[1]
    for mine in ours:
        assert all(a != b for a, b in zip(mine, theirs[0], strict=True))
    assert all(a != b for a, b in zip(*ours, strict=True))


def test_seeds(make_exam):
    """both sides are seeded by seed, exercise and check alone: a check draws the same for every student"""
    drawn: list = []

    def draws(student):
        drawn.append((torch.rand(2).tolist(), np.random.rand(), random.random(), student.draw(2)))

    for name in ("one", "one", "two"):
        run(make_exam(DRAWS), draws, name)
    assert drawn[0] == drawn[1]
    assert all(a != b for a, b in zip(drawn[0], drawn[2], strict=True))
    seeds = {check_seed(s, e, c) for s in (0, 1) for e in ("a/b", "a/c") for c in ("x", "y")}
    assert len(seeds) == 8
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_hidden_checks_show_their_sentence_alone(make_exam):
    """a hidden check that fails says its sentence and nothing of its inputs"""

    @hidden("try sizes that are no powers of two")
    def secretly(student):
        """hidden"""
        assert_same(student.f(torch.tensor([12345.0])), torch.tensor([1.0]))

    result = run(make_exam("def f(x): return x"), secretly)
    assert result.status == "failed"
    assert "no powers of two" in told(result.failure)
    assert "12345" not in told(result.failure)


def test_partial_credit_and_badges(make_exam):
    """a failure may carry points, never more than the check is worth, never negative; badges are shown"""

    @points(2)
    def partly(student):
        badge("brave")
        raise CheckFailure("half", points=student.f(0))

    for worth, earned in ((1.5, 1.5), (99.0, 2.0)):
        result = run(make_exam(f"def f(x): return {worth}"), partly)
        assert (result.status, result.points, result.badge) == ("failed", earned, "brave")
    assert run(make_exam("def f(x): return 2 * x"), doubles).badge == ""


def test_figures_for_a_leaderboard(make_exam):
    """a figure is kept with the check that it was found in, and with no other"""

    def compared(student):
        leaderboard("accuracy", student.f(0.25))

    assert run(make_exam("def f(x): return 2 * x"), compared).figures == (("accuracy", 0.5),)
    assert run(make_exam("def f(x): return 2 * x"), doubles).figures == ()


def test_advice_costs_nothing(make_exam):
    """a word about what the student's process claims is shown where the check passed, and changes no points"""

    def counting(student):
        with student.counted() as operators:
            student.double(2.0)
            student.double(torch.ones(2))
        assert operators.total() == 3, operators
        advise("three operators ran")

    result = run(make_exam("def double(x):\n    return x * 2 + (x * 0 if hasattr(x, 'shape') else 0)"), counting)
    assert (result.status, result.points, result.advice) == ("passed", 1.0, "three operators ran")


@forbids("torch.softmax", "*.softmax", "@", of="f", operators=("aten._softmax.default",))
def by_hand(student):
    """f is written by hand"""
    student.f(torch.ones(2, 2))


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("import torch\ndef f(x): return x.exp() / x.exp().sum()", "passed"),
        ("import torch\ndef f(x): return torch.softmax(x, 0)", "forbidden"),
        ("import torch as t\ndef f(x): return t.softmax(x, 0)", "forbidden"),
        ("from torch import softmax as s\ndef f(x): return s(x, 0)", "forbidden"),
        ("def f(x): return x.softmax(0)", "forbidden"),
        ("def f(x): return x @ x", "forbidden"),
        ("def g(x): return x.softmax(0)\ndef f(x): return g(x)", "forbidden"),
        ("def g(x): return x.softmax(0)\ndef f(x): return x", "passed"),
        ("def f(x): return getattr(x, 'soft' + 'max')(0)", "forbidden"),
        ("def f(x):\n    'softmax is torch.softmax'\n    return x", "passed"),
    ],
)
def test_style_rules(make_exam, source, status):
    """a forbidden name is found in the function and its helpers, under any alias, and by the operator that ran"""
    result = run(make_exam(source), by_hand)
    assert result.status == status
    if status == "forbidden":
        assert result.points == 0
        assert "write it yourself" in told(result.failure)


def test_a_style_rule_that_nobody_foresaw(make_exam):
    """where no check with a style rule was to come, the names are read in a fresh worker, before the code runs there"""
    exam = make_exam("import torch\ncount = [0]\ndef f(x):\n    count[0] += 1\n    return x + torch.softmax(x, 0)")
    exam.workers.has_style_rules = False
    assert run(exam, lambda student: assert_number(len([student.f(torch.ones(2))]), 1), "test_plain").status == "passed"
    first = exam.workers.student
    assert run(exam, by_hand).status == "forbidden"
    assert exam.workers.student is not first
    assert run(exam, by_hand, "test_again").status == "forbidden"


@forbids("torch.softmax", "*.softmax", of="f")
def by_name(student):
    """f is written by hand, as far as its source tells"""
    student.f(torch.ones(2, 2))


HELPERS = b"""
import torch
def softmax(x): return x.exp() / x.exp().sum()
def lazy(x): return torch.softmax(x, 0)
def lazier(x): return lazy(x)
class Net:
    def go(self, x): return x.softmax(0)
"""


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("import helpers\ndef f(x): return helpers.softmax(x)", "passed"),
        ("import helpers as h\ndef f(x): return h.softmax(x)", "passed"),
        ("from helpers import softmax\ndef f(x): return softmax(x)", "passed"),
        ("import helpers\ndef f(x): return helpers.lazy(x)", "forbidden"),
        ("from helpers import lazier\ndef f(x): return lazier(x)", "forbidden"),
        ("from helpers import Net\ndef f(x): return Net().go(x)", "forbidden"),
        ("import helpers\ndef f(x): return x.softmax(0)", "forbidden"),
        ("import pluggy\ndef f(x): return pluggy.lazy(x)", "forbidden"),  # the judge has one, the student's process not
    ],
)
def test_style_rules_and_a_students_own_module(make_exam, source, status):
    """a helper of a forbidden method's name is the student's own; what it does itself is looked at"""
    exam = make_exam(
        source, files=(("helpers.py", HELPERS), ("pluggy.py", HELPERS), ("torch.py", b"def softmax(x): pass"))
    )
    assert run(exam, by_name).status == status


@pytest.mark.parametrize(
    ("fault", "status"), [(SandboxError("the sandbox broke"), "internal"), (MemoryError(), "memory")]
)
def test_the_graders_own_fault(make_exam, fault, status):
    """a fault of the sandbox is `internal`, never the student's; an answer may be too large to look at"""

    def broken(student):
        student.f(torch.ones(1))
        raise fault

    result = run(make_exam("def f(x): return x"), broken)
    assert (result.status, result.points) == (status, 0.0)
    assert ("the sandbox broke" in result.fault) == (status == "internal")


def test_a_check_that_is_broken_before_any_call(make_exam):
    """an exception of a check's own, before it asked for anything, is `internal`"""
    assert run(make_exam("def f(x): return x"), lambda student: 1 / 0, "broken").status == "internal"


@pytest.mark.parametrize("given", ["def f(x): pass", "class f: pass", "f = object()", "f = None", "f = ()", "f = {}"])
@pytest.mark.parametrize(
    "use",
    [len, list, iter, float, hash, lambda f: f + 1, lambda f: f < 1, lambda f: f.__name__, torch.exp, lambda f: f[0],
     lambda f: torch.ones(1) * f, lambda f: 1 / 0],
)  # fmt: skip
def test_what_a_check_gets_hold_of_is_the_students(make_exam, given, use):
    """whatever a name holds in place of what the check takes it for, and whatever is done with it: the student's"""
    result = run(make_exam(given), lambda student: use(student.f))
    assert result.status in ("failed", "error", "passed"), result


def test_an_answer_that_breaks_the_check_is_the_students(make_exam):
    """where the check stumbles over what came back, the check has failed and says so"""

    def uses(student):
        student.f(1)["key"] + 1

    result = run(make_exam("def f(x): return [x]"), uses)
    assert result.status == "failed"
    assert "could not be used" in told(result.failure)


def test_training_checks_leave_no_trace(make_exam):
    """a training check has its own time limit and gives nothing to diagnose, unless marked"""

    @training(seconds=30)
    def trains(student):
        student.f(torch.ones(1))

    @replayable
    @training(seconds=30)
    def trains_too(student):
        student.f(torch.ones(1))

    exam = make_exam("def f(x): return x")
    run(exam, trains)
    run(exam, trains_too)
    assert exam.traces["trains"].calls == []
    assert len(exam.traces["trains_too"].calls) == 1
    assert marks_of(trains).seconds == 30


# -- what a check file uses ----------------------------------------------------------------------


def outcome(make_exam: MakeExam, source: str, body: Callable) -> tuple[str, str]:
    """(status, message) of a check with this body."""
    result = run(make_exam(source), body, "check")
    return result.status, told(result.failure)


def test_unmodified(make_exam):
    """a call that alters its input fails, any one bit of it; one that does not passes"""

    def check(student):
        x = torch.tensor([1.0, 0.0])
        with unmodified(x):
            student.f(x)

    assert outcome(make_exam, "def f(x): return x + 1", check)[0] == "passed"
    for source in ("def f(x): x += 1", "def f(x): x[1] = -0.0", "def f(x): x.data = x.data[:1]"):
        status, message = outcome(make_exam, source, check)
        assert status == "failed"
        assert "changed its input" in message


def test_left_alone(make_exam):
    """a call that reorders a list, or writes into a tensor inside one, fails; one that works on copies passes"""

    def check(student):
        student.f([3, 1, 2], {"x": [torch.ones(2)]})
        assert_left_alone(student)

    assert outcome(make_exam, "def f(a, b): return sorted(a), b['x'][0] + 1", check)[0] == "passed"
    for source in ("def f(a, b): a.sort()", "def f(a, b): b['x'][0].zero_()", "def f(a, b): b.pop('x')"):
        status, message = outcome(make_exam, source, check)
        assert (status, "changed what it was given" in message) == ("failed", True)


def test_unmodified_where_an_error_is_raised(make_exam):
    """a documented error that comes after the input was altered fails; one that comes first passes"""

    def check(student):
        x = torch.tensor([1.0, 0.0])
        with unmodified(x), raises(ValueError):
            student.f(x)

    refuse = "raise ValueError('no')"
    assert outcome(make_exam, f"def f(x): {refuse}", check)[0] == "passed"
    status, message = outcome(make_exam, f"def f(x):\n    x += 1\n    {refuse}", check)
    assert status == "failed"
    assert "changed its input" in message


def several(function, count):
    """Over there: so many answers."""
    return [function(n) for n in range(count)]


def test_a_check_says_which_call_its_failure_is_about(make_exam):
    """a failure that names a call shows it, though it is one of ours, and the student's own was made before"""

    def check(student):
        student.f(1)
        student.prop(several)(student.f, 3)
        raise CheckFailure("three answers are too few", record=student.calls[-1])

    failure = run(make_exam("def f(n): return n"), check).failure
    assert (failure.reason, failure.call) == ("three answers are too few", "several(f, 3)")


def test_a_call_of_ours_is_one_of_the_function_that_it_was_given(make_exam):
    """not of the name that was looked up last: a loop over two functions looks up both before it calls the first"""

    def check(student):
        for function in (student.f, student.g):
            require(student.prop(several)(function, 2) == [0, 1], "the answers are counted")

    source = "def f(n): return n\n\n\ndef g(n): return n"
    assert run(make_exam(source.replace("return n", "return -n", 1)), check).failure.function == "f"
    assert run(make_exam(source.replace("g(n): return n", "g(n): return -n")), check).failure.function == "g"


def test_a_call_cannot_bend_the_oracles_inputs(make_exam):
    """zeroing the input and answering what fits zeros is wrong: the oracle sees what the check drew"""

    def check(student):
        x = torch.tensor([[1.0, 2.0], [5.0, -1.0]])
        assert_same(student.f(x), torch.softmax(x, 1))

    for source in (
        "def f(x):\n    x.zero_()\n    return x + 0.5",
        "def f(x):\n    x.data = x.data[:0]\n    return x.clone()",
    ):
        assert outcome(make_exam, source, check)[0] == "failed"


def test_raises(make_exam):
    """the documented exception passes, another or none fails, and unwritten code is missing"""

    def check(student):
        with raises(ValueError):
            student.f(-1)

    table = {
        "raise ValueError('any words')": "passed",
        "raise UnicodeError": "passed",
        "raise KeyError('k')": "failed",
        "return None": "failed",
        "raise NotImplementedError": "missing",
        "import os; os._exit(1)": "crashed",
    }
    for body, status in table.items():
        assert outcome(make_exam, f"def f(x): {body}", check)[0] == status, body


def test_assert_gradients(make_exam):
    """right gradients pass; wrong, absent, or cut off ones fail, by name"""

    def check(student):
        x, y = torch.randn(3, dtype=torch.float64), torch.randn(3, dtype=torch.float64)
        assert_gradients(student.f, lambda a, b: a * b.exp(), x, y)

    assert outcome(make_exam, "def f(x, y): return x * y.exp()", check)[0] == "passed"
    wrong = {
        "return x * y.exp().detach()": "argument 2",
        "return (x * y.exp()).detach()": "cut off",
        "return x * y": "instead of",
    }
    for body, says in wrong.items():
        status, message = outcome(make_exam, f"def f(x, y): {body}", check)
        assert status == "failed"
        assert says in message


def test_numbers_and_requirements(make_exam):
    """assert_number takes any number; require takes a condition and says its reason"""

    def check(student):
        assert_number(student.f(), 2.0, about="the area")
        require(student.f() > 1, "it must be above one", student.f(), "more than 1")

    for value in ("2", "2.0", "torch.tensor(2.0)", "np.float32(2)"):
        assert outcome(make_exam, f"import torch, numpy as np\ndef f(): return {value}", check)[0] == "passed"
    for value in ("True", "'2'", "[2]", "None", "object()"):
        assert outcome(make_exam, f"def f(): return {value}", check)[0] == "failed"


UNSHOWABLE = {
    "no_character": "import numpy as np\ndef f(x): return np.array([0x7fffffff], dtype=np.uint32).view('<U1')",
    "a_column_named_last": "import pandas as pd\ndef f(x): return pd.DataFrame({'last': [1], 'mean': [2]})",
    "half_a_character": "def f(x): return '\\ud83d'",
    "an_object_in_an_array": "import numpy as np\ndef f(x): return np.array(object(), dtype=object)",
    "a_large_int": "def f(x): return 2**63 - 1",
}


@pytest.mark.parametrize("source", UNSHOWABLE.values(), ids=UNSHOWABLE)
def test_what_cannot_be_shown_is_a_wrong_answer_like_any_other(make_exam, source):
    """a value that makes the message fail changes neither status nor points, and the rest of the page goes on"""
    exam = make_exam(source)
    for name in ("first", "second"):
        result = run(exam, lambda student: assert_same(student.f(1), 2), name)
        assert (result.status, result.points) == ("failed", 0.0), told(result.failure)
        assert told(result.failure)


def test_a_message_that_fails_is_told_to_the_teacher(make_exam, monkeypatch):
    """whatever goes wrong while a message is made: a plain sentence, the verdict as it is, and the reason beside it"""

    def broken(*args):
        raise UnicodeEncodeError("utf-8", "x", 0, 1, "why")

    monkeypatch.setattr("autograder.checking.messages.typeset", broken)
    result = run(make_exam("def f(x): return 3"), lambda student: assert_same(student.f(1), 2), "one")
    assert (result.status, result.points) == ("failed", 0.0)
    assert "3 is not 2" in told(result.failure)
    assert "UnicodeEncodeError" in result.fault


def test_a_parameter_is_told_as_a_cut_graph(make_exam):
    """nn.Parameter(result) has a graph of its own: no gradient comes through, which is not a gradient of 0"""

    def gradient(student):
        assert_gradients(student.f, lambda x: 2 * x, torch.ones(2, dtype=torch.float64))

    result = run(make_exam("import torch\ndef f(x): return torch.nn.Parameter(2 * x)"), gradient)
    assert result.status == "failed"
    assert "cut off from the computation graph" in told(result.failure)


def test_numbers_are_told_apart(make_exam):
    """large integers and nearly equal numbers are written with the digits in which they differ"""
    for source, expected, digits in (
        ("import torch\ndef f(): return torch.tensor(2**60 + 1)", torch.tensor(2**60), str(2**60 + 1)),
        ("def f(): return 1.00001", 1.00002, "1.00001 is not 1.00002"),
    ):
        result = run(make_exam(source), lambda student, e=expected: assert_same(student.f(), e), "digits")
        assert digits in told(result.failure)
