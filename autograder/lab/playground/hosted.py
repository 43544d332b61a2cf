"""The worker that a playground runs in, seen from this side: what it is asked, and whose fault it is when it fails."""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import GradusError, SandboxError
from ...language import _
from ...sandbox.host.base import Limits, WorkerSource
from ...sandbox.host.problem import StudentProblem
from ...sandbox.host.student import Student
from ...sandbox.wire.problems import Frames, RemoteError
from ...text import printable
from ..lookout import Asked
from ..loops import ENDED_ITS_PARENT, IDLE
from ..running import INSIDE, Running, Said
from .inside.names import PAGE_OF, PAGES
from .parts import Sources

SECONDS = 3.0  #: of processor time that one answer may take
LIMITS = Limits(memory_mb=1024)
MOST_TOLD = 500  #: characters of what failed
_PACKAGE = "gradus_playground"
_SOURCE = f"""from {_PACKAGE}.play import Playground
from {_PACKAGE}.running import Running, interrupts_are_errors, keep_said
for name in ("build", "come_back", "advance", "picture", "change", "measure"):
    setattr(Playground, name, interrupts_are_errors(getattr(Playground, name)))
"""


@dataclass(eq=False)
class Trouble(Exception):
    """A part of the student's failed while it was used.

    `page` is where, "" if that is not known; `part` the part in use, "" for the page as a whole; `kind` one of
    error, timeout, memory, crashed, malformed, missing, unawaited; `dead` says that the worker is gone, `reading`
    that this was while it read the pages. `ran` is what ran last, where that need not be at fault.
    """

    page: str
    part: str
    kind: str
    text: str
    line: int = 0
    dead: bool = False
    reading: bool = False
    ran: str = ""


@functools.cache
def _files() -> dict[str, bytes]:
    folder = Path(__file__).parent / "inside"
    return {f"{_PACKAGE}/{path.name}": path.read_bytes() for path in (INSIDE, *sorted(folder.glob("*.py")))}


class Hosted:
    """One worker with the student's pages and the course's in it.

    Args:
        start: gives what forks workers.
        own: the student's pages.
        course: the course's.
    """

    def __init__(self, start: Callable[[], WorkerSource], own: Sources, course: dict[str, str]):
        self._start, self._course = start, course
        self.own = dict(own)
        self._student: Student | None = None
        self._handle: Any = None
        self._running: Running | None = None
        self._said: Said | None = None
        self._said_last = ""  # by a worker that ended
        self._asked: tuple[float, str, tuple[Any, ...]] | None = None  # when, what
        self._skipped = False
        self.used: tuple[str, ...] = ()  #: the parts of the run, of the student's own

    def ask(self, name: str, *args: Any, seconds: float = 0.0) -> Any:
        """Ask for something of the worker's playground.

        Args:
            seconds: of processor time that it may take more than :data:`SECONDS`.

        Raises:
            Trouble: the student's code failed.
            GradusError: a part is missing, of the student's and of this copy of the course.
        """
        self._asked, self._skipped = (time.monotonic(), name, args), False
        try:
            return self._ask(name, args, seconds)
        finally:
            self._asked = None

    def _ask(self, name: str, args: tuple[Any, ...], seconds: float) -> Any:
        try:
            if self._handle is None:
                self._begin()
            assert self._student is not None
            self._student.allow_seconds(SECONDS + seconds, idle=IDLE)
            value = self._student.call(self._handle, name, args, {})
            self._student.forget()
            return value
        except RemoteError as error:
            if error.error.type_name == "Lacking" and not self._course:
                raise GradusError(printable(error.error.text, MOST_TOLD)) from None
            kind, text = error.error.type_name, error.error.text
            told = f"{kind}: {text}" if text else kind
            reading = self._read_badly()
            raise self._trouble("error", told, error.frames, reading, reading) from None
        except StudentProblem as problem:
            ran = self._running.name() if self._running is not None else ""
            reading = self._read_badly()
            dead = reading or self._student is None or self._student.problem is not None
            if dead:
                self.close()
            kind, text = problem.status, problem.message
            if self._skipped and self._asked is not None:
                kind = "unawaited"
                text = _("it had not answered for {n} s", n=int(time.monotonic() - self._asked[0]))
            raise self._trouble(kind, text, problem.frames, dead, reading, ran) from None
        except SandboxError:
            if self._student is None:
                raise
            ran = self._running.name() if self._running is not None else ""
            reading = self._handle is None
            self.close()
            raise self._trouble("crashed", ENDED_ITS_PARENT, (), True, reading, ran) from None

    def unreadable(self) -> Trouble:
        """Return what is said of an answer that is none; the worker ends."""
        ran = self._running.name() if self._running is not None else ""
        self.close()
        return Trouble("", "", "malformed", "what came back from the worker cannot be read", dead=True, ran=ran)

    def _read_badly(self) -> bool:
        """Tell whether the worker ended while it read the pages; then it is closed."""
        if self._handle is not None:
            return False
        self.close()
        return True

    def _begin(self) -> None:
        self._student = student = Student(self._start(), LIMITS)
        failures = student.load_source("playground", _SOURCE, files=_files())
        if failures:
            raise AssertionError(f"the playground's own source failed: {failures[0][1]}")
        self._running, self._said = Running(student), Said(student)
        student.keep_said(self._said.path)
        student.allow_seconds(SECONDS, idle=IDLE)
        own = {page: list(cells) for page, cells in self.own.items()}
        self._handle = student.Playground(own, self._course, student.Running(self._running.path))
        student.forget()

    def _trouble(
        self, kind: str, text: str, frames: Frames, dead: bool = False, reading: bool = False, ran: str = ""
    ) -> Trouble:
        """Say where it was: in the innermost line of a page of the student's; while it is read no part is in use.

        Args:
            ran: what ran last, as far as that is known: a part, or a page that was read.
        """
        text = printable(text.removeprefix("Misfit: "), MOST_TOLD)
        # who closed the line, or ended another process, may have gone on since
        sure = ran if kind in ("timeout", "unawaited") else ""
        page, part, line = self._where(text, frames, reading, sure, ran)
        return Trouble(page, part, kind, text, line, dead, reading, ran)

    def _where(self, text: str, frames: Frames, reading: bool, ran: str, last: str) -> tuple[str, str, int]:
        """Return page, part and line, as far as they are known; `last` noted that it ran, and may have ended since."""
        for file, line, _function in reversed(frames):
            page = Path(file).stem
            if page in PAGES and page in self.own:
                parts = [part for part in self.used if PAGE_OF[part] == page]
                named = [part for part in parts if any(function == part for _file, _line, function in frames)]
                parts = named or ([last] if last in parts else parts)
                part = "" if reading or (len(parts) > 1 and not named) else next(iter(parts), "")
                return page, part, line
        if ran in self.used:
            return PAGE_OF[ran], ran, 0
        if ran in self.own:
            return ran, "", 0
        part = next((part for part in self.used if text.split(": ", 1)[-1].startswith(f"{part} ")), "")
        return PAGE_OF.get(part, ""), part, 0

    def said(self) -> str:
        """Return the last of what the student's code printed; any thread may ask."""
        return (self._said.text() if self._said is not None else "") or self._said_last

    def pending(self) -> Asked | None:
        """Return what was asked and is not answered yet; any thread may ask."""
        asked, student, running = self._asked, self._student, self._running
        if asked is None:
            return None
        since, name, args = asked
        if student is None or running is None:
            return Asked(since)
        about = {
            "slow_parts": _("It is looked for which part makes the steps slow."),
            "idle_optimizer": _("It is looked for why a parameter stands still."),
            "culprit": _("It is looked for which of your parts it was."),
        }.get(name, "")
        if name == "come_back":
            about = _("The run comes back to step {step}.", step=args[0])
        return Asked(since, running.name(), about, student.allowance.limits)

    def skip(self) -> bool:
        """Wait no longer for what was asked; tell whether anything was waited for. Any thread may ask."""
        if self._asked is None or self._running is None:
            return False
        self._skipped = True
        self.abort()
        return True

    @property
    def alive(self) -> bool:
        """Tell whether the worker can still be asked."""
        return self._student is not None

    def abort(self) -> None:
        """Let the question that is waited for end now; any thread may call this."""
        if (student := self._student) is not None:
            student.channel.deadline = time.monotonic()

    def close(self) -> None:
        """End the worker; another begins with the next question."""
        ended, self._student, self._handle = self._student, None, None
        self._said_last = self.said()
        for one in (self._running, self._said):
            if one is not None:
                one.close()
        self._running = self._said = None
        if ended is not None:
            with contextlib.suppress(GradusError):  # what forked it has ended too
                ended.close()
