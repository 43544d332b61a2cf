# ruff: noqa: E501
"""What fails in a source, or does not end, costs nothing above or below it, and is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import torch

from autograder.checking import assert_same, marks_of, points
from autograder.intake.magics import inert
from autograder.judging.check import Check
from autograder.judging.exam import Exam
from autograder.model import CheckResult, Exercise, Submission
from autograder.sandbox.host.forked import Template
from autograder.sandbox.host.problem import StudentProblem
from autograder.text import told

EXERCISE = Exercise("one/page", "A page", points=3.0, seconds=0.5)  # many here use it up
MakeExam = Callable[..., Exam]


@pytest.fixture
def make_exam(plain_template: Template) -> Iterator[MakeExam]:
    """Makes exams on plain workers and closes them."""
    made: list[Exam] = []

    def make(*cells: str, template: Template = plain_template, **fields: object) -> Exam:
        name = "page.py" if len(cells) == 1 else "page.ipynb"
        given: dict = {"student": "ada", "exercise": EXERCISE.address, "filename": name, "cells": cells}
        made.append(Exam(EXERCISE, Submission(**{**given, **fields}), template, seed=1))
        return made[-1]

    yield make
    for exam in made:
        exam.close()


def run(exam: Exam, function: Callable) -> CheckResult:
    """Run one check as the plugin does."""
    check = Check(function.__name__, (function.__doc__ or "").strip(), marks_of(function))
    error: BaseException | None = None
    try:
        function(exam.begin(check))
    except (Exception, StudentProblem) as caught:
        error = caught
    return exam.finish(check, error)


@points(1)
def doubles(student):
    """f doubles"""
    assert_same(student.f(torch.tensor([1.0, 2.0])), torch.tensor([2.0, 4.0]))


@points(1)
def triples(student):
    """g triples"""
    assert_same(student.g(torch.tensor([1.0, 2.0])), torch.tensor([3.0, 6.0]))


F, G = "def f(x): return 2 * x\n", "def g(x): return 3 * x\n"

RAISES = {
    "several on a line": "a = 1; b = 1 / 0; c = 3\n",
    "a demo": "print(f('five') + 1)\n",
    "an assertion": "assert f(2) == 5, 'hm'\n",
    "an exit": "import sys\nsys.exit()\n",
    "SystemExit": "raise SystemExit(1)\n",
    "KeyboardInterrupt": "raise KeyboardInterrupt\n",
    "a loop": "for i in range(3):\n    print(1 / (i - 1))\n",
    "two of them": "1 / 0\n\nundefined\n",
    "deep": "def r(n): return r(n + 1)\nr(0)\n",
    "a decorator": "@undefined\ndef h(x): return x\n",
    "a base class": "class H(Undefined):\n    pass\n",
    "a with": "with open('/nowhere') as file:\n    text = file.read()\n",
    "many lines": "h = (\n    1,\n    2 / 0,\n)\n",
    "a test runner": "import unittest\nunittest.main()\n",
}


@pytest.mark.parametrize("kind", RAISES)
def test_a_statement_that_raises_costs_nothing_around_it(make_exam, kind):
    """functions above and below it are graded; it is told of"""
    exam = make_exam(F + RAISES[kind] + G)
    assert [run(exam, check).status for check in (doubles, triples)] == ["passed", "passed"]
    assert exam.workers.load_problems
    assert all("page.py stopped with" in problem for problem in exam.workers.load_problems)
    assert "page.py, line" in exam.workers.load_problems[0]


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("@undefined\ndef f(x): return 2 * x\n", "NameError: name 'undefined'"),
        ("import cv2_absent\n" + G + "f = cv2_absent.wrap(g)\n", "no package cv2_absent"),
        ("class f(Undefined): pass\n", "NameError: name 'Undefined'"),
        ("if True:\n    1 / 0\n    def f(x): return 2 * x\n", "ZeroDivisionError"),
        ("def f(x)\n    return 2 * x\n", "SyntaxError"),
        ("import torch\n\ndef double(:\n    return 2\n", "SyntaxError"),  # whatever it would have defined
        ("from absent_solution import *\n", "No module named 'absent_solution'"),
        (G + "from absent_solution import *\n", "No module named 'absent_solution'"),
        ("raise ValueError('no')\n", "ValueError: no"),
    ],
)
def test_a_definition_that_failed_is_missing_with_its_reason(make_exam, source, says):
    """whoever asks for it is told which statement was to define it, and why it did not"""
    result = run(make_exam(source), doubles)
    assert (result.status, result.points) == ("error", 0.0)
    assert says in told(result.failure)
    assert "page.py, line" in told(result.failure)


def test_a_name_that_a_failed_statement_would_have_bound_is_told_where_it_is_used(make_exam):
    """the reason stands beside the NameError"""
    exam = make_exam("table = {}['absent']\ndef f(x): return table[x]\n" + G)
    result = run(exam, doubles)
    assert result.status == "error"
    assert "name 'table' is not defined" in told(result.failure)
    assert "page.py stopped with KeyError" in told(result.failure)
    assert run(exam, triples).status == "passed"


def test_a_demo_that_fails_is_no_reason_for_a_function_that_nobody_wrote(make_exam):
    """what is not there is missing; the demo is no part of that message"""
    result = run(make_exam(F + "print(1 / 0)\n"), triples)
    assert result.status == "missing"
    assert "ZeroDivisionError" not in told(result.failure)
    result = run(make_exam("def f(x): raise NotImplementedError\nf(1)\n"), doubles)
    assert result.status == "missing"


def test_an_unused_star_import_of_what_is_absent_costs_nothing(make_exam):
    """what stands above and below it is there"""
    exam = make_exam(F + "from absent_solution import *\n" + G)
    assert [run(exam, doubles).status, run(exam, triples).status] == ["passed", "passed"]
    assert "absent_solution" in exam.workers.load_problems[0]


def test_what_follows_keeps_its_lines_its_future_and_its_module(make_exam):
    """line numbers, annotations of the future, docstring, `global`, the source of a class"""
    source = '''"""A page."""
from __future__ import annotations
import dataclasses, inspect
1 / 0
count = 0
@dataclasses.dataclass
class Point:
    x: Undefined
def f(x):
    global count
    count += 1
    assert __doc__ == "A page." and count == 1 and __name__ == "page"
    assert inspect.getsource(Point).startswith("@dataclasses.dataclass") or inspect.getsource(Point)
    assert Point.__annotations__ == {"x": "Undefined"}
    return 2 * x
def g(x):
    return x.nothing
'''
    exam = make_exam(source)
    first = run(exam, doubles)
    assert first.status == "passed", told(first.failure)
    assert "page.py, line 17 in g:  return x.nothing" in told(run(exam, triples).failure)


def test_a_main_block_is_not_run(make_exam):
    """the module is named as the exercise"""
    exam = make_exam(F + 'if __name__ == "__main__":\n    while True: pass\n')
    assert run(exam, doubles).status == "passed"
    assert exam.workers.load_problems == []


def test_cells_that_raise_are_told_by_their_number(make_exam):
    """in a notebook the rest of the cell and every other runs too"""
    exam = make_exam("1 / 0", F + "undefined\n" + G)
    assert [run(exam, check).status for check in (doubles, triples)] == ["passed", "passed"]
    assert [problem.split(" stopped")[0] for problem in exam.workers.load_problems] == [
        "cell 1 of page.ipynb", "cell 2 of page.ipynb",
    ]  # fmt: skip


def test_the_checks_of_home_are_no_mistake(make_exam):
    """a notebook that ends in check("…"), as it is worked on, is handed in without a word about it"""
    exam = make_exam(F, "check('f')", "chekc('f')")
    assert run(exam, doubles).status == "passed"
    assert [problem.split(" stopped")[0] for problem in exam.workers.load_problems] == ["cell 3 of page.ipynb"]


def test_thousands_of_statements_that_raise_end_soon(make_exam):
    """whoever writes no line that works is left alone after fifty"""
    exam = make_exam(F + "1 / 0\n" * 5000)
    assert run(exam, doubles).status == "passed"
    assert len(exam.workers.load_problems) == 20


ENDLESS = {
    "a loop": "while True: pass\n",
    "a loop of many lines": "n = 0\nwhile True:\n    n += 1\n    n -= 1\n",
    "in a function": "def train():\n    while True:\n        pass\ntrain()\n",
    "sleeping": "import time\ntime.sleep(300)\n",
    "catching everything": "while True:\n    try:\n        while True: pass\n    except BaseException: pass\n",
    "in C": "import re\nre.match('(a+)+b', 'a' * 60)\n",
    "training": """import torch
w = torch.zeros(3, requires_grad=True)
for epoch in range(10_000_000):
    (w * w).sum().backward()
""",
}


@pytest.fixture
def impatient(monkeypatch):
    """A second for loading."""
    monkeypatch.setattr("autograder.judging.workers.LOAD_SECONDS", 1.0)


@pytest.mark.parametrize("kind", ENDLESS)
def test_what_does_not_end_costs_nothing_around_it(make_exam, impatient, kind):
    """functions above and below are graded; the message says that the file was still loading, and at which line"""
    exam = make_exam(F + ENDLESS[kind] + G)
    assert [run(exam, check).status for check in (doubles, triples)] == ["passed", "passed"]
    (problem,) = exam.workers.load_problems
    assert "page.py was still loading when its time was up, at line" in problem
    assert "page.py, line" in problem


CRASHES = {
    "leaving": "import os\nos._exit(0)\n",
    "a fault": "import ctypes\nctypes.string_at(0)\n",
    "aborting": "def stop():\n    import os\n    os.abort()\nstop()\n",
}


@pytest.mark.parametrize("kind", CRASHES)
def test_what_ends_the_process_costs_nothing_around_it(make_exam, kind):
    """functions above and below are graded; the message says how the process ended, and at which line"""
    exam = make_exam(F + CRASHES[kind] + G)
    assert [run(exam, check).status for check in (doubles, triples)] == ["passed", "passed"]
    (problem,) = exam.workers.load_problems
    assert "page.py was still loading when the " in problem
    assert ", at line " in problem
    assert "page.py, line" in problem


def test_a_child_does_not_answer(make_exam):
    """a process that the code forks and forgets ends where it would answer: one line has one voice"""
    source = F.replace("return", "os.fork(); return", 1) + G
    exam = make_exam(f"import os\nos.fork()\n{source}")
    assert [run(exam, check).status for check in (doubles, triples) * 3] == ["passed"] * 6


def test_a_crash_in_a_call_says_where(make_exam):
    """the frames of a process that faults are told with the failure"""
    exam = make_exam("import ctypes\ndef f(x):\n    return ctypes.string_at(0)\n")
    result = run(exam, doubles)
    assert result.status == "crashed"
    assert [(frame.line, frame.function) for frame in result.failure.frames] == [(3, "f")]


def test_a_file_that_a_cell_writes_can_be_imported(make_exam):
    """%%writefile makes a module, in a folder and in several pieces too"""
    cells = ("%%writefile ops/two.py\n!ls\nfactor = 1", "%%file -a 'ops/two.py'\n\nfactor += 1", "from ops import two")
    exam = make_exam(*map(inert, cells), "def f(x):\n    return two.factor * x")
    assert run(exam, doubles).status == "passed"
    assert not exam.workers.load_problems


def test_a_cell_in_the_middle_that_does_not_end(make_exam, impatient):
    """the cells before and after it are graded"""
    exam = make_exam(F, "while True: pass", G)
    assert [run(exam, check).status for check in (doubles, triples)] == ["passed", "passed"]
    assert exam.workers.load_problems[0].startswith(
        "cell 2 of page.ipynb was still loading when its time was up, at line 1"
    )


def test_in_the_jail_too(make_exam, impatient, best_template):
    """the strongest level says where as well"""
    exam = make_exam(F + "while True: pass\n" + G, template=best_template)
    assert [run(exam, check).status for check in (doubles, triples)] == ["passed", "passed"]
    assert "at line 2" in exam.workers.load_problems[0]


def test_whoever_never_ends_is_left_alone(make_exam, impatient):
    """after three statements that do not end nothing is graded, and it is said"""
    exam = make_exam("while True: pass\n" * 6 + F)
    result = run(exam, doubles)
    assert result.status == "timeout"
    assert run(exam, doubles).status == "timeout"


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("def f(x):\n    while True:\n        x = x + 1\n        x = x - 1\n", "in the loop of line 2 both times that we looked: an endless loop?"),
        ("def f(x):\n    for i in range(10**12):\n        helper(x)\ndef helper(x): return x\n", "page.py, line"),
        ("import re\ndef f(x):\n    return re.match('(a+)+b', 'a' * 60)\n", "it was at line 3, inside `match` both times"),
        ("import time\ndef f(x): time.sleep(300)\n", "does it wait for something?"),
    ],
)  # fmt: skip
def test_a_timeout_says_where_it_was(make_exam, source, says):
    """a loop is guessed at only where it was seen twice; the lines are shown"""
    result = run(make_exam(source), doubles)
    assert result.status == "timeout"
    assert says in told(result.failure)
    assert "page.py, line" in told(result.failure)


def test_processor_time_counts_not_the_clock(make_exam):
    """half of the limit computed, more than the limit slept: in time; a sleep of hours is not"""
    slow = "import time\ndef f(x):\n    time.sleep(0.75)\n    return 2 * x\n"
    assert run(make_exam(slow), doubles).status == "passed"
    busy = "import time\ndef f(x):\n    end = time.process_time() + 0.8\n    while time.process_time() < end: pass\n    return 2 * x\n"
    assert run(make_exam(busy), doubles).status == "timeout"
