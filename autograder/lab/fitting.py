"""Which check of a page catches what went wrong in a playground: by the function, and by the kind of failure."""

from __future__ import annotations

import re

from ..model import CheckResult, Grade

#: of kinds that no status of a check stands for: what its sentence says then
_WORDS = {
    "shape": re.compile(r"\bshape\b"),
    "nan": re.compile(r"\bNaN\b|\binf(inite|inity)?\b|\bfinite\b", re.I),
    "in place": re.compile(r"\bin place\b"),
    "dtype": re.compile(r"\bdtype\b|\btorch\.(?:float|int|bool|complex|uint)\w*"),
    "differs": re.compile(r"\binstead of\b|\bthe course's (?:is|has)\b"),
}
_KINDS = (
    ("memory", re.compile(r"\bmemory\b|MemoryError")),
    ("error", re.compile(r"^\w+(Error|Exception|Interrupt|Exit)\b")),
    *_WORDS.items(),
)


def kind_of(text: str) -> str:
    """Return the kind of failure that a sentence of a playground tells of; "" where that cannot be told."""
    return next((kind for kind, words in _KINDS if words.search(text)), "")


def fitting(grade: Grade, part: str, kind: str) -> CheckResult | None:
    """Return the failing check that fits best: of this function, then of this kind; the first where none does.

    Args:
        part: a function or class, "" where that is not known.
        kind: a status of a check, or what its sentence says: shape, nan, in place, dtype, differs; any other fits none.

    Returns:
        None where no check failed, or all that did are about other functions.
    """
    failed = [check for check in grade.checks if check.status not in ("passed", "skipped")]
    if part:
        failed = [check for check in failed if _is_about(check, part) or not _of_another(check, part)]
    return max(failed, key=lambda check: (_is_about(check, part), _is_of_kind(check, kind)), default=None)


def _is_about(check: CheckResult, part: str) -> int:
    if not part:
        return 0
    failure, named = check.failure, re.compile(rf"(?<![a-z0-9]){re.escape(part)}(?![a-z0-9])", re.I)
    if failure is not None and failure.function:
        return 2 if failure.function == part else int(part in failure.follows)
    told = f"{failure.call} {failure.reason}" if failure is not None else ""
    return int(named.search(f"{check.name} {told}") is not None)


def _of_another(check: CheckResult, part: str) -> bool:
    return check.failure is not None and check.failure.function not in ("", part)


def _is_of_kind(check: CheckResult, kind: str) -> int:
    """Return 2 where a check says just this, 1 where it compares, as what is looked for does, 0 elsewhere."""
    failure = check.failure
    if kind in _WORDS:
        if failure is None or failure.kind == "exception":
            return 0
        said = next((known for known, words in _WORDS.items() if words.search(failure.reason)), "")
        return 2 if said == kind else int(failure.kind == "difference")
    raised = failure is not None and failure.kind == "exception"
    return 2 * (check.status == kind or (kind == "error" and raised))
