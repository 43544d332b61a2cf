"""What starts workers, seen from the judge: their limits, how they end, and what every kind of source can do."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Protocol

from .witness import Witness

LEVELS = ("namespaces", "landlock", "plain")
START_SECONDS = 60.0  #: that a source of workers may take to be ready
#: Memory that no program has written into holds no zeros by luck: the C library (glibc alone knows this) fills it, so
#: that what reads the entries of a `torch.empty` gives the same wrong numbers at every run.
UNWRITTEN = {"MALLOC_PERTURB_": "128"}


@dataclass(frozen=True)
class Limits:
    """What one worker may use; memory is on top of the template's own."""

    memory_mb: int = 1024
    processes: int = 64
    file_mb: int = 256
    cpu_seconds: int = 600
    threads: int = 1


@dataclass(frozen=True)
class Ending:
    """How a worker ended: ``exit`` or ``signal`` with its code, or ``killed`` by us."""

    how: str
    code: int
    maxrss_kb: int
    cpu_seconds: float
    greedy: bool = False  #: its processes together held more memory than they may


class WorkerSource(Protocol):
    """What starts workers: a warm process that forks them, fresh interpreters, a notebook's kernel.

    `level` is one of :data:`LEVELS`; `needs` are the modules that it imported beforehand; `place` is what messages
    call the source, where it is no file.
    """

    level: str
    needs: tuple[str, ...]
    place: str

    @property
    def alive(self) -> bool:
        """Tell whether it can still start workers, as far as is known."""

    def wait_ready(self) -> None:
        """Block until it is warm."""

    def prepare(self, limits: Limits) -> None:
        """Start the next worker now, while nobody waits for it."""

    def fork(self, limits: Limits) -> WorkerProcess:
        """Return a new worker, confined before it reads anything.

        Raises:
            SandboxError: there is none to be had.
        """

    def fenced(self, operators: tuple[str, ...]) -> WorkerSource | None:
        """Return a source, which ends with this one, of workers that never had these operators.

        None where there is no such: then each worker is asked to take them out of its torch.
        """

    def reap(self, pid: int, grace: float) -> Ending:
        """End a worker that has `grace` seconds to end by itself, and return how it ended."""

    def said(self) -> str:
        """Return what it and its workers wrote to stderr, for diagnosing the sandbox itself."""

    def close(self) -> None:
        """End it and, with it, every worker; safe to call again."""


@dataclass
class WorkerProcess:
    """A worker that runs: its socket, who looks at it, and how to end it."""

    source: WorkerSource
    sock: socket.socket
    pid: int
    witness: Witness
    ending: Ending | None = None

    def end(self, grace: float = 0.0) -> Ending:
        """End it, waiting `grace` seconds for it to end by itself; safe to call again."""
        if self.ending is None:
            self.sock.close()
            self.witness.close()
            self.ending = self.source.reap(self.pid, grace)
        return self.ending
