"""The kernel as a template: while a check runs it forks workers that hold the notebook's live objects.

The checks run in a judge process of their own; what they change (seeds, a default dtype, the objects themselves) they
change in a fork. Nothing here confines the student's code: it is their kernel, and grades from here say so.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import types
from typing import Any

from ..sandbox.wire.channel import Channel
from ..sandbox.wire.peer import MAX_FRAMES, traceback_frames
from ..sandbox.worker.fork_server import _kill, _reap
from ..sandbox.worker.services import Worker
from .client import Answer, BenchClient
from .wire import Wire


class LiveWorker(Worker):
    """A worker whose module is the notebook: nothing is loaded, everything is there.

    Args:
        namespace: the notebook's names.
        files: what messages call the file of a code object, as "In [3]".
    """

    def __init__(self, channel: Channel, home: str, namespace: dict[str, Any], files: dict[str, str]):
        super().__init__(channel, home)
        self.namespace = namespace
        self._files = files
        self.peer.frames_of = self._frames_of

    def _frames_of(self, error: BaseException, limit: int = MAX_FRAMES) -> tuple[tuple[str, int, str], ...]:
        return tuple((self._files.get(file, file), line, name) for file, line, name in traceback_frames(error, limit))

    def load(
        self, name: str, filename: str, cells: list[str], files: dict[str, bytes]
    ) -> tuple[dict[str, Any], list[Any]]:
        """What there is, by kind."""
        kinds = {
            key: ("callable" if callable(value) else "value")
            for key, value in list(self.namespace.items())
            if type(key) is str and not key.startswith("_") and not issubclass(type(value), types.ModuleType)
        }
        return kinds, []

    def lookup(self, name: str) -> Any:
        """The value of a name of the notebook."""
        return self.namespace[name]

    def begin(self, seed: int, threads: int, trace: bool, anew: bool = False) -> None:
        """As ever, on one thread: another's pool does not survive a fork."""
        super().begin(seed, 1, trace, anew)


def check_live(
    client: BenchClient, request: dict[str, Any], namespace: dict[str, Any], files: dict[str, str]
) -> Answer:
    """One check of live objects: ask the judge, and be its template until it answers.

    Raises:
        KeyboardInterrupt: an interrupt from outside; the workers are ended.
    """
    ours, theirs = socket.socketpair()
    control = Wire(ours)
    home = tempfile.mkdtemp(prefix="gradus-")
    workers: set[int] = set()
    try:
        client.send(request, theirs.fileno())
        theirs.close()
        while True:
            ready, _, _ = select.select([client.wire.sock, ours], [], [], 0 if client.wire.waiting else None)
            if client.wire.sock in ready or client.wire.waiting:
                answer = client.take()
                if answer is not None:
                    return answer
                continue  # to an earlier request: go on listening to this one's forks
            received = control.receive()
            if received is None:
                return client.receive()
            message, fd = received
            if message["op"] == "fork":
                assert fd is not None
                pid = _fork(fd, home, namespace, files)
                os.close(fd)
                workers.add(pid)
                control.send({"pid": pid})
            else:
                workers.discard(message["pid"])
                control.send({**_reap(message["pid"], message["grace"]), "greedy": False})
    finally:
        theirs.close()
        control.close()
        for pid in workers:
            _kill(pid)
            os.waitpid(pid, 0)
        shutil.rmtree(home, ignore_errors=True)


def _fork(fd: int, home: str, namespace: dict[str, Any], files: dict[str, str]) -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    try:  # from here on we are the worker
        os.setpgid(0, 0)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the kernel, interrupted, ends us
        import torch

        torch.set_num_threads(1)
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].switch_backend("Agg")  # a plot of a check is nobody's
        LiveWorker(Channel(socket.socket(fileno=os.dup(fd))), home, namespace, files).serve()
    except BaseException:  # nothing of ours may run on in a copy of the kernel
        pass
    finally:
        os._exit(0)
