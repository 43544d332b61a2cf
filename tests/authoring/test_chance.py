"""No verdict by chance: who dies at one seed and lives at another is told, with check, seed and file."""

from __future__ import annotations

import pytest

from autograder.authoring import build
from autograder.authoring.verify import Extent, chance, run
from autograder.authoring.verify.tasks import Draws, Ends
from autograder.course import catalogue, syllabus
from autograder.judging.collect import collect
from autograder.judging.judge import Judge
from autograder.model import CheckResult, Failure, Settings
from tests.helpers import CHECKS, LESSON, PAGE, WRONG, make_course, page

pytestmark = pytest.mark.usefixtures("warm")

SEEDS = 10
#: its one entry is negative at some seeds only
LUCKY = '''

@points(1)
def test_sign(student):
    """a line through one point"""
    x = torch.randn(1, dtype=torch.float64)
    assert_same(student.scaled(x), 2 * x + 1)
'''
ABSOLUTE = """

@misconception("forgets the sign of x", hint="What is the value at x = -1?", dies_by="test_values")
def scaled(x, factor=2.0):
    return x.abs() * factor + 1
"""
#: what the solution itself misses where a draw is large
STRICT = LUCKY.replace("assert_same(", "assert float(x) < 0.5\n    assert_same(")
FOUR = LESSON.replace("points = 3", "points = 4")


def said(tmp_path, files, **extent):
    """The report of a page, nothing altered or broken."""
    trees = make_course(tmp_path, {PAGE: files})
    course = syllabus.load(trees)
    build.write(trees, course.exercises[PAGE])
    extent = Extent(mutants=False, breakers=False, **extent)
    (report,) = run.verify([PAGE], course, trees, Settings(0, "plain", fail_fast=True), extent, jobs=1)
    return report


def by_chance(report):
    """The faults that tell of chance."""
    return [fault for fault in report.faults if "by chance" in fault]


def test_a_page_without_chance_has_no_fault_at_any_seed(tmp_path):
    """solution, variants and misconceptions of a page in order end alike at all seeds, and the seeds are counted"""
    report = said(tmp_path, page(), seeds=SEEDS, variant_seeds=SEEDS, wrong_seeds=SEEDS)
    assert report.faults == []
    assert report.seeds == SEEDS


def test_a_misconception_that_lives_at_one_seed_and_dies_at_another_is_told(tmp_path):
    """the check, both seeds, the wrong way and its file are named; where nobody asks it nothing is told"""
    files = page(checks=CHECKS + LUCKY, wrong=WRONG + ABSOLUTE, lesson=FOUR)
    found = by_chance(said(tmp_path / "all", files, wrong_seeds=SEEDS))
    (fault,) = [fault for fault in found if fault.startswith("test_sign ")]
    assert fault.startswith("test_sign decides by chance: 'forgets the sign of x' (")
    assert "one/scaled/misconceptions.py, line 25) passes it at seed " in fault
    assert "and not at seed " in fault
    assert not by_chance(said(tmp_path / "right", files, variant_seeds=SEEDS))


def test_the_solution_must_pass_at_every_seed(tmp_path):
    """a check that the reference fails at some seed is a fault, with the seed"""
    files = page(checks=CHECKS + STRICT, lesson=FOUR)
    found = by_chance(said(tmp_path, files, seeds=SEEDS, variant_seeds=1))
    assert [fault.partition("(")[0] for fault in found] == ["test_sign decides by chance: 'solution' "]
    assert "solutions/one/scaled.py" in found[0]


def test_another_seed_draws_otherwise_on_the_students_side_too(tmp_path):
    """right code that draws may draw in another order: its draws are others at another seed"""
    draws = ("return x * factor + 1", "return x * factor + 1 + 0 * torch.rand(1, dtype=x.dtype)")
    unlucky = ("return y + 1", "return y + 1 + (torch.rand(()) < 0.5)")
    report = said(tmp_path, page(solution=draws, variants=unlucky), seeds=SEEDS, variant_seeds=SEEDS)
    assert any("'in two steps'" in fault and "variants.py, line 10" in fault for fault in by_chance(report))
    assert not any("'solution'" in fault for fault in by_chance(report))


def test_what_draws_nothing_is_run_at_two_seeds_and_counts_for_all(tmp_path):
    """nothing new can come of a check that draws on neither side"""
    still = CHECKS.replace("torch.randn(3, dtype=torch.float64)", "torch.arange(3, dtype=torch.float64)")
    trees = make_course(tmp_path, {PAGE: page(checks=still)})
    course = syllabus.load(trees)
    solution = catalogue.solution_submission(trees, course.exercises[PAGE])
    asked: list[str] = []
    ends: list[Ends] = []

    def look(plugin):
        def noting(exam, names, stop=None):
            asked.append(names[0])
            plugin.run(exam, names, stop)

        judge = Judge(course, trees, Settings(0, "plain"), plugin.checks, noting)
        try:
            ends.extend(chance.drawn(judge, Draws(solution, 1, 6)))
        finally:
            judge.close()

    collect(trees, [PAGE], look)
    assert [(end.check, end.lives, end.dies) for end in ends] == [("test_values", 5, 0), ("test_factor", 5, 0)]
    assert (asked.count("test_values"), asked.count("test_factor")) == (5, 2)


@pytest.mark.parametrize("turned", [False, True])
def test_ends_add_up(turned):
    """what came at some seeds and at others is one: the counts, the first seed of each, the first reason"""
    failed = CheckResult("test_a", "", "failed", 0.0, 1.0, Failure("problem", "too large"))
    ends = [chance.end_of(failed, 7), chance.end_of(CheckResult("test_a", "", "passed", 1.0, 1.0), 3),
            Ends("test_a", 2, 1, 10, 12, "error", "later")]  # fmt: skip
    first, *others = reversed(ends) if turned else ends
    for other in others:
        first = first.and_then(other)
    assert first == Ends("test_a", 3, 2, 3, 7, "failed", first.why)
    assert "too large" in first.why


def test_everybody_meets_the_seeds_that_are_asked_for():
    """breakers a tenth of them, the solution more where that is asked for"""
    extent = Extent.at_seeds(20, 1000)
    assert (extent.seeds, extent.variant_seeds, extent.wrong_seeds, extent.breaker_seeds) == (1000, 20, 20, 3)
    assert Extent.at_seeds(20).seeds == 20
