"""The kernel as a template: while a check runs it forks workers that hold the notebook's live objects.

The checks run in a judge process of their own; what they change (seeds, a default dtype, the objects themselves) they
change in a fork. Nothing here confines the student's code: it is their kernel, and grades from here say so.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import socket
import sys
import tempfile
import types
from typing import Any

from ..sandbox.wire.channel import Channel
from ..sandbox.wire.control import ControlLine
from ..sandbox.wire.problems import MAX_FRAMES, traceback_frames
from ..sandbox.worker.fork_server import _kill, _reap
from ..sandbox.worker.services import Worker
from ..sandbox.worker.watchdog import LOOK_SECONDS, Watchdog
from .client import Answer, BenchClient, again_elsewhere
from .detach import detach


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
        self, name: str, filename: str, cells: list[str], files: dict[str, bytes], left_out: tuple[Any, ...] = (),
        beside: dict[str, bytes] | None = None,
    ) -> list[Any]:  # fmt: skip
        """Nothing is run, so nothing fails; the page's files are where the notebook's own code looks for them."""
        self.lay_beside(beside or {})
        return []

    def lookup(self, name: str) -> tuple[bool, Any]:
        """As ever, in the notebook."""
        value = self.namespace.get(name, types)
        if name.startswith("_") or issubclass(type(value), types.ModuleType):
            return False, self.defined(self.namespace)
        return True, value

    def begin(self, seed: int, threads: int, forbidden: tuple[str, ...]) -> None:
        """As ever, on one thread: another's pool does not survive a fork."""
        super().begin(seed, 1, forbidden)


def check_live(
    client: BenchClient, request: dict[str, Any], namespace: dict[str, Any], files: dict[str, str]
) -> Answer:
    """One check of live objects: ask the judge, and be its template until it answers.

    Raises:
        KeyboardInterrupt: an interrupt from outside; the workers are ended.
    """
    ours, theirs = socket.socketpair()
    control = ControlLine(ours)
    home = again_elsewhere(lambda: tempfile.mkdtemp(prefix="gradus-"))
    workers: dict[int, int] = {}  # the limit of each one's memory in MB
    greedy: set[int] = set()
    watchdog = Watchdog()
    try:
        client.send(request, theirs.fileno())
        theirs.close()
        while True:
            patience = 0 if client.wire.waiting else LOOK_SECONDS if workers else None
            ready, _, _ = select.select([client.wire.sock, ours], [], [], patience)
            if client.wire.sock in ready or client.wire.waiting:
                answer = client.take()
                if answer is not None:
                    return answer
                continue  # to an earlier request: go on listening to this one's forks
            if not ready:
                for pid in set(watchdog.over(workers)) - greedy:
                    greedy.add(pid)
                    _kill(pid)
                continue
            received = control.receive()
            if received is None:
                return client.receive()
            message, fds = received
            if message["op"] == "fork":
                memory_mb = message["limits"]["memory_mb"]
                pid = _fork(fds[0], home, namespace, files, memory_mb)
                os.close(fds[0])
                workers[pid] = memory_mb
                control.send({"pid": pid})
            else:
                pid = message["pid"]
                workers.pop(pid, None)
                control.send({**_reap(pid, message["grace"]), "greedy": pid in greedy})
    finally:
        theirs.close()
        control.close()
        for pid in workers:
            _kill(pid)
            with contextlib.suppress(ChildProcessError):  # where SIGCHLD is ignored nobody is waited for
                os.waitpid(pid, 0)
        shutil.rmtree(home, ignore_errors=True)


def _fork(fd: int, home: str, namespace: dict[str, Any], files: dict[str, str], memory_mb: int) -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    kernel = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    try:  # from here on we are the worker
        detach(fd, kernel, memory_mb)
        import torch

        torch.set_num_threads(1)
        LiveWorker(Channel(socket.socket(fileno=fd)), home, namespace, files).serve()
    except BaseException:  # nothing of ours may run on in a copy of the kernel
        pass
    finally:
        os._exit(0)
