"""Memory over all processes of a worker."""

from __future__ import annotations

import mmap
import os
import sys
import time

import pytest

from autograder.sandbox.host.base import Limits
from autograder.sandbox.host.forked import Template
from autograder.sandbox.host.problem import StudentProblem
from autograder.sandbox.worker.watchdog import Watchdog, children, held_kb

linux = pytest.mark.skipif(sys.platform != "linux", reason="the watchdog reads /proc, which only Linux has")

#: eight children that each hold 60 MB for at most three seconds: each alone is far below the limit
FAMILY = """
import os, time

def family():
    for _ in range(8):
        if os.fork() == 0:
            held = bytearray(60 << 20)
            held[::4096] = b"x" * len(held[::4096])
            time.sleep(3)
            os._exit(0)
    time.sleep(3)
    return "done"
"""


@linux
def test_many_small_processes_are_one_big_one(best_template, student_in):
    """children that each stay below the limit, and together do not, end the worker with `memory`"""
    student = student_in(best_template, FAMILY, limits=Limits(memory_mb=200))
    with pytest.raises(StudentProblem) as caught:
        student.family()
    assert (caught.value.status, "together" in caught.value.message) == ("memory", True)


@linux
def test_who_is_cut_off_still_counts(template_of, student_in):
    """children whose parents ended, which without a process table of their own nobody waits for, count all the same"""
    source = FAMILY.replace(
        "            held =", "            if os.fork():\n                os._exit(0)\n            held ="
    ).replace("time.sleep(3)", "time.sleep(8)")  # a busy machine is slow to fork them all
    student = student_in(template_of("plain"), source, limits=Limits(memory_mb=200))
    with pytest.raises(StudentProblem) as caught:
        student.family()
    assert caught.value.status == "memory"


#: grandchildren whose parents ended, and how many of them live for five seconds: who is ended before the last are
#: forked, as on a busy machine, leaves those to be counted by themselves
CUT_OFF = """
import glob, os, time

def family(leaves):
    for late in glob.glob("late*"):
        os.unlink(late)
    for number in range(8):
        if os.fork() == 0:
            if os.fork():
                os._exit(0)
            if leaves:
                os.setsid()
            held = bytearray(60 << 20)
            held[::4096] = b"x" * len(held[::4096])
            time.sleep(5)
            open(f"late{number}", "a").close()
            os._exit(0)
    time.sleep(7)
    return len(glob.glob("late*"))
"""


@pytest.fixture(scope="module")
def own_template():
    """A template whose workers are this file's: who may hold more than they may is at work in none of them."""
    template = Template("plain")
    yield template
    template.close()


@linux
@pytest.mark.parametrize("leaves", [False, True])
def test_who_is_cut_off_counts_beside_other_workers(own_template, student_in, leaves):
    """a second worker at work hides nobody: the session tells whose they are, and who left that too is ended alone"""
    template, limits = own_template, Limits(memory_mb=200)
    other = student_in(template, "def one(): return 1", limits=limits)
    student = student_in(template, CUT_OFF, limits=limits)
    if leaves:
        assert student.family(True) * 60 <= limits.memory_mb
    else:
        with pytest.raises(StudentProblem) as caught:
            student.family(False)
        assert caught.value.status == "memory"
    assert other.one() == 1


@linux
def test_a_family_within_the_limit_goes_on(best_template, student_in):
    """what fits is left alone"""
    source = FAMILY.replace("time.sleep(3)", "time.sleep(0.7)")
    assert student_in(best_template, source, limits=Limits(memory_mb=900)).family() == "done"


@linux
def test_what_a_process_holds():
    """anonymous memory counts, of a process that is gone nothing; a child is found below its parent"""
    before = held_kb(os.getpid())
    kept = mmap.mmap(-1, 40 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)  # malloc may have as much at hand
    kept.write(b"x" * (40 << 20))
    assert held_kb(os.getpid()) - before > 30 << 10
    kept.close()
    assert held_kb(1 << 29) == 0
    pid = os.fork()
    if pid == 0:
        time.sleep(5)
        os._exit(0)
    assert pid in children()[os.getpid()]
    assert Watchdog().over({pid: 1 << 20}) == []
    os.kill(pid, 9)
    os.waitpid(pid, 0)
