"""Workers where there is no fork to rely on: on Windows, and on macOS, whose system libraries do not survive one.

Each worker is an interpreter of its own that imports torch, connects to a loopback port of ours and shows the token
that it was given. That takes seconds instead of milliseconds, so the next one is started while nobody waits for it.
The level is always ``plain``.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass

from ...errors import SandboxError
from ..wire.loopback import Doorway, new_token
from . import mounts, temporary
from .base import START_SECONDS, UNWRITTEN, Ending, Limits, WorkerProcess
from .bundle import BOOTSTRAP, bundle
from .witness import Witness


@dataclass
class _Started:
    """A worker on its way: its process, what it will show, its folder and its limits."""

    process: subprocess.Popen[bytes]
    token: str
    home: str
    limits: Limits


class SpawnedSource:
    """Starts a fresh interpreter for every worker: a :class:`WorkerSource`.

    Args:
        needs: modules to import before the student's source.
    """

    place = ""

    def __init__(self, needs: tuple[str, ...] = ()):
        self.level, self.needs = "plain", needs
        self._door: Doorway | None = Doorway()
        self._errors = temporary.unnamed()
        self._workers: dict[int, _Started] = {}
        self._next: _Started | None = None
        self._used = False
        self.prepare(Limits())

    @property
    def alive(self) -> bool:
        """Tell whether it was not closed."""
        return self._door is not None

    def wait_ready(self) -> None:
        """Nothing to wait for: each worker warms up by itself."""

    def prepare(self, limits: Limits) -> None:
        """Start the next worker now, while nobody waits for it."""
        if self._next is None:
            self._next = self._start(limits)

    def _start(self, limits: Limits) -> _Started:
        if self._door is None:
            raise SandboxError("the template process was closed")
        home, token = tempfile.mkdtemp(prefix="gradus-worker-", dir=temporary.folder()), new_token()
        _, _, site = mounts.readable(self.needs)
        config = {
            "main": "worker.fresh_process", "needs": list(self.needs), "path": site, "port": self._door.port,
            "importable": mounts.importable(self.needs),
            "token": token, "home": home, "limits": asdict(limits),
        }  # fmt: skip
        environment = {
            **os.environ, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1",
            "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "Agg",
            "TORCHDYNAMO_DISABLE": "1", **UNWRITTEN,
        }  # fmt: skip
        try:
            process = subprocess.Popen(
                [sys.executable, "-S", "-s", "-P", "-c", BOOTSTRAP, "0"], env=environment, stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL, stderr=self._errors, cwd=home, start_new_session=os.name == "posix",
            )  # fmt: skip
            assert process.stdin is not None
            with contextlib.suppress(OSError), process.stdin as pipe:  # one that ended at once says why in its errors
                pipe.write(json.dumps(bundle(config)).encode())
        except OSError as error:
            raise SandboxError(f"the sandbox could not start {sys.executable}: {error}") from None
        return _Started(process, token, home, limits)

    def fork(self, limits: Limits) -> WorkerProcess:
        """Return a worker that is ready for a source; the one that was prepared, if it was for these limits."""
        started, self._next = self._next, None
        if started is not None and started.limits != limits and self._used:
            self._end(started)
            started = None
        if started is None:
            started = self._start(limits)
        try:
            line = self._connected(started)
        except SandboxError:
            self._end(started)
            raise
        self._workers[started.process.pid] = started
        if self._used:  # a second one was asked for: there will be a third
            self.prepare(limits)
        self._used = True
        return WorkerProcess(self, line, started.process.pid, Witness(started.process.pid))

    def _connected(self, started: _Started) -> socket.socket:
        if self._door is None:
            raise SandboxError("the template process was closed")
        line = self._door.admit(started.token, lambda: started.process.poll() is None, START_SECONDS)
        if line is None:
            ended = started.process.poll() is not None
            what = "ended" if ended else f"was not ready within {START_SECONDS:.0f} s"
            raise SandboxError(f"the worker process {what}: {self._said()}")
        return line

    def fenced(self, operators: tuple[str, ...]) -> None:
        """Return None: every worker is a fresh interpreter."""

    def reap(self, pid: int, grace: float) -> Ending:
        """End a worker and say how it ended."""
        started = self._workers.pop(pid)
        killed = False
        try:
            started.process.wait(grace)
        except subprocess.TimeoutExpired:
            killed = True
        code = self._end(started)
        if killed:
            return Ending("killed", 0, 0, 0.0)
        return Ending("signal" if code < 0 else "exit", abs(code), 0, 0.0)

    @staticmethod
    def _end(started: _Started) -> int:
        if started.process.poll() is None:
            if hasattr(os, "killpg"):
                with contextlib.suppress(OSError):  # with the processes that it started
                    os.killpg(started.process.pid, signal.SIGKILL)
            started.process.kill()
        code = started.process.wait()
        shutil.rmtree(started.home, ignore_errors=True)
        return code

    def said(self) -> str:
        """Return what its workers wrote to stderr, for diagnosing the sandbox itself."""
        self._errors.seek(0)
        return self._errors.read()[-4000:].decode(errors="replace")

    def _said(self) -> str:
        lines = self.said().strip().splitlines()
        return lines[-1] if lines else "it printed nothing"

    def close(self) -> None:
        """End every worker."""
        if self._door is None:
            return
        self._door.close()
        self._door = None
        for started in [*self._workers.values(), *([self._next] if self._next else [])]:
            self._end(started)
        self._workers.clear()
        self._next = None
        self._errors.close()
