"""Where on a page something stands, so that a link leads to the very failure. Pure."""

from __future__ import annotations

import re

from ..model import CheckResult, Grade
from .reasons import failing_first, stopped_by


def page_anchor(address: str) -> str:
    """Return a page's address as part of an id."""
    return address.replace("/", "-")


def check_anchor(address: str, check: CheckResult) -> str:
    """Return the id of what a check of a page says."""
    return f"c-{page_anchor(address)}-{re.sub(r'[^A-Za-z0-9_]', '-', check.name)}"


def failure_anchor(grade: Grade | None) -> str:
    """Return the id of the failure that a grade's card begins with, "" where there is none."""
    if grade is None:
        return ""
    skipped = [check for check in grade.checks if check.status == "skipped"]
    first = stopped_by(grade) or next(iter([*failing_first(grade), *skipped]), None)
    return check_anchor(grade.exercise, first) if first is not None else ""
