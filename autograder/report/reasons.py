"""Why checks do not pass, as people read it: own slips, what follows from them, what is not written. Pure.

The terminal and the card of a notebook show the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ..language import _, plural, translated
from ..model import CheckResult, Failure, Grade
from ..text import told

_NOT_WRITTEN = re.compile(r"NotImplementedError: (\w+)(?:\.\w+)* is not written yet$")


@dataclass(frozen=True)
class Reasons:
    """The checks of a grade that have a reason, sorted.

    Attributes:
        own: those that show a slip of the function that they are about.
        follows: those that fail because of another function alone.
        waiting: those that show nothing but that a function is not written.
        unwritten: the functions that are not written, each once.
        further: what is to be said of these beside that ("defined twice; …").
    """

    own: tuple[CheckResult, ...]
    follows: tuple[CheckResult, ...]
    waiting: tuple[CheckResult, ...]
    unwritten: tuple[str, ...]
    further: tuple[str, ...]

    @property
    def not_written(self) -> str:
        """Say in a line what is not written, and what waits for it."""
        points = sum(check.max_points - check.points for check in self.waiting)
        names = ", ".join(self.unwritten)
        if not self.waiting:
            return _("not written yet: {names}", names=names)
        many = plural("1 check", "{n} checks", len(self.waiting))
        worth = plural("{points} point", "{points} points", 1 if points == 1 else 2, points=f"{points:g}")
        return _("not written yet: {names}  ({checks}, {worth})", names=names, checks=many, worth=worth)


def sorted_reasons(checks: list[CheckResult]) -> Reasons:
    """Sort checks that do not pass.

    A check that came to a function that is not written tells what it had found before, and nothing more: that the
    function is not written is said once, for all.
    """
    own, follows, waiting = [], [], []
    names: dict[str, None] = {}
    further: dict[str, None] = {}
    for check in checks:
        failure = check.failure
        if check.status == "missing" and failure is not None and _function(check):
            names[_not_written(failure)] = None
            if not _says_no_more(failure.reason):
                further[translated(failure.reason)] = None
            if failure.besides:
                own.append(replace(check, failure=_found_before(failure)))
            else:
                waiting.append(check)
        elif failure is not None and failure.follows:
            follows.append(check)
        else:
            own.append(check)
    return Reasons(tuple(own), tuple(follows), tuple(waiting), tuple(names), tuple(further))


def failing_first(grade: Grade) -> list[CheckResult]:
    """Return the checks of a grade that do not pass, as they are read: what is not written comes last."""
    reasons = sorted_reasons([check for check in grade.checks if check.status not in ("passed", "skipped")])
    return [*reasons.own, *reasons.follows, *reasons.waiting]


def stopped_by(grade: Grade) -> CheckResult | None:
    """Return a check that says why no function could be run, where that is one and the same for the whole file."""
    if any(check.status == "passed" for check in grade.checks):
        return None
    rest = [check for check in grade.checks if check.failure is not None and check.status != "skipped"]
    rest = [check for check in rest if check.status != "missing"] or rest  # nobody knows what would be written there
    same = len(rest) > 1 and len({told(check.failure) for check in rest}) == 1
    return rest[0] if same and not _function(rest[0]) else None


def _found_before(failure: Failure) -> Failure:
    first, *others = failure.besides
    return replace(first, besides=(*first.besides, *others))


def _function(check: CheckResult) -> str:
    return check.failure.function if check.failure is not None else ""


def _not_written(failure: Failure) -> str:
    """Return the function that is not written: that of the stub's error, which another function may have called."""
    said = _NOT_WRITTEN.match(failure.reason)
    return said[1] if said else failure.function


def _says_no_more(reason: str) -> bool:
    """Tell whether a reason says no more than that a function is not written: not that its name is another one."""
    return reason.startswith("NotImplementedError") or reason.endswith("it defines nothing that can be called")
