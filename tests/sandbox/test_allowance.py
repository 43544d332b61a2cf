"""Limits count the student's work: neither the imports that torch puts off, nor what a worker says it imported."""

from __future__ import annotations

import socket
from pathlib import Path
from types import SimpleNamespace

import pytest

from autograder.sandbox.host import allowance as allowance_module
from autograder.sandbox.host import witness as witness_module
from autograder.sandbox.host.allowance import Allowance
from autograder.sandbox.host.base import Limits
from autograder.sandbox.host.problem import StudentProblem
from autograder.sandbox.host.student import Student
from autograder.sandbox.host.witness import MOST_IMPORTED, Witness

FIRST_USES = """
import time, torch
from torch import nn
def optimizer():
    w = nn.Parameter(torch.ones(2))
    sgd = torch.optim.SGD([w], lr=0.1)
    (w * w).sum().backward()
    sgd.step()
    return w.detach()
def vjp(): return torch.func.vjp(torch.sin, torch.zeros(1))[1](torch.ones(1))[0]
def on_meta():
    with torch.device("meta"):
        layer = nn.Linear(2, 3)
        nn.init.kaiming_normal_(layer.weight)
    return tuple(layer.weight.shape)
def busy():
    import torch._dynamo
    until = time.process_time() + 6
    while time.process_time() < until: pass
"""


def student_with(template, source: str) -> Student:
    """A worker with a source, and time enough to load it."""
    student = Student(template, Limits())
    student.allow_seconds(60)
    student.load_source("page", source)
    return student


@pytest.mark.parametrize("name", ["optimizer", "vjp", "on_meta"])
def test_what_torch_imports_at_first_use_is_not_counted(best_template, name):
    """the first optimizer, the first vector-Jacobian product and the first start on `meta` pass under 1 s"""
    student = student_with(best_template, FIRST_USES)
    try:
        student.begin(1, 1.0)
        assert getattr(student, name)() is not None
    finally:
        student.close()


def test_work_after_an_import_counts(best_template):
    """a call that imports and then computes for six times its limit is late"""
    student = student_with(best_template, FIRST_USES)
    try:
        student.begin(1, 1.0)
        with pytest.raises(StudentProblem) as caught:
            student.busy()
        assert caught.value.status == "timeout"
    finally:
        student.close()


@pytest.fixture
def line(monkeypatch):
    """A witness of a process with a clock of ours, and the line on which that process speaks."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    witness = Witness(1, ours)
    clock = [0.0]
    monkeypatch.setattr(Witness, "processor_seconds", lambda self: clock[0])
    monkeypatch.setattr(Witness, "state", lambda self: "S")
    yield witness, theirs, clock
    ours.close()
    theirs.close()


def test_an_import_counts_from_its_beginning(line):
    """while it lasts and when it is over; what was imported in an earlier check is none of this one's"""
    witness, theirs, clock = line
    theirs.send(b"\nimporting 1.0\n")
    clock[0] = 3.0
    assert witness.imported() == 2.0
    theirs.send(b"\nimported 3.5\n")
    clock[0] = 9.0
    assert witness.imported() == 2.5
    later = Allowance(witness, 1.0)
    clock[0] = 9.9
    assert later.prolong() is not None
    clock[0] = 10.1
    assert later.prolong() is None


@pytest.mark.parametrize("claim", [b"\nimporting 0.1\n", b"\nimporting 0.1\nimported 9999.0\n" * 50])
def test_who_claims_to_import_for_ever_gains_ten_seconds_in_all(line, claim):
    """however often it is claimed, and in every check anew"""
    witness, theirs, clock = line
    assert witness_module.MOST_IMPORTED <= 10
    spent = 0.0
    for _ in range(3):
        allowance = Allowance(witness, 1.0)
        theirs.send(claim)
        begun = clock[0]
        while allowance.prolong() is not None:
            clock[0] += 0.25
        spent += clock[0] - begun
    assert spent <= 3 * 1.25 + MOST_IMPORTED


def test_who_may_wait_for_three_seconds_is_late_when_it_computed_nothing_for_so_long(line, monkeypatch):
    """not while it computes now and then, and not where nobody set a bound"""
    witness, _, clock = line
    now = [0.0]
    monkeypatch.setattr(allowance_module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    bound, free = Allowance(witness, 60.0, idle=3.0), Allowance(witness, 60.0)
    for tick in range(1, 41):
        now[0] = tick / 4
        clock[0] += 0.01 if tick % 8 == 0 else 0.0  # every two seconds
        assert (later := bound.prolong()) is not None
        assert later <= now[0] + 3.0 / 8
    for tick in range(41, 52):
        now[0] = tick / 4
        assert bound.prolong() is not None, tick
    now[0] = 13.0
    assert bound.prolong() is None
    assert bound.spent().endswith("of which it computed for 0.1 s: does it wait for something?")
    assert free.prolong() is not None


@pytest.mark.parametrize(
    ("state", "passes", "seconds"), [("S", 0.25, 3), ("R", 0.25, 12), ("D", 0.25, 12), ("S", 5.0, 20)]
)
def test_a_busy_machine_is_not_the_code_s_waiting(line, monkeypatch, state, passes, seconds):
    """one that the kernel lets not compute may take four times as long; nor is what passes while nobody looked"""
    now = [0.0]
    monkeypatch.setattr(allowance_module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(Witness, "state", lambda self: state)
    bound = Allowance(line[0], 60.0, idle=3.0)
    while bound.prolong() is not None:
        now[0] += passes
    assert now[0] == seconds


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="this system does not tell who was stopped")
def test_who_stops_its_own_process_is_late_at_once_where_it_may_not_wait(plain_template):
    """and is told so"""
    student = student_with(plain_template, "import os, signal\ndef halt(): os.kill(os.getpid(), signal.SIGSTOP)\n")
    try:
        student.begin(1, 60.0)
        student.allow_seconds(60.0, idle=8.0)
        with pytest.raises(StudentProblem) as caught:
            student.halt()
        assert "stopped its own process" in caught.value.message
    finally:
        student.close()
