"""The realistic class of the benchmarks: what stands for a right submission is one."""

from __future__ import annotations

import importlib.util

import pytest

from autograder.course import syllabus, trees
from autograder.model import Settings, Submission
from autograder.running.pool import grade_many
from tests.helpers import ROOT, SOFTMAX

SPEC = importlib.util.spec_from_file_location("realistic_class", ROOT / "benchmarks" / "class.py")


@pytest.fixture(scope="module")
def benchmark():
    """The module; its name is a keyword of Python's."""
    module = importlib.util.module_from_spec(SPEC)
    SPEC.loader.exec_module(module)
    return module


def test_local_names_change_and_nothing_else(benchmark):
    """parameters, keywords of calls, attributes and names from outside stay"""
    text = (
        "def f(x, dim=0):\n    top = x.max(dim=dim)\n    def g(y):\n        return y + top\n"
        "    return g(y=top.top), [z for z in x]\n"
    )
    made = benchmark.renamed(text, "_1")
    assert made.splitlines() == [
        "def f(x, dim=0):", "    top_1 = x.max(dim=dim)", "", "    def g(y):", "        return y + top_1",
        "    return (g(y=top_1.top), [z_1 for z_1 in x])",
    ]  # fmt: skip


def test_all_are_different_and_the_right_ones_are_right(benchmark):
    """of each page as many as asked, none twice; every other one passes, those that are written anew too"""
    for page in benchmark.PAGES:
        texts = benchmark.sources(page, 40)
        assert len(texts) == len(set(texts)) == 40
    texts = benchmark.sources("softmax", 60)[::2]
    handed_in = [Submission(f"s{n}", SOFTMAX, "softmax.py", (text,)) for n, text in enumerate(texts)]
    places = trees.trees()
    grades = grade_many(handed_in, syllabus.load(places), places, Settings(0, "plain"), jobs=1)
    assert {grade.status for grade in grades} == {"passed"}
