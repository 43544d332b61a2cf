"""The page's own files, for its checks: what students' code opens as ``rain.csv`` is ``page_file("rain.csv")`` here."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from ..course.trees import Trees, trees
from ..errors import CourseError

_course: ContextVar[Trees | None] = ContextVar("the course whose checks are collected and run", default=None)


@contextmanager
def checks_of(course: Trees) -> Iterator[None]:
    """Look for the files of pages in a course inside."""
    token = _course.set(course)
    try:
        yield
    finally:
        _course.reset(token)


def page_file(name: str) -> Path:
    """Return where a file or folder of the page lies for the judge: of ``solutions/<section>/<page>_files``.

    Only a check file asks so, which stands at its page's address. A student's code opens the same file by `name`.

    Raises:
        CourseError: the page has no such file.
    """
    asks = Path(sys._getframe(1).f_globals["__file__"])
    folder = (_course.get() or trees()).files(f"{asks.parent.parent.name}/{asks.parent.name}")
    path = folder / name
    if ".." in Path(name).parts or not path.exists():
        raise CourseError(f"{asks}: the page has no file {name}; put it into {folder}")
    return path
