"""A playground's loop: a thread here, a worker there in which the loop and the student's code run.

Nothing that comes from over there is believed to be more than a picture: every frame is read by its struct.
"""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ..errors import GradusError, SandboxError
from ..language import _, in_this_language, translated
from ..web.refusal import refusal
from .lookout import Asked, Box, Lookout
from .messages import Message, Trouble
from .plainly import meaning
from .running import INSIDE, Running, Said

if TYPE_CHECKING:
    from ..sandbox.host.base import WorkerSource
    from ..sandbox.host.student import Student
    from ..sandbox.wire.problems import Frames
    from .shared import Lab

PARTS = Path(__file__).resolve().parent / "inside" / "parts.py"  #: what every loop has over there
IDLE = 3.0  #: seconds that a loop may wait without computing, other than for us: somebody looks at the page
SECONDS = 10.0  #: of processor time from one exchange to the next, unless a job says another number
PATIENCE = 12.0  #: times as long may pass on the clock: on a busy machine a loop is not to blame
MEMORY_MB = 1024
MOST_WAITING = 1000  #: messages of a page that wait: of a flood the oldest are dropped
LONGEST_SECONDS = 5.0  #: that an exchange waits for a message
LEAST_SECONDS = 0.004  #: from one exchange to the next: whoever asks all the time waits

LOOK_EVERY = 0.3  #: seconds
ENDED_ITS_PARENT = _("the code ended the process that starts its workers")  #: in English here, said where it is shown
_SOURCE = re.compile(r"(yours|course)/([a-z0-9_]+/[a-z0-9_]+)(?:\[(\d+)\])?")  #: what `Parts` calls a source over there


class Stopped(Exception):
    """The loop was told to end."""


class Loop:
    """Runs a job in a thread, with workers that end with it.

    Args:
        job: does the work; what it raises ends the loop, and the page is told.
        look: is called now and then, between two exchanges.
    """

    def __init__(self, lab: Lab, outbox: Box, job: Callable[[Loop], None], look: Callable[[], None] = lambda: None):
        self.lab, self.outbox = lab, outbox
        self._look, self._looked = look, time.monotonic()
        self._job = job
        self._waiting: deque[Message] = deque(maxlen=MOST_WAITING)
        self._told = threading.Event()
        self._student: Student | None = None
        self._source: WorkerSource | None = None
        self._running: Running | None = None
        self._said: Said | None = None
        self._since: float | None = time.monotonic()  # since when its worker does not answer, None while it does
        self._skipped = 0.0  # seconds that were waited, where the page waits no longer
        self._seconds = SECONDS
        self._asked = 0.0  # when the last exchange began
        self._spoiled = ""  # what was wrong with a frame
        self.stopped = False
        self._lookout = Lookout(outbox, self.pending, self.said)
        self._thread = threading.Thread(target=in_this_language(self._run), name="gradus-loop", daemon=True)
        self._thread.start()

    def tell(self, message: Message) -> None:
        """Give it a message, which the next exchange hands over."""
        self._waiting.append(message)
        self._told.set()

    def stop(self) -> None:
        """End it, whatever its worker does."""
        self.stopped = True
        self._lookout.close()
        self._told.set()
        if (student := self._student) is not None:
            student.channel.deadline = time.monotonic()

    def skip(self) -> bool:
        """End it where its worker does not answer, and say so; tell whether that was waited for."""
        student, since = self._student, self._since
        if student is None or since is None or self._running is None:
            return False
        self._skipped = time.monotonic() - since
        student.channel.deadline = time.monotonic()
        return True

    def pending(self) -> Asked | None:
        """Return since when its worker does not answer, and what runs there; any thread may ask."""
        since, student, running = self._since, self._student, self._running
        if since is None:
            return None
        return (
            Asked(since)
            if student is None or running is None
            else Asked(since, running.name(), "", student.allowance.limits)
        )

    def said(self) -> str:
        """Return the last of what the student's code printed; any thread may ask."""
        return self._said.text() if self._said is not None else ""

    def join(self, seconds: float) -> bool:
        """Wait so long for its end; has it come?"""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    @property
    def ended(self) -> bool:
        """Tell whether it has come to its end."""
        return not self._thread.is_alive()

    # -- for the job -----------------------------------------------------------------------------

    def worker(self, sources: Iterable[Path], seconds: float = SECONDS, memory_mb: int = MEMORY_MB) -> Student:
        """Fork a worker that holds these sources; one that was there before ends.

        Args:
            seconds: of processor time that may pass between two exchanges.
        """
        from ..sandbox.host.base import Limits
        from ..sandbox.host.student import Student

        if self._source is None:
            self._source = self.lab.workers.source()
        if self._student is not None:
            self._student.close()
        self._seconds = seconds
        student = self._student = Student(self._source, Limits(memory_mb=memory_mb))
        student.begin(0, seconds)
        student.allow_seconds(seconds, PATIENCE, IDLE)
        texts = [path.read_text(encoding="utf-8") for path in (INSIDE, PARTS, *sources)]
        failures = student.load_source("lab", texts, "lab.py")
        if failures:
            _, error, _ = failures[0]
            raise GradusError(f"the lab's own source failed: {error.type_name}: {error.text}")
        self._look_no_more()
        self._running, self._said = Running(student), Said(student)  # loading clears the folder that they lie in
        student.keep_said(self._said.path)
        self._since = time.monotonic()
        if self.stopped:
            raise Stopped
        return student

    @property
    def running(self) -> str:
        """Return the path over there of the file in which the worker notes what runs, see `inside/running.py`."""
        return self._running.path if self._running is not None else ""

    def aside(self, work: Callable[..., Any]) -> Callable[..., Any]:
        """Return work of ours that the worker asks for, however long it takes: the worker's time begins anew."""

        def worked(*args: Any) -> Any:
            self._since = None
            value = work(*args)
            self._since = time.monotonic()
            if (student := self._student) is not None and not self.stopped:
                student.allow_seconds(self._seconds, PATIENCE, IDLE)
            return value

        return worked

    def exchange(self, kind: Any) -> Callable[..., list[dict[str, Any]]]:
        """Return what the worker calls with its frames; it returns the messages that came meanwhile.

        Args:
            kind: the struct of its frames, or a union of some; then each frame has its ``type``.
        """

        def exchanged(frame: Any = None, wait: float = 0.0) -> list[dict[str, Any]]:
            student = self._student
            assert student is not None
            self._since = None
            if self.stopped or self._spoiled:
                student.channel.deadline = time.monotonic()  # whatever is made of the exception over there
                raise Stopped
            if time.monotonic() - self._looked > LOOK_EVERY:
                self._look()
                self._looked = time.monotonic()
            time.sleep(max(0.0, self._asked + LEAST_SECONDS - time.monotonic()))
            self._asked = time.monotonic()
            if frame is not None:
                try:
                    self.outbox.show(msgspec.convert(frame, kind))
                except (msgspec.MsgspecError, RecursionError) as error:
                    self._spoiled = f"a frame that cannot be read: {refusal(str(error), _('the frame'))}"
                    raise Stopped from None
            if not self._waiting:
                self._told.wait(max(0.0, min(float(wait), LONGEST_SECONDS)))
            self._told.clear()
            told = []
            while self._waiting:
                told.append(msgspec.to_builtins(self._waiting.popleft(), builtin_types=(bytes,)))
            student.forget()  # the record of calls is for checks
            student.peer.held = 0
            student.allow_seconds(self._seconds, PATIENCE, IDLE)
            self._since = time.monotonic()
            return told

        return exchanged

    # -- the thread ------------------------------------------------------------------------------

    def _run(self) -> None:
        from ..sandbox.host.problem import StudentProblem
        from ..sandbox.wire.problems import RemoteError

        try:
            self._job(self)
        except StudentProblem as problem:
            self._trouble(problem.status, str(problem), problem.frames)
        except RemoteError as error:
            self._trouble("error", f"{error.error.type_name}: {error.error.text}", error.frames)
        except Stopped:
            pass
        except SandboxError as error:
            self._trouble(*(("internal", str(error)) if self._student is None else ("crashed", ENDED_ITS_PARENT)))
        except (GradusError, OSError) as error:
            self._trouble("internal", str(error))
        finally:
            self._since = None
            self._lookout.end()
            self._look_no_more()
            for one in (self._student, self._source):
                if one is not None:
                    with contextlib.suppress(GradusError):  # code may end what forked its worker
                        one.close()

    def _look_no_more(self) -> None:
        for one in (self._running, self._said):
            if one is not None:
                one.close()
        self._running = self._said = None

    def _trouble(self, status: str, text: str, frames: Frames = ()) -> None:
        from ..text import printable

        if self.stopped:
            return
        if self._spoiled:
            status, text = "malformed", self._spoiled
        elif self._skipped:
            status, text = "unawaited", _("it had not answered for {n} s", n=int(self._skipped))
        page, where = culprit(frames)
        ran = self._running.name() if self._running is not None else ""
        if not page and ran in self.lab.syllabus.exercises:  # what did not say where it was
            page, where = ran, _("your {page}", page=ran)
        self.outbox.say(Trouble(status, printable(translated(meaning(text)), 500), page, where, called(frames, page)))


def culprit(frames: Frames) -> tuple[str, str]:
    """Return the page whose source was running, and the line there: the innermost that is no library's."""
    for file, line, _name in reversed(frames):
        found = _SOURCE.fullmatch(file)
        if found is not None:
            owner, address, cell = found.groups()
            if cell is None:  # a file
                yours = _("your {page}, line {line}", page=address, line=line)
                course = _("the course’s {page}, line {line}", page=address, line=line)
                return address, yours if owner == "yours" else course
            yours = _("your {page}, cell {cell}, line {line}", page=address, cell=cell, line=line)
            course = _("the course’s {page}, cell {cell}, line {line}", page=address, cell=cell, line=line)
            return address, yours if owner == "yours" else course
    return "", ""


def called(frames: Frames, page: str) -> str:
    """Return the outermost function of a page that was running, "" for none: by others it is called."""
    inside = [name for file, _line, name in frames if (found := _SOURCE.fullmatch(file)) and found[2] == page]
    return next((name for name in inside if name.isidentifier()), "")
