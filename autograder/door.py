"""The ``gradus`` command: a workspace's helper runs it where it can, else all that it needs is imported here."""

from __future__ import annotations

import sys


def entry() -> None:
    """Run the command line of this process; Ctrl-C while it is still being loaded ends it with a sentence."""
    try:
        from .helper import run_there

        code = run_there(sys.argv[1:])
        if code is not None:
            raise SystemExit(code)
        from .cli import entry as command

        command()
    except KeyboardInterrupt:
        print("gradus: stopped before it had begun", file=sys.stderr)
        raise SystemExit(130) from None
