"""What a page forbids is out of reach in every check while nothing is missed, and costs nobody else a point."""

from __future__ import annotations

import pytest

from autograder.course import syllabus
from autograder.judging.judge import Judge
from autograder.model import Settings, Submission
from autograder.running.pool import collect
from tests.helpers import PAGE, make_course, page

pytestmark = pytest.mark.usefixtures("warm")

CHECKS = '''
"""Checks of a page with two functions, of which one is written by hand."""

import torch

from autograder.checking import assert_same, forbids


def test_by_hand(student):
    """soft is right"""
    x = torch.randn(2, 3)
    assert_same(student.soft(x), x.softmax(-1))


@forbids("torch.softmax", of="soft", operators=("aten._softmax.default",))
def test_style(student):
    """soft is written by hand"""
    assert_same(student.soft(torch.ones(1, 2)), torch.full((1, 2), 0.5))


@forbids("torch.cumsum", of="soft", operators=("aten.cumsum.default",))
def test_other_style(student):
    """soft adds nothing up step by step"""
    assert_same(student.soft(torch.ones(1, 2)), torch.full((1, 2), 0.5))


def test_free(student):
    """free is right, however it is written"""
    x = torch.randn(2, 3)
    assert_same(student.free(x), x.softmax(-1) * 2)


def test_free_once_more(student):
    """free is right on one row"""
    x = torch.randn(1, 3)
    assert_same(student.free(x), x.softmax(-1) * 2)
'''
SOFT = "def soft(x):\n    e = (x - x.amax(-1, keepdim=True)).exp()\n    return e / e.sum(-1, keepdim=True)\n"
BORROWED = "def soft(x):\n    return getattr(x, 'soft' + 'max')(-1)\n"
FREE = "def free(x):\n    return 2 * soft(x)\n"
FREE_BY_TORCH = "def free(x):\n    return 2 * torch.softmax(x, -1)\n"
OR_ELSE = """
def free(x):
    try:
        return 2 * x.softmax(-1)
    except Exception:
        return None
"""
ALL = ["test_by_hand", "test_style", "test_other_style", "test_free", "test_free_once_more"]
CASES = {
    "right": ((SOFT, FREE), ALL, 1),
    "right, by torch where that is allowed": ((SOFT, FREE_BY_TORCH), ALL, 4),
    "right, tried out when it is read": ((SOFT, FREE, "shown = torch.softmax(torch.ones(2), 0)\n"), ALL, 4),
    "the rule is broken": ((BORROWED, FREE), [name for name in ALL if name != "test_style"], 4),
    "wrong": ((SOFT, "def free(x):\n    return soft(x)\n"), ALL[:3], 1),
    "wrong, and raises when it is read": ((SOFT, "free = soft\n", "1 / 0\n"), ALL[:3], 1),
    "by torch, or else wrong": ((SOFT, OR_ELSE), ALL, 4),
}


def of_ours(judge: Judge) -> list[str]:
    """The checks that a source of the course's passes where one is run after the other, its worker asked between."""
    passed = []
    with judge.ours.of_ours(Submission("", PAGE, "page.py", ("import torch\n", SOFT, FREE_BY_TORCH))) as exam:
        first = None
        for name in ("test_free", "test_style", "test_free_once_more"):
            judge.run(exam, [name], lambda result: False)
            first = first or exam.workers.plain
            assert exam.workers.plain is first
            passed += [name for result in exam.results[-1:] if result.status == "passed"]
    return passed


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """For each case the checks that are passed, what is said of the source, and how many processes it took."""
    trees = make_course(tmp_path_factory.mktemp("strict"), {PAGE: page(checks=CHECKS)}, built=False)
    found: dict[str, tuple[list[str], tuple[str, ...], int]] = {}

    def loop(plugin):
        settings = Settings(1, "plain", diagnose=False)
        judge = Judge(syllabus.load(trees), trees, settings, plugin.checks, plugin.run)
        try:
            template = judge.template(())
            forks: list[int] = []
            kind = type(template)
            patch.setattr(kind, "fork", lambda self, limits, begin=kind.fork: (forks.append(1), begin(self, limits))[1])
            for name, (cells, _, _) in CASES.items():
                forks.clear()
                exam = judge.examined(Submission("ada", PAGE, "page.py", ("import torch\n", *cells)))
                passed = [result.name for result in exam.results if result.status == "passed"]
                assert [result.name for result in exam.results] == ALL
                found[name] = passed, tuple(exam.workers.load_problems), len(forks)
            found["ours"] = of_ours(judge), (), 0
        finally:
            judge.close()

    with pytest.MonkeyPatch.context() as patch:
        collect(trees, [PAGE], loop)
    return found


@pytest.mark.parametrize("case", CASES)
def test_nobody_loses_by_it(outcomes, case):
    """what a check does not forbid may be used, wherever another one forbids it"""
    passed, said, _ = outcomes[case]
    assert passed == CASES[case][1]
    assert len(said) == ("raises" in case)


@pytest.mark.parametrize("case", CASES)
def test_processes(outcomes, case):
    """who touches nothing that is forbidden needs one process; who does, one for each rule and one without any"""
    assert outcomes[case][2] <= CASES[case][2]


def test_a_source_of_ours_stays_in_its_worker(outcomes):
    """nothing in it takes down what is put up for one check, so its one worker does for all of them"""
    assert outcomes["ours"][0] == ["test_free", "test_style", "test_free_once_more"]
