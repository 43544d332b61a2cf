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

from autograder.course.trees import trees
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
    watcher.also(course.exercises[PAGE])
    assert watcher.look() is None  # what was saved before that is no save
    (work.root / STUB).write_text("x = 22\n")
    assert watcher.look().exercise.address == PAGE


def test_the_key_for_the_next_page_moves_on(tmp_path, monkeypatch):
    """a watch of one page shows the next one at `n`, and notices its saves from then on"""
    from types import SimpleNamespace

    from autograder.cli import watch

    nearby, noticed = SimpleNamespace(address="one/other"), []
    monkeypatch.setattr(watch, "next_", lambda: None)
    monkeypatch.setattr(watch._Screen, "_coming", lambda self: nearby)
    screen = watch._Screen(None, None, None, None, noticed.append)
    screen.exercise = SimpleNamespace(address=PAGE)
    assert screen.act("n", SimpleNamespace(), None)
    assert noticed == [nearby]


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

    def judges(self, and_below=False):
        """The judges that this watch started; with what they fork workers from, that alone."""
        of = os.popen("ps -eo pid=,ppid=,args=").read().splitlines()
        rows = [(int(pid), int(parent), args) for pid, parent, args in (line.split(None, 2) for line in of)]
        judges = [pid for pid, parent, args in rows if parent == self.pid and "autograder.live.bench" in args]
        return [pid for pid, parent, _ in rows if parent in judges] if and_below else judges

    def close(self):
        """End it."""
        try:
            os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        os.waitpid(self.pid, 0)
        os.close(self.fd)

    def press(self, key):
        """Press a key."""
        os.write(self.fd, key.encode())


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX's")
def test_an_evening_in_the_terminal(space, tmp_path):
    """the stub at once, a wrong save with its diagnosis, a right one, keys in between, q to leave"""
    work, _ = space
    lesson = trees(tmp_path / "course").lesson(PAGE)
    lesson.write_text(lesson.read_text().replace("seconds = 20", "seconds = 1"))  # the loop below is waited for
    screen = Screen(work.root, tmp_path / "course")
    try:
        assert "unfinished" in screen.until("[q]uit")
        (work.root / STUB).write_text("def scaled(x, factor=2.0):\n    return x / factor + 1\n")
        assert "divides by the factor" in screen.until("[q]uit")
        screen.press("h")
        screen.until("hint 1 of")
        screen.press("e")
        screen.until("Try factor 2 and x 4.")
        (work.root / STUB).write_text("def scaled(x, factor=2.0):\n    while True: pass\n")
        assert "timeout" in screen.until("[q]uit")
        (work.root / STUB).write_text(SOLUTION)
        while "right: " not in screen.until("[q]uit"):
            pass  # perhaps the first was of an empty file: that is how one begins to be written
        screen.press("s")
        screen.until("the reference")
        screen.press("q")
        screen.until("stopped watching")
    finally:
        screen.close()


RIGHT_AT_ONCE = 9.0  #: seconds, on a busy machine; the limit of a check of the page is 20


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX's")
def test_a_save_takes_the_place_of_what_runs(space, tmp_path):
    """while an endless loop is waited for keys are read, and a right save is answered long before the time limit"""
    work, _ = space
    screen = Screen(work.root, tmp_path / "course")
    try:
        screen.until("[q]uit")
        started = tmp_path / "started"
        (work.root / STUB).write_text(
            f"def scaled(x, factor=2.0):\n    open({str(started)!r}, 'w').close()\n    while True: pass\n"
        )
        for _ in range(600):
            if started.exists():
                break
            time.sleep(0.05)
        screen.press("h")
        assert "timeout" not in screen.until("hint 1 of")
        before = time.monotonic()
        aside = work.root / "aside"
        aside.write_text(SOLUTION)
        os.replace(aside, work.root / STUB)
        assert "timeout" not in screen.until("right: ")
        assert time.monotonic() - before < RIGHT_AT_ONCE
        (work.root / STUB).write_text("def scaled(x, factor=2.0):\n    while True: pass\n")
        time.sleep(0.5)
        screen.press("q")
        screen.until("stopped watching", RIGHT_AT_ONCE)
    finally:
        screen.close()


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX's")
def test_it_goes_on_whatever_happens(space, tmp_path):
    """no file at first, a folder in a file's place, a deleted file, a killed judge: said, and the next save counts"""
    work, _ = space
    stub = work.root / STUB
    stub.unlink()
    screen = Screen(work.root, tmp_path / "course")
    try:
        screen.until("no such file")
        stub.write_text(SOLUTION)
        screen.until("right: ")
        stub.unlink()
        assert str(stub) in screen.until("no such file").replace("\r\n", "")
        stub.mkdir()
        screen.until("there is no scaled.py")
        stub.rmdir()
        screen.until("no such file")
        for pid in screen.judges():
            os.kill(pid, signal.SIGKILL)
        stub.write_text(SOLUTION)
        shown = screen.until("right: ")
        assert "another judge is asked" in shown
        for _ in range(2):  # of its judge and what that forks from: whichever is killed
            stub.write_text("def scaled(x, factor=2.0):\n    return x / factor + 1\n")
            screen.until("divides by the factor")
            for pid in screen.judges(and_below=True):
                os.kill(pid, signal.SIGKILL)
            stub.write_text(SOLUTION)
            screen.until("right: ")
        screen.press("q")
        screen.until("stopped watching")
    finally:
        screen.close()
