"""An answer to every save, in the browser: what `gradus watch` does, for whatever pages are open."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from ..course.trees import Trees
from ..errors import GradusError
from ..language import _, in_this_language, translated
from ..model import Exercise, Grade, Syllabus
from ..student.progress import Page, Progress, load
from ..student.watch import Saved, Watch, Watcher
from ..student.workspace import Workspace

if TYPE_CHECKING:
    from ..live.client import Answer

PAUSE_SECONDS = 0.01  #: between two looks while nothing is asked
LOG = 200  #: answers that are remembered


class Listener(Protocol):
    """Who is told of answers: an open page. It is called from another thread, and may not wait."""

    def asked(self, saved: Saved, now: bool) -> None:
        """Hear that a file is being checked; `now` it was saved, else a page asked for it."""

    def answered(self, answer: Answer, saved: Saved, seconds: float, page: Page) -> None:
        """Hear what came out, so many seconds after the save, and what is reached on the page by now."""

    def said(self, line: str) -> None:
        """Hear of something that went wrong."""


@dataclass(frozen=True)
class Entry:
    """One answer of this evening: when it came and what was reached."""

    when: float
    exercise: str
    points: float
    maximum: float
    status: str


class _Asking(Watcher):
    """A watcher that also gives what pages ask for, one after another.

    A save takes the place of the question that is waited for; that question is then asked again.

    Args:
        tell: hears what is given, and whether it was just saved.
        busy: tells whether an answer is waited for.
    """

    def __init__(
        self, workspace: Workspace, syllabus: Syllabus, tell: Callable[[Saved, bool], None], busy: Callable[[], bool]
    ):
        super().__init__(workspace, syllabus)
        self.wanted: deque[Saved] = deque()
        self._tell, self._busy = tell, busy
        self._asked: Saved | None = None

    def due(self) -> bool:
        """As ever, or a page has asked and it is its turn."""
        return (bool(self.wanted) and not self._busy()) or super().due()

    def look(self) -> Saved | None:
        """Return what a page asked for, else what was saved."""
        busy = self._busy()
        now = busy or not self.wanted
        saved = super().look() if now else self.wanted.popleft()
        if saved is None:
            return None
        if busy and self._asked is not None and self._asked.exercise != saved.exercise:
            self.wanted.append(self._asked)
        self._asked = saved
        self._tell(saved, now)
        return saved


@dataclass
class Answers:
    """A watch over a workspace, in a thread of its own, with a judge that stays warm."""

    workspace: Workspace
    syllabus: Syllabus
    trees: Trees
    listeners: set[Listener] = field(default_factory=set)
    log: deque[Entry] = field(default_factory=lambda: deque(maxlen=LOG))
    last: dict[str, tuple[Answer, Saved, float]] = field(default_factory=dict)  #: the last answer of each page
    unkept: str = ""  #: why what was reached last could not be kept, in a sentence

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._watcher: _Asking | None = None
        self._watching: Watch | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()  # of the progress file
        self._beginning = threading.Lock()

    def start(self) -> None:
        """Begin to watch, and warm a judge up; again is harmless."""
        with self._beginning:
            if self._thread is None and not self._stop.is_set():
                self._watcher = _Asking(self.workspace, self.syllabus, self._asked, self._busy)
                self._thread = threading.Thread(
                    target=in_this_language(self._watch), name="gradus-answers", daemon=True
                )
                self._thread.start()

    def ask(self, exercise: Exercise) -> None:
        """Check a page as it is saved now; one that waits for its turn already has it."""
        self.start()
        if self._watcher is None:  # none begins any more when the lab ends
            return
        if all(one.exercise.address != exercise.address for one in list(self._watcher.wanted)):
            self._watcher.wanted.append(Saved(exercise, self.workspace.file_of(exercise, self.trees)))

    def stop(self) -> None:
        """End the watch and its judge; one that is still warming up ends with this process."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(1)

    @contextlib.contextmanager
    def progress(self) -> Iterator[Progress]:
        """Give what was reached, to be looked at or changed by one at a time; keep what was changed."""
        with self._lock:
            kept = load(self.workspace)  # each time: a terminal may write it too
            before = repr((kept.pages, kept.missions))
            yield kept
            if repr((kept.pages, kept.missions)) != before:
                try:
                    kept.save()
                    self.unkept = ""
                except GradusError as error:  # a full disk costs the record, not the answer
                    self.unkept = _("what you reached is not kept: {why}", why=translated(str(error)))

    # -- the thread ------------------------------------------------------------------------------

    def _watch(self) -> None:
        from ..live.client import BenchClient

        assert self._watcher is not None
        self._watching = watch = Watch(self._watcher, BenchClient, self._show, self._say)
        try:
            watch.run(lambda key, grade, saved: True, until=self._stop.is_set, pressed_by=self._no_keys)
        except (GradusError, OSError) as error:
            self._say(f"{error}; saves are not answered any more: start the lab again")

    def _busy(self) -> bool:
        return self._watching is not None and self._watching.busy

    @contextlib.contextmanager
    def _no_keys(self) -> Iterator[Callable[[float], str]]:
        def wait(seconds: float) -> str:
            if seconds:
                self._stop.wait(PAUSE_SECONDS)
            return ""

        yield wait

    def _asked(self, saved: Saved, now: bool) -> None:
        if not saved.path.exists():  # its answer went with it
            self.last.pop(saved.exercise.address, None)
        for listener in list(self.listeners):
            listener.asked(saved, now)

    def _show(self, answer: Answer, saved: Saved, seconds: float) -> None:
        grade: Grade = answer.grade
        with self.progress() as kept:
            kept.note(grade)
            page = kept.page(grade.exercise)
        self.log.append(Entry(time.time(), grade.exercise, grade.points, grade.max_points, grade.status))
        self.last[grade.exercise] = (answer, saved, seconds)
        for listener in list(self.listeners):
            listener.answered(answer, saved, seconds, page)
        if self.unkept:
            self._say(self.unkept)

    def _say(self, line: str) -> None:
        for listener in list(self.listeners):
            listener.said(line)
