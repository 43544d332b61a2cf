"""The card of the check that would catch what is wrong with a part: the lab's judge is asked for it."""

from __future__ import annotations

import threading
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

from ...report.card import card
from ..fitting import fitting
from .inside.names import PAGE_OF
from .parts import SECTION

if TYPE_CHECKING:
    from ...live.client import Answer
    from ...student.progress import Page
    from ...student.watch import Saved
    from ..shared import Lab

WAIT_SECONDS = 60.0  #: for a judge that may just be starting


class _Waiting:
    """Waits for the answer about one page."""

    def __init__(self, address: str):
        self._address = address
        self.come = threading.Event()
        self.answer: Answer | None = None
        self.line = "the judge did not answer"

    def asked(self, saved: Saved, now: bool) -> None:
        """Go on waiting."""

    def answered(self, answer: Answer, saved: Saved, seconds: float, page: Page) -> None:
        """Take the answer, if it is about the page."""
        if saved.exercise.address == self._address:
            self.answer = answer
            self.come.set()

    def said(self, line: str) -> None:
        """Take what went wrong for the answer."""
        self.line = line
        self.come.set()


def card_of(lab: Lab, part: str, kind: str) -> str:
    """Return the card of the check that fits a part's failure, "" where none fails; else a sentence. Takes a while.

    Args:
        kind: how it failed, as :class:`.hosted.Trouble` has it.
    """
    exercise = lab.syllabus.exercises[f"{SECTION}/{PAGE_OF[part]}"]
    waiting = _Waiting(exercise.address)
    lab.answers.listeners.add(waiting)
    try:
        lab.answers.ask(exercise)
        waiting.come.wait(WAIT_SECONDS)
    finally:
        lab.answers.listeners.discard(waiting)
    if waiting.answer is None:
        return f"<p>{escape(waiting.line)}</p>"
    answer = waiting.answer
    failed = fitting(answer.grade, part, kind)
    return "" if failed is None else card(replace(answer.grade, checks=(failed,)), answer.title, answer.hints)
