"""A worker without a template: a fresh interpreter that imports what it needs and connects back to the judge.

For systems that cannot fork, or not a process that has used its libraries. Limits as far as the system knows any.
"""

from __future__ import annotations

import os
import sys
import tempfile
from typing import Any

MB = 1 << 20


def main(config: dict[str, Any]) -> None:
    """Entry point of the bootstrap: warm up, connect, serve until the judge hangs up."""
    from ..wire.loopback import knock
    from . import imports
    from .fork_server import warm

    imports.allow(config["path"], config["importable"])
    warm(config["needs"])
    line = knock(config["port"], config["token"])
    home = config["home"]
    os.environ.update(HOME=home, TMPDIR=home, TEMP=home, TMP=home)
    tempfile.tempdir = home
    _limit(config["limits"])
    from ..wire.channel import Channel, ChannelClosed
    from .services import Worker

    try:
        Worker(Channel(line), home).serve()
    except ChannelClosed:
        pass
    finally:
        sys.stdout = sys.stderr = None
        os._exit(0)


def _limit(limits: dict[str, int]) -> None:
    try:
        import resource
    except ImportError:  # Windows; the judge ends what takes too long
        return
    if sys.platform == "linux":
        from .jail import memory_in_use

        most = (memory_in_use()[1] + limits["memory_mb"]) * MB
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    for kind, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, limits["file_mb"] * MB),
        (resource.RLIMIT_CPU, limits["cpu_seconds"]),
    ):
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))
