"""Which check of a page catches what went wrong in a playground: by the function, and by the kind of failure."""

from __future__ import annotations

import re

from ..model import CheckResult, Grade

#: of kinds that no status of a check stands for: what its sentence says then
_WORDS = {"shape": re.compile(r"\bshape\b"), "nan": re.compile(r"\bNaN\b|\binf(inite|inity)?\b|\bfinite\b", re.I)}
_KINDS = (
    *_WORDS.items(),
    ("memory", re.compile(r"\bmemory\b|MemoryError")),
    ("error", re.compile(r"^\w+(Error|Exception|Interrupt|Exit)\b")),
)


def kind_of(text: str) -> str:
    """Return the kind of failure that a sentence of a playground tells of; "" where that cannot be told."""
    return next((kind for kind, words in _KINDS if words.search(text)), "")


def fitting(grade: Grade, part: str, kind: str) -> CheckResult | None:
    """Return the failing check that fits best: of this function, then of this kind; the first where none does.

    Args:
        part: a function or class, "" where that is not known.
        kind: a status of a check, shape or nan; any other fits none.

    Returns:
        None where no check failed.
    """
    failed = [check for check in grade.checks if check.status not in ("passed", "skipped")]
    return max(failed, key=lambda check: (_is_about(check, part), _is_of_kind(check, kind)), default=None)


def _is_about(check: CheckResult, part: str) -> int:
    if not part:
        return 0
    failure, named = check.failure, re.compile(rf"(?<![a-z0-9]){re.escape(part)}(?![a-z0-9])", re.I)
    if failure is not None and failure.function:
        return 2 * (failure.function == part)
    told = f"{failure.call} {failure.reason}" if failure is not None else ""
    return int(named.search(f"{check.name} {told}") is not None)


def _is_of_kind(check: CheckResult, kind: str) -> bool:
    if kind in _WORDS:
        return check.failure is not None and _WORDS[kind].search(check.failure.reason) is not None
    raised = check.failure is not None and check.failure.kind == "exception"
    return check.status == kind or (kind == "error" and raised)
