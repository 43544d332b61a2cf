"""The command line: a thin door to the one road. Heavy imports happen inside the commands."""

from __future__ import annotations

import sys

from ..errors import GradusError
from . import author, desk, exports, student, teacher
from .base import app

__all__ = ["app", "author", "desk", "entry", "exports", "student", "teacher"]


def entry() -> None:
    """The ``gradus`` command: every error of ours is one line and exit code 2."""
    try:
        app(standalone_mode=True)
    except GradusError as error:
        print(f"gradus: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except BrokenPipeError:
        raise SystemExit(0) from None
    except OSError as error:  # a full disk, a folder that may not be written
        print(f"gradus: {error}", file=sys.stderr)
        raise SystemExit(2) from None
