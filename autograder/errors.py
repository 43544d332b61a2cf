"""Every error that Gradus raises for its user; each message says what to do next."""

from __future__ import annotations


class GradusError(Exception):
    """Base of all; the command line prints its message as one line and exits with 2."""


class CourseError(GradusError):
    """The course itself is wrong: ``course.toml``, a lesson's front matter, a solution, a check."""


class SubmissionError(GradusError):
    """What was handed in cannot be read at all: no such path, not a folder, not a zip."""


class SandboxError(GradusError):
    """The sandbox could not be started: the grader's own fault, never the student's."""


class GradebookError(GradusError):
    """The gradebook cannot be read or written."""
