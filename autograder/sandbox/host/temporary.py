"""Temporary files of the grader's own, wherever it runs."""

from __future__ import annotations

import os
import tempfile
from typing import IO

from ...errors import SandboxError


def folder() -> str:
    """Return the folder for temporary files.

    Raises:
        SandboxError: there is none that can be written.
    """
    try:
        return tempfile.gettempdir()
    except OSError:
        raise SandboxError("no folder for temporary files can be written; set TMPDIR to one that can") from None


def unnamed() -> IO[bytes]:
    """Open a file without a name, to share with a child: in memory where that can be, so that no folder is needed."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("gradus"), "w+b")
    folder()
    return tempfile.TemporaryFile()
