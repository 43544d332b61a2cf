"""Loops in workers: what a playground runs over there, and how it ends when the code does what it should not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.course import syllabus
from autograder.course.trees import trees
from autograder.lab.loops import ENDED_ITS_PARENT, Loop, culprit
from autograder.lab.messages import Message, Printed, Trouble, Waiting
from autograder.lab.shared import Lab
from autograder.student import workspace

PAGE = "s3_neural_networks/activations"
SOURCE = """
def run(given, exchange, how):
    parts = Parts(given)
    relu, owner = parts.find("s3_neural_networks/activations", "relu")
    told = exchange({"step": 0, "owner": owner})
    if how == "echo":
        while not told:
            told = exchange(None, 1.0)
        exchange({"step": told[0]["step"] + 1, "owner": told[0]["type"]})
    elif how == "raise":
        raise ValueError("no such thing")
    elif how == "exit":
        import os
        os._exit(3)
    elif how == "parent":
        import os
        os.kill(os.getppid(), 9)
        exchange(None, 1.0)
    elif how == "loop":
        while True:
            pass
    elif how == "frame":
        while True:
            try:
                exchange({"step": "one", "owner": owner})
            except BaseException:
                pass
    elif how == "flood":
        for step in range(100):
            exchange({"step": step, "owner": owner})
    elif how == "call":
        relu(None)
    elif how == "prints":
        for n in range(3000):
            print("line", n, "<b>", chr(27))
        while True:
            pass
"""


class Frame(Message, frozen=True):
    """A frame of these tests."""

    step: int
    owner: str


class Box:
    """Keeps what is said and shown."""

    def __init__(self) -> None:
        self.said: list[Any] = []
        self.waits: list[Any] = []
        self.shown: list[Any] = []

    def say(self, message: Message) -> None:
        """Keep it, apart from how long an answer takes, which differs from machine to machine."""
        (self.waits if isinstance(message, Waiting) else self.said).append(message)

    def show(self, frame: Message) -> None:
        """Keep it."""
        self.shown.append(frame)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A lab without a server."""
    places = trees()
    course = syllabus.load(places)
    made = Lab(workspace.init(tmp_path_factory.mktemp("lab") / "workspace", places, course), course, places)
    yield made
    made.close()


def begun(lab: Lab, how: str, folder: Path, seconds: float = 1.0) -> tuple[Loop, Box]:
    """A loop of the source above."""
    source, box = folder / "inside.py", Box()
    source.write_text(SOURCE)

    def job(loop: Loop) -> None:
        loop.worker([source], seconds).run(lab.parts([PAGE]), loop.exchange(Frame), how)

    return Loop(lab, box, job), box


def test_messages_go_in_and_frames_come_out(lab: Lab, tmp_path: Path) -> None:
    """The loop hears what it is told, as dicts, and shows frames; the course's part stands where none is written."""
    loop, box = begun(lab, "echo", tmp_path)
    loop.tell(Frame(41, "x"))
    assert loop.join(30)
    assert box.shown == [Frame(0, "course"), Frame(42, "frame")]
    assert box.said == []


@pytest.mark.parametrize(
    ("how", "status", "words"),
    [("raise", "error", "ValueError: no such thing"),
     ("exit", "crashed", "ended the whole process"),
     ("loop", "timeout", "no answer within the time limit of 1 s"),
     ("frame", "malformed", "must be a whole number")],
)  # fmt: skip
def test_every_bad_end_is_told_in_a_line(lab: Lab, tmp_path: Path, how: str, status: str, words: str) -> None:
    """Whatever is made of exceptions over there, too: a frame that is none ends the loop."""
    loop, box = begun(lab, how, tmp_path)
    assert loop.join(30)
    assert [trouble.status for trouble in box.said] == [status]
    assert words in box.said[0].text
    assert len(box.shown) == 1


def test_whose_code_it_was(lab: Lab, tmp_path: Path) -> None:
    """An error inside of the student's function is told with its page and line."""
    path = lab.workspace.root / "exercises" / f"{PAGE}.py"
    before = path.read_text()
    path.write_text("def relu(x):\n    return x.clamp(min=0)\n")
    try:
        loop, box = begun(lab, "call", tmp_path)
        assert loop.join(30)
    finally:
        path.write_text(before)
    assert box.shown == [Frame(0, "yours")]
    (trouble,) = box.said
    assert isinstance(trouble, Trouble)
    assert (trouble.page, trouble.where) == (PAGE, f"your {PAGE}, line 2")
    assert culprit((("lib.py", 3, "f"),)) == ("", "")
    assert culprit(((f"yours/{PAGE}[4]", 3, "f"),)) == (PAGE, f"your {PAGE}, cell 4, line 3")


@pytest.mark.parametrize(("content", "words"), [
    (b"def relu(x):\n    return x\x00\n", "is a binary file"), (b"\xff\xfe\x00", "not UTF-16"), (b"", ""),
])  # fmt: skip
def test_a_page_that_cannot_be_read_says_so(lab: Lab, content: bytes, words: str) -> None:
    """In place of its source; an empty one is not written yet."""
    path = lab.workspace.root / "exercises" / f"{PAGE}.py"
    before = path.read_bytes()
    path.write_bytes(content)
    try:
        yours = lab.parts([PAGE])[PAGE]["yours"]
    finally:
        path.write_bytes(before)
    assert bool(yours) == bool(words)
    for cell in yours:
        with pytest.raises(Exception, match=words):
            exec(cell, {})  # our own sentence in place of the student's source


def test_a_loop_that_ends_what_its_worker_was_forked_by(lab: Lab, tmp_path: Path) -> None:
    """It is told as a crash of the code, and the next loop has another."""
    loop, box = begun(lab, "parent", tmp_path)
    assert loop.join(30)
    assert [(trouble.status, trouble.text) for trouble in box.said] == [("crashed", ENDED_ITS_PARENT)]
    loop, box = begun(lab, "raise", tmp_path)
    assert loop.join(30)
    assert [trouble.status for trouble in box.said] == ["error"]


def test_what_is_waited_for_is_told_and_need_not_be(lab: Lab, tmp_path: Path) -> None:
    """With the limit, and what was printed last, by code that never answers; who waits no longer is told the end"""
    loop, box = begun(lab, "prints", tmp_path, seconds=120.0)
    end = time.monotonic() + 60
    while not any(one.skip for one in box.waits):
        assert time.monotonic() < end
        time.sleep(0.01)
    told = next(one for one in box.waits if one.skip)
    assert "It may compute for 120 s, and 1440 s may pass" in told.text
    assert loop.skip()
    assert loop.join(30)
    assert not loop.skip()
    assert [(one.status, "had not answered for" in one.text) for one in box.said] == [("unawaited", True)]
    assert box.waits[-1] == Waiting()
    printed = [one.text for one in box.shown if isinstance(one, Printed)][-1].split("\n")
    assert len(printed) == 40
    assert printed[-1] == "line 2999 <b> \\x1b"


def test_a_loop_is_stopped_at_once(lab: Lab, tmp_path: Path) -> None:
    """Also one that never asks for anything again; nothing is said of it then."""
    loop, box = begun(lab, "loop", tmp_path, seconds=60.0)
    end = time.monotonic() + 30
    while not box.shown and time.monotonic() < end:
        time.sleep(0.01)
    began = time.monotonic()
    loop.stop()
    assert loop.join(5)
    assert time.monotonic() - began < 3
    assert box.said == []


def test_a_flood_of_frames_is_slowed(lab: Lab, tmp_path: Path) -> None:
    """A hundred exchanges take at least as long as a few milliseconds each."""
    loop, box = begun(lab, "flood", tmp_path)
    began = time.monotonic()
    assert loop.join(30)
    assert len(box.shown) == 101
    assert time.monotonic() - began > 100 * 0.004
