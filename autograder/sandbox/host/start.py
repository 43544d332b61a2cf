"""Starting the kind of worker source that this system allows."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from ...errors import SandboxError
from .base import WorkerSource
from .forked import Template
from .spawned import SpawnedSource


def spawns() -> bool:
    """Tell whether workers are started afresh here: Windows has no fork, on macOS one does not survive its libraries.

    ``GRADUS_SPAWN=1`` asks for it elsewhere.
    """
    return not hasattr(os, "fork") or sys.platform == "darwin" or os.environ.get("GRADUS_SPAWN") == "1"


_tried: dict[str, WorkerSource] = {}  #: what a level was tried with just now, warm, by level
_offered: Callable[[str, tuple[str, ...]], WorkerSource | None] = lambda level, needs: None  # noqa: E731


def start_template(level: str, needs: tuple[str, ...] = (), *, many: bool = False) -> WorkerSource:
    """Start a template of the kind that this system allows.

    Args:
        many: workers will be asked for by the dozen.

    Raises:
        SandboxError: it does not start, or there is no such level here.
    """
    if not needs and level in _tried and (tried := _tried.pop(level)).alive:
        return tried
    if (warm := _offered(level, needs)) is not None:
        return warm
    if not spawns():
        return Template(level, needs, many=many)
    if level != "plain":
        raise SandboxError(f"{level}: not on this system; on Windows WSL (wsl --install) has it")
    return SpawnedSource(needs)


def keep_for_next(source: WorkerSource) -> None:
    """Keep a source that was only tried: the next :func:`start_template` of this process for its level gets it."""
    _tried[source.level] = source


def offer(find: Callable[[str, tuple[str, ...]], WorkerSource | None]) -> None:
    """Let :func:`start_template` of this process ask for a warm source first, by level and needs."""
    global _offered
    _offered = find
