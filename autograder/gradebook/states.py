"""The words and signs that say how a page ended, the same everywhere.

They are: not handed in, unfinished, wrong, right, ungraded. Whatever shows a page, to whomever, asks here. A single
check ends in a status, see :data:`autograder.model.ENDS`, whose signs agree with these.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ..model import ENDS, CheckResult, Grade
from ..text import headline, printable

NOT_HANDED_IN, UNFINISHED, WRONG, RIGHT, UNGRADED = STATES = (
    "not handed in",
    "unfinished",
    "wrong",
    "right",
    "ungraded",
)


@dataclass(frozen=True)
class Look:
    """How one of the words is shown.

    Args:
        sign: carries the meaning where there is no colour.
        colour: of a terminal.
        tone: the class that the pages' style sheets colour.
    """

    sign: str
    colour: str
    tone: str


LOOKS = {
    NOT_HANDED_IN: Look("–", "bright_black", "quiet"),
    UNFINISHED: Look(ENDS["missing"].sign, "yellow", "odd"),
    WRONG: Look(ENDS["failed"].sign, "red", "bad"),
    RIGHT: Look(ENDS["passed"].sign, "green", "good"),
    UNGRADED: Look(ENDS["internal"].sign, "bold red", "odd"),
}
#: a status in which nothing was told of the submission
_UNGRADED = ("internal", "skipped")
#: what intake says of a file that was handed in and holds nothing to run
_EMPTY = ("is empty;", "has no code cells;", "defines nothing that")
_SYNTAX = re.compile(r"\b(?:SyntaxError|IndentationError|TabError)\b")
#: why a check does not pass, in a word that a narrow cell has room for: by its status, of a failed one by its failure
_WORDS = {
    "missing": "blank", "error": "raises", "forbidden": "style", "timeout": "slow", "memory": "memory",
    "crashed": "crash", "malformed": "garbled", "difference": "values", "property": "rule", "exception": "raises",
    "hidden": "hidden",
}  # fmt: skip


def state(grade: Grade | None) -> str:
    """Return one of `STATES`.

    *Not handed in*: there is no file to grade. *Unfinished*: there is one, and something that is checked is not
    written. *Wrong*: all is written, and a check does not pass. *Right*: every check passes. *Ungraded*: the grader
    could not tell.
    """
    if grade is None:
        return NOT_HANDED_IN
    if grade.status in _UNGRADED:
        return UNGRADED
    if grade.status == "passed":
        return RIGHT
    if grade.status == "missing" and not _handed_in(grade.checks):
        return NOT_HANDED_IN
    return UNFINISHED if any(one.status == "missing" and one.max_points for one in grade.checks) else WRONG


def look(grade: Grade | None) -> Look:
    """Return how the word of a grade is shown."""
    return LOOKS[state(grade)]


def _handed_in(checks: tuple[CheckResult, ...]) -> bool:
    """Tell whether checks that all miss something speak of a file: each of its function, or of a file with nothing."""
    failures = [check.failure for check in checks if check.failure is not None]
    if any(failure.function or failure.frames for failure in failures):
        return True
    reasons = {failure.reason for failure in failures}
    return len(reasons) > 1 or any(part in reason for reason in reasons for part in _EMPTY)


def reason(grade: Grade | None, limit: int = 60, shown: Callable[[str], str] = str) -> str:
    """Say in a few words why a page is not right: the first known mistake, else what the first failure says.

    Args:
        shown: what becomes of the words before they are cut.
    """
    if grade is None or grade.status == "passed":
        return ""
    names = grade.diagnoses
    if names:
        more = f" (+{len(names) - 1})" if len(names) > 1 else ""
        return _cut(names[0], limit - len(more)) + more
    failed = [check for check in grade.checks if check.status != "passed" and check.failure is not None]
    own = [check for check in failed if check.status != "missing"] or failed
    if not own or own[0].failure is None:
        return _cut(shown(_without_words(grade)), limit)
    failure = own[0].failure
    function = f"{failure.function}: " if failure.function and failure.function not in failure.reason else ""
    return _cut(shown(f"{function}{headline(failure)}"), limit)


def one_word(grade: Grade | None) -> str:
    """Say why a page is not right in one short word: of the check that `reason` speaks of; "" where nothing is to say.

    *values* are others, a *rule* does not hold, the code *raises*, or is *blank*, is no Python (*syntax*), …
    """
    failed = (
        [check for check in grade.checks if check.status not in ("passed", *_UNGRADED)] if grade is not None else []
    )
    own = [check for check in failed if check.status != "missing"] or failed
    if not own:
        return ""
    first = next((check for check in own if check.diagnosis), own[0])
    failure = first.failure
    if failure is not None and _SYNTAX.search(failure.reason):
        return "syntax"
    kind = failure.kind if failure is not None and first.status == "failed" else first.status
    return _WORDS.get(kind, "wrong")


def _without_words(grade: Grade) -> str:
    """Say why a page is not right where no check says so: which checks fail, else how it ended."""
    titles = [check.title for check in grade.checks if check.status not in ("passed", "skipped") and check.title]
    more = f" (+{len(titles) - 1})" if len(titles) > 1 else ""
    return f"{titles[0]}: {grade.status}{more}" if titles else grade.status


def _cut(text: str, limit: int) -> str:
    text = printable(" ".join(text.split()))  # it may quote what a student's code raised
    return text if len(text) <= limit else text[: limit - 1] + "…"
