"""What persons give: points, rubric items, comments and extensions, each an entry that is never changed."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from ..errors import GradebookError
from ..model import Exercise, QuestionPage, round_points

#: what each kind of entry does, in the words of a history
KINDS = {
    "points": "sets the points of the page",
    "adjust": "adds to the points of the page",
    "question": "gives points for the written question",
    "item": "applies a rubric item",
    "unitem": "takes a rubric item back",
    "comment": "says",
    "extension": "moves the date",
    "excuse": "forgives the lateness",
    "undo": "undoes",
}
_LARGEST = 1_000_000  #: points of one entry, with `extra` too: sums of more lose their last digits, or are infinite
DATES = ("extension", "excuse")  #: kinds that are about the date alone
_SIGNED = ("adjust", "item")
_REPLACING = ("points", "question", "item", "unitem", "extension", "excuse")  #: kinds that take an earlier one's place


class OutOfBounds(GradebookError):
    """An entry gives more than there is, or less, and does not say `extra`; the message says between what it may be."""


@dataclass(frozen=True)
class Entry:
    """One edit of one student's page.

    Args:
        student, page: whose, and the address of the exercise.
        kind: one of `KINDS`.
        value: points; none of a comment, an extension or an undo.
        key: of a rubric item; of an extension the new date in ISO 8601; of a question's points the name of its cell
            in the notebook, "" where they are for all questions of the page.
        text: words that the student reads: a comment, a rubric item's text.
        why: words that markers read.
        by: who made it.
        extra: it may go beyond the page's maximum.
        undoes: the number of the entry that an undo takes back; that of an undo brings the entry back.
        number: its place in the log, 0 of a draft.
        at: when, in ISO 8601, "" of a draft.
    """

    student: str
    page: str
    kind: str
    value: float = 0.0
    key: str = ""
    text: str = ""
    why: str = ""
    by: str = ""
    extra: bool = False
    undoes: int = 0
    number: int = 0
    at: str = ""


def questions_of(page: Exercise | QuestionPage) -> dict[str, float]:
    """Return the points of each written question of a page, by the name of its cell in the notebook."""
    first = {"question": page.question_points} if isinstance(page, Exercise) and page.question_points else {}
    return {**first, **{f"question-{n}": question.points for n, question in enumerate(page.questions, 1)}}


def maximum(page: Exercise | QuestionPage, kind: str, key: str = "") -> float:
    """Return how many points an entry of a kind may give on a page.

    Args:
        key: of a question: the name of its cell; "" where they are all meant.
    """
    if kind != "question":
        return page.points
    asked = questions_of(page)
    return asked.get(key, 0.0) if key else sum(asked.values())


def effective(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the entries that count, oldest first: neither undone nor an undo. The order that they come in is free."""
    gone: set[int] = set()
    found = []
    for entry in sorted(entries, key=lambda one: one.number, reverse=True):
        if entry.number in gone:
            continue
        if entry.kind == "undo":
            gone.add(entry.undoes)
        else:
            found.append(entry)
    return tuple(reversed(found))


def holding(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return what holds of entries that count, oldest first: none whose place a later one took.

    A rubric item holds as it was applied last, and not where it was taken back; points of the page or of a question and
    a date as they were given last. Words that came with earlier points stay, as a comment, where the later ones came
    without words.

    Args:
        entries: that count, oldest first, see :func:`effective`.
    """
    held: list[Entry] = []
    for one in entries:
        if one.kind in _REPLACING:
            held = [kept for older in held for kept in _left_of(older, one)]
        if one.kind != "unitem":
            held.append(one)
    return tuple(held)


def _left_of(older: Entry, later: Entry) -> list[Entry]:
    """Return what holds of an entry after a later one: all, its words alone, or nothing."""
    if later.kind in ("item", "unitem"):
        taken = older.kind == "item" and older.key == later.key
    else:
        taken = older.kind == later.kind
    if taken and later.kind == "question":  # "" are all questions of the page
        taken = older.key == later.key or "" in (older.key, later.key)
    if not taken:
        return [older]
    stays = older.kind not in ("item", "extension") and older.text and not later.text
    return [replace(older, kind="comment", value=0.0, key="", extra=False)] if stays else []


def amount(points: float, how: str = "g") -> str:
    """Return a number of points in words."""
    return f"{points:{how}} {'point' if abs(points) == 1 else 'points'}"


def said(entry: Entry, why: bool = True) -> str:
    """Say in a few words what an entry does.

    Args:
        why: with the words for markers, which no export has.
    """
    cell = f" {entry.key}" if entry.key not in ("", "question") else ""
    what = {
        "points": f"{amount(entry.value)} for the page", "adjust": amount(entry.value, "+g"),
        "question": f"{amount(entry.value)} for the written question{cell}",
        "item": f"rubric {entry.key} ({entry.value:+g})", "unitem": f"without rubric {entry.key}",
        "comment": "comment", "extension": f"may be handed in until {entry.key}", "excuse": "lateness forgiven",
        "undo": f"takes back number {entry.undoes}",
    }.get(entry.kind, entry.kind)  # fmt: skip
    words = "; ".join(filter(None, (entry.text, entry.why if why else "")))
    return f"{what}{' beyond the maximum' if entry.extra and entry.value > 0 else ''}{f': {words}' if words else ''}"


def checked(draft: Entry, most: float = math.inf) -> Entry:
    """Return a draft that may be added.

    Args:
        most: the points that an entry of its kind may give.

    Raises:
        OutOfBounds: it gives points that the page has not.
        GradebookError: it says what cannot be; the message says what to do.
    """
    place = f"{draft.student}, {draft.page}"
    if draft.kind not in KINDS:
        raise GradebookError(f"{place}: there is no kind {draft.kind}; there are {', '.join(KINDS)}")
    if not abs(draft.value) <= _LARGEST:  # nor is anything that is no number
        what = f"{draft.value:g} points cannot be given"
        raise GradebookError(f"{place}: {what}; say a number from -{_LARGEST:,} to {_LARGEST:,}")
    if draft.value and not round_points(draft.value):
        raise GradebookError(f"{place}: {draft.value:g} points are too few to count; points have four decimals")
    if draft.kind in ("item", "unitem") and not draft.key:
        raise GradebookError(f"{place}: a rubric item needs its key")
    if draft.kind == "extension":
        try:
            aware = datetime.fromisoformat(draft.key).tzinfo is not None
        except ValueError:
            aware = False
        if not aware:
            raise GradebookError(f"{place}: {draft.key!r} is no date with a zone, like 2026-11-30T23:59:00+01:00")
    if draft.extra:
        return draft
    least = -most if draft.kind in _SIGNED else 0.0
    if draft.kind in ("points", "adjust", "question", "item") and not least <= draft.value <= most:
        of = "the written question" if draft.kind == "question" else "the page"
        what = f"{draft.value:g} points are outside of {least:g} to {most:g}, the most that {of} has"
        raise OutOfBounds(f"{place}: {what}")
    return draft
