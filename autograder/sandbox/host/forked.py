"""Workers forked from a warm process: where there is fork, a worker costs milliseconds."""

from __future__ import annotations

import contextlib
import copy
import json
import os
import select
import socket
import subprocess
import sys
from collections import OrderedDict
from dataclasses import replace
from typing import Any

from ...errors import SandboxError
from ..wire.control import ControlLine
from ..worker import cgroups
from ..worker.fork_server import ORPHAN_SECONDS
from . import mounts, temporary
from .awake import Awake
from .base import START_SECONDS, UNWRITTEN, Ending, Limits, WorkerProcess
from .bundle import BOOTSTRAP, bundle
from .witness import Witness

MAX_FENCED = 8  #: forks of one template that are kept; a page has a few sets of operators that its checks forbid


class Template:
    """A warm process with torch imported, that forks workers on request.

    Args:
        level: one of :data:`LEVELS`.
        needs: modules to import before the first fork.
        many: workers will be asked for by the dozen: make ready for that before they are.

    Raises:
        SandboxError: it does not start; the message holds what it printed.
    """

    place = ""  #: what messages call the source, where it is no file

    def __init__(self, level: str, needs: tuple[str, ...] = (), *, many: bool = False):
        self.level, self.needs = level, needs
        self._control: ControlLine | None = None
        _, _, site = mounts.readable(needs)
        ours, theirs = socket.socketpair()
        config = {
            "main": "worker.fork_server", "control_fd": theirs.fileno(), "path": site, "needs": list(needs),
            "importable": mounts.importable(needs),
            "isolation": level, "many": many, "places": mounts.places(level, needs),
        }  # fmt: skip
        given = temporary.unnamed()
        given.write(json.dumps(bundle(config)).encode())
        given.seek(0)
        python = [os.path.realpath(sys.executable), "-S", "-s", "-P", "-c", BOOTSTRAP, str(given.fileno())]
        environment = {
            "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1",
            "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "Agg",
            "TORCHDYNAMO_DISABLE": "1", "HOME": "/tmp", **UNWRITTEN,
        }  # fmt: skip
        if level != "namespaces":  # which has a /tmp of its own
            environment["TMPDIR"] = temporary.folder()
        if libraries := os.environ.get("LD_LIBRARY_PATH"):  # without which this interpreter might not start
            environment["LD_LIBRARY_PATH"] = libraries
        command = python
        if level == "namespaces":
            command = ["bwrap", *mounts.bubblewrap_arguments(needs, os.getuid() == 0), "--", *python]
        self._errors = temporary.unnamed()
        try:
            self._process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self._errors,
                pass_fds=(theirs.fileno(), given.fileno()), start_new_session=True, cwd="/",
            )  # fmt: skip
        except OSError as error:
            raise SandboxError(f"the sandbox could not start {command[0]}: {error}") from None
        finally:
            theirs.close()
            given.close()
        self._control, self._ready = ControlLine(ours), False
        self._awake = Awake(self._process.pid, 0)  # whose number it tells once it is ready
        self._first = True  #: not a fork of another
        self._spare: tuple[Limits, WorkerProcess] | None = None
        self._groups: dict[int, cgroups.Group] = {}  # by the pid of the worker in it
        self._fenced: OrderedDict[tuple[str, ...], Template] = OrderedDict()  # forks whose workers lack these operators

    def split(self, cores: set[int] | None = None, without: tuple[str, ...] = ()) -> Template:
        """Fork this template: the other is warm at once, has a line of its own and ends with this one.

        Args:
            cores: where it and its workers run.
            without: operators that its workers never have.
        """
        self.wait_ready()
        ours, theirs = socket.socketpair()
        try:
            answer = self._ask({"op": "split", "cores": sorted(cores or ()), "without": without}, (theirs.fileno(),))
        finally:
            theirs.close()
        other = copy.copy(self)
        other._control, other._first, other._groups, other._spare = ControlLine(ours), False, {}, None
        other._fenced, other._awake = OrderedDict(), Awake(self._process.pid, answer["pid"])
        return other

    def fenced(self, operators: tuple[str, ...]) -> Template:
        """Return a fork of this template whose workers never had these operators; it is kept."""
        if operators not in self._fenced:
            while len(self._fenced) >= MAX_FENCED:
                self._fenced.popitem(last=False)[1].close()
            self._fenced[operators] = self.split(without=operators)
        self._fenced.move_to_end(operators)
        return self._fenced[operators]

    def let_go(self) -> None:
        """Close this process's end: another process that holds it too goes on alone."""
        for other in self._fenced.values():
            other.let_go()
        if self._control is not None:
            self._control.close()
            self._control = None

    def _ask(
        self, request: dict[str, Any] | None, fds: tuple[int, ...] = (), seconds: float = START_SECONDS
    ) -> dict[str, Any]:
        if self._control is None:
            raise SandboxError("the template process was closed")
        try:
            self._control.sock.settimeout(seconds)
            if request is not None:
                self._control.send(request, *fds)
            if not self._awake.wait(self._answers, seconds):
                raise TimeoutError("timed out")
            received = self._control.receive()
        except OSError as error:
            raise SandboxError(f"the template process does not answer ({error}): {self._said()}") from None
        if received is None:
            raise SandboxError(f"the template process ended: {self._said()}")
        return received[0]

    def _answers(self, seconds: float) -> bool:
        assert self._control is not None
        return self._control.waiting or bool(select.select([self._control.sock], [], [], seconds)[0])

    def _ended(self, seconds: float) -> bool:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        return self._process.returncode is not None

    def _said(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
        self._errors.seek(0)
        lines = self._errors.read()[-2000:].decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it printed nothing"

    def said(self) -> str:
        """Return what the template and its workers wrote to stderr, for diagnosing the sandbox itself."""
        self._errors.seek(0)
        return self._errors.read()[-4000:].decode(errors="replace")

    @property
    def alive(self) -> bool:
        """Tell whether it and its forks still run. Its line is asked: it may be no child of this process."""
        here = self._control is not None and not _hung_up(self._control.sock)
        return here and all(other.alive for other in self._fenced.values())

    def wait_ready(self) -> None:
        """Block until torch is imported."""
        if not self._ready:
            answer = self._ask(None)
            self._base = answer
            self._awake, self._ready = Awake(self._process.pid, answer["pid"]), True

    def prepare(self, limits: Limits) -> None:
        """Fork the next worker now, while nobody waits for it."""
        if self._spare is None:
            self._spare = limits, self._fork(limits, rest=True)

    def fork(self, limits: Limits) -> WorkerProcess:
        """Fork a new worker, jailed before it reads anything; the prepared one, if it fits."""
        if self._spare is None:
            return self._fork(limits)
        (prepared, worker), self._spare = self._spare, None
        if prepared == limits and not _hung_up(worker.sock):
            self._ask({"op": "wake", "pid": worker.pid})
            return worker
        worker.end()
        return self._fork(limits)

    def _fork(self, limits: Limits, rest: bool = False) -> WorkerProcess:
        self.wait_ready()
        ours, theirs = socket.socketpair()
        report = Witness.pair()
        sizes = {
            "memory_mb": limits.memory_mb,
            "data_mb": self._base["data_mb"] + limits.memory_mb,
            "processes": limits.processes,
            "file_mb": limits.file_mb,
            "cpu_seconds": limits.cpu_seconds,
        }
        if self._base["cpu_only"] and self.level != "plain":
            sizes["address_mb"] = self._base["address_mb"] + 2 * limits.memory_mb + 1024
        if self.level == "plain":  # counted for the whole user there
            sizes["processes"] = 1 << 20
        group = cgroups.make(limits.memory_mb, limits.processes) if self.level != "plain" else None
        doors = (group.door(),) if group is not None else ()
        there = (theirs.fileno(), *([report[1].fileno()] if report else []), *doors)
        try:
            answer = self._ask({"op": "fork", "limits": sizes, "rest": rest, "reports": bool(report)}, there)
        except SandboxError:
            if group is not None:
                group.remove()
            raise
        finally:
            theirs.close()
            if report:
                report[1].close()
            for door in doors:
                os.close(door)
        if group is not None:
            self._groups[answer["pid"]] = group
        # its number in the template's own namespace may be another one's here
        witness = Witness(None if self.level == "namespaces" else answer["pid"], report[0] if report else None)
        return WorkerProcess(self, ours, answer["pid"], witness)

    def group_of(self, pid: int) -> cgroups.Group | None:
        """Return the control group of a worker that runs, None where none could be made."""
        return self._groups.get(pid)

    def reap(self, pid: int, grace: float) -> Ending:
        """End a worker and say how it ended."""
        answer = self._ask({"op": "reap", "pid": pid, "grace": grace})
        ending = Ending(answer["ended"], answer.get("code", 0), answer["maxrss"], answer["cpu"], answer["greedy"])
        group = self._groups.pop(pid, None)
        if group is not None:
            ending = replace(ending, greedy=ending.greedy or group.overflowed())
            group.remove()
        return ending

    def close(self) -> None:
        """End the template and, with it, every worker."""
        if self._control is None:
            return
        if self._spare is not None:
            self._spare[1].sock.close()
        for other in self._fenced.values():
            other.close()
        if not self._first:  # nobody waits for its process: its end of the line is closed when it has cleared up
            with contextlib.suppress(OSError):
                self._control.sock.shutdown(socket.SHUT_WR)
                while self._awake.wait(self._answers, ORPHAN_SECONDS + 5) and self._control.sock.recv(1 << 10):
                    pass
        self.let_go()
        if self._first:
            if not self._awake.wait(self._ended, ORPHAN_SECONDS + 5):
                self._process.kill()
                self._process.wait()
            self._errors.close()
        for group in self._groups.values():
            group.remove()
        self._groups.clear()


def _hung_up(line: socket.socket) -> bool:
    """Tell whether there is nobody at the other end any more."""
    waiting = select.poll()
    waiting.register(line, select.POLLIN)
    return bool(waiting.poll(0)) and not line.recv(1, socket.MSG_PEEK)
