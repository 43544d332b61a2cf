"""One page of the course: the lesson on the left, on the right the checks, which answer as the file is saved."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from ...course.syllabus import lesson_text
from ...errors import GradusError
from ...gradebook.states import look, state
from ...intake.submissions import read_for
from ...language import _, authored, told_error, translated
from ...model import Exercise, QuestionPage
from ...report.card import card
from ...student.advice import explanation, unwritten
from ...student.progress import Page
from ...text import hints_for
from ...web.code import coloured
from ..lesson import lesson_html, reference
from ..messages import Message
from ..views import NotHere, View

if TYPE_CHECKING:
    from ...live.client import Answer
    from ...student.watch import Saved
    from ..outbox import Outbox
    from ..shared import Lab

ROOT = "../../"  #: from a page's address, ``page/section/name``, to the lab's root


class Check(Message, frozen=True):
    """The page asks for a check of the file as it is."""


class Hint(Message, frozen=True):
    """The page asks for the next hint."""


class Compare(Message, frozen=True):
    """The page asks for the reference, beside what the student wrote."""


class Checking(Message, frozen=True):
    """A file is being checked."""

    file: str


class Answered(Message, frozen=True):
    """What came out: a card, as HTML of the lab's own templates."""

    card: str
    state: str  #: a word of `gradebook.states`
    sign: str
    tone: str
    points: float
    maximum: float
    best: float
    passed: bool  #: now or before
    milliseconds: float
    unwritten: list[str]
    about: list[str]  #: what the lesson says of known mistakes, as HTML


class Hints(Message, frozen=True):
    """The hints that were asked for so far, as HTML, and how many there are."""

    shown: list[str]
    total: int


class Reference(Message, frozen=True):
    """The reference's cells and one's own code, as HTML."""

    cells: list[str]
    own: str
    file: str


class Elsewhere(Message, frozen=True):
    """Another page was saved and checked."""

    address: str
    title: str
    state: str
    points: float
    maximum: float


class Said(Message, frozen=True):
    """Something that went wrong, in a line."""

    line: str


def exercise_at(lab: Lab, path: str) -> Exercise:
    """Return the exercise of an address.

    Raises:
        NotHere: there is none.
    """
    exercise = lab.syllabus.exercises.get(path)
    if exercise is None:
        raise NotHere("the course has no such page")
    return exercise


def context(lab: Lab, path: str) -> dict[str, Any]:
    """Return what the page shows before its first answer."""
    asked = lab.syllabus.question_pages.get(path)
    if asked is not None:
        return _in_words(lab, asked)
    exercise = exercise_at(lab, path)
    order = list(lab.syllabus.exercises)
    place = order.index(path)
    around = [lab.syllabus.exercises[order[n]] if 0 <= n < len(order) else None for n in (place - 1, place + 1)]
    with lab.answers.progress() as kept:
        page = kept.pages.get(path, Page())
    return {
        "title": exercise.title, "exercise": exercise, "section": lab.syllabus.sections.get(exercise.section, ""),
        "lesson": lesson_html(lesson_text(lab.trees, exercise), exercise.section, ROOT),
        "before": around[0], "after": around[1],
        "file": _shown(lab, lab.workspace.file_of(exercise, lab.trees)), "passed": page.passed, "best": page.best,
    }  # fmt: skip


def _in_words(lab: Lab, page: QuestionPage) -> dict[str, Any]:
    """Return what a page of questions shows: its lesson, what it asks, and where the answers are written."""
    asked = [(lesson_html(question.ask, page.section, ROOT), question.points) for question in page.questions]
    return {
        "title": page.title, "section": lab.syllabus.sections.get(page.section, ""), "asked": asked,
        "lesson": lesson_html(lesson_text(lab.trees, page), page.section, ROOT), "points": page.points,
        "file": f"notebooks/{page.address}.ipynb",
    }  # fmt: skip


def _shown(lab: Lab, path: Path) -> str:
    return path.relative_to(lab.workspace.root).as_posix() if path.is_relative_to(lab.workspace.root) else str(path)


class PageSession:
    """Answers one open page."""

    def __init__(self, lab: Lab, outbox: Outbox, path: str):
        self._lab, self._outbox = lab, outbox
        self._exercise = exercise_at(lab, path)
        lab.answers.listeners.add(self)
        with lab.answers.progress() as kept:
            page = kept.pages.get(path, Page())
        self._send_hints(page)
        known = lab.answers.last.get(path)
        if known is not None:
            self.answered(*known, page)
        lab.answers.ask(self._exercise)

    async def receive(self, message: Any) -> None:
        """Do what the page asks for."""
        if isinstance(message, Check):
            self._lab.answers.ask(self._exercise)
        elif isinstance(message, Hint):
            await asyncio.to_thread(self._next_hint)
        elif isinstance(message, Compare):
            await asyncio.to_thread(self._compare)

    async def close(self) -> None:
        """Hear of nothing any more."""
        self._lab.answers.listeners.discard(self)

    def _next_hint(self) -> None:
        with self._lab.answers.progress() as kept:
            page = kept.page(self._exercise.address)
            page.next_hint(hints_for(self._exercise.hints, page.failure.function if page.failure is not None else ""))
        self._send_hints(page)

    def _send_hints(self, page: Page) -> None:
        hints = self._exercise.hints
        texts = [str(lesson_html(authored(hint), self._exercise.section, ROOT)) for hint in page.shown(hints)]
        self._outbox.say(Hints(texts, len(hints)))

    def _compare(self) -> None:
        with self._lab.answers.progress() as kept:
            page = kept.pages.get(self._exercise.address, Page())
        if not page.passed:
            self._outbox.say(Said(_("the reference is shown once every check has passed")))
            return
        if elsewhere := self._lab.trees.without_solutions():
            self._outbox.say(Said(_("this copy of the course has no solutions: {where}", where=elsewhere)))
            return
        solution = self._lab.trees.solution(self._exercise.address).read_text(encoding="utf-8")
        cells = [
            str(coloured(text) if kind == "code" else lesson_html(text, self._exercise.section, ROOT))
            for kind, text in reference(solution)
        ]
        path = self._lab.workspace.file_of(self._exercise, self._lab.trees)
        try:
            cells_of_own = read_for(path, self._exercise).cells
            if path.suffix == ".py":  # in the percent format its prose is the stub's
                cells_of_own = (
                    tuple(text for kind, text in reference(cells_of_own[0]) if kind == "code") or cells_of_own
                )
            own = Markup("").join(coloured(cell) for cell in cells_of_own)
        except (GradusError, OSError) as error:
            own = Markup("<p>{}</p>").format(told_error(error))
        self._outbox.say(Reference(cells, str(own), _shown(self._lab, path)))

    # -- what the answers tell -------------------------------------------------------------------

    def asked(self, saved: Saved, now: bool) -> None:
        """Tell the page that its file is being checked."""
        if saved.exercise.address == self._exercise.address:
            self._outbox.say(Checking(_shown(self._lab, saved.path)))

    def answered(self, answer: Answer, saved: Saved, seconds: float, page: Page) -> None:
        """Show the card, or tell of another page's."""
        grade, exercise = answer.grade, self._exercise
        if grade.exercise != exercise.address:
            other = self._lab.syllabus.exercises[grade.exercise]
            self._outbox.say(Elsewhere(other.address, other.title, state(grade), grade.points, grade.max_points))
            return
        about = []
        for mistake in grade.diagnoses:
            paragraph = explanation(self._lab.trees, exercise, mistake)[2]
            if paragraph:
                about.append(str(lesson_html(paragraph, exercise.section, ROOT)))
        try:
            source = "\n".join(read_for(saved.path, exercise).cells)
        except (GradusError, OSError):
            source = ""
        self._outbox.say(
            Answered(
                card(grade, exercise.title), state(grade), look(grade).sign, look(grade).tone, grade.points,
                grade.max_points, page.best, page.passed, 1000 * seconds, unwritten(source), list(dict.fromkeys(about)),
            )
        )  # fmt: skip

    def said(self, line: str) -> None:
        """Tell the page what went wrong."""
        self._outbox.say(Said(translated(line)))


VIEW = View("page", context, Check | Hint | Compare, PageSession)
