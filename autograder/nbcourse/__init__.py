"""An nbgrader course: found, graded in the sandbox, and written back as nbgrader itself would have."""

from __future__ import annotations

from typing import Any

from .find import NbCourse, find
from .quick import quick_imports

__all__ = ["NbCourse", "find", "synchronise", "write_back"]


def write_back(*arguments: Any, **options: Any) -> Any:
    """Write what was graded into the course, see :func:`autograder.nbcourse.write.write_back`."""
    with quick_imports():
        from .write import write_back as write
    return write(*arguments, **options)


def synchronise(*arguments: Any) -> Any:
    """Bring what persons gave to the same points on both sides, see :func:`autograder.nbcourse.manual.synchronise`."""
    with quick_imports():
        from .manual import synchronise as both
    return both(*arguments)
