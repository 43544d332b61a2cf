"""Grading on a dask cluster: ``--executor dask://host:port``, with the optional extra ``dask``.

A job is one submission, small and immutable. Each dask worker keeps a warm judge process of its own; a worker that dies
takes nothing along, its jobs go to others. Every worker needs this course, the same Gradus and the same libraries: it
is asked before its first job, and one that would judge otherwise takes none.
"""

from __future__ import annotations

import atexit
import functools
import logging
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from ..course.syllabus import load
from ..course.trees import trees
from ..errors import GradusError, SandboxError
from ..gradebook.keys import installed, page_key, page_keys
from ..judging import ties
from ..live.client import BenchClient
from ..model import Grade, Settings, Submission, Syllabus
from ..sandbox.host.probe import best_level, probe

PATIENCE = 60.0  #: seconds without a worker that fits
IN_FLIGHT = 2  #: jobs that a worker has: one to grade, one to go on with
MAX_TRIES = 3
FETCH_SECONDS = 10.0  #: that a grade which is done may take to come; a worker that died may have taken it along
_lock = threading.Lock()  # a worker may have several threads, its judge answers one at a time
_client: BenchClient | None = None


@functools.cache  # read once, as the judge beside the worker does
def _course() -> Syllabus:
    return load(trees())


def job(submission: Submission, settings: Settings, version: str, checks: str) -> Grade:
    """Grade one submission in a dask worker.

    Args:
        version: of Gradus where the run was started.
        checks: the key of the exercise's checks there.

    Raises:
        GradusError: another version of Gradus here, or another course.
        SandboxError: the judge beside this worker ended; dask tries again elsewhere.
    """
    global _client
    if installed("gradus-course") != version:
        raise GradusError(f"a dask worker has Gradus {installed('gradus-course')}, this machine {version}")
    exercise = _course().exercises.get(submission.exercise)
    if exercise is None or page_key(trees(), exercise) != checks:
        raise GradusError(f"a dask worker has other checks of {submission.exercise}: it needs this course")
    with _lock:
        if _client is None or not _client.alive:
            _client = BenchClient()
            atexit.register(_client.close)
        answers = [_client.ask(request(one, settings)).grade for one in ties.parts(submission)]
    return ties.best(submission, answers)


def request(submission: Submission, settings: Settings) -> dict[str, Any]:
    """Return what the judge is asked."""
    return {
        "exercise": submission.exercise, "seed": settings.seed, "data": settings.data,
        "isolation": settings.isolation, "student": submission.student, "filename": submission.filename,
        "cells": list(submission.cells), "files": [(name, content.hex()) for name, content in submission.files],
        "problem": list(submission.problem) if submission.problem else None, "submitted": submission.submitted,
        "notes": list(submission.notes),
    }  # fmt: skip


def standing(addresses: tuple[str, ...], isolation: str) -> dict[str, str]:
    """Tell what this process would judge by: the version, the level if it works here, the key of each page."""
    found = {"gradus": installed("gradus-course"), "isolation": isolation if probe(isolation).works else best_level()}
    known = _course().exercises
    here = page_keys(trees(), [known[address] for address in addresses if address in known])
    return found | {address: here.get(address, "?") for address in addresses}


def _asker(addresses: tuple[str, ...], isolation: str) -> Callable[[], dict[str, str]]:
    """Make a question that travels whole: a worker without Gradus can take it, and says that it has none."""

    def ask() -> dict[str, str]:
        from autograder.running.dask import standing

        return standing(addresses, isolation)

    return ask


def why_not(answer: object, wanted: dict[str, str]) -> str:
    """Say why a worker that answered this cannot grade here, "" when it can."""
    if isinstance(answer, ImportError):
        return "it has no Gradus, or not this one"
    if not isinstance(answer, dict):
        return f"{type(answer).__name__}: {answer}"[:200]
    for name, value in wanted.items():
        if answer.get(name) != value:
            if name in ("gradus", "isolation"):
                return f"{name} {answer.get(name)} there, {value} here"
            return f"{name} is judged otherwise there: it needs this course, this Gradus and the same libraries"
    return ""


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


class _Cluster:
    """Gives jobs to the workers that fit, a few at a time; what a worker that went away had goes to others."""

    def __init__(self, client: Any, settings: Settings, checks: dict[str, str], say: Callable[[str], None]):
        self.client, self.settings, self.checks, self.say = client, settings, checks, say
        self.version = installed("gradus-course")
        self.wanted = {"gradus": self.version, "isolation": settings.isolation, **checks}
        self.reasons: dict[str, str] = {}  #: by the address of every worker that was asked
        self.flying: dict[Any, tuple[Submission, str, int]] = {}
        self.waiting: deque[tuple[Submission, int]] = deque()

    def look(self) -> list[str]:
        """Ask the workers that are new; the addresses of those that fit."""
        there = list(self.client.nthreads())
        new = [address for address in there if address not in self.reasons]
        if new:
            ask = _asker(tuple(self.checks), self.settings.isolation)
            answers = self.client.run(ask, workers=new, on_error="return")
            for address in new:
                self.reasons[address] = why = why_not(answers.get(address), self.wanted)
                if why:
                    self.say(f"dask worker {address} takes no work: {why}")
        return [address for address in there if not self.reasons[address]]

    def run(self, submissions: list[Submission], done: Callable[[Submission, Grade | str], None]) -> None:
        """Grade all; `done` gets each submission with its grade, or why there is none.

        Raises:
            SandboxError: no worker that fits, for longer than a new one needs to come.
        """
        self.waiting.extend((submission, 0) for submission in submissions)
        idle = time.monotonic()
        while self.waiting or self.flying:
            fitting = self.look()
            if fitting:
                idle = time.monotonic()
            elif not self.flying and (self._none_fits() or time.monotonic() - idle > PATIENCE):
                why = next((w for w in self.reasons.values() if w), "there is none")
                raise SandboxError(f"no dask worker can grade here: {why}; what was graded is kept")
            self._take_back([f for f, (_, address, _) in self.flying.items() if address not in fitting], done)
            for address in fitting:
                while self.waiting and sum(at == address for _, at, _ in self.flying.values()) < IN_FLIGHT:
                    submission, tries = self.waiting.popleft()
                    key = self.checks[submission.exercise]
                    options = {"workers": [address], "allow_other_workers": False, "pure": False, "retries": 0}
                    future = self.client.submit(job, submission, self.settings, self.version, key, **options)
                    self.flying[future] = submission, address, tries
            for future in self._finished():
                if future.status == "finished":
                    try:
                        grade = future.result(timeout=FETCH_SECONDS)
                    except TimeoutError:
                        continue  # its worker went away with it: it is taken back once the scheduler knows
                    done(self.flying.pop(future)[0], grade)
                    future.release()
                elif future.status == "error" and isinstance(future.exception(), GradusError):
                    self._take_back([future], done, str(future.exception()))
                else:
                    self._take_back([future], done)

    def _none_fits(self) -> bool:
        return bool(self.reasons) and all(self.reasons.values())

    def _finished(self) -> list[Any]:
        from distributed import wait

        if not self.flying:
            time.sleep(0.2)
            return []
        try:
            wait(list(self.flying), timeout=1, return_when="FIRST_COMPLETED")
        except TimeoutError:
            return []
        return [future for future in self.flying if future.status != "pending"]

    def _take_back(
        self, futures: list[Any], done: Callable[[Submission, Grade | str], None], why: str = "its dask worker ended"
    ) -> None:
        """Give what these have to others; after some tries it ends."""
        for future in futures:
            if self.client.status != "running":
                raise OSError("the line to the scheduler broke")
            submission, _, tries = self.flying.pop(future)
            future.cancel()
            if tries + 1 < MAX_TRIES:
                self.waiting.append((submission, tries + 1))
            else:
                done(submission, f"{why} ({MAX_TRIES} times)")


def grade_over(
    address: str, submissions: list[Submission], settings: Settings, checks: dict[str, str],
    on_grade: Callable[[Grade], object], internal: Callable[[Submission, str], Grade],
    say: Callable[[str], None] = _say,
) -> None:  # fmt: skip
    """Grade on the cluster at ``dask://host:port``; each submission ends in exactly one grade.

    Args:
        checks: the key of each exercise: a worker that has another takes no job.
        internal: the grade of a submission that no worker survived.
        say: told of each worker that takes no work, and why.

    Raises:
        SandboxError: no dask here, no scheduler there, none any more, or no worker that fits; what was graded by then
            was told of.
    """
    try:
        from distributed import Client
    except ImportError:
        raise SandboxError("--executor dask:// needs dask: pip install 'gradus-course[dask]'") from None
    try:
        cluster = Client(address.replace("dask://", "tcp://", 1), timeout=20)
    except (OSError, TimeoutError) as error:
        raise SandboxError(f"{address}: no dask scheduler answers there ({error})") from None
    for name in ("distributed", "distributed.client"):  # their tracebacks: the one line says it all
        logging.getLogger(name).setLevel(logging.CRITICAL)

    def done(submission: Submission, answer: Grade | str) -> None:
        on_grade(answer if isinstance(answer, Grade) else internal(submission, answer))

    with cluster:
        try:
            _Cluster(cluster, settings, checks, say).run(submissions, done)
        except SandboxError as error:
            raise SandboxError(f"{address}: {error}") from None
        except GradusError:
            raise
        except Exception as error:  # dask has no one kind for a line that broke; whether it did is asked of the line
            if cluster.status == "running" and not isinstance(error, OSError):
                raise
            what = "the dask scheduler went away; what was graded is kept, run the same command to go on"
            raise SandboxError(f"{address}: {what}") from None
