"""The helper of a workspace itself, see :mod:`autograder.helper`: warm, it runs each command in a fork of its own."""

from __future__ import annotations

import contextlib
import io
import json
import os
import select
import signal
import socket
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from ..helper import INTERRUPTED, REFUSED, TAKEN, TAKEN_SECONDS, fingerprint, place_of
from ..sandbox.worker.jail import PR_SET_PDEATHSIG
from ..sandbox.worker.libc import libc

if TYPE_CHECKING:
    from ..sandbox.host.forked import Template

IDLE_SECONDS = 600.0  #: that it waits for the next command
LOOK_SECONDS = 10.0  #: how often it looks whether its workspace is still there
END_SECONDS = 3.0  #: that a command whose caller is gone has to end by itself
MAX_WARM = 3  #: templates
MAX_REQUEST = 4 << 20
#: what a check imports when it is asked for
CHECKS_WITH = ("..intake.submissions", "..report.answer", "..running.pool", "..student.progress")


class Helper:
    """Waits for commands of one workspace and runs each in a fork of its own, one at a time.

    Args:
        workspace: whose helper it is.
        place: where it listens.
    """

    def __init__(self, workspace: Path, place: Path):
        self._workspace, self._place = workspace, place
        self._fingerprint = fingerprint()
        self._templates: dict[tuple[str, ...], Template] = {}

    def serve(self) -> None:
        """Become warm, then run commands until none came for a long time."""
        import fcntl

        with open(self._place.with_suffix(".lock"), "w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return  # another one is there, or is about to be
            try:
                self._warm_up()
                with socket.socket(socket.AF_UNIX) as listener:
                    self._place.unlink(missing_ok=True)
                    listener.bind(str(self._place))
                    listener.listen(4)
                    self._listen(listener)
            finally:
                self._place.unlink(missing_ok=True)
                for template in self._templates.values():
                    template.close()

    def _warm_up(self) -> None:
        import gc

        import torch

        from ..course import syllabus, trees
        from ..gradebook import keys
        from ..judging.collect import collect
        from . import app

        for name in CHECKS_WITH:
            import_module(name, __package__)
        torch.set_num_threads(1)
        self._warm(())
        places = trees.trees()
        for exercise in list(syllabus.load(places).exercises.values())[:1]:
            collect(places, [exercise.address], lambda plugin: None)
            keys.page_key(places, exercise)
        with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
            app(["check", "--help"])
        gc.collect()
        gc.freeze()

    def _warm(self, needs: tuple[str, ...]) -> None:
        while len(self._templates) >= MAX_WARM:
            self._templates.pop(next(iter(self._templates))).close()
        from ..sandbox.host.forked import Template

        self._templates[needs] = Template("plain", needs)
        self._templates[needs].wait_ready()

    def _listen(self, listener: socket.socket) -> None:
        since = time.monotonic()
        while time.monotonic() - since < IDLE_SECONDS and self._workspace.is_dir() and self._place.exists():
            if not select.select([listener], [], [], min(LOOK_SECONDS, IDLE_SECONDS))[0]:
                continue
            line, _ = listener.accept()
            with line:
                if not self._answer(line, listener):
                    return
            since = time.monotonic()

    def _answer(self, line: socket.socket, listener: socket.socket) -> bool:
        """Run a command; tell whether another one may come."""
        line.settimeout(TAKEN_SECONDS)
        fds: list[int] = []
        try:
            head, fds, _, _ = socket.recv_fds(line, 4, 3)
            size = int.from_bytes(head, "big")
            if len(fds) != 3 or len(head) != 4 or size > MAX_REQUEST:
                return True
            body = bytearray()
            while len(body) < size and (part := line.recv(1 << 16)):
                body += part
            request = json.loads(body.decode("utf-8", "surrogateescape"))
            if request["fingerprint"] != self._fingerprint or not all(one.alive for one in self._templates.values()):
                line.sendall(REFUSED)
                return False
            line.sendall(TAKEN)
            return self._run(request, fds, line, listener)
        except (OSError, ValueError, KeyError):
            return True
        finally:
            for fd in fds:
                os.close(fd)

    def _run(self, request: dict[str, Any], fds: list[int], line: socket.socket, listener: socket.socket) -> bool:
        wanted, wants = os.pipe()
        pid = os.fork()
        if not pid:
            for one in (line, listener):
                one.close()
            os.close(wanted)
            self._become(request, fds, wants)
        os.close(wants)
        with open(wanted, "rb") as lacking:
            ended = os.pidfd_open(pid)
            try:
                over = ended in select.select([ended, line.fileno()], [], [])[0]
                if not over:  # who asked is gone
                    _end(pid, ended)
                code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            finally:
                os.close(ended)
            if not over or code < 0:
                return False  # a template may have been asked something to which nobody heard the answer
            line.settimeout(TAKEN_SECONDS)
            line.sendall(str(code).encode())
            line.close()
            for needs in map(tuple, map(json.loads, lacking.read().splitlines())):
                if needs not in self._templates:
                    self._warm(needs)
        return True

    def _become(self, request: dict[str, Any], fds: list[int], wants: int) -> NoReturn:
        """Run a command as the process that asked would."""
        code = 1
        try:
            os.setsid()
            libc().prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # who asked runs it anew where the helper is gone
            for fd, own in zip(fds, (0, 1, 2), strict=True):
                os.dup2(fd, own)
            os.environ.clear()
            os.environ.update({**request["environment"], "GRADUS_NO_HELPER": "1"})
            os.chdir(request["folder"])
            sys.argv = ["gradus", *request["arguments"]]
            given, said, complained = request["encodings"]
            sys.stdin = open(0, encoding=given[0], errors=given[1], closefd=False)  # noqa: SIM115
            sys.stdout = _writer(1, said, os.isatty(1))
            sys.stderr = _writer(2, complained, True)
            tempfile.tempdir = None
            time.tzset()
            from ..sandbox.host import start

            start.offer(lambda level, needs: self._source(level, needs, wants))
            from . import entry

            entry()
            code = 0
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else int(error.code is not None)
        except KeyboardInterrupt:
            code = INTERRUPTED
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            for stream in (sys.stdout, sys.stderr):
                with contextlib.suppress(Exception):
                    stream.flush()
            os._exit(code & 255)

    def _source(self, level: str, needs: tuple[str, ...], wants: int) -> Template | None:
        """Return a fork of a warm template; where there is none for these needs, ask for one for the next time."""
        if level != "plain":
            return None
        if needs in self._templates:
            return self._templates[needs].split()
        os.write(wants, json.dumps(needs).encode() + b"\n")
        return None


def _writer(fd: int, like: list[str], by_line: bool) -> io.TextIOWrapper:
    """Return a stream of the encoding, and with its errors, that the caller's has."""
    return io.TextIOWrapper(open(fd, "wb", closefd=False), like[0], like[1], line_buffering=by_line)


def _end(pid: int, ended: int) -> None:
    """End a command whose caller is gone, and what it started in its group."""
    for number, seconds in ((signal.SIGINT, END_SECONDS), (signal.SIGKILL, END_SECONDS)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, number)
        if select.select([ended], [], [], seconds)[0]:
            return


def main(workspace: Path) -> None:
    """Be the helper of a workspace."""
    place = place_of(workspace)
    if place is not None:
        Helper(workspace, place).serve()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
