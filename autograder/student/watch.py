"""An answer on every save: watches the files of a workspace, asks a warm judge, and repaints one screen.

Plain polling: thirty files looked at every few milliseconds cost nothing, and it works over SSH, in containers and on
every file system. Keys are read one at a time where the terminal can.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..intake.submissions import read_for
from ..model import Exercise, Grade, Syllabus
from .workspace import Workspace

if TYPE_CHECKING:
    from ..live.client import Answer, BenchClient

LOOK_SECONDS = 0.01
SETTLE_SECONDS = 0.003  #: an editor may write a file in several pieces
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
        pages = [only] if only is not None else list(syllabus.exercises.values())
        self._files = {
            workspace.root / folder / f"{page.address}{suffix}": page
            for page in pages
            for folder, suffix in (("exercises", ".py"), ("notebooks", ".ipynb"))
        }
        self._stamps = {path: _stamp(path) for path in self._files}

    def look(self) -> Saved | None:
        """What was saved since the last look; of several files the one saved last."""
        changed = []
        for path, before in self._stamps.items():
            now = _stamp(path)
            if now != before and now is not None:
                changed.append((now, path))
            self._stamps[path] = now
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


def _stamp(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def request_for(saved: Saved, seed: int = 0, data: str = "") -> dict[str, Any]:
    """What a judge is asked about a saved file."""
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
    """A key of a Windows console, which cannot be waited for with others."""
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
    """A function that waits so many seconds for one key; "" when none came. Plain lines where there is no terminal."""
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


def watch(
    watcher: Watcher,
    client: BenchClient,
    show: Callable[[Answer, Saved, float], None],
    act: Callable[[str, Grade | None, Saved | None], bool],
    first: Saved | None = None,
    until: Callable[[], bool] = lambda: False,
) -> None:
    """Answer saves and keys until `act` or `until` says so.

    Args:
        show: shows an answer that took so many seconds from the save on.
        act: does what a key means, for the last answer; False ends the watch.
        first: what to check at once.
    """
    saved, grade = first, None
    fresh = first
    with keys() as key:
        while not until():
            if fresh is not None:
                saved, began = fresh, time.perf_counter()
                answer = client.ask(request_for(fresh))
                grade = answer.grade
                show(answer, fresh, time.perf_counter() - began)
            pressed = key(LOOK_SECONDS)
            if pressed == "r" and saved is not None:
                fresh = saved
                continue
            if pressed and not act(pressed, grade, saved):
                return
            fresh = watcher.look()
