"""Grading on a dask cluster of two worker processes on this machine, one of which is killed in the middle."""

from __future__ import annotations

import os
import signal
import sys
import types

import pytest

from autograder.errors import GradusError, SandboxError
from autograder.executors import dask
from autograder.gradebook import Gradebook, checks_key
from autograder.grading import internal
from autograder.model import Settings, Submission
from autograder.run import grade_class, installed, write_results
from autograder.sandbox.launch import best_level
from autograder.submission import read_class
from tests.desks import CLASS, document, hand_in, invoke
from tests.helpers import PAGE, SOLUTION, tiny

#: enough that each worker still has work when the first grade arrives
MANY = {**CLASS, **{f"student {n}": f"{SOLUTION}# {n}\n" for n in range(4)}, "eve 2": "ÿ"}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The tiny course and a class for it, graded without dask: (folder, syllabus, trees)."""
    root = tmp_path_factory.mktemp("dask")
    hand_in(root / "class", MANY)
    syllabus, trees = tiny(root / "course")
    near = ("grade", root / "class", "--out", root / "near", "--seed", "5", "--jobs", "1")
    code, _, err = invoke("--course", trees.root, *near)
    assert code == 0, err
    return root, syllabus, trees


@pytest.fixture(scope="module")
def cluster(course):
    """Two worker processes that hold the tiny course, on the loopback interface."""
    distributed = pytest.importorskip("distributed", reason="the optional extra `dask` is not installed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADUS_COURSE", str(course[2].root))
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
        ) as made:
            yield made


def test_a_worker_dies_and_nothing_is_lost(course, cluster, monkeypatch):
    """killed by its process id in the middle: everybody graded once, and grades.json is that of a run without dask"""
    distributed = pytest.importorskip("distributed", reason="the optional extra `dask` is not installed")
    root, syllabus, trees = course
    monkeypatch.setenv("GRADUS_COURSE", str(trees.root))
    handed_in = read_class(root / "class", syllabus).submissions
    with distributed.Client(cluster) as client:
        pids = client.run(os.getpid)
        assert len(set(pids.values()) - {os.getpid()}) == 2
    graded = []

    def heard(grade, reused):
        graded.append(grade.student)
        if len(graded) == 1:
            os.kill(next(iter(pids.values())), signal.SIGKILL)

    settings = Settings(5, best_level())
    with Gradebook(root / "far" / "gradebook.db") as book:
        address = cluster.scheduler_address.replace("tcp://", "dask://")
        outcome = grade_class(handed_in, syllabus, trees, settings, book, jobs=1, on_grade=heard, executor=address)
        assert {len(history) for history in book.histories().values()} == {1}
    write_results(outcome, syllabus, root / "far")
    assert sorted(graded) == sorted(MANY)
    with pytest.raises(ProcessLookupError):  # it was really killed
        os.kill(next(iter(pids.values())), 0)
    assert document(root / "far") == document(root / "near")


def test_another_course_on_the_workers_grades_nobody(course, cluster):
    """a worker whose checks are others refuses; each submission ends in one internal grade that says why"""
    _, syllabus, _ = course
    settings = Settings(5, "plain")
    handed_in = [Submission(name, PAGE, "scaled.py", (SOLUTION,)) for name in ("ada", "bob")]
    grades = []
    dask.grade_over(
        cluster.scheduler_address.replace("tcp://", "dask://"), handed_in, settings, {PAGE: "other"}, grades.append,
        lambda submission, why: internal(submission, syllabus, settings, why),
    )  # fmt: skip
    assert sorted((g.student, g.status) for g in grades) == [("ada", "internal"), ("bob", "internal")]
    assert "other checks of one/scaled: it needs this course" in grades[0].checks[0].message


# -- without a cluster ---------------------------------------------------------------------------


def test_a_job_refuses_what_is_not_the_same(course, monkeypatch):
    """another version of Gradus, other checks, or no such page: an error before anything runs"""
    _, syllabus, trees = course
    monkeypatch.setenv("GRADUS_COURSE", str(trees.root))
    monkeypatch.setattr(dask, "BenchClient", None)  # no judge is started
    one, settings = Submission("ada", PAGE, "scaled.py", (SOLUTION,)), Settings(5, "plain")
    version, checks = installed("gradus-course"), checks_key(trees, syllabus.exercises[PAGE])
    with pytest.raises(GradusError, match="a dask worker has Gradus"):
        dask.job(one, settings, "0.0.0", checks)
    with pytest.raises(GradusError, match="other checks of one/scaled"):
        dask.job(one, settings, version, "other")
    with pytest.raises(GradusError, match="other checks of one/gone"):
        dask.job(Submission("ada", "one/gone", "gone.py"), settings, version, checks)


def test_no_scheduler_and_no_dask(monkeypatch):
    """where nobody answers, or dask is not installed, the error is one line that says what to do"""

    def refused(address, timeout):
        raise OSError(f"Timed out trying to connect to {address}")

    monkeypatch.setitem(sys.modules, "distributed", types.SimpleNamespace(Client=refused, as_completed=None))
    with pytest.raises(SandboxError, match=r"dask://h:1: no dask scheduler answers there \(.* tcp://h:1\)"):
        dask.grade_over("dask://h:1", [], Settings(5, "plain"), {}, print, print)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SandboxError, match=r"pip install 'gradus-course\[dask\]'"):
        dask.grade_over("dask://h:1", [], Settings(5, "plain"), {}, print, print)


def test_another_scheme_is_refused(course):
    """an executor that is none is one line with exit code 2"""
    root, _, trees = course
    code, _, err = invoke(
        "--course", trees.root, "grade", root / "class", "--out", root / "none", "--executor", "ray://h:1"
    )
    assert (code, err) == (2, "gradus: --executor ray://h:1: say dask://host:port\n")
    assert not (root / "none").exists()
