"""From the results of one exam to its grade. Pure functions."""

from __future__ import annotations

from dataclasses import replace

from ..model import (
    ENDS,
    STATUSES,
    UNCOUNTED,
    CheckResult,
    Diagnosis,
    Failure,
    Grade,
    Settings,
    Submission,
    round_points,
)
from ..text import printable


def fair(result: CheckResult, own: CheckResult | None, seed: int) -> CheckResult:
    """Return the result of a check; the grader's fault where the reference fails it with this seed too.

    Args:
        own: how the reference ended, where it was asked.
    """
    if own is None or not ENDS[own.status].damning or result.status in UNCOUNTED:
        return result
    why = "the reference solution does not pass this check this time either: it counts for nobody"
    fault = f"the reference solution does not pass it with seed {seed} ({own.status})"
    return replace(
        result, status="internal", points=0.0, fault=fault, failure=Failure("problem", why, cause=result.failure),
        badge="", figures=(),
    )  # fmt: skip


def named(result: CheckResult, found: list[Diagnosis]) -> CheckResult:
    """Return a result with its diagnoses."""
    if not found or result.status not in ("failed", "error") or result.failure is None:
        return result
    return replace(result, failure=replace(result.failure, diagnosis=tuple(found)))


def unnamed(result: CheckResult, error: Exception) -> CheckResult:
    """Return a failure whose mistakes could not be looked for."""
    if result.status not in ("failed", "error"):
        return result
    fault = f"its mistakes could not be looked for: {type(error).__name__}: {str(error)[:300]}"
    return replace(result, fault="; ".join(filter(None, (result.fault, printable(fault.replace("\n", " "))))))


def make_grade(
    submission: Submission, results: tuple[CheckResult, ...], seconds: float, settings: Settings, notes: tuple[str, ...]
) -> Grade:
    """Sum up the results of one exam; what was skipped, or not judged, counts in neither points nor maximum."""
    counted = [r for r in results if r.status not in UNCOUNTED]
    if not counted:  # nothing was judged at all: what it would have been worth is shown
        counted = [r for r in results if r.status == "internal"]
    maximum = round_points(sum(r.max_points for r in counted))
    return Grade(
        student=submission.student, exercise=submission.exercise, status=status_of(results),
        points=round_points(sum(r.points for r in counted)), max_points=maximum,
        seconds=seconds, checks=results, isolation=settings.isolation, seed=settings.seed,
        notes=(*submission.notes, *notes), digest=submission.digest, submitted=submission.submitted,
        filename=submission.filename,
    )  # fmt: skip


def status_of(checks: tuple[CheckResult, ...]) -> str:
    """Return the status of a grade: all passed, some failed, else the worst. A failed check worth nothing is a remark.

    What was skipped, or could not be judged by the grader's own fault, says nothing unless there is nothing else.
    """
    counted = [check for check in checks if check.max_points or check.status != "failed"]
    found = {check.status for check in counted if check.status not in UNCOUNTED}
    if not found:
        return "internal" if not checks or any(check.status == "internal" for check in checks) else "skipped"
    if found == {"passed"}:
        return "passed"
    if "failed" in found:
        return "failed"
    return next(status for status in reversed(STATUSES) if status in found)
