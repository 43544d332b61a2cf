"""The notebook's or the editor's end of the line to the judge beside it."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from ..course.trees import trees
from ..errors import GradusError, SandboxError
from ..gradebook.rows import from_json
from ..model import Grade
from ..processes import somewhere
from ..sandbox.host.base import START_SECONDS
from ..sandbox.wire.control import ControlLine
from ..sandbox.wire.loopback import Doorway, new_token

T = TypeVar("T")


def again_elsewhere(make: Callable[[], T]) -> T:
    """Make a temporary file or folder, in another place where the one that Python had chosen is gone."""
    try:
        return make()
    except OSError:
        tempfile.tempdir = None  # chosen once and kept, else
        return make()


def _meant() -> Path | str:
    """Return the course that is meant here; "" where the judge is to say why there is none."""
    try:
        return trees().root
    except GradusError:
        return ""


@dataclass(frozen=True)
class Answer:
    """What the judge said: the grade, and of the page title and hints, its language and its course's folder."""

    grade: Grade
    title: str
    hints: tuple[str, ...]
    language: str = ""
    root: str = ""


class BenchClient:
    """A judge process of one's own, started at once and asked later.

    Args:
        course: the folder of another course.
    """

    def __init__(self, course: Path | None = None):
        self._number = 0
        self._errors = again_elsewhere(tempfile.TemporaryFile)  # closed with the client
        self._wire: ControlLine | None = None
        if hasattr(socket, "send_fds"):
            ours, theirs = socket.socketpair()
            self._wire = ControlLine(ours)
            self._process = self._start(str(theirs.fileno()), course, pass_fds=(theirs.fileno(),))
            theirs.close()
            return
        self._door, self._token = Doorway(), new_token()
        self._process = self._start("-", course, stdin=subprocess.PIPE)
        assert self._process.stdin is not None
        with contextlib.suppress(OSError), self._process.stdin as pipe:
            pipe.write(f"{self._door.port} {self._token}\n".encode())

    def _start(self, line: str, course: Path | None, **how: Any) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "autograder.live.bench", line, str(course or _meant())],
            **{"stdin": subprocess.DEVNULL, **how}, stdout=subprocess.DEVNULL, stderr=self._errors,
            start_new_session=True, cwd=somewhere(), env={**os.environ, "OMP_NUM_THREADS": "1", "MPLBACKEND": "Agg"},
        )  # fmt: skip

    @property
    def wire(self) -> ControlLine:
        """The line to the judge, which connects to us where it could not inherit one.

        Raises:
            SandboxError: it ended before.
        """
        if self._wire is None:
            line = self._door.admit(self._token, lambda: self.alive, START_SECONDS)
            self._door.close()
            if line is None:
                raise self._ended()
            self._wire = ControlLine(line)
        return self._wire

    @property
    def alive(self) -> bool:
        """Tell whether it can still be asked."""
        return self._process.poll() is None

    def ask(self, request: dict[str, Any]) -> Answer:
        """Send a request and wait for its answer.

        Raises:
            GradusError: what the judge says is wrong with it.
            SandboxError: the judge ended, or what it forks workers from.
        """
        self.send(request)
        return self.receive()

    def send(self, request: dict[str, Any], *fds: int) -> None:
        """Send a request, with the control socket of a kernel where it is live."""
        self._number += 1
        try:
            self.wire.send({**request, "id": self._number}, *fds)
        except OSError:
            raise self._ended() from None

    def receive(self) -> Answer:
        """Wait for the answer to the last request; what was still on its way for earlier ones is passed over."""
        while True:
            answer = self.take()
            if answer is not None:
                return answer

    def ready(self, seconds: float = 0.0) -> bool:
        """Wait so long at most for something to :meth:`take`; is there something?"""
        return self.wire.waiting or bool(select.select([self.wire.sock], [], [], seconds)[0])

    def take(self) -> Answer | None:
        """Return the next answer, None when it is to an earlier request, whose asker was interrupted."""
        received = self.wire.receive()
        if received is None:
            raise self._ended()
        message = received[0]
        if message["id"] not in (None, self._number):
            return None
        if "error" in message:
            raise (SandboxError if message.get("again") else GradusError)(message["error"])
        said = message.get("language", ""), message.get("root", "")
        return Answer(from_json(message["grade"]), message["title"], tuple(message["hints"]), *said)

    def _ended(self) -> SandboxError:
        self._errors.seek(0)
        lines = self._errors.read()[-2000:].decode(errors="replace").strip().splitlines()
        return SandboxError(f"the judge process ended: {lines[-1] if lines else 'it printed nothing'}")

    def close(self) -> None:
        """End the judge."""
        if self._wire is not None:
            self._wire.close()
        else:
            self._process.kill()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()
