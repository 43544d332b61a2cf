"""What only the student's process can say decides a twentieth of a check; where that is so stands in SECURITY.md."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import torch

from autograder.authoring.claims import claims_of, written
from autograder.checking import (
    CheckFailure,
    assert_left_alone,
    assert_same,
    marks_of,
    points,
    raises,
    require,
    unmodified,
)
from autograder.checking.claims import WORTH, take_broken
from autograder.course import syllabus
from autograder.course.trees import trees
from autograder.judging.check import Check
from autograder.judging.exam import Exam
from autograder.model import Exercise, Settings, Submission
from autograder.running import pool
from tests.helpers import ROOT

EXERCISE = Exercise("page", "one/page", "Page", 4.0, seconds=20)

SOURCE = """
def values(x):
    return 2 * x

def turned(items):
    items.reverse()
    return 2

def zeroed(x):
    x.zero_()
    return 2

def flipped(x):
    x.requires_grad_()
    return 2

SIZE = 2

class Pair:
    def __init__(self, first):
        self.size = 2
"""


@pytest.fixture(scope="module")
def exam(plain_template):
    """An exam of a submission that alters whatever it is given."""
    made = Exam(EXERCISE, Submission("ada", "one/page", "page.py", (SOURCE,)), plain_template, 1)
    yield made
    made.close()


def grade(exam: Exam, function):
    """The result of one check."""
    check = Check(function.__name__, "a check", marks_of(function))
    error = None
    try:
        function(exam.begin(check))
    except Exception as raised:
        error = raised
    return exam.finish(check, error)


@points(4)
def claim_alone(student):
    """Only a claim does not hold."""
    require(student.values(1) == 3, "a lie would say so", claims=True)
    assert_same(student.values(torch.ones(2)), 2 * torch.ones(2))


@points(4)
def claim_and_value(student):
    """A claim does not hold, nor does what comes after it."""
    assert_same(student.values(1), 3, claims=True)
    require(student.values(2) == 5, "a value is wrong")


@points(4)
def two_claims(student):
    """Two claims do not hold."""
    require(False, "the first", claims=True)
    require(False, "the second", claims=True)


@points(4)
def claims_hold(student):
    """All claims hold."""
    require(True, "", claims=True)
    assert_same(student.values(1), 2, claims=True)


@points(4)
def a_list(student):
    """A list was altered: nobody sees that."""
    student.turned([1, 2])
    assert_left_alone(student)


@points(4)
def a_tensor(student):
    """A tensor was altered: that is seen."""
    student.zeroed(torch.ones(2))
    assert_left_alone(student)


@points(4)
def a_flag(student):
    """A tensor requires a gradient afterwards: nobody sees that."""
    with unmodified(x := torch.ones(2)):
        student.flipped(x)


@points(4)
def bytes_of(student):
    """The bytes of a tensor are others: that is seen."""
    with unmodified(x := torch.ones(2)):
        student.zeroed(x)


@pytest.mark.parametrize(
    ("check", "status", "earned", "told"),
    [
        (claim_alone, "failed", 3.8, "a lie would say so"),
        (claim_and_value, "failed", 0, "a value is wrong"),
        (two_claims, "failed", 3.8, "the first"),
        (claims_hold, "passed", 4, None),
        (a_list, "failed", 3.8, "changed what it was given"),
        (a_tensor, "failed", 0, "changed what it was given"),
        (a_flag, "failed", 3.8, "requires_grad"),
        (bytes_of, "failed", 0, "in place"),
    ],
)
def test_a_claim_weighs_a_twentieth(exam, check, status, earned, told):
    """a claim costs a twentieth, once, and only where all else holds; what is seen costs the check"""
    result = grade(exam, check)
    assert (result.status, result.points) == (status, pytest.approx(earned))
    assert told is None or told in result.failure.reason


@points(4)
def flag_then_values(student):
    """A claim about one call does not hold, and others follow it."""
    with unmodified(x := torch.ones(2)):
        student.flipped(x)
    assert_same(student.values(3), 6)


@points(4)
def a_constant(student):
    """There is no call: a constant of the page is wrong."""
    require(student.SIZE == 3, "the size must be 3", student.SIZE, 3)


@points(4)
def a_fact_after_reading(student):
    """Something is wrong that no value tells, after an attribute was read."""
    known = student.Pair(1).size
    require(known == 3, "a pair is too small")


@pytest.mark.parametrize(
    ("check", "call"),
    [(flag_then_values, "flipped(tensor([1., 1.]))"), (a_constant, "SIZE"), (a_fact_after_reading, "Pair(1)")],
)
def test_the_call_that_is_told(exam, check, call):
    """a claim tells the call that it is about, and what is only read is no call"""
    assert grade(exam, check).failure.call == call


def test_a_claim_of_one_check_is_none_of_the_next():
    """what was noted is forgotten when it was taken"""
    require(False, "the first", claims=True)
    assert isinstance(take_broken(), CheckFailure)
    assert take_broken() is None


def test_no_page_rests_on_claims():
    """at most a twentieth of a page's points, and the list of SECURITY.md is what the checks say"""
    course = trees()
    for exercise in syllabus.load(course).exercises.values():
        found = claims_of(course.check(exercise.address))
        assert sum(one.points for one in found) <= WORTH * exercise.points + 1e-9
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert written(text, course) == text, "run gradus build"


FOUND = """
def inner(x):
    require(x, "", claims=True)

def outer(x):
    inner(x)

@points(2)
def test_far(student):
    outer(student)

def test_near(student):
    assert_left_alone(student)

def test_none(student):
    require(1, "")
"""


def test_claims_are_found_through_functions(tmp_path: Path):
    """a check that uses a claim by a function of its file, and that function by another, is on the list"""
    path = tmp_path / "test_page.py"
    path.write_text(FOUND, encoding="utf-8")
    assert [(one.name, one.points) for one in claims_of(path)] == [("test_far", 0.1), ("test_near", WORTH)]


#: what is asked of a model over there, by the functions that ask it: their right answers are known beforehand
INVARIANTS = ("changed_by", "hooks", "hooks_of", "lies_in", "no_hooks", "shares_memory")


def test_what_is_always_the_same_is_marked():
    """a check that asks for hooks, changes or shared memory over there says that this is a claim"""
    course = trees()
    for exercise in syllabus.load(course).exercises.values():
        path = course.check(exercise.address)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        claiming = {one.name for one in claims_of(path)}
        for function in tree.body:
            if isinstance(function, ast.FunctionDef) and function.name.startswith("test_"):
                used = {n.id for n in ast.walk(function) if isinstance(n, ast.Name)}
                assert not used & set(INVARIANTS) or function.name in claiming, (path, function.name)


LIAR = """
import gc
import torch

def hello_tensor(n):
    return torch.arange(n, dtype=torch.float32)

def seed_everything(seed):
    return torch.Generator().manual_seed(seed)

def pick_device(prefer=None):
    return torch.device("cpu")

def fake(source, name):
    def drawn(function, seeds, *more):
        if name == "asked_again":
            return torch.arange(seeds, dtype=torch.float32)
        if name == "first_after_second":
            return torch.rand(4, generator=function(seeds))
        if name == "generator_after":
            other = torch.Generator().manual_seed(seeds)
            around = torch.cat([torch.rand(2, generator=other), torch.rand(2, generator=other)])
            return torch.rand(4, generator=function(seeds)), around
        each = [torch.rand(3, generator=torch.Generator().manual_seed(seed + 1)) for seed in seeds]
        return [{"Python": d, "NumPy": d.double(), "PyTorch": d} for d in each]
    return drawn

for thing in gc.get_objects():
    if type(thing).__name__ == "Worker":
        thing.peer._services["prop"] = fake
"""


def test_a_replaced_service_earns_nothing():
    """whoever answers in the place of the course's functions must know the draws of a seed that he does not choose"""
    course = trees()
    liar = Submission("ada", "s0_start/hello", "hello.py", (LIAR,))
    (grade,) = pool.grade_many([liar], syllabus.load(course), course, Settings(seed=3, isolation="plain"), jobs=1)
    points = {check.name: check.points for check in grade.checks}
    assert points.pop("test_same_seed") == points.pop("test_other_seed") == 0
    assert grade.points == sum(points.values()) == 3


def test_a_check_that_goes_on_shows_what_fails_behind_its_first_failure(exam):
    """the verdict is the first failure's; the calls after it and the further failures are kept apart from it"""

    def two_flaws(student):
        """a check with two failing examples, and a record that it changes between them"""
        assert_same(student.values(1.0), 3.0)
        student.calls[-1].outcome = ("error", "ValueError", "as the check likes it")
        require(student.values(2.0) == 5.0, "five is wanted")
        with raises(ValueError):
            student.values(3.0)

    check = Check("two_flaws", "a check", marks_of(two_flaws))
    exam.goes_on = True
    try:
        student = exam.begin(check)
        with exam.going_on():
            two_flaws(student)
        result, trace = exam.finish(check, None), exam.traces["two_flaws"]
    finally:
        exam.goes_on = False
    assert (result.status, result.failure.reason) == ("failed", "2 is not 3")
    assert [call.outcome[:2] for call in trace.calls] == [("value", 2.0)]
    assert len(trace.further) == 2
    assert [fall.said for fall in trace.falls] == ["five is wanted", ""]
    assert trace.falls[1].failure.reason == "nothing was raised where ValueError was expected"
    assert trace.falls[1].blamed.args == (3.0,)
