"""An nbgrader course: found, graded in the sandbox, and written back as nbgrader itself would have."""

from .find import NbCourse, find

__all__ = ["NbCourse", "find"]
