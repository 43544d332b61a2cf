"""The course's own sources before its checks: asked no further than needed, many in one worker after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from autograder.course import catalogue, syllabus
from autograder.course import trees as paths
from autograder.judging import diagnosis
from autograder.judging.calls import checks_of
from autograder.judging.check import Trace
from autograder.judging.collect import collect
from autograder.judging.judge import Judge
from autograder.judging.suspects import MAX_SOURCES, CourseWorker, LazyTraces
from autograder.model import Exercise, Settings
from autograder.sandbox.host import probe, start
from autograder.sandbox.host.base import Limits
from autograder.sandbox.host.forked import Template

ADDRESS = "s3_neural_networks/softmax"


def test_a_check_is_run_when_it_is_asked_for():
    """names are known without a run, each trace is made once, and a run may answer more than it was asked"""
    ran: list[str] = []

    def run(name: str) -> dict[str, Trace]:
        ran.append(name)
        return {n: Trace([], True) for n in ("abc" if len(ran) > 1 else "ab")}

    asked = LazyTraces(("a", "b", "c"), run)
    assert (list(asked), len(asked), "b" in asked, "d" in asked) == (["a", "b", "c"], 3, True, False)
    assert ran == []
    assert asked["b"] is asked["b"]
    first = asked["a"]
    assert ran == ["b"]
    assert asked["c"].passed
    assert asked["a"] is first
    assert ran == ["b", "c"]
    with pytest.raises(KeyError):
        asked["d"]


@pytest.fixture
def ours() -> Iterator[CourseWorker]:
    """One that is ended."""
    worker = CourseWorker()
    yield worker
    worker.end()


LEAVES = """
import torch
seen = []
def f(x):
    seen.append(x)
    open("left.txt", "w").write("here")
    torch.set_default_dtype(torch.float64)
    return len(seen)
"""
LOOKS = """
import os, torch
def f(x): return [os.listdir("."), torch.get_default_dtype()]
def g(): return 1
"""


def test_one_worker_takes_many_sources(ours, plain_template):
    """the second source runs in the process of the first, and finds nothing of it: no name, no file, no mode"""
    first = ours.take(plain_template, Limits())
    pid = first.process.pid
    assert first.load_source("page", LEAVES) == []
    first.begin(0, 5)
    assert [first.f(1), first.f(1)] == [1, 2]
    ours.give_back(first, plain_template, Limits())
    second = ours.take(plain_template, Limits())
    assert second is first
    assert second.process.pid == pid
    assert second.load_source("page", LOOKS) == []
    second.begin(0, 5)
    import torch

    assert second.f(1) == [[], torch.float32]
    assert second.g() == 1
    second.begin(0, 5)
    assert second.f(1) == [[], torch.float32]
    ours.give_back(second, plain_template, Limits())


def test_a_worker_that_died_differs_or_is_used_up_is_replaced(ours, plain_template):
    """a dead one, one of other limits and one of many sources are not given again"""
    first = ours.take(plain_template, Limits())
    first.close()
    ours.give_back(first, plain_template, Limits())
    second = ours.take(plain_template, Limits())
    assert second is not first
    ours.give_back(second, plain_template, Limits())
    third = ours.take(plain_template, Limits(memory_mb=500))
    assert third is not second
    assert not second.alive
    for _ in range(MAX_SOURCES - 1):
        ours.give_back(third, plain_template, Limits())
        assert ours.take(plain_template, Limits()) is third
    ours.give_back(third, plain_template, Limits())
    fourth = ours.take(plain_template, Limits())
    assert fourth is not third
    fourth.close()


def test_a_worker_whose_template_is_gone_is_forgotten(ours):
    """nothing is asked of it, and its end is no error"""
    template = Template("plain")
    first = ours.take(template, Limits())
    ours.give_back(first, template, Limits())
    template.close()
    ours.end()
    other = Template("plain")
    second = ours.take(other, Limits())
    assert second.load_source("page", "def f(): return 1") == []
    second.begin(0, 5)
    assert second.f() == 1
    second.close()
    other.close()


def test_a_suspect_outlives_its_template():
    """it is asked anew in another when the template ended while it was open"""

    def do(judge: Judge, exercise: Exercise) -> None:
        suspect = judge.ours.suspect(exercise, catalogue.misconceptions(judge.trees, exercise)[0].name)
        first, second, *_ = suspect.traces
        assert suspect.traces[first].calls
        judge.template(exercise.needs).close()
        assert judge.lost_a_template()
        assert suspect.traces[second].calls

    judged(do)


def judged(do: Callable[[Judge, Exercise], None]) -> None:
    """Do something with a judge of the softmax page."""
    trees = paths.trees()
    course = syllabus.load(trees)

    def loop(plugin) -> None:
        judge = Judge(course, trees, Settings(0, "plain"), plugin.checks, plugin.run)
        try:
            do(judge, course.exercises[ADDRESS])
        finally:
            judge.close()

    collect(trees, [ADDRESS], loop)


def test_suspects_are_asked_as_little_as_will_do():
    """one mistake is told apart from the others without running all of their checks, and named as ever"""

    def do(judge: Judge, exercise: Exercise) -> None:
        wrong = [m for m in catalogue.misconceptions(judge.trees, exercise) if m.of == "softmax"]
        solution = judge.ours.references(exercise).solution
        grade = judge.grade(wrong[0].submission(exercise, solution))
        assert wrong[0].name in grade.diagnoses
        known = judge.ours.references(exercise).suspects
        checks = sum(len(suspect.traces) for suspect in known.values())
        ran = sum(len(suspect.traces.run) for suspect in known.values())
        assert 0 < ran < checks / 2
        named = known[wrong[0].name].traces
        assert len(named.run) == len(named)
        judge.rest()
        again = wrong[1].submission(exercise, solution)
        assert wrong[1].name in judge.grade(again).diagnoses

    judged(do)


def test_who_passes_the_check_that_a_mistake_dies_by_did_not_make_it():
    """such a suspect is not even run"""

    def do(judge: Judge, exercise: Exercise) -> None:
        oracle = judge.ours.references(exercise).oracle
        suspect = judge.ours.suspect(exercise, catalogue.misconceptions(judge.trees, exercise)[0].name)
        names = checks_of(suspect.rewrite.of, oracle)
        assert not diagnosis.contradicts_nothing(oracle, oracle, suspect, names, lambda rewrite, call: None)
        assert suspect.traces.run == {}

    judged(do)


def test_the_template_of_a_trial_is_the_next_one(monkeypatch, tmp_path):
    """what a level was tried with is used for what follows, once, and only where nothing more is needed"""
    monkeypatch.setattr(probe.temporary, "folder", lambda: str(tmp_path))
    monkeypatch.setattr(probe, "LEVELS", ("plain",))
    monkeypatch.setattr(start, "_tried", {})  # whatever an earlier test tried
    assert probe.best_level() == "plain"
    kept = start._tried["plain"]
    other = start.start_template("plain", ("pandas",))
    assert other is not kept
    taken = start.start_template("plain")
    assert taken is kept
    fresh = start.start_template("plain")
    assert isinstance(fresh, Template)
    assert fresh is not kept
    for template in (other, taken, fresh):
        template.close()
    assert probe.best_level() == "plain"  # remembered, so nothing was tried
    assert start._tried == {}
