"""Workers that are started afresh, as on Windows and macOS."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from autograder.errors import SandboxError
from autograder.judging.suspects import CourseWorker
from autograder.sandbox.host import start
from autograder.sandbox.host.base import Limits
from autograder.sandbox.host.problem import StudentProblem
from autograder.sandbox.host.spawned import SpawnedSource
from autograder.sandbox.host.student import Student
from autograder.sandbox.wire.problems import RemoteError

SOURCE = """
import os, time
import torch
def square(x): return x * x
def big(n): return torch.zeros(n)
def total(x): return x.sum().item()
def each(visit, items):
    return [visit(item) for item in items]
def end(code): os._exit(code)
def sleep(): time.sleep(60)
def write(path): open(path, "w").write("x")
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.w = torch.nn.Parameter(torch.tensor(3.0))
    def forward(self, x): return self.w * x
"""


@pytest.fixture(scope="module")
def template() -> Iterator[SpawnedSource]:
    """Starts interpreters."""
    made = SpawnedSource()
    yield made
    made.close()


def loaded(template: SpawnedSource, limits: Limits | None = None) -> Student:
    """A worker that holds the source."""
    student = Student(template, limits or Limits())
    assert student.load_source("page", SOURCE) == []
    student.begin(0, 20)
    return student


def test_the_line_does_all_it_does_elsewhere(template):
    """calls, gradients of any order, callbacks, objects, exceptions and arrays of many megabytes"""
    student = loaded(template)
    x = torch.tensor(3.0, requires_grad=True)
    (first,) = torch.autograd.grad(student.square(x), x, create_graph=True)
    (second,) = torch.autograd.grad(first, x)
    assert (first.item(), second.item()) == (6.0, 2.0)
    assert student.each(lambda item: item + 1, [1, 2, 3]) == [2, 3, 4]
    net = student.Net()
    leaf = net.mirrors()["w"]
    net(torch.tensor(2.0)).backward()
    assert leaf.grad == 2
    many = torch.ones(5 << 20)  # 20 MB, for which there is no file to pass
    assert student.total(many) == 5 << 20
    assert student.big(5 << 20).shape == (5 << 20,)
    with pytest.raises(RemoteError, match="multiply sequence"):
        student.square("a")
    home = Path(student.path(""))
    assert home.is_dir()
    student.close()
    assert not home.exists()


@pytest.mark.parametrize(
    ("call", "status"),
    [(lambda s: s.end(3), "crashed"), (lambda s: s.end(0), "crashed"), (lambda s: s.sleep(), "timeout")],
)
def test_how_a_worker_ends(template, call, status):
    """one that exits has crashed, one that does not answer is ended in time"""
    student = loaded(template)
    student.begin(0, 1.0)
    started = time.monotonic()
    with pytest.raises(StudentProblem) as told:
        call(student)
    assert told.value.status == status
    assert time.monotonic() - started < 10
    student.close()


def test_one_worker_for_the_courses_own_sources(template):
    """solution and misconceptions take turns in one worker, and one that ended is replaced"""
    pids, ours = [], CourseWorker()
    for ending in (False, False, True, False):
        student = ours.take(template, Limits())
        assert student.load_source("page", SOURCE) == []
        student.begin(0, 20)
        assert student.square(torch.tensor(2.0)) == 4
        pids.append(student.process.pid)
        if ending:
            with pytest.raises(StudentProblem):
                student.end(1)
        ours.give_back(student, template, Limits())
    assert pids[0] == pids[1] == pids[2] != pids[3]
    own = loaded(template)
    assert own.process.pid not in pids  # a submission gets a worker to itself
    own.close()
    ours.end()


def test_memory_and_files_are_limited_where_the_system_can(template):
    """on Linux a worker that takes too much gets a MemoryError, and writes no larger file than allowed"""
    student = loaded(template, Limits(memory_mb=200))
    with pytest.raises(StudentProblem) as told:
        student.big(200 << 20)
    assert told.value.status == "memory"
    student.close()


def test_what_cannot_start_says_why():
    """a library that is not there is named"""
    template = SpawnedSource(("no_such_library",))
    with pytest.raises(SandboxError, match="No module named 'no_such_library'"):
        template.fork(Limits())
    template.close()
    template.close()
    with pytest.raises(SandboxError, match="closed"):
        template.prepare(Limits())


def test_which_template(monkeypatch):
    """fresh interpreters where there is no fork, or where one asks for them; no other level there"""
    monkeypatch.setattr(start, "_tried", {})  # whatever an earlier test tried
    assert start.spawns() is (os.environ.get("GRADUS_SPAWN") == "1")
    monkeypatch.setenv("GRADUS_SPAWN", "1")
    assert start.spawns()
    with pytest.raises(SandboxError, match="not on this system"):
        start.start_template("namespaces")
    monkeypatch.delenv("GRADUS_SPAWN")
    monkeypatch.delattr(os, "fork")
    assert start.spawns()
