"""The judge beside a notebook or an editor: a process of its own that stays warm and answers one request after another.

Started as ``python -m autograder.live.bench FD COURSE``. A request names an exercise and gives a source; with a
descriptor it is live: the descriptor is the control socket of the notebook's kernel, which forks the workers itself.
"""

from __future__ import annotations

import contextlib
import os
import queue
import socket
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ..course.page_files import contents
from ..course.syllabus import find, load
from ..course.trees import Trees, choose, trees
from ..errors import GradusError, SandboxError
from ..gradebook.rows import to_json
from ..judging.collect import collect
from ..judging.exam import Exam
from ..judging.judge import Judge
from ..judging.plugin import ChecksPlugin
from ..language import speaking, told_error
from ..model import Exercise, Settings, Submission, Syllabus
from ..processes import end_with, own_children, parse_in_turn
from ..sandbox.host.base import START_SECONDS, Ending, Limits, WorkerProcess, WorkerSource
from ..sandbox.host.start import spawns
from ..sandbox.host.witness import Witness
from ..sandbox.wire.control import ControlLine
from ..sandbox.wire.loopback import knock

Request = dict[str, Any]


class KernelSource:
    """The kernel as a source of workers: it forks and reaps on request, for as long as one check runs.

    Args:
        control: the socket that the kernel listens to meanwhile.
    """

    level, place = "plain", "this notebook"
    needs: tuple[str, ...] = ()

    def __init__(self, control: socket.socket):
        self._control: ControlLine | None = ControlLine(control)
        control.settimeout(START_SECONDS)

    @property
    def alive(self) -> bool:
        """Tell whether the kernel still listens, as far as we know."""
        return self._control is not None

    def wait_ready(self) -> None:
        """Nothing to wait for: the kernel is there."""

    def prepare(self, limits: Limits) -> None:
        """Nothing to prepare: a worker holds what the notebook defines when it is asked for."""

    def fork(self, limits: Limits) -> WorkerProcess:
        """Fork the kernel as it is now."""
        ours, theirs = socket.socketpair()
        with theirs:
            answer = self._ask({"op": "fork", "limits": {"memory_mb": limits.memory_mb}}, theirs.fileno())
        return WorkerProcess(self, ours, answer["pid"], Witness(answer["pid"]))

    def fenced(self, operators: tuple[str, ...]) -> None:
        """Return None: the kernel forks every worker itself."""

    def reap(self, pid: int, grace: float) -> Ending:
        """End a worker and say how it ended."""
        answer = self._ask({"op": "reap", "pid": pid, "grace": grace})
        return Ending(answer["ended"], answer.get("code", 0), answer["maxrss"], answer["cpu"], answer["greedy"])

    def _ask(self, request: dict[str, Any], *fds: int) -> dict[str, Any]:
        try:
            answer = self._control.ask(request, *fds) if self._control is not None else None
        except OSError:
            answer = None
        if answer is None:
            raise SandboxError("the notebook stopped the check")
        return answer

    def said(self) -> str:
        """Return nothing: what the kernel prints is the notebook's own."""
        return ""

    def close(self) -> None:
        """Hang up."""
        if self._control is not None:
            self._control.close()
            self._control = None


class Bench:
    """Answers requests; the checks of one exercise at a time are collected."""

    def __init__(self, wire: ControlLine, places: Trees):
        self.wire, self.trees = wire, places
        self.syllabus: Syllabus = load(places)
        self._templates: dict[str, OrderedDict[tuple[str, ...], WorkerSource]] = {}  # by isolation, then by needs
        self._next: tuple[Request, int | None] | None = None
        self._waiting: queue.SimpleQueue[tuple[Request, int | None] | None] = queue.SimpleQueue()
        self._running: Exam | None = None

    def serve(self) -> None:
        """Answer until the other end hangs up; whoever asks again waits no longer for the answer before."""
        parse_in_turn()
        threading.Thread(target=self._listen, daemon=True).start()
        self._advance()
        while self._next is not None:
            try:
                exercise = find(self.syllabus, str(self._next[0]["exercise"]))
                collect(self.trees, [exercise.address], partial(self._collected, exercise))
            except GradusError as error:
                request, fd = self._next  # the one that it stopped at
                if fd is not None:
                    os.close(fd)
                again = isinstance(error, SandboxError)
                self.wire.send({"id": request.get("id"), "error": self._told(error), "again": again})
                self._advance()
        for templates in self._templates.values():
            for template in templates.values():
                template.close()

    def _told(self, error: GradusError) -> str:
        with speaking(self.syllabus.language, self.trees.root):
            return told_error(error)

    def _listen(self) -> None:
        received: tuple[Request, list[int]] | None = None
        with contextlib.suppress(OSError, ValueError):
            while (received := self.wire.receive()) is not None:
                request, fds = received
                self._waiting.put((request, fds[0] if fds else None))
                if (exam := self._running) is not None:
                    exam.cancel()
        self._waiting.put(None)

    def _advance(self) -> None:
        self._next = self._waiting.get()

    def _collected(self, exercise: Exercise, plugin: ChecksPlugin) -> None:
        """Answer for as long as the requests are about the collected checks."""
        judges: dict[Settings, Judge] = {}
        try:
            self._answered(exercise, plugin, judges)
        finally:
            for judge in judges.values():
                judge.rest()

    def _answered(self, exercise: Exercise, plugin: ChecksPlugin, judges: dict[Settings, Judge]) -> None:
        stamp = self._stamp(exercise)
        while self._next is not None:
            request, fd = self._next
            known = find(self.syllabus, str(request["exercise"])).address == exercise.address
            if not known or self._stamp(exercise) != stamp:
                return
            settings = Settings(
                int(request.get("seed", 0)), str(request.get("isolation", "plain")), str(request.get("data", "")),
                keep_output="isolation" not in request,  # a class is graded without what its code prints
            )  # fmt: skip
            if settings not in judges:
                judge = judges[settings] = Judge(self.syllabus, self.trees, settings, plugin.checks, plugin.run)
                judge.templates = self._templates.setdefault(settings.isolation, OrderedDict())
            plugin.data_choice = settings.data
            with self._examined(judges[settings], plugin, exercise, request, fd) as exam:
                if exam.workers.cancelled:
                    self._advance()
                    continue
                grade = judges[settings].graded(exam)
                if fd is not None:
                    grade = replace(grade, isolation="unsandboxed")
                elif judges[settings].lost_a_template():
                    raise SandboxError("the template process ended; ask again")
                self.wire.send({
                    "id": request.get("id"), "grade": to_json(grade), "title": exercise.title, "hints": exercise.hints,
                    "language": exercise.language, "root": str(self.trees.root),
                })  # fmt: skip
            if not spawns():  # of a worker that waits its template takes care; a process of its own just sleeps
                judges[settings].rest()
            if fd is None:  # ended and begun again while nobody waits
                exam.workers.source.prepare(exam.workers.limits)
            self._advance()

    def _stamp(self, exercise: Exercise) -> tuple[float, ...]:
        files = (self.trees.check(exercise.address), self.trees.misconception(exercise.address))
        return tuple(path.stat().st_mtime if path.is_file() else 0.0 for path in files)

    @contextlib.contextmanager
    def _examined(
        self, judge: Judge, plugin: ChecksPlugin, exercise: Exercise, request: Request, fd: int | None
    ) -> Iterator[Exam]:
        """Run the checks of an exam; its worker ends afterwards, when the answer is on its way."""
        problem = request.get("problem")
        submission = Submission(
            str(request.get("student", "you")), exercise.address, str(request["filename"]), tuple(request["cells"]),
            tuple((name, bytes.fromhex(content)) for name, content in request.get("files", ())),
            tuple(problem) if problem else None, str(request.get("submitted", "")), tuple(request.get("notes", ())),
        )  # fmt: skip
        names = request.get("checks") or None
        unknown = sorted(set(names or ()) - {check.name for check in plugin.checks[exercise.address]})
        if unknown:
            raise GradusError(f"{exercise.address} has no check {unknown[0]}")
        if fd is None:
            with judge.opened(submission) as exam:
                self._run(exam, partial(judge.run, exam, names))
                yield exam
            return
        template = KernelSource(socket.socket(fileno=fd))
        beside = contents(self.trees, exercise.address)
        exam = Exam(exercise, submission, template, judge.settings.seed, keep_output=True, beside=beside)
        exam.doubts = False  # somebody waits, and no grade is at stake
        try:
            self._run(exam, partial(plugin.run, exam, names))
        finally:
            with contextlib.suppress(SandboxError):  # the kernel was interrupted and has ended its workers
                exam.close()
            template.close()
        yield exam

    def _run(self, exam: Exam, run: Callable[[], None]) -> None:
        """Run checks, unless another request is there by now or comes meanwhile."""
        self._running = exam
        try:
            if not self._waiting.empty():
                exam.cancel()
            run()
        finally:
            self._running = None


def main() -> None:
    """Serve on the inherited socket, or on one to the port that stdin names."""
    own_children()
    if hasattr(os, "fork"):
        end_with(os.getppid())
    if sys.argv[1] == "-":
        port, token = sys.stdin.readline().split()
        wire = ControlLine(knock(int(port), token))
    else:
        wire = ControlLine(socket.socket(fileno=int(sys.argv[1])))
    try:
        choose(Path(sys.argv[2]) if len(sys.argv) > 2 and sys.argv[2] else None)
        bench = Bench(wire, trees())
    except GradusError as error:
        wire.send({"id": None, "error": str(error)})
        return
    bench.serve()


if __name__ == "__main__":
    main()
