"""The map: sections and pages, what is reached and what is next."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from ...course.syllabus import split_lesson
from ...gradebook.states import LOOKS, NOT_HANDED_IN, RIGHT, UNFINISHED
from ...language import authored
from ...student.advice import opening, unwritten
from ...student.progress import Page, following
from ..lesson import lesson_html
from ..messages import Message
from ..views import NotHere, View, views

if TYPE_CHECKING:
    from ...live.client import Answer
    from ...student.watch import Saved
    from ..outbox import Outbox
    from ..shared import Lab

HOUR = 3600.0


class Again(Message, frozen=True):
    """The page asks for the state as it is now."""


class Place(Message, frozen=True):
    """One page of the course on the map."""

    address: str
    title: str
    section: str
    points: float
    best: float
    state: str  #: a word of `gradebook.states`; ``untouched`` where nothing was begun, so nothing could be handed in
    sign: str
    hints: int
    mistake: str  #: what went wrong last


class Next(Message, frozen=True):
    """The page to go on with: what it is about, and what is to be written."""

    address: str
    title: str
    opening: str  #: as HTML
    unwritten: list[str]
    file: str


class Played(Message, frozen=True):
    """A playground: where it is in the lab, and how many missions were done there."""

    section: str
    title: str
    view: str
    done: int


class Asked(Message, frozen=True):
    """A page that is answered in words, in its notebook, and marked by a person."""

    section: str
    title: str
    points: float
    file: str


class Work(Message, frozen=True):
    """The last hour: how often something was checked, and the pages that were, each with how it stands."""

    checks: int
    passed: int
    pages: list[str]


class Standing(Message, frozen=True):
    """The whole map."""

    places: list[Place]
    playgrounds: list[Played]
    asked: list[Asked]
    next: Next | None
    work: Work


def standing(lab: Lab) -> Standing:
    """Return the map as it is now."""
    with lab.answers.progress() as kept:
        places = []
        for address, exercise in lab.syllabus.exercises.items():
            page = kept.pages.get(address, Page())
            path = lab.workspace.file_of(exercise, lab.trees)
            begun = address in kept.pages and path.is_file() and not lab.workspace.untouched(path)
            right = page.passed and path.is_file()  # of what was deleted the points are left
            word = RIGHT if right else (page.state or UNFINISHED) if begun else NOT_HANDED_IN
            state, sign = "untouched" if word == NOT_HANDED_IN else word, LOOKS[word].sign
            mistake = "; ".join(map(authored, page.mistakes)) if begun and not right else ""
            best = min(page.best, exercise.points)
            places.append(
                Place(
                    address, exercise.title, exercise.section, exercise.points, best, state, sign, page.hints, mistake
                )
            )
        coming = following(lab.syllabus, kept)
        played = [
            Played(
                view.address.partition("/")[0],
                authored(view.title),
                view.name,
                len(lab.syllabus.playgrounds[view.address].counted(kept.missions.get(view.address, ()))),
            )
            for view in views().values()
            if view.address in lab.syllabus.playgrounds
        ]
    following_page = None
    if coming is not None:
        path = lab.workspace.file_of(coming, lab.trees)
        source = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        words = opening(split_lesson(lab.trees.lesson(coming.address))[1])
        about = str(lesson_html(words, coming.section, "../"))
        file = path.relative_to(lab.workspace.root).as_posix()
        following_page = Next(coming.address, coming.title, about, unwritten(source), file)
    recent = [entry for entry in lab.answers.log if entry.when > time.time() - HOUR]
    passed = {entry.exercise for entry in recent if entry.status == "passed"}
    work = Work(len(recent), len(passed), sorted({entry.exercise for entry in recent}))
    asked = [
        Asked(page.section, page.title, page.points, f"notebooks/{page.address}.ipynb")
        for page in lab.syllabus.question_pages.values()
    ]
    return Standing(places, played, asked, following_page, work)


def context(lab: Lab, path: str) -> dict[str, Any]:
    """Return what the map shows."""
    if path:
        raise NotHere("there is no such page")
    return {"title": lab.syllabus.title, "sections": lab.syllabus.sections}


class MapSession:
    """Tells an open map what changed."""

    def __init__(self, lab: Lab, outbox: Outbox, path: str):
        self._lab, self._outbox = lab, outbox
        lab.answers.listeners.add(self)
        lab.answers.start()

    async def receive(self, message: Any) -> None:
        """Answer the page with the map as it is now."""
        self._outbox.show(await asyncio.to_thread(standing, self._lab))

    async def close(self) -> None:
        """Hear of nothing any more."""
        self._lab.answers.listeners.discard(self)

    def asked(self, saved: Saved, now: bool) -> None:
        """Wait: nothing changes on a map before the answer is there."""

    def answered(self, answer: Answer, saved: Saved, seconds: float, page: Page) -> None:
        """Show the map with this answer in it."""
        self._outbox.show(standing(self._lab))

    def said(self, line: str) -> None:
        """Show the map as it is now: a file may be gone."""
        self._outbox.show(standing(self._lab))


VIEW = View("map", context, Again, MapSession)
