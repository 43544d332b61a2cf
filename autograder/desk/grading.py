"""One page across all students: code with failing checks at their lines, the card, what markers gave, who is next."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from ..gradebook.alike import KINDS, Group, groups_of
from ..gradebook.entries import Entry, effective, maximum, questions_of, said
from ..gradebook.policy import counted
from ..gradebook.states import NOT_HANDED_IN, reason, state
from ..gradebook.totals import Standing
from ..model import ENDS, Exercise, QuestionPage
from ..report.anchors import check_anchor
from ..report.card import card
from ..report.counting import rules, unmarked
from . import requests, table
from .results import Class, outcome
from .site import NotHere, View
from .sources import kept_source, lines_of, source_of
from .table import MARKED, Asked

_KEPT = (
    "state",
    "marked",
    "by",
    "group",
    "mistake",
    "second",
)  #: what of a query goes from one to the next
AROUND = 100  #: students of the list beside the code, before and after the one that is shown


@dataclass(frozen=True)
class Told:
    """An entry as it is shown."""

    number: int
    by: str
    at: str
    words: str
    gone: bool


def overview(view: View, address: str, query: Mapping[str, str]) -> dict[str, Any]:
    """Return what a page's front shows: how many are in which state, and its groups of answers."""
    klass, page = view.desk.results.now(), view.page(address)
    kind = query.get("by", KINDS[0]) if query.get("by") in KINDS else KINDS[0]
    groups = [_shown(view, klass, page, kind, one) for one in groups_of(klass.of_page(page), kind, klass.shapes)]
    mine = _order(view, klass, page, Asked(page=page), "", "")
    return {
        "title": view.title(page), "page": page, "counts": table.counts(klass, page), "groups": groups, "kinds": KINDS,
        "kind": kind, "mean": table.mean(klass, page), "first": view.id(mine[0]) if mine else "", "count": len(mine),
        "second": len(_order(view, klass, page, Asked(page=page, marked="one"), "", "", second=True)),
        "waits": unmarked([klass.rows[s, page] for s in klass.students], view.desk.results.course),
        "marks": {mark: sum(table.marked(klass.rows[s, page].entries) == mark for s in mine) for mark in MARKED},
    }  # fmt: skip


def _shown(view: View, klass: Class, page: str, kind: str, group: Group) -> dict[str, Any]:
    first = group.students[0]
    row = klass.rows[first, page]
    why = reason(row.grade, 160, view.text)
    marked = sum(table.marked(klass.rows[s, page].entries) != "nobody" for s in group.students)
    return {
        "key": group.key, "count": len(group.students), "cell": table.cell(row, view.text), "marked": marked,
        "points": f"{row.grade.points:g}/{row.grade.max_points:g}" if row.grade is not None else "",
        "why": why, "first": view.id(first), "labels": sorted(map(view.label, group.students))[:12],
        "more": max(0, len(group.students) - 12), "query": urlencode({"by": kind, "group": group.key}),
    }  # fmt: skip


def _order(
    view: View, klass: Class, page: str, asked: Asked, kind: str, key: str, second: bool = False
) -> list[str]:  # fmt: skip
    """Return the students of a page in the order in which they are looked at.

    Args:
        second: without those whom the marker has marked.
    """
    rows = [(student, klass.rows[student, page]) for student in klass.students]
    words = page in view.desk.results.course.question_pages  # a person alone knows whether somebody answered
    there = [(s, row) for s, row in rows if words or row.state != NOT_HANDED_IN or asked.state == NOT_HANDED_IN]
    found = [student for student, row in there if table.fits(row, asked)]
    if key:
        members = next(
            (set(one.students) for one in groups_of(klass.of_page(page), kind, klass.shapes) if one.key == key),
            set[str](),
        )
        found = [student for student in found if student in members]
    if second:
        found = [student for student in found if not _marked_by(view.marker, klass.rows[student, page])]
    return sorted(found, key=lambda student: view.label(student).casefold())


def _marked_by(marker: str, row: Standing) -> bool:
    return any(one.by == marker for one in table.marks_of(row.entries))


def _beside(view: View, order: list[str], student: str) -> tuple[list[str], list[str]]:
    """Return who comes before a student and who after, at most one each; of one who was taken out of the order, too."""
    if student in order:
        place = order.index(student)
        return order[max(0, place - 1) : place], order[place + 1 : place + 2]
    place = bisect_left([view.label(one).casefold() for one in order], view.label(student).casefold())
    return order[max(0, place - 1) : place], order[place : place + 1] or order[:1]


def context(view: View, address: str, id: str, query: Mapping[str, str]) -> dict[str, Any]:
    """Return what is shown of one student's page."""
    klass, page, student = view.desk.results.now(), view.page(address), view.student(id)
    row = klass.rows[student, page]
    asked = table.asked_of({**query, "page": page}, klass.pages)
    kind, key = query.get("by", KINDS[0]), query.get("group", "")
    if kind not in KINDS:
        raise NotHere("there are no such groups")
    second = query.get("second") == "1"
    order = _order(view, klass, page, asked, kind, key, second)
    place = order.index(student) if student in order else -1
    grade = view.desk.results.grade(student, page)
    exercise = view.desk.results.course.pages[page]
    entries = klass.entries.get((student, page), ())
    blind = second and not _marked_by(view.marker, row)
    shown = without_marks(row) if blind else row
    kept = {name: query[name] for name in _KEPT if query.get(name)}
    rest = "?" + urlencode(kept) if kept else ""
    before, after = _beside(view, order, student)
    group = [s for s in order if s != student] if key and place >= 0 else []
    return {
        "title": f"{view.title(page)}: {view.label(student)}", "page": page, "id": id, "label": view.label(student),
        "cell": table.cell(shown, view.text), "row": shown, "blind": blind, "exercise": exercise,
        "card": Markup(card(view.grade(grade), exercise.title, anchored=True)) if grade is not None else "",
        **_code(view, student, page), "seen": _seen(klass, student, page), "graded": outcome(row.grade),
        "before": view.id(before[0]) if before else "", "rest": rest, "place": place + 1, "of": len(order),
        "after": view.id(after[0]) if after else "",
        "others": [
            {"id": view.id(s), "label": view.label(s), "cell": table.cell(klass.rows[s, page]), "here": s == student,
             "marked": table.marked(klass.rows[s, page].entries)}
            for s in order[max(0, place - AROUND) : place + AROUND]
        ],
        "group": [
            {"id": view.id(s), "label": view.label(s), "seen": _seen(klass, s, page),
             "graded": outcome(klass.rows[s, page].grade), "why": _why(view, klass, s, page)}
            for s in group
        ],
        "items": _items(view, page, shown.entries), "comments": [
            (view.key(one.key), one.number, view.text(one.text)) for one in view.desk.results.rubric.comments(page)
        ],
        "history": () if blind else told_of(view, entries), "mine": _last_of(view.marker, entries),
        "requests": [
            (one, done, view.text(one.text)) for one, done in requests.of_answer(view, student, page)
        ],
        "questions": _questions(view, exercise, shown),
        "why": requests.mark_of(query["request"][:8]) if query.get("request") else "",
        "marked": table.marked(row.entries), "most": maximum(exercise, "points"), "attempts":
        sum(
            state(one) != NOT_HANDED_IN for member in view.desk.results.policy.members(student)
            for one in counted(klass.histories.get((member, page), ()))
        ),
        "by": view.label(row.of_group) if row.of_group else "",
    }  # fmt: skip


def first(view: View, address: str, query: Mapping[str, str]) -> str:
    """Return where marking one after another begins: an id with what of the query goes on from there.

    Raises:
        NotHere: nobody is such.
    """
    klass, page = view.desk.results.now(), view.page(address)
    kind = query.get("by", KINDS[0])
    order = _order(
        view, klass, page, table.asked_of({**query, "page": page}, klass.pages), kind, query.get("group", ""),
        query.get("second") == "1",
    )  # fmt: skip
    if not order:
        raise NotHere("there is nobody such on this page, or no longer: go back")
    kept = {name: query[name] for name in _KEPT if query.get(name)}
    return view.id(order[0]) + ("?" + urlencode(kept) if kept else "")


def without_marks(row: Standing) -> Standing:
    """Return a row as it would stand had no person given anything: what a second marker sees first."""
    most = row.grade.max_points if row.grade is not None else 0.0
    return replace(
        row, total=row.automatic, max_points=most, manual=0.0, written=None, comment="", entries=(), cut=0.0,
        unmarked=row.max_points + row.unmarked - most,
    )  # fmt: skip


def _seen(klass: Class, student: str, page: str) -> int:
    entries = klass.entries.get((student, page), ())
    return entries[-1].number if entries else 0


def _why(view: View, klass: Class, student: str, page: str) -> str:
    return reason(klass.rows[student, page].grade, shown=view.text)


def _code(view: View, student: str, page: str) -> dict[str, Any]:
    """Return the code that was graded, its lines with the checks that fail there; or why there is none."""
    nothing: dict[str, Any] = {"cells": [], "filename": "", "missing": "", "titles": {}, "anchors": {}, "signs": {}}
    row = view.desk.results.now().rows[student, page]
    if row.grade is None and page in view.desk.results.course.question_pages:
        return {**nothing, "missing": "this page is answered in words: beside the question stands what was written"}
    if row.grade is None or state(row.grade) == NOT_HANDED_IN:
        return {**nothing, "missing": "nothing was handed in"}
    source = source_of(view.desk.results.folder, row.grade) or kept_source(view.desk.results.code, row.grade)
    titles = {check.name: check.title for check in row.grade.checks}
    anchors = {check.name: check_anchor(page, check) for check in row.grade.checks}
    signs = {check.name: ENDS[check.status].sign for check in row.grade.checks}
    if source is None:
        garbled = row.grade.status in ("missing", "malformed")  # of such a file there may be no code to write again
        how = (
            "below stands what is wrong with it" if garbled else "`gradus grade` with the class folder writes it again"
        )
        why = f"the results hold no code of this submission: {how}"
        return {**nothing, "missing": why, "titles": titles, "anchors": anchors, "signs": signs}
    cells = lines_of(source, row.grade, view.text)
    name = view.text(source.filename)
    return {"cells": cells, "filename": name, "missing": "", "titles": titles, "anchors": anchors, "signs": signs}


def _items(view: View, page: str, mine: tuple[Entry, ...]) -> list[dict[str, Any]]:
    """Return the rubric of a page with the key that applies each item, and whether it is applied here."""
    last = {one.key: one for one in mine if one.kind in ("item", "unitem")}
    return [
        {
            "item": item,
            "key": view.key(item.key),
            "text": view.text(item.text),
            "digit": str(number) if number < 10 else "",
            "on": item.key in last and last[item.key].kind == "item",
        }
        for number, item in enumerate(view.desk.results.rubric.items(page), 1)
    ]


def _questions(view: View, page: Exercise | QuestionPage, row: Standing) -> list[dict[str, Any]]:
    """Return the written questions of a page: what is asked, what a good answer says and what the student's does."""
    given = {one.key: one.value for one in row.entries if one.kind == "question"}
    first = (page.question, "\n".join(page.question_answer)) if isinstance(page, Exercise) else ("", "")
    texts = {"question": first, **{f"question-{n}": (q.ask, q.scheme) for n, q in enumerate(page.questions, 1)}}
    asked = questions_of(page)
    written = view.desk.written.of(row, {key: texts[key][0] for key in asked}, view.text)
    return [
        {
            "key": key,
            "answer": written[key],
            "most": most,
            "ask": texts[key][0],
            "scheme": texts[key][1],
            "given": given.get(key, given.get("")),
        }
        for key, most in asked.items()
    ]


def told_of(view: View, entries: tuple[Entry, ...]) -> list[Told]:
    """Return a student's entries as they are shown, the latest first; those that were taken back are marked."""
    counting = {one.number for one in effective(entries)}
    return [
        Told(one.number, one.by, one.at, view.text(said(one)), one.kind != "undo" and one.number not in counting)
        for one in reversed(entries)
    ]


def _last_of(marker: str, entries: tuple[Entry, ...]) -> int:
    """Return the number of a marker's last entry that counts, 0 where there is none: it is what undo takes back."""
    return next((one.number for one in reversed(effective(entries)) if one.by == marker), 0)


def student(view: View, id: str) -> dict[str, Any]:
    """Return all pages of one student: how each stands, and what markers said."""
    klass, name = view.desk.results.now(), view.student(id)
    rows = [klass.rows[name, page] for page in klass.pages]
    gone = [page for student, page in klass.gone if student == name]
    made = [
        *filter(None, (view.desk.results.told,)),
        *rules(klass.pages, view.desk.results.policy, view.desk.results.course, gone),
        *unmarked(rows, view.desk.results.course),
    ]
    return {
        "title": view.label(name), "label": view.label(name), "id": id, "total": klass.totals[name],
        "title_of": view.title, "rows": [(row, table.cell(row, view.text), *_words(view, row)) for row in rows],
        "weights": {page: view.desk.results.course.weight(page) for page in klass.pages},
        "rules": [view.text(line) for line in made],
    }  # fmt: skip


def _words(view: View, row: Standing) -> tuple[str, str]:
    """Return what was said to a student of a page, and why it is not right."""
    return view.text(row.comment), reason(row.grade, 200, view.text)
