"""A mistake in what no check can call is told by the answers of what calls it."""

from __future__ import annotations

import pytest

from autograder.course import catalogue, syllabus
from autograder.judging.callers import heard_through
from autograder.model import Settings
from autograder.running.pool import grade_many
from tests.helpers import make_course, page

SOURCE = """import asyncio


async def one(x):
    return 2 * x


async def each(xs):
    return [await one(x) for x in xs]


def scaled(xs):
    return sum(asyncio.run(each(xs)))


def longest(xs):
    return max(asyncio.run(each(xs)))


def main():
    return scaled([1]) + longest([2])
"""


@pytest.mark.parametrize(
    ("of", "called", "through"),
    [
        ("one", {"scaled"}, ("scaled",)),
        ("one", {"scaled", "longest", "main"}, ("longest", "scaled")),
        ("one", {"main"}, ("main",)),
        ("each", {"each", "scaled"}, ("each",)),
        ("main", {"scaled"}, ("main",)),
        ("gone", {"scaled"}, ("gone",)),
        ("one", set(), ("one",)),
    ],
)
def test_the_nearest_that_is_called(of, called, through):
    """itself where checks call it, else the nearest callers that they call"""
    assert heard_through(of, SOURCE, called) == through


CHECKS = '''"""What scaled must do."""

from autograder.checking import assert_same, points


@points(3)
def test_values(student):
    """the sum of the doubles"""
    assert_same(student.scaled([1, 2, 5]), 16)
    assert_same(student.scaled([3]), 6)
'''
WRONG = '''"""Wrong ways."""

from autograder.course.rewrites import misconception


@misconception("forgets the doubling", hint="look at one", dies_by="test_values")
async def one(x):
    return x


@misconception("leaves the last one out", hint="look at each", dies_by="test_values")
async def each(xs):
    return [await one(x) for x in xs[:-1]]


@misconception("adds one", hint="look at the sum", dies_by="test_values")
def scaled(xs):
    return 1 + sum(asyncio.run(each(xs)))
'''


def test_an_async_function_that_another_one_calls(tmp_path, plain_template):
    """each of three mistakes, two of them in async functions, is called by its own name and by no other"""
    files = page(solution=SOURCE, checks=CHECKS, wrong=WRONG, variants="")
    trees = make_course(tmp_path, {"one/scaled": files}, built=False)
    course = syllabus.load(trees)
    exercise = course.exercises["one/scaled"]
    known = catalogue.misconceptions(trees, exercise)
    handed = [rewrite.submission(exercise, SOURCE) for rewrite in known]
    grades = grade_many(handed, course, trees, Settings(0, "plain"), jobs=1, template=plain_template)
    said = {grade.student: [(d.function, d.name) for d in grade.checks[0].failure.diagnosis] for grade in grades}
    assert said == {rewrite.key: [(rewrite.of, rewrite.name)] for rewrite in known}
