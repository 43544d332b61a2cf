"""The session of the convolution playground: what it tells its worker of saves."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

from autograder.lab.convolution import messages as m
from autograder.lab.convolution.view import PAGES, ConvolutionSession


def test_what_is_written_in_two_steps_is_reloaded_once() -> None:
    """A second look at the same text takes nothing off the page; another text, or code that was left out, does"""
    now: dict[str, Any] = dict.fromkeys(PAGES, 0)
    text: dict[str, Any] = dict.fromkeys(PAGES, "old")
    told: list[Any] = []
    session: Any = ConvolutionSession.__new__(ConvolutionSession)
    lab = SimpleNamespace(stamps=lambda pages: dict(now), parts=lambda pages: {p: {"yours": [text[p]]} for p in pages})
    session._lab, session._pages, session._stamps = lab, list(PAGES), dict(now)
    session._left, session._closed, session._looking = set(), False, threading.Lock()
    session._loop = SimpleNamespace(ended=False, tell=told.append)
    session._fetch("parts")
    text["s4_cnns/digits"], now["s4_cnns/digits"] = "new", 1  # the file is there, its last stamp is not
    session._look()
    assert told == [m.Reload()]
    session._fetch("parts")
    now["s4_cnns/digits"] = 2
    session._look()
    assert told == [m.Reload()]
    session._left.add("s4_cnns/digits")
    now["s4_cnns/digits"] = 3
    session._look()
    assert (len(told), session._left) == (2, set())
