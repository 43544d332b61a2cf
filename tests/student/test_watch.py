"""An answer on every save, in a terminal of its own."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import sys
import time

import pytest

from autograder.student import workspace
from autograder.student.watch import Watcher, request_for
from tests.helpers import GOOD, PAGE, SOLUTION, make_course, tiny

STUB = f"exercises/{PAGE}.py"


@pytest.fixture
def space(tmp_path):
    """A workspace of a course of one page, and the course."""
    course, trees = tiny(tmp_path / "course")
    return workspace.init(tmp_path / "work", trees, course), course


def test_a_save_is_noticed_once(space):
    """writing a file is one save, looking again finds none; another way to save counts too"""
    work, course = space
    watcher = Watcher(work, course)
    assert watcher.look() is None
    (work.root / STUB).write_text("x = 1\n")
    assert watcher.look().path == work.root / STUB
    assert watcher.look() is None
    aside = work.root / "aside.tmp"
    aside.write_text("x = 2\n")
    os.replace(aside, work.root / STUB)
    assert watcher.look().exercise.address == PAGE


def test_only_the_page_that_was_asked_for(tmp_path):
    """with a name, saves of other pages are nobody's business"""
    from autograder.course import syllabus

    trees = make_course(tmp_path / "course", {PAGE: GOOD, "one/other": GOOD})
    course = syllabus.load(trees)
    work = workspace.init(tmp_path / "work", trees, course)
    watcher = Watcher(work, course, course.exercises["one/other"])
    (work.root / STUB).write_text("x = 1\n")
    assert watcher.look() is None


def test_what_a_judge_is_asked(space):
    """the request holds the source as it is now; a broken notebook is its problem, not ours"""
    work, course = space
    watcher = Watcher(work, course)
    (work.root / STUB).write_text("x = 1\n")
    assert request_for(watcher.look())["cells"] == ["x = 1\n"]
    (work.root / f"notebooks/{PAGE}.ipynb").write_text("{")
    assert request_for(watcher.look())["problem"][0] == "malformed"


class Screen:
    """A terminal with `gradus watch` in it."""

    def __init__(self, root, course):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(root)
            os.environ["GRADUS_COURSE"] = str(course)
            os.environ["TERM"] = "xterm"
            os.execv(sys.executable, [sys.executable, "-c", "from autograder.cli import entry; entry()", "watch"])

    def until(self, marker, seconds=60.0):
        """What is shown until a text is there, without the terminal's control sequences."""
        shown, end = "", time.monotonic() + seconds
        while marker not in shown:
            ready, _, _ = select.select([self.fd], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"no {marker!r} within {seconds} s; shown: {shown[-800:]}"
            try:
                piece = os.read(self.fd, 1 << 16).decode(errors="replace")
            except OSError:
                piece = ""
            assert piece, f"the watch ended without {marker!r}; shown: {shown[-800:]}"
            shown += re.sub(r"\x1b(\[[0-9;?]*[A-Za-z]|\]8;[^\x1b\x07]*(\x1b\\|\x07))", "", piece)
        return shown

    def press(self, key):
        """Press a key."""
        os.write(self.fd, key.encode())


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX's")
def test_an_evening_in_the_terminal(space, tmp_path):
    """the stub at once, a wrong save with its diagnosis, a right one, keys in between, q to leave"""
    work, _ = space
    screen = Screen(work.root, tmp_path / "course")
    try:
        assert "missing" in screen.until("[q]uit")
        (work.root / STUB).write_text("def scaled(x, factor=2.0):\n    return x / factor + 1\n")
        assert "divides by the factor" in screen.until("[q]uit")
        screen.press("h")
        screen.until("hint 1 of")
        screen.press("e")
        screen.until("Try factor 2 and x 4.")
        (work.root / STUB).write_text("def scaled(x, factor=2.0):\n    while True: pass\n")
        assert "timeout" in screen.until("[q]uit")
        (work.root / STUB).write_text(SOLUTION)
        screen.until("passed")  # perhaps not the first answer: a writer empties the file before it fills it
        screen.press("q")
        screen.until("stopped watching")
    finally:
        try:
            os.kill(screen.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        os.waitpid(screen.pid, 0)
        os.close(screen.fd)
