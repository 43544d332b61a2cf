"""What was answered alike is judged alike, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import torch

from autograder.checking import assert_same, badge, forbids, marks_of, points, raises
from autograder.course import catalogue, syllabus
from autograder.course import trees as paths
from autograder.judging.check import Check
from autograder.judging.collect import collect
from autograder.judging.exam import Exam
from autograder.judging.judge import Judge
from autograder.model import CheckResult, Exercise, Settings, Submission
from autograder.sandbox.host.answer_cache import AnswerCache, AskedDifferently
from autograder.sandbox.host.forked import Template
from autograder.sandbox.host.problem import StudentProblem
from autograder.text import told
from tests.helpers import CHECKS, PAGE, make_course, page

pytestmark = pytest.mark.usefixtures("warm")

EXERCISE = Exercise("one/page", "A page", points=3.0, seconds=2.0)
Graded = Callable[..., CheckResult]


@pytest.fixture
def graded(plain_template: Template) -> Iterator[Graded]:
    """Runs one check on a source; all share what was answered. ``graded.ran`` lists the sources it did run for."""
    memory, exams = AnswerCache(), []

    def grade(source: str, function: Callable, **fields: object) -> CheckResult:
        submission = Submission("ada", EXERCISE.address, "page.py", (source,), **fields)
        exam = Exam(grade.exercise, submission, plain_template, seed=1, keep_output=True, memory=memory)
        exams.append(exam)
        check = Check(function.__name__, (function.__doc__ or "").strip(), marks_of(function))
        error: BaseException | None = None
        try:
            student = exam.begin(check, memorable=True)
            grade.ran.append(source)
            function(student)
        except (Exception, AskedDifferently, StudentProblem) as caught:
            error = caught
        grade.asked_differently = exam.asked_differently()
        grade.last = exam
        return exam.finish(check, error)

    grade.ran, grade.exercise = [], EXERCISE
    yield grade
    for exam in exams:
        exam.close()


@points(2)
def doubles(student):
    """f doubles"""
    for x in (torch.tensor([1.0, 2.0]), torch.ones(3)):
        assert_same(student.f(x), 2 * x)


RIGHT, WAYS = "def f(x): return 2 * x", ("def f(x): return x + x", "def f(x):\n    print('hm')\n    return x.mul(2)")


def test_another_way_with_the_same_answers_is_recalled(graded):
    """the check runs once for all who answer alike; points, title and what was printed are one's own"""
    first = graded(RIGHT, doubles)
    others = [graded(source, doubles) for source in WAYS]
    assert graded.ran == [RIGHT]
    assert [one.status for one in (first, *others)] == ["passed"] * 3
    assert [one.points for one in others] == [2, 2]
    assert [one.output for one in others] == ["", "hm\nhm\n"]


def test_a_wrong_answer_after_right_ones_is_met_by_the_check(graded):
    """one that answers the first question as others did and the second otherwise fails, and says where"""
    late = "n = 0\ndef f(x):\n    global n\n    n += 1\n    return 2 * x if n == 1 else 3 * x"
    alone = graded(late, doubles)
    assert alone.status == "failed"
    graded.ran.clear()
    assert graded(RIGHT, doubles).status == "passed"
    again = graded(late + "\n", doubles)
    assert again == alone  # recalled: the same answers, the same message
    other = graded(late.replace("3 * x", "4 * x"), doubles)
    assert (other.status, "4." in told(other.failure)) == ("failed", True)
    assert graded.ran == [RIGHT, late.replace("3 * x", "4 * x")]


def test_each_question_is_asked_once(graded):
    """a submission that counts its calls counts those of the check, however far others are known"""
    counting = "n = 0\ndef f(x):\n    global n\n    n += 1\n    print(n)\n    return {} * x"
    assert graded(counting.format("2"), doubles).output == "1\n2\n"
    assert graded(counting.format("2.0"), doubles).output == "1\n2\n"
    assert graded(counting.format("(2 if n == 1 else 5)"), doubles).output == "1\n2\n"


def test_the_last_bit_counts(graded):
    """answers that differ in one bit are two answers"""

    def near(student):
        """f is about a third"""
        assert_same(student.f(), torch.tensor(1 / 3), atol=1e-6, rtol=0)

    graded("import torch\ndef f(): return torch.tensor(1 / 3)", near)
    graded("import torch\ndef f(): return torch.tensor(1 / 3).nextafter(torch.tensor(1.0))", near)
    assert len(graded.ran) == 2


def test_rules_of_style_are_each_ones_own(graded):
    """the same answers, one by hand and one borrowed: the borrowed one is forbidden"""

    @points(1)
    @forbids("torch.mul", of="f")
    def by_hand(student):
        """f doubles, by hand"""
        assert_same(student.f(torch.ones(2)), torch.full((2,), 2.0))

    assert graded("def f(x): return x + x", by_hand).status == "passed"
    borrowed = graded("import torch\ndef f(x): return torch.mul(x, 2)", by_hand)
    assert (borrowed.status, borrowed.points) == ("forbidden", 0)
    assert not graded.last.traces["by_hand"].passed
    assert graded("def f(x): return x * 2.0", by_hand).status == "passed"
    assert len(graded.ran) == 1


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("def f(x): return 1 / 0", "error"),
        ("def f(x):\n    while True: pass", "timeout"),
        ("import os\ndef f(x): os._exit(3)", "crashed"),
        ("def g(x): return x", "missing"),
    ],
)
def test_other_ends_are_not_kept(graded, source, status):
    """an error quotes the source, and a limit may be the machine's doing: both are met anew"""
    graded.exercise = replace(EXERCISE, seconds=0.4)  # which the loop uses up, four times
    for text in (source, source + "\n# again\n"):
        assert graded(text, doubles).status == status
    assert len(graded.ran) == 2


def test_callbacks_and_objects_are_numbered_alike(graded):
    """with functions handed over and objects handed back the second conversation is the first, bit for bit"""

    def visits(student):
        """walk calls the function for each item and returns an object that counts"""
        for _ in range(2):
            seen: list = []
            walker = student.Walker(lambda item, seen=seen: seen.append(item))
            walker.walk([1, 2, 3])
            assert_same(seen, [1, 2, 3])
            assert_same(walker.count, 3)

    source = (
        "class Walker:\n    def __init__(self, visit): self.visit, self.count = visit, 0\n"
        "    def walk(self, items):\n        for item in items:\n            self.visit(item); self.count += 1\n"
    )
    assert graded(source, visits).status == "passed"
    assert graded(source.replace("self.count += 1", "self.count = self.count + 1"), visits).status == "passed"
    wrong = source.replace("self.visit(item)", "self.visit(item + 1)")
    assert [graded(wrong + end, visits).status for end in ("", "\n")] == ["failed"] * 2
    assert len(graded.ran) == 2


def test_gradients_are_numbered_alike(graded):
    """with gradients through the submission, twice, the second conversation is the first"""

    def slope(student):
        """the second derivative of f at 2 is 12"""
        x = torch.tensor(2.0, requires_grad=True)
        (first,) = torch.autograd.grad(student.f(x), x, create_graph=True)
        (second,) = torch.autograd.grad(first, x)
        assert_same(second, torch.tensor(12.0))

    assert graded("def f(x): return x**3", slope).status == "passed"
    assert graded("def f(x):\n    return x ** 3", slope).status == "passed"
    assert graded("def f(x): return 3 * x", slope).status == "failed"
    assert graded.ran == ["def f(x): return x**3", "def f(x): return 3 * x"]


def test_remarks_come_along(graded):
    """a badge that the check gave is given again"""

    def shines(student):
        """f of nothing is 1"""
        assert_same(student.f(), 1)
        badge("bright")

    assert [graded(source, shines).badge for source in ("def f(): return 1", "def f():\n    return 1")] == [
        "bright"
    ] * 2
    assert len(graded.ran) == 1


def test_an_expected_exception_is_recalled_with_its_text_and_place(graded):
    """exceptions are answers too: alike in type, text and line they are the same"""

    def refuses(student):
        """f of a negative number raises a ValueError"""
        with raises(ValueError):
            student.f(-1)

    source = "def f(x):\n    raise ValueError('x is negative')"
    for text in (source, source + "\n", source.replace("\n", "\n\n"), "def f(x): pass"):
        graded(text, refuses)
    assert graded.ran == [source, source.replace("\n", "\n\n"), "def f(x): pass"]


def test_a_function_kept_from_an_earlier_check(plain_template):
    """what was handed over in one check is nobody's in the next, and is not taken for something else"""

    def hands_over(student):
        """f calls what it is given"""
        student.f(lambda: 1)

    source = "kept = []\ndef f(function):\n    kept.append(function)\n    return kept[0]()"
    submission = Submission("ada", EXERCISE.address, "page.py", (source,))
    exam = Exam(EXERCISE, submission, plain_template, 1, memory=AnswerCache())
    try:
        for name, status in (("one", "passed"), ("two", "error")):
            check = Check(name, name, marks_of(hands_over))
            error: BaseException | None = None
            try:
                hands_over(exam.begin(check, memorable=True))
            except Exception as caught:
                error = caught
            result = exam.finish(check, error)
            assert result.status == status, told(result.failure)
        assert "handed over in an earlier check" in told(result.failure)
    finally:
        exam.close()


def test_which_names_there_are_is_an_answer(graded):
    """a check that asks for names is told by the worker, so it is recalled where these are the same"""

    def either(student):
        """f or g gives 1"""
        assert_same(student.f() if student.has("f") else 1, 1)

    for source in ("def f(): return 1", "def f(): return 1\n", "def g(): return 1"):
        assert graded(source, either).status == "passed"
    assert graded.ran == ["def f(): return 1", "def g(): return 1"]


CLOCK = """

@points(1)
def test_now(student):
    \"\"\"scaled keeps the time\"\"\"
    now = float(time.perf_counter_ns())
    assert_same(student.scaled(torch.tensor(now, dtype=torch.float64), 1.0).item(), now)
"""


def judge_of(tmp_path, then):
    """Collect a small course with a check that looks at the clock, and hand its judge to `then`."""
    trees = make_course(tmp_path, {PAGE: page(checks="import time\n" + CHECKS + CLOCK)})
    course = syllabus.load(trees)

    def loop(plugin):
        judge = Judge(course, trees, Settings(0, "plain"), plugin.checks, plugin.run)
        try:
            then(judge, catalogue.solution_submission(trees, course.exercises[PAGE]))
        finally:
            judge.close()

    collect(trees, [PAGE], loop)


def test_the_clock(tmp_path):
    """a check whose questions change by themselves is run afresh in a worker of its own, and its verdict holds"""

    def then(judge, right):
        wrong = replace(right, cells=(right.cells[0] + "\n\ndef scaled(x, factor=2.0):\n    return 2 * x * factor\n",))
        for submission, status in ((right, "passed"), (right, "passed"), (wrong, "failed"), (right, "passed")):
            last = judge.examined(submission).results[-1]
            assert (last.name, last.status) == ("test_now", status), told(last.failure)

    judge_of(tmp_path, then)


@pytest.mark.parametrize("address", ["s3_neural_networks/softmax", "s3_neural_networks/gradient_descent"])
def test_real_pages_are_graded_the_same(address):
    """right and wrong versions of a page, twice and in any order: the same grades as from checks that run every time"""
    trees = paths.trees()
    course = syllabus.load(trees)
    exercise = course.exercises[address]
    solution = catalogue.solution_submission(trees, exercise)
    versions = [*catalogue.variants(trees, exercise), *catalogue.misconceptions(trees, exercise)[::3]]
    submissions = [solution, *(one.submission(exercise, solution.cells[0]) for one in versions)]

    def loop(plugin):
        judge = Judge(course, trees, Settings(0, "plain"), plugin.checks, plugin.run)
        try:
            twice = [[judge.grade(one) for one in order] for order in (submissions, submissions[::-1])]
            judge.memory = None
            alone = [judge.grade(one) for one in submissions]
        finally:
            judge.close()
        for grades in (twice[0], twice[1][::-1]):
            assert [replace(g, seconds=0.0) for g in grades] == [replace(g, seconds=0.0) for g in alone]

    collect(trees, [address], loop)
