"""What the lessons say, computed: a table for each section, and how a line of it is compared with its lesson."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from autograder.authoring import pictures
from autograder.course.syllabus import split_lesson
from autograder.course.trees import trees

SLOT = re.compile(r"<(e\d|[,.\d]*[dfgs])>")


@dataclass(frozen=True)
class Claim:
    """A sentence of a lesson and what computes it.

    `quote` has slots like <.2f> for the numbers that `compute` returns, or none where it returns whether it holds.
    """

    page: str
    quote: str
    compute: Callable[[], Any]


@dataclass(frozen=True)
class Formula:
    """A formula of a lesson, as its LaTeX stands there: all its sides, and `equals`, come to the same.

    `names` gives values to its letters, numbers, vectors or functions, where it is more than an identity.
    """

    page: str
    quote: str
    names: Callable[[], Mapping[str, Any]] = dict
    equals: Callable[[], Any] | None = None


def flat(text: str) -> str:
    """The text with every run of blanks and line ends as one blank."""
    return " ".join(text.split())


@functools.cache
def body(page: str) -> str:
    """The Markdown of a lesson without its front matter."""
    return split_lesson(trees().lesson(page))[1]


@functools.cache
def script(page: str) -> ModuleType:
    """The script of a lesson's picture."""
    path = trees().lesson(page)
    return pictures.imported(path.with_name(f"{path.stem}_picture.py"), f"picture_{path.stem}")


@functools.cache
def solution(page: str) -> ModuleType:
    """The reference solution of a page."""
    return pictures.reference(page)


def formatted(form: str, value: Any) -> str:
    """A value as a lesson writes it: <e1> stands for 4.5 \\cdot 10^{-5}, everything else is Python's own format."""
    if not form.startswith("e"):
        return format(value, form)
    mantissa, exponent = f"{value:.{form[1:]}e}".split("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}"


def filled(claim: Claim) -> str:
    """The quote with the computed numbers in its slots.

    Raises:
        AssertionError: it has no slot, and what it says does not hold.
    """
    forms = SLOT.findall(claim.quote)
    answer = claim.compute()
    if not forms:
        assert bool(answer), f"{claim.page}: this does not hold: {claim.quote}"
        return claim.quote
    values = iter(answer if isinstance(answer, tuple) else (answer,))
    text = SLOT.sub(lambda match: formatted(match[1], next(values)), claim.quote)
    assert not list(values), f"{claim.page}: more numbers than slots: {claim.quote}"
    return text
