"""Forks of a template: each judge has one, with a line of its own."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest

from autograder.errors import SandboxError
from autograder.sandbox.host import awake, forked
from autograder.sandbox.host.base import LEVELS, Limits
from autograder.sandbox.host.forked import Template
from autograder.sandbox.host.probe import best_level
from autograder.sandbox.host.student import Student

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="templates fork")
linux = pytest.mark.skipif(sys.platform != "linux", reason="no /proc says who is stopped")
STOPPER = """
import os, signal
def stop():
    parent, left = os.getppid(), os.fork()
    while not left:
        os.kill(parent, signal.SIGSTOP)
    return left
"""
HERE = LEVELS[LEVELS.index(best_level()) :]


def answers(template):
    """Does a fresh worker of this template answer?"""
    student = Student(template, Limits())
    try:
        student.load_source("page", "def double(x): return 2 * x")
        student.begin(0, 20)
        return student.double(21) == 42
    finally:
        student.close()


def soon(condition, seconds=10.0):
    """Does this come true before long?"""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


@pytest.fixture(params=HERE)
def first(request):
    """A template of each level that works here."""
    template = Template(request.param)
    yield template
    template.close()


def test_both_answer_at_once(first):
    """a worker of the one and a worker of the other live side by side, and either may end first"""
    other = first.split()
    mine, theirs = Student(first, Limits()), Student(other, Limits())
    for student, number in ((mine, 1), (theirs, 2)):
        student.load_source("page", f"def number(): return {number}")
        student.begin(0, 20)
    assert (mine.number(), theirs.number()) == (1, 2)
    mine.close()
    assert theirs.number() == 2
    theirs.close()
    other.close()
    assert not other.alive
    assert answers(first)


def test_it_ends_when_nobody_holds_its_line(first):
    """hanging up ends a fork and its workers; the first goes on"""
    tree = psutil.Process(first._process.pid)
    other = first.split()
    assert answers(other)

    def running():
        return sum(p.status() != psutil.STATUS_ZOMBIE for p in tree.children(recursive=True))

    before = running()
    other.let_go()
    assert soon(lambda: running() < before)
    assert answers(first)


def test_a_first_that_is_gone(first):
    """who lost its process says so, the fork too where a namespace ends with its first process"""
    other = first.split()
    assert first.alive
    assert other.alive
    os.kill(first._process.pid, signal.SIGKILL)
    assert soon(lambda: not first.alive)
    if first.level == "namespaces":
        assert soon(lambda: not other.alive)
    other.close()


@pytest.mark.skipif(sys.platform != "linux", reason="a process is bound to cores on Linux alone")
def test_where_it_runs(first):
    """a fork stays on its cores, and so do its workers"""
    core = min(os.sched_getaffinity(0))
    other = first.split({core})
    student = Student(other, Limits())
    student.load_source("page", "import os\ndef cores(): return sorted(os.sched_getaffinity(0))")
    student.begin(0, 20)
    assert student.cores() == [core]
    student.close()
    other.close()


def test_a_fork_without_operators_is_made_once(first):
    """its workers lack them before they read a source, those of the template itself do not, and it ends with that"""
    other = first.fenced(("aten._softmax.default",))
    assert other is first.fenced(("aten._softmax.default",))
    without, withal = Student(other, Limits()), Student(first, Limits())
    try:
        for student, refused in ((without, 1), (withal, 0)):
            assert len(student.load_source("page", "import torch\nx = torch.softmax(torch.ones(2), 0)")) == refused
            student.begin(1, 20)
            assert student.service("touched") is bool(refused)
            student.write("left", b"for a program of the template's own to clear up")
    finally:
        without.close()
        withal.close()
    assert answers(other)
    left = Student(other, Limits())
    try:
        (failure,) = left.load_source("page", "import subprocess\nsubprocess.run(['true'])")
        assert "no program can be started here" in failure[1].text
        homes = Path(left.path("")).parent
    finally:
        left.close()
    other.close()
    assert first.level == "namespaces" or not homes.exists(), "a fork clears up at once"


def test_no_more_than_a_few_forks_are_kept():
    """the one that nobody asked for the longest time ends; when one is gone the template counts as ended"""
    first = Template("plain")
    try:
        forks = [first.fenced((f"torch.optim.{name}",)) for name in ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad")]
        forks += [first.fenced((f"aten.{name}.default",)) for name in ("relu", "elu", "mm", "sigmoid")]
        assert [fork.alive for fork in forks] == [False] + [True] * (len(forks) - 1)
        assert first.alive
        forks[-1].let_go()
        assert not first.alive
    finally:
        first.close()


def _stop(template):
    """Stop a template, and all above and below it, as somebody outside may."""
    started = psutil.Process(template._process.pid)
    for one in (started, *started.children(recursive=True)):
        one.send_signal(signal.SIGSTOP)


@linux
def test_one_that_was_stopped_goes_on(first, monkeypatch):
    """asked for a worker, asked to end one, and at its own end: nobody waits until the time is up"""
    monkeypatch.setattr(forked, "START_SECONDS", 3600.0)
    monkeypatch.setattr(forked, "ORPHAN_SECONDS", 3600.0)
    other = first.split()
    for template in (first, other):
        student = Student(template, Limits())
        student.load_source("page", "def number(): return 1")
        _stop(first)
        student.close()
        _stop(first)
        assert answers(template)
    for template in (other, first):
        _stop(first)
        template.close()


@linux
def test_one_that_is_stopped_each_time_is_ended(monkeypatch):
    """by a process that a worker left behind, which ends with it"""
    monkeypatch.setattr(awake, "MOST_WAKES", 0)
    template = Template("plain")
    try:
        student = Student(template, Limits())
        student.load_source("page", STOPPER)
        student.begin(0, 20)
        stopper = psutil.Process(student.stop())
        assert soon(lambda: psutil.Process(template._process.pid).status() == psutil.STATUS_STOPPED)
        with pytest.raises(SandboxError):
            student.close()
        assert soon(lambda: not stopper.is_running() or stopper.status() == psutil.STATUS_ZOMBIE)
        assert not template.alive
    finally:
        template.close()
