"""An answer on every save: watches the files of a workspace, asks a warm judge, and repaints one screen.

The system tells when something was written (:mod:`.notices`); what it was, the files' own stamps say. Where the system
does not tell, they are looked at all the time. Keys are read one at a time where the terminal can.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import GradusError, SandboxError
from ..intake.submissions import read_for
from ..model import Exercise, Grade, Syllabus
from .notices import Notices
from .workspace import Workspace

if TYPE_CHECKING:
    from ..live.client import Answer, BenchClient

LOOK_SECONDS = 0.01
SETTLE_SECONDS = 0.003  #: an editor may write a file in several pieces
MAX_TRIES = 2  #: judges that are asked about one save
MENU = "[h]int  [e]xplain  [a]ll failures  [n]ext page  [p]lot  [r]un again  [q]uit"

Stamp = tuple[int, int, int]


@dataclass(frozen=True)
class Saved:
    """A file that was saved, and the exercise it belongs to."""

    exercise: Exercise
    path: Path


class Watcher:
    """Notices saves among the files of a course in a workspace.

    Args:
        only: one exercise; all of them by default.
    """

    def __init__(self, workspace: Workspace, syllabus: Syllabus, only: Exercise | None = None):
        self._root = workspace.root
        self._files: dict[Path, Exercise] = {}
        self._stamps: dict[Path, Stamp | None] = {}
        self._notices = Notices(workspace.root / folder for folder in ("exercises", "notebooks"))
        for page in [only] if only is not None else syllabus.exercises.values():
            self.also(page)

    def also(self, page: Exercise) -> None:
        """Notice saves of this page, too, from now on."""
        for folder, suffix in (("exercises", ".py"), ("notebooks", ".ipynb")):
            path = self._root / folder / f"{page.address}{suffix}"
            if path not in self._files:
                self._files[path], self._stamps[path] = page, _stamp(path)

    def due(self) -> bool:
        """Tell whether something may have been saved since the last look."""
        return self._notices.due()

    def look(self) -> Saved | None:
        """Return what was saved since the last look; of several files the one saved last, else one that is gone."""
        changed: list[tuple[Stamp, Path]] = []
        gone: list[Path] = []
        for path, before in self._stamps.items():
            now = _stamp(path)
            if now is not None and now != before:
                changed.append((now, path))
            elif now != before:
                gone.append(path)
            self._stamps[path] = now
        if gone and not changed:
            time.sleep(SETTLE_SECONDS)  # an editor may put another in its place
            gone = [path for path in gone if _stamp(path) is None]
            return Saved(self._files[gone[0]], gone[0]) if gone else None
        if not changed:
            return None
        stamp, path = max(changed)
        deadline = time.monotonic() + 1.0
        while time.monotonic() < deadline:
            time.sleep(SETTLE_SECONDS)
            again = _stamp(path)
            if again == stamp:
                break
            stamp = self._stamps[path] = again if again is not None else stamp
        return Saved(self._files[path], path)

    def close(self) -> None:
        """Hear of nothing any more."""
        self._notices.close()


def _stamp(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def request_for(saved: Saved, seed: int = 0, data: str = "") -> dict[str, Any]:
    """Return what a judge is asked about a saved file."""
    submission = read_for(saved.path, saved.exercise)
    return {
        "exercise": saved.exercise.address, "seed": seed, "data": data, "filename": submission.filename,
        "cells": list(submission.cells), "files": [(name, content.hex()) for name, content in submission.files],
        "problem": list(submission.problem) if submission.problem else None,
    }  # fmt: skip


def _no_key(seconds: float) -> str:
    time.sleep(seconds)
    return ""


def _key_of_a_console(seconds: float) -> str:
    """Read a key of a Windows console, which cannot be waited for with others."""
    import msvcrt  # Windows alone has it

    console: Any = msvcrt
    until = time.monotonic() + seconds
    while not console.kbhit():
        if time.monotonic() >= until:
            return ""
        time.sleep(0.02)
    key: str = console.getwch()
    if key == "\x03":
        raise KeyboardInterrupt
    return key


@contextlib.contextmanager
def keys() -> Iterator[Callable[[float], str]]:
    """Give a function that waits so many seconds for a key; "" when none came. Plain lines without a terminal."""
    import select

    if not sys.stdin.isatty():
        yield _no_key
        return
    try:
        import termios
        import tty
    except ImportError:
        yield _key_of_a_console
        return
    before = termios.tcgetattr(sys.stdin)

    def wait(seconds: float) -> str:
        ready, _, _ = select.select([sys.stdin], [], [], seconds)
        return sys.stdin.read(1) if ready else ""

    try:
        tty.setcbreak(sys.stdin.fileno())
        yield wait
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


class Watch:
    """Answers saves and keys. A save while an answer is waited for takes its place; keys are read meanwhile.

    Whatever goes wrong is said, and the watch goes on: a file that is gone, a judge that ended.

    Args:
        start: starts a judge.
        show: shows an answer that took so many seconds from the save on.
        say: says in a line what went wrong.
    """

    def __init__(
        self,
        watcher: Watcher,
        start: Callable[[], BenchClient],
        show: Callable[[Answer, Saved, float], None],
        say: Callable[[str], None],
    ):
        self._watcher, self._start, self._show, self._say = watcher, start, show, say
        self._client = start()
        self._saved: Saved | None = None
        self._grade: Grade | None = None
        self._began = 0.0
        self._tries = 0  #: of the question that is waited for; 0 when none is

    @property
    def busy(self) -> bool:
        """Tell whether an answer is waited for."""
        return self._tries > 0

    def run(
        self,
        act: Callable[[str, Grade | None, Saved | None], bool],
        first: Saved | None = None,
        until: Callable[[], bool] = lambda: False,
        pressed_by: Callable[[], contextlib.AbstractContextManager[Callable[[float], str]]] = keys,
    ) -> None:
        """Answer until `act` or `until` says so.

        Args:
            act: does what a key means, for the last answer; False ends the watch.
            first: what to check at once.
            pressed_by: where keys come from, as :func:`keys`; by default from the terminal.
        """
        fresh = first
        try:
            with pressed_by() as key:
                while not until():
                    if fresh is not None:
                        self._saved, self._began, self._tries = fresh, time.perf_counter(), 0
                        self._guarded(self._ask)
                    if self._tries and self._guarded(self._take):
                        self._tries = 0
                    pressed = key(0 if self._tries else LOOK_SECONDS)
                    if pressed == "r" and self._saved is not None:
                        fresh = self._saved
                        continue
                    if pressed and not act(pressed, self._grade, self._saved):
                        return
                    fresh = self._watcher.look() if self._watcher.due() else None
        finally:
            self._client.close()
            self._watcher.close()

    def _guarded(self, step: Callable[[], bool]) -> bool:
        """Take a step; whatever goes wrong is said, and ends the question. A judge that ended is replaced."""
        try:
            return step()
        except SandboxError as error:
            self._client.close()
            self._client = self._start()
            if self._tries < MAX_TRIES:
                self._say(f"{error}; another judge is asked")
                return self._guarded(self._ask)
            self._say(f"{error}; save again to ask another")
        except (GradusError, OSError) as error:
            self._say(str(error))
        self._tries = 0
        return True

    def _ask(self) -> bool:
        assert self._saved is not None
        self._tries += 1
        self._client.send(request_for(self._saved))
        return False

    def _take(self) -> bool:
        """Show the answer if it is there."""
        answer = self._client.take() if self._client.ready(LOOK_SECONDS) else None
        if answer is None or self._saved is None:
            return False
        self._grade = answer.grade
        self._show(answer, self._saved, time.perf_counter() - self._began)
        return True
