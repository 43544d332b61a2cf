"""The command line: a thin door to the one road. Heavy imports happen inside the commands."""

from __future__ import annotations

import os
import sys

from ..errors import GradusError
from ..processes import own_children
from ..report.terminal import degrade_signs
from ..sandbox.worker import vision_hook
from . import author, desk, exports, feedback, lab, marking, marks, proof, student, teacher, watch, workspace
from .base import READERS, app
from .help import Spoken

#: students first, as help lists them
app.registered_commands.sort(key=lambda one: [*READERS].index(str(one.callback.__module__).rpartition(".")[2]))

for _command in app.registered_commands:
    _command.cls = Spoken

__all__ = [
    "app",
    "author",
    "desk",
    "entry",
    "exports",
    "feedback",
    "lab",
    "marking",
    "marks",
    "proof",
    "student",
    "teacher",
    "watch",
    "workspace",
]


def _told(error: OSError) -> str:
    """Say in a line what the system would not do, and with which file: by the name that the user knows it by."""
    where = error.filename2 or error.filename
    if where is None or error.strerror is None:
        return str(error)
    return f"{str(where).removesuffix('.part')}: {error.strerror}; say another place, or mend that"


def entry() -> None:
    """Run the ``gradus`` command: every error of ours is one line and exit code 2."""
    sys.stdout = sys.stdout or open(os.devnull, "w")  # closed by who called: nobody listens  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    degrade_signs()
    vision_hook.install()
    own_children()
    try:
        app(standalone_mode=True)
    except GradusError as error:
        print(f"gradus: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except BrokenPipeError:
        raise SystemExit(0) from None
    except SystemExit:
        if type(sys.stdout).__name__ == "PacifyFlushWrapper":  # who read has enough, as `head` has
            raise SystemExit(0) from None
        raise
    except OSError as error:  # a full disk, a folder that may not be written
        print(f"gradus: {_told(error)}", file=sys.stderr)
        raise SystemExit(2) from None
