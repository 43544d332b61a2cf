"""Where the loops of playgrounds get their workers."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..sandbox.host.base import WorkerSource


class Workers:
    """Where loops get their workers: a warm template, started when it is first asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._template: WorkerSource | None = None

    def warm(self) -> None:
        """Start the template, and import here what a loop needs, while nobody waits for it."""
        from ..errors import GradusError
        from ..sandbox.host import student  # noqa: F401 - which imports torch
        from ..sandbox.host.start import start_template

        with self._lock:
            if self._template is None:
                with contextlib.suppress(GradusError):  # whoever asks for a worker is told
                    self._template = start_template("plain")

    def source(self) -> WorkerSource:
        """Return a source of one's own, to be closed; warm at once where one was warm before."""
        from ..sandbox.host.forked import Template
        from ..sandbox.host.start import start_template

        with self._lock:
            if self._template is None or not self._template.alive:
                self._template = start_template("plain")
            if isinstance(self._template, Template):
                return self._template.split()
            ours, self._template = self._template, None  # each worker is a process of its own anyway
            return ours

    def close(self) -> None:
        """End the template."""
        with self._lock:
            if self._template is not None:
                self._template.close()
                self._template = None
