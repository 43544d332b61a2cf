"""The class, and each student, as HTML pages: self-contained, no network, readable on a phone."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from markupsafe import Markup

from ..gradebook.class_totals import ClassTotals, grade_of, of_grades
from ..gradebook.totals import Standing
from ..language import _, of_page, spoken_code
from ..model import Grade, Submission, Syllabus
from . import item_picture, items, statistics, trends
from .anchors import failure_anchor, page_anchor
from .card import card
from .counting import rules, rules_of
from .templating import environment, rendered, source

MAX_LINES = 2000  #: of one cell that are shown
INLINE = 300  #: grades whose details stand on the class page itself; of more, on the students' own pages alone
PIECES = 200  #: of a template that are written at once


def class_page(
    grades: list[Grade], syllabus: Syllabus, run: dict[str, Any], pages: Mapping[str, str] | None = None,
    totals: ClassTotals | None = None,
) -> str:  # fmt: skip
    """Return the whole page.

    Args:
        pages: where each student's own page is, relative to this one, if there are such pages.
        totals: where everybody stands; by default as far as the grades alone tell.
    """
    return "".join(class_parts(grades, syllabus, run, pages, totals))


def class_parts(
    grades: list[Grade], syllabus: Syllabus, run: dict[str, Any], pages: Mapping[str, str] | None = None,
    totals: ClassTotals | None = None,
) -> Iterator[str]:  # fmt: skip
    """Yield the page of :func:`class_page` in pieces: that of a large class is never whole in memory."""
    totals = totals or of_grades(grades, syllabus)
    students: dict[str, dict[str, Grade]] = {student: {} for student in totals.students}
    for grade in grades:
        students.setdefault(grade.student, {})[grade.exercise] = grade
    for row in totals.rows:  # the attempt that counts, which the cell shows; of a group's members their group's
        if row.grade is not None:
            students[row.student][row.exercise] = grade_of(row, syllabus)
    graded = {grade.exercise for grade in grades}
    addresses = list(totals.pages)
    inline = len(grades) <= INLINE or not pages
    numbers = {name: number for number, name in enumerate(students)}
    script = source("class.js") if students else ""
    places = {name: f"#s{n}" if inline else str((pages or {}).get(name, "")) for name, n in numbers.items()}

    def place_of(student: str, address: str, grade: Grade) -> str:
        """Return where a cell leads: to the first failure of the page, else to the page."""
        failed = failure_anchor(grade)
        if inline:
            return f"#{failed}-s{numbers[student]}" if failed else f"{places[student]}-{page_anchor(address)}"
        return f"{places[student]}#{failed or f'e-{page_anchor(address)}'}"

    stream = environment().get_template("class.html").stream(
        **_head(f"{syllabus.title}: grades", script), heading=syllabus.title, facts=_facts(run), students=students,
        faults=run.get("faults", ()),
        count=len(grades), addresses=addresses, numbers=numbers, inline=inline, totals=totals,
        places=places, place_of=place_of,
        pages=statistics.by_page(totals), mistakes=statistics.mistakes(totals.answers), **_analysis(grades, totals),
        rules=rules_of(totals),
        hardest=statistics.hardest(totals.answers), script=Markup(script),
        costs=statistics.costs(grades, [address for address in addresses if address in graded]),
    )  # fmt: skip
    stream.enable_buffering(PIECES)
    yield from stream


def _analysis(grades: list[Grade], totals: ClassTotals) -> dict[str, Any]:
    """Return the figures of every check, their picture, and the misconceptions by page, name and group over weeks."""
    group_of = {name: group for group, names in totals.policy.groups.items() for name in names}
    found = trends.trends(totals.attempts or grades, group_of, totals.policy.teams)
    most = sorted({(one.address, one.name) for one in found}, key=lambda key: -sum(
        one.students for one in found if (one.address, one.name) == key
    ))[: statistics.MOST_MISTAKES]  # fmt: skip
    rows: dict[tuple[str, str, str], dict[str, trends.Trend]] = {}
    for one in found:
        if (one.address, one.name) in most:
            rows.setdefault((one.address, one.name, one.group), {})[one.week] = one
    weeks = trends.weeks(found)
    several = len(weeks) > 1 or bool(group_of)  # of a single week the list of the most frequent says all
    shown = items.figures(totals.answers)
    return {
        "items": shown, "item_picture": Markup(item_picture.picture(shown)), "trends": rows if several else {},
        "weeks": weeks, "grouped": bool(group_of),
    }  # fmt: skip


def _head(title: str, script: str = "") -> dict[str, str]:
    """Return what every page begins with: a policy that lets it load nothing, and run only the script that is given."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return {"title": title, "style": "page.css", "script_policy": f"sha256-{digest}" if script else "none"}


def _facts(run: dict[str, Any]) -> str:
    told = ("started", "gradus", "torch", "isolation", "seed", "graded", "known from before")
    return ", ".join(f"{name} {run[name]}" for name in told if name in run)


def _facts_in_words(run: dict[str, Any]) -> str:
    """Return the same for a student, in the language of the course.

    The seed is not among them: with it the inputs could be drawn at home.
    """
    told = {
        "started": _("started"), "gradus": "gradus", "torch": "torch", "isolation": _("isolation"),
        "graded": _("graded"), "known from before": _("known from before"),
    }  # fmt: skip
    return ", ".join(f"{shown} {run[name]}" for name, shown in told.items() if name in run)


def page_name(student: str) -> str:
    """Return a file name for a student's page: readable where the id is plain, and never that of another student."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", student)[:60].lstrip(".-")  # no option of a program, and safe in a cell
    if plain == student:
        return f"{plain}.html"
    return f"{plain}-{hashlib.sha256(student.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}.html"


def student_page(
    grades: list[Grade], sources: Mapping[str, Submission], syllabus: Syllabus, run: dict[str, Any],
    totals: ClassTotals | None = None, who: str = "", made: str = "",
) -> str:  # fmt: skip
    """Return one student's page: where they stand, a card for each grade, and the code with the lines that failed.

    Args:
        grades: all of one student.
        sources: what was handed in, by exercise.
        totals: where everybody stands; by default as far as the grades alone tell.
        who: the student, where there may be no grade.
        made: what :func:`made_of` returns for these, where it is at hand.
    """
    student = who or (grades[0].student if grades else "")
    entries = []
    for grade in grades:
        exercise = syllabus.exercises.get(grade.exercise)
        title = exercise.title if exercise is not None else grade.exercise
        written = sources.get(grade.exercise)
        cells = _lines(written, grade) if written is not None else []
        with of_page(syllabus, grade.exercise):
            hints = exercise.hints if exercise is not None else ()
            counted = totals is None or _is_counted(grade, totals.places.get((grade.student, grade.exercise)))
            shown = card(grade, title, hints, anchored=True, counted=counted)
        entries.append(
            {
                "grade": grade, "title": title, "cells": cells, "filename": written.filename if written else "",
                "card": Markup(shown),
                "marked": any(marked for cell in cells for _, _, marked in cell),
            }
        )  # fmt: skip
    return rendered(
        "student.html", **_head(f"{student}: {syllabus.title}"), lang=spoken_code(), student=student, entries=entries,
        facts=_facts_in_words(run), standing=Markup(standing(student, totals or of_grades(grades, syllabus))),
        made_of=Markup(made or made_of(grades, sources, syllabus)),
    )  # fmt: skip


def _is_counted(grade: Grade, row: Standing | None) -> bool:
    """Tell whether the page counts the points of the checks: nobody gave or took any, nor was it late."""
    return row is None or (abs(row.total - grade.points) < 1e-3 and abs(row.max_points - grade.max_points) < 1e-3)


def made_of(grades: list[Grade], sources: Mapping[str, Submission], syllabus: Syllabus) -> str:
    """Return a comment that stands in the page of a student with these grades and this code, and in no other's.

    With :func:`standing` it tells whether a page that was written before is still right: only the facts of its run are
    those of the run that wrote it.
    """
    pages = [
        (page.title, page.hints, page.language) for grade in grades if (page := syllabus.exercises.get(grade.exercise))
    ]
    code = [(address, written.filename, written.cells) for address, written in sources.items()]
    own = syllabus.root / "languages" / f"{syllabus.language}.po"
    words = own.read_bytes() if syllabus.language and own.is_file() else b""
    parts = _writer(), words, syllabus.title, syllabus.language, pages, code, grades
    try:
        told = msgspec.msgpack.encode(parts)
    except ValueError:  # a lone surrogate, which no UTF-8 can say
        told = repr(parts).encode("utf-8", "surrogatepass")
    return f"<!-- made of {hashlib.blake2b(told, digest_size=16).hexdigest()} {graded(grades)} -->"


def graded(grades: list[Grade]) -> str:
    """Return what stands in the page of a student with these attempts, and in no other's."""
    known = [(one.student, one.exercise, one.digest, one.key, one.seed, one.points, one.submitted) for one in grades]
    return f"graded {hashlib.blake2b(repr(known).encode('utf-8', 'surrogatepass'), digest_size=8).hexdigest()}"


@cache
def _writer() -> str:
    """Return a digest of all that a page is written by."""
    package = Path(__file__).parents[1]
    rooms = (package.glob(f"{room}/**/*.*") for room in ("gradebook", "languages", "report"))
    files = sorted([*package.glob("*.py"), *(file for room in rooms for file in room)])
    written = b"\0".join(file.read_bytes() for file in files if file.is_file() and file.suffix != ".pyc")
    return hashlib.blake2b(written, digest_size=16).hexdigest()


def standing(student: str, totals: ClassTotals) -> str:
    """Return the part of a student's page that says where they stand: total, lateness, what a person gave and said.

    Nothing of other students is in it, nor why a marker gave something, nor the seed.
    """
    rows = totals.by_student.get(student, ())
    exercises = totals.syllabus.pages
    titles = {row.exercise: exercises[row.exercise].title for row in rows}
    whole = totals.students.get(student)
    codes = {row.exercise: totals.codes.of(student, row.exercise) for row in rows} if totals.codes is not None else {}
    gone = [page for name, page in totals.gone if name == student]
    said = rules(totals.pages, totals.policy, totals.syllabus, gone)
    return rendered("standing.html", rows=rows, total=whole, titles=titles, rules=said, codes=codes) + _END


_STANDING, _END = "<section id=standing>", "<!-- end of standing -->"


def restated(page: str, part: str) -> str:
    """Return a student's page with its :func:`standing` replaced; as it is where an older Gradus wrote it without."""
    before, begins, rest = page.partition(_STANDING)
    _, ends, after = rest.partition(_END)
    return before + part + after if begins and ends else page


def _lines(written: Submission, grade: Grade) -> list[list[tuple[int, str, bool]]]:
    """Return each cell as it was graded: number, text, and whether a failure names the line."""
    failures = [check.failure for check in grade.checks if check.failure is not None and check.status != "passed"]
    marks = {(frame.file, frame.line) for failure in failures for frame in failure.all_frames}
    cells = []
    for number, cell in enumerate(written.cells, 1):
        name = written.filename if len(written.cells) == 1 else f"{written.filename}[{number}]"
        lines = cell.removesuffix("\n").split("\n")[:MAX_LINES]
        cells.append([(line, text, (name, line) in marks) for line, text in enumerate(lines, 1)])
    return cells
