"""A worker that is forked before anybody needs it."""

from __future__ import annotations

import os
import signal

import psutil
import pytest

from autograder.sandbox.host.base import Limits
from autograder.sandbox.host.forked import Template
from autograder.sandbox.host.problem import StudentProblem
from autograder.sandbox.host.student import Student
from tests.sandbox.test_split import HERE, soon

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="templates fork")
LIMITS = Limits(memory_mb=700)
SOURCE = """
import os
def double(x): return 2 * x
def hoard():
    kept = []
    for _ in range(64):
        kept.append(bytearray(os.urandom(1 << 20) * 32))
    return len(kept)
"""


@pytest.fixture(params=HERE)
def template(request):
    """A template of each level that works here."""
    template = Template(request.param)
    yield template
    template.close()


def worker(template, limits=LIMITS):
    """A student of a fresh worker, or of the prepared one."""
    student = Student(template, limits)
    student.load_source("page", SOURCE)
    student.begin(0, 30)
    return student


def test_it_is_the_next_one(template):
    """who comes next gets it, once; preparing twice prepares one"""
    template.prepare(LIMITS)
    template.prepare(LIMITS)
    prepared = template._spare[1].pid
    first, second = worker(template), worker(template)
    assert first.process.pid == prepared
    assert second.process.pid != prepared
    assert (first.double(1), second.double(2)) == (2, 4)
    first.close()
    second.close()


def test_of_other_limits_it_is_of_no_use(template):
    """a worker of other limits is not given out, and ends"""
    template.prepare(LIMITS)
    prepared = template._spare[1]
    student = worker(template, Limits(memory_mb=900))
    assert student.process.pid != prepared.pid
    assert prepared.ending is not None
    assert student.double(3) == 6
    student.close()


def test_one_that_died_waiting(template):
    """a worker that the machine ended meanwhile costs nobody a check"""
    template.prepare(LIMITS)
    mine = psutil.Process(template._process.pid)
    youngest = max(mine.children(recursive=True), key=lambda p: (p.create_time(), p.pid))
    os.kill(youngest.pid, signal.SIGKILL)
    assert soon(lambda: not youngest.is_running() or youngest.status() == psutil.STATUS_ZOMBIE)
    student = worker(template)
    assert student.double(4) == 8
    student.close()


def test_its_limits_hold(template):
    """once it works it is watched like any other"""
    template.prepare(LIMITS)
    student = worker(template)
    with pytest.raises((StudentProblem, MemoryError)) as problem:
        student.hoard()
    assert getattr(problem.value, "status", "memory") == "memory"
    student.close()


def test_it_ends_with_its_template(template):
    """nobody is left behind"""
    template.prepare(LIMITS)
    family = psutil.Process(template._process.pid).children(recursive=True)
    template.close()
    assert soon(lambda: not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in family))
