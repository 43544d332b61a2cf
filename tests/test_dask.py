"""Grading on a dask cluster on this machine, of which a worker, or the scheduler, is killed in the middle."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import types
from contextlib import ExitStack, contextmanager

import pytest

from autograder.errors import GradusError, SandboxError
from autograder.gradebook.keys import installed, page_key
from autograder.gradebook.store import Gradebook
from autograder.intake.submissions import read_class
from autograder.model import Settings, Submission
from autograder.running import dask
from autograder.running.pool import internal
from autograder.running.run import grade_class, write_results
from autograder.sandbox.host.probe import best_level
from tests.desks import CLASS, document, hand_in, invoke
from tests.helpers import PAGE, ROOT, SOLUTION, gradus, tiny

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


def test_a_worker_with_another_course_takes_no_work(course, cluster):
    """a worker whose checks are others is asked before its first job, and where there is no other the run ends so"""
    _, syllabus, _ = course
    settings = Settings(5, best_level())
    handed_in = [Submission(name, PAGE, "scaled.py", (SOLUTION,)) for name in ("ada", "bob")]
    grades, said = [], []
    with pytest.raises(SandboxError, match="no dask worker can grade here: one/scaled is judged otherwise there"):
        dask.grade_over(
            cluster.scheduler_address.replace("tcp://", "dask://"), handed_in, settings, {PAGE: "other"}, grades.append,
            lambda submission, why: internal(submission, syllabus, settings, why), said.append,
        )  # fmt: skip
    assert grades == []
    assert said  # one of them may still be coming back from the test before
    assert all(line.endswith("needs this course, this Gradus and the same libraries") for line in said)


def test_a_worker_that_does_not_fit_beside_one_that_does(course, tmp_path):
    """one worker has another engine, one has no Gradus at all: everybody is graded by the third, and both are named"""
    root, _, trees = course
    other = tmp_path / "other"
    shutil.copytree(ROOT / "autograder", other / "autograder", ignore=shutil.ignore_patterns("__pycache__"))
    with (other / "autograder" / "checking" / "compare.py").open("a") as file:
        file.write("\n# another engine\n")
    none = tmp_path / "none"
    (none / "autograder").mkdir(parents=True)
    (none / "autograder" / "__init__.py").write_text("raise ImportError('there is no Gradus here')\n")
    good = {**os.environ, "GRADUS_COURSE": str(trees.root)}
    with small_cluster(tmp_path, good) as (_, address), ExitStack() as stack:
        for folder in (other, none):
            command = ("-m", "distributed.cli.dask_worker", "--scheduler-file", tmp_path / "scheduler.json",
                       "--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", folder)  # fmt: skip
            env = {**good, "PYTHONPATH": str(folder)}
            stack.enter_context(started(*command, log=folder / "log", env=env, cwd=folder))
        distributed = pytest.importorskip("distributed", reason="the optional extra `dask` is not installed")
        with distributed.Client(address.replace("dask://", "tcp://")) as client:
            client.wait_for_workers(3, timeout=120)
        arguments = ("grade", root / "class", "--out", tmp_path / "out", "--seed", "5", "--executor", address)
        run = gradus(*arguments, env={"GRADUS_COURSE": str(trees.root)})
    assert run.returncode == 0, run.stderr
    assert run.stderr.count("takes no work") == 2
    assert "takes no work: it has no Gradus, or not this one" in run.stderr
    assert "takes no work: one/scaled is judged otherwise there" in run.stderr
    assert document(tmp_path / "out") == document(root / "near")


@contextmanager
def started(*command, log, **options):
    """A process of this environment, killed at the end of the block where it is still there."""
    with open(log, "wb") as file, subprocess.Popen(
        [sys.executable, *map(str, command)], stdin=subprocess.DEVNULL, stderr=file, **{"cwd": ROOT, **options}
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def small_cluster(folder, environment):
    """A scheduler and one worker in processes of their own: (the scheduler's process, dask://its address)."""
    pytest.importorskip("distributed", reason="the optional extra `dask` is not installed")
    place, here = folder / "scheduler.json", ("--scheduler-file", folder / "scheduler.json", "--no-dashboard")
    with ExitStack() as stack:
        command = ("-m", "distributed.cli.dask_scheduler", *here, "--host", "127.0.0.1", "--port", "0")
        scheduler = stack.enter_context(started(*command, log=folder / "scheduler.log", env=environment))
        command = ("-m", "distributed.cli.dask_worker", *here, "--nthreads", "1", "--no-nanny", "--death-timeout", "60")
        command += ("--local-directory", folder)
        stack.enter_context(started(*command, log=folder / "worker.log", env=environment))
        for _ in range(600):
            if (place.is_file() and place.stat().st_size) or scheduler.poll() is not None:
                break  # it is there before anything is written to it
            time.sleep(0.1)
        assert place.is_file(), (folder / "scheduler.log").read_text()[-2000:]
        yield scheduler, json.loads(place.read_text())["address"].replace("tcp://", "dask://")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["dies", "is stopped"])
def test_the_scheduler_goes_in_the_middle(course, tmp_path, how):
    """the run ends soon with one line that says what to do; what was graded is kept, and the same command goes on"""
    _, _, trees = course
    everybody = {f"student {n:02}": f"{SOLUTION}# {n}\n" for n in range(19)}
    hand_in(tmp_path / "class", everybody)
    arguments = ("grade", tmp_path / "class", "--out", tmp_path / "out", "--seed", "5", "--jobs", "1")
    environment = {**os.environ, "GRADUS_COURSE": str(trees.root)}
    with small_cluster(tmp_path, environment) as (scheduler, address):
        far = ("-c", "from autograder.cli import entry; entry()", *arguments, "--executor", address)
        with started(*far, log=tmp_path / "err", env=environment, stdout=subprocess.DEVNULL) as run:
            for _ in range(1200):
                if b"grading: " in (tmp_path / "err").read_bytes() or run.poll() is not None:
                    break
                time.sleep(0.1)
            scheduler.send_signal(how)
            assert run.wait(120) == 2, (tmp_path / "err").read_text()[-2000:]
    told = [line for line in (tmp_path / "err").read_text().splitlines() if not re.match("grading: |note: ", line)]
    assert told == [
        f"gradus: {address}: the dask scheduler went away; what was graded is kept, run the same command to go on"
    ]
    with Gradebook(tmp_path / "out" / "gradebook.db") as book:
        kept = len(book.histories())
    assert 0 < kept < len(everybody)
    code, out, err = invoke("--course", trees.root, *arguments)
    assert code == 0, err
    assert f"{len(everybody) - kept} graded, {kept} known from before" in out


# -- without a cluster ---------------------------------------------------------------------------


def test_a_job_refuses_what_is_not_the_same(course, monkeypatch):
    """another version of Gradus, other checks, or no such page: an error before anything runs"""
    _, syllabus, trees = course
    monkeypatch.setenv("GRADUS_COURSE", str(trees.root))
    monkeypatch.setattr(dask, "BenchClient", None)  # no judge is started
    one, settings = Submission("ada", PAGE, "scaled.py", (SOLUTION,)), Settings(5, "plain")
    version, checks = installed("gradus-course"), page_key(trees, syllabus.exercises[PAGE])
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

    monkeypatch.setitem(sys.modules, "distributed", types.SimpleNamespace(Client=refused))
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
