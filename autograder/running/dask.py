"""Grading on a dask cluster: ``--executor dask://host:port``, with the optional extra ``dask``.

A job is one submission, small and immutable. Each dask worker keeps a warm judge process of its own; a worker that dies
takes nothing along, its jobs go to others. Every worker needs this course and the same version of Gradus.
"""

from __future__ import annotations

import atexit
import functools
import logging
import threading
from collections.abc import Callable
from typing import Any

from ..course.syllabus import load
from ..course.trees import trees
from ..errors import GradusError, SandboxError
from ..gradebook.store import checks_key
from ..live.client import BenchClient
from ..model import Grade, Settings, Submission, Syllabus
from .run import installed

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
    if exercise is None or checks_key(trees(), exercise) != checks:
        raise GradusError(f"a dask worker has other checks of {submission.exercise}: it needs this course")
    with _lock:
        if _client is None or not _client.alive:
            _client = BenchClient()
            atexit.register(_client.close)
        return _client.ask(request(submission, settings)).grade


def request(submission: Submission, settings: Settings) -> dict[str, Any]:
    """What the judge is asked."""
    return {
        "exercise": submission.exercise, "seed": settings.seed, "data": settings.data,
        "isolation": settings.isolation, "student": submission.student, "filename": submission.filename,
        "cells": list(submission.cells), "files": [(name, content.hex()) for name, content in submission.files],
        "problem": list(submission.problem) if submission.problem else None, "submitted": submission.submitted,
    }  # fmt: skip


def grade_over(
    address: str, submissions: list[Submission], settings: Settings, checks: dict[str, str],
    on_grade: Callable[[Grade], object], internal: Callable[[Submission, str], Grade],
) -> None:  # fmt: skip
    """Grade on the cluster at ``dask://host:port``; each submission ends in exactly one grade.

    Args:
        checks: the key of each exercise's checks: every worker must have the same.
        internal: the grade of a submission that no worker survived.

    Raises:
        SandboxError: no dask here, no scheduler there, or none any more; what was graded by then was told of.
    """
    try:
        from distributed import Client, as_completed
    except ImportError:
        raise SandboxError("--executor dask:// needs dask: pip install 'gradus-course[dask]'") from None
    try:
        cluster = Client(address.replace("dask://", "tcp://", 1), timeout=20)
    except (OSError, TimeoutError) as error:
        raise SandboxError(f"{address}: no dask scheduler answers there ({error})") from None
    lost = SandboxError(
        f"{address}: the dask scheduler went away; what was graded is kept, run the same command to go on"
    )
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # its tracebacks: the one line says it all
    with cluster:
        version = installed("gradus-course")
        try:
            futures = {}
            for submission in submissions:
                key = checks[submission.exercise]
                future = cluster.submit(job, submission, settings, version, key, pure=False, retries=3)
                futures[future] = submission
            finished = as_completed(list(futures))
        except Exception:  # dask has no one kind for a line that broke; whether it did is asked of the line
            if cluster.status == "running":
                raise
            raise lost from None
        for future in finished:
            submission = futures.pop(future)
            try:
                wrong = future.exception()
                grade = future.result() if wrong is None else internal(submission, f"{type(wrong).__name__}: {wrong}")
            except Exception as error:  # of the line to the cluster: the job's own came back as `wrong`
                if future.cancelled() or cluster.status != "running" or isinstance(error, OSError):
                    raise lost from None
                raise
            on_grade(grade)
            future.release()
