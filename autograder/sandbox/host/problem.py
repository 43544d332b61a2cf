"""Whatever goes wrong on the student's side, as one kind of exception with a status."""

from __future__ import annotations

import signal

from ..wire.problems import Frames
from .base import Ending


class StudentProblem(BaseException):
    """The student's side did not answer with a value; `status` is one of the design's. Not for checks to catch."""

    def __init__(self, status: str, message: str, frames: Frames = (), name: str = "", seen: tuple[Frames, ...] = ()):
        super().__init__(message)
        self.status, self.message, self.frames = status, message, frames
        self.name = name  #: what is missing
        self.seen = seen  #: where the code said that it was, each time that it was looked at


_OUT_OF_MEMORY = ("can't allocate memory", "not enough memory", "Cannot allocate memory", "Unable to allocate")
_NOT_IN_TORCH = (
    "\" not implemented for '",
    "Could not run '",
)  #: what its C++ says with a stub's error, below no frame


def status_of_exception(kind: str, text: str, frames: Frames = ()) -> str | None:
    """Return the status that an exception of the student's stands for, None for an ordinary error.

    Args:
        frames: where it was raised; what a library does not implement is nothing that the student has not written.
    """
    if kind == "NotImplementedError":
        library = any(part in text for part in _NOT_IN_TORCH) or (frames and "site-packages" in frames[-1][0])
        return None if library else "missing"
    if kind == "MemoryError" or (kind in ("RuntimeError", "OSError") and any(part in text for part in _OUT_OF_MEMORY)):
        return "memory"
    if kind == "PermissionError":
        return "forbidden"
    if kind == "CodecError":
        return "malformed"
    return None


def after_its_end(ending: Ending, memory_mb: int, frames: Frames = ()) -> StudentProblem:
    """Return what is said of a worker that hung up, from how its process ended.

    Args:
        memory_mb: what it was allowed.
        frames: where it was, as it said itself.
    """
    if ending.greedy:
        return StudentProblem("memory", "its processes together held more memory than they may")
    if ending.how == "signal" and ending.code == 24:  # SIGXCPU
        return StudentProblem("timeout", "the process used all its processor time")
    if ending.how == "signal" and ending.code == 9 and ending.maxrss_kb > 0.8 * 1024 * memory_mb:
        return StudentProblem("memory", "the process was ended for using too much memory")
    if ending.how == "killed":  # by us: nothing says of what it would have ended
        return StudentProblem("crashed", "the code closed the line to the grader, and its process went on")
    if ending.how == "exit":
        what = "(os._exit, or an exit in a library)" if frames else "or closed its line to the grader (os.closerange)"
        return StudentProblem("crashed", f"the code ended the whole process {what}", frames)
    try:
        name = signal.Signals(ending.code).name
    except ValueError:
        name = f"signal {ending.code}"
    return StudentProblem("crashed", f"the process crashed ({name})", frames)
