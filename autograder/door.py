"""The ``gradus`` command: a workspace's helper runs it where it can, else all that it needs is imported here."""

from __future__ import annotations

import sys

from .helper import run_there


def entry() -> None:
    """Run the command line of this process."""
    code = run_there(sys.argv[1:])
    if code is not None:
        raise SystemExit(code)
    from .cli import entry as command

    command()
