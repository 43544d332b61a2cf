"""A grade that was done and went away with its worker before it was fetched; the scheduler is played by the test."""

from __future__ import annotations

import pytest

from autograder.model import Settings, Submission
from autograder.running import dask
from tests.helpers import PAGE, SOLUTION, make_grade

pytest.importorskip("distributed", reason="the optional extra `dask` is not installed")


class Scheduler:
    """Two workers; the first dies with the first grade that it has done, which nobody can fetch any more."""

    status = "running"

    def __init__(self):
        self.alive = {"first": 1, "second": 1}
        self.jobs: list[str] = []

    def nthreads(self):
        return self.alive

    def run(self, ask, workers, on_error):
        return {
            address: {"gradus": dask.installed("gradus-course"), "isolation": "plain", PAGE: "key"}
            for address in workers
        }

    def submit(self, job, submission, *_, workers, **options):
        self.jobs.append(f"{submission.student} {workers[0]}")
        return Job(self, submission, workers[0])


class Job:
    """A future that is done at once."""

    status = "finished"

    def __init__(self, scheduler, submission, address):
        self.scheduler, self.submission, self.address = scheduler, submission, address

    def result(self, timeout=None):
        assert timeout is not None, "it would wait for ever"
        if self.address == "first":
            self.scheduler.alive = {"second": 1}
            raise TimeoutError
        return make_grade(student=self.submission.student)

    def release(self):
        pass

    cancel = release


def test_a_grade_that_died_with_its_worker(monkeypatch):
    """nobody waits for it: the submission goes to another worker, and everybody is graded once"""
    monkeypatch.setattr("distributed.wait", lambda *futures, **options: None)
    scheduler = Scheduler()
    cluster = dask._Cluster(scheduler, Settings(0, "plain"), {PAGE: "key"}, print)
    handed_in = [Submission(name, PAGE, "scaled.py", (SOLUTION,)) for name in ("ada", "bob", "cyd", "dan")]
    grades = []
    cluster.run(handed_in, lambda submission, grade: grades.append(grade.student))
    assert sorted(grades) == ["ada", "bob", "cyd", "dan"]
    assert any(job.endswith("first") for job in scheduler.jobs)
