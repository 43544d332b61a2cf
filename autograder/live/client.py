"""The notebook's or the editor's end of the line to the judge beside it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import GradusError, SandboxError
from ..gradebook import from_json
from ..model import Grade
from ..sandbox.launch import insist_on_fork
from .wire import Wire


@dataclass(frozen=True)
class Answer:
    """What the judge said: the grade, and of the page its title and hints."""

    grade: Grade
    title: str
    hints: tuple[str, ...]


class BenchClient:
    """A judge process of one's own, started at once and asked later.

    Args:
        course: the folder of another course.
    """

    def __init__(self, course: Path | None = None):
        insist_on_fork()
        ours, theirs = socket.socketpair()
        self.wire = Wire(ours)
        self._number = 0
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the client
        command = [sys.executable, "-P", "-m", "autograder.live.bench", str(theirs.fileno()), str(course or "")]
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "MPLBACKEND": "Agg"}
        self._process = subprocess.Popen(
            command, pass_fds=(theirs.fileno(),), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=self._errors, start_new_session=True, env=environment,
        )  # fmt: skip
        theirs.close()

    @property
    def alive(self) -> bool:
        """Can it still be asked?"""
        return self._process.poll() is None

    def ask(self, request: dict[str, Any]) -> Answer:
        """Send a request and wait for its answer.

        Raises:
            GradusError: what the judge says is wrong with it.
            SandboxError: the judge ended.
        """
        self.send(request)
        return self.receive()

    def send(self, request: dict[str, Any], fd: int | None = None) -> None:
        """Send a request, with the control socket of a kernel where it is live."""
        self._number += 1
        try:
            self.wire.send({**request, "id": self._number}, fd)
        except OSError:
            raise self._ended() from None

    def receive(self) -> Answer:
        """The answer to the last request; what was still on its way for earlier ones is passed over."""
        while True:
            answer = self.take()
            if answer is not None:
                return answer

    def take(self) -> Answer | None:
        """The next answer, None when it is to an earlier request, whose asker was interrupted."""
        received = self.wire.receive()
        if received is None:
            raise self._ended()
        message = received[0]
        if message["id"] not in (None, self._number):
            return None
        if "error" in message:
            raise GradusError(message["error"])
        return Answer(from_json(message["grade"]), message["title"], tuple(message["hints"]))

    def _ended(self) -> SandboxError:
        self._errors.seek(0)
        lines = self._errors.read()[-2000:].decode(errors="replace").strip().splitlines()
        return SandboxError(f"the judge process ended: {lines[-1] if lines else 'it printed nothing'}")

    def close(self) -> None:
        """End the judge."""
        self.wire.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()
