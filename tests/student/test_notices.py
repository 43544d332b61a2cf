"""The system tells of changes; where it does not, files are looked at as before."""

from __future__ import annotations

import sys
import time

import pytest

from autograder.student import notices
from autograder.student.notices import Notices


def due_within(heard: Notices, seconds: float) -> bool:
    """Is it time to look before so many seconds have gone by?"""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if heard.due():
            return True
        time.sleep(0.005)
    return False


@pytest.fixture
def quiet(monkeypatch):
    """Nobody looks without a notice."""
    monkeypatch.setattr(notices, "LOOK_ANYWAY_SECONDS", 3600.0)


def test_a_save_is_heard_of_and_silence_is_not(tmp_path, quiet):
    """after the first look nothing is due until a file below a folder is written, new or not"""
    below = tmp_path / "exercises" / "s1"
    below.mkdir(parents=True)
    file = below / "page.py"
    file.write_text("x = 1\n")
    heard = Notices([tmp_path / "exercises", tmp_path / "gone"])
    try:
        assert heard.due(), "the first look is always due"
        until = time.monotonic() + 20
        while not due_within(heard, 0.3) and time.monotonic() < until:  # until the system listens
            file.write_text("x = 2\n")
        while due_within(heard, 0.5):
            pass
        assert heard.heard
        assert not due_within(heard, 0.5)
        (below / "other.py").write_text("y = 1\n")
        assert due_within(heard, 10)
    finally:
        heard.close()


def test_it_is_looked_once_in_a_while_all_the_same(tmp_path, monkeypatch):
    """a file system that tells of nothing is looked at every so often"""
    monkeypatch.setattr(notices, "LOOK_ANYWAY_SECONDS", 0.05)
    heard = Notices([tmp_path])
    try:
        assert heard.due()
        assert due_within(heard, 10)
    finally:
        heard.close()


@pytest.mark.parametrize("why", ["no library", "no folder"])
def test_without_notices_it_is_always_time(tmp_path, monkeypatch, quiet, why):
    """where nothing can be heard every look is due, as with plain polling"""
    if why == "no library":
        monkeypatch.setitem(sys.modules, "watchfiles", None)
    heard = Notices([tmp_path if why == "no library" else tmp_path / "gone"])
    until = time.monotonic() + 10
    while heard.heard and time.monotonic() < until:
        time.sleep(0.01)
    assert [heard.due() for _ in range(3)] == [True] * 3
