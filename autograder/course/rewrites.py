"""The decorators of a page's ``misconceptions.py`` and ``variants.py``: they name a definition, and change nothing.

The files are read as text (:mod:`autograder.course.catalogue`); the decorators exist so that they are
also valid Python, for editors, linters and curious readers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def misconception(name: str, *, hint: str = "", dies_by: str = "", of: str = "") -> Callable[[T], T]:
    """Mark a wrong way that students really write; another source of the same mistake has the same name.

    A source that makes two mistakes at once, as first drafts do, is marked twice, by a name for each.

    Args:
        name: what the student did, as a short sentence in the third person.
        hint: what to look at next, without giving the answer away; a further source has the first one's.
        dies_by: the check that must reject it; of a further source the first one's, unless it is told.
        of: the definition it replaces; by default the decorated name.
    """
    return lambda definition: definition


def variant(name: str, *, of: str = "") -> Callable[[T], T]:
    """Another right way; definitions under one name belong together."""
    return lambda definition: definition
