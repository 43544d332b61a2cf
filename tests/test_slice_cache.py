"""What is written as code that passed passes without being asked, and no grade is another one for it."""

from __future__ import annotations

import importlib.util
from dataclasses import replace

import pytest
import torch

from autograder.course import syllabus
from autograder.course import trees as paths
from autograder.judging.check import Trace, Verdict
from autograder.judging.collect import collect
from autograder.judging.judge import Judge
from autograder.judging.slice_cache import MAX_KEPT, Asked, SliceCache
from autograder.judging.slices import Slices
from autograder.model import Grade, Settings, Submission
from autograder.sandbox.host.record import Call
from tests.helpers import ROOT, SOFTMAX

pytestmark = pytest.mark.usefixtures("warm")

SPEC = importlib.util.spec_from_file_location("realistic_class", ROOT / "benchmarks" / "class.py")
ASKED = Asked("1 page check", ())
F = Slices(["def f(x):\n    return x + 1\n"])
PASSED = Verdict("passed", None, 1.0, Trace(passed=True), asked=frozenset({"f"}))


def graded(texts: list[str], page: str = SOFTMAX, alike: bool = True) -> tuple[list[Grade], int]:
    """The grades of these sources by one judge, and how many checks it ran."""
    trees = paths.trees()
    course, ran = syllabus.load(trees), 0
    found: list[Grade] = []

    def loop(plugin):
        nonlocal ran
        judge = Judge(course, trees, Settings(3, "plain"), plugin.checks, plugin.run)
        judge.alike = judge.alike if alike else None
        simple = plugin._call

        def counted(item, exam, *rest):
            nonlocal ran
            simple(item, exam, *rest)
            ran += not exam.recalled and not exam.workers.ours

        plugin._call = counted
        try:
            for text in texts:
                grade = judge.grade(Submission("ada", page, f"{page.rpartition('/')[2]}.py", (text,)))
                found.append(replace(grade, seconds=0.0))
        finally:
            judge.close()

    collect(trees, [page], loop)
    return found, ran


@pytest.fixture(scope="module")
def sources():
    """Makes the sources of a realistic class."""
    module = importlib.util.module_from_spec(SPEC)
    SPEC.loader.exec_module(module)
    return module.sources


@pytest.mark.parametrize("page", [SOFTMAX, "s2_data/csv_loading"])
def test_a_class_has_the_grades_that_it_has_without(sources, page):
    """every field of every grade, failures, diagnoses and digests, in another order, too; and less is run"""
    texts = sources(page.rpartition("/")[2], 14)
    plain, all_run = graded(texts, page, alike=False)
    backwards, ran = graded(texts[::-1], page)
    assert backwards[::-1] == plain
    assert ran < 0.9 * all_run


def test_the_same_function_is_asked_once_beside_another():
    """of a second submission whose other function is wrong only that one's checks are run"""
    right = (ROOT / "solutions" / f"{SOFTMAX}.py").read_text()
    wrong = right.replace("def temperature_softmax(", "def temperature_softmax(", 1) + (
        "\ndef temperature_softmax(logits, temperature=1.0, dim=-1):\n    return softmax(logits, dim)\n"
    )
    alone, both_run = graded([wrong], alike=False)
    grades, ran = graded([right, wrong])
    _, first_run = graded([right])
    assert grades[1] == alone[0]
    assert [grade.status for grade in grades] == ["passed", "failed"]
    assert ran - first_run < both_run


def test_an_end_is_known_for_the_same_slice_alone():
    """another check, other operators, another function: none of these is known"""
    cache = SliceCache()
    cache.keep(ASKED, F, PASSED)
    assert cache.recall(ASKED, Slices(["def f(x):\n    # one more\n    return x + 1\n"])) is PASSED
    assert cache.recall(ASKED, Slices(["def f(x):\n    return x + 2\n"])) is None
    assert cache.recall(ASKED._replace(check="2 page check"), F) is None
    assert cache.recall(ASKED._replace(without=("aten.exp",)), F) is None


def test_what_rests_on_more_than_the_slice_is_not_kept():
    """a check that learnt what else is defined, or of a definition that has no slice"""
    cache = SliceCache()
    cache.keep(ASKED, F, replace(PASSED, asked=None))
    cache.keep(ASKED, F, replace(PASSED, asked=frozenset({"f", "g"})))
    assert cache.recall(ASKED, F) is None


def test_a_check_that_depends_on_more_is_not_believed_again():
    """neither what it said before, nor what it says later"""
    cache = SliceCache()
    cache.keep(ASKED, F, PASSED)
    cache.distrust(ASKED.check)
    assert cache.recall(ASKED, F) is None
    cache.keep(ASKED, F, PASSED)
    assert cache.recall(ASKED, F) is None


def test_memory_stays_within_its_bound():
    """the oldest ends are forgotten"""

    cache = SliceCache()
    large = Trace([Call("f", "f", (torch.zeros(MAX_KEPT // 40),), {})], passed=True)
    for number in range(20):
        cache.keep(ASKED._replace(check=str(number)), F, replace(PASSED, trace=large))
    known = [number for number in range(20) if cache.recall(ASKED._replace(check=str(number)), F)]
    assert known == [*range(known[0], 20)]
    assert 5 < len(known) < 12


def test_a_failure_is_nobody_elses():
    """who spoils torch in one function loses the points of another; who wrote the same one right has them"""
    right = (ROOT / "solutions" / f"{SOFTMAX}.py").read_text()
    spoils = right + (
        "\ndef logsumexp(logits, dim=-1):\n    t = torch\n    t.exp = t.log\n    t.Tensor.exp = t.Tensor.log\n"
        "    return logits.sum(dim)\n"
    )
    (before, after), _ = graded([spoils, right])
    assert before.points < after.points == after.max_points
    assert after.status == "passed"
