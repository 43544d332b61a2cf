"""``grades.json`` and ``grades.csv``: the run as other programs read it."""

from __future__ import annotations

import contextlib
import csv
import json
import math
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

import msgspec
from msgspec import UNSET

from ..documents import parse, plain, read
from ..gradebook.class_totals import ClassTotals
from ..gradebook.older import with_failures
from ..gradebook.totals import Standing, StudentTotal
from ..model import CheckResult, Grade, round_points
from .record import SCHEMA_VERSION, CheckRecord, GradeRecord, StandingRecord, StudentRecord

_HEAD = 1 << 16  #: characters in which the facts of a run mostly end


def check_record(check: CheckResult) -> CheckRecord:
    """Return one check as ``grades.json`` has it."""
    return CheckRecord(
        check.name, check.title, check.status, check.points, check.max_points, check.failure, check.badge or UNSET,
        check.advice or UNSET, finite(check.figures) or UNSET, check.answers or UNSET,
    )  # fmt: skip


def finite(figures: tuple[tuple[str, float], ...]) -> dict[str, float]:
    """Return the figures that JSON can hold."""
    return {name: value for name, value in figures if math.isfinite(value)}


def grade_record(grade: Grade, row: Standing | None = None) -> dict[str, Any]:
    """Return one grade as ``grades.json`` has it.

    Args:
        row: where the student stands on its page, if that is known.
    """
    record = GradeRecord(
        grade.student, grade.exercise, grade.status,
        None if grade.status == "internal" else grade.points,  # nobody knows them: they are not zero
        grade.max_points, round(grade.seconds, 3), grade.isolation, list(map(check_record, grade.checks)),
        list(grade.notes) or UNSET, UNSET if row is None else _total(row), UNSET if row is None else row.max_points,
        UNSET if row is None else standing_record(row),
    )  # fmt: skip
    made: dict[str, Any] = plain(record)
    return made


def _total(row: Standing) -> float | None:
    return None if row.pending else row.total


def student_record(total: StudentTotal) -> StudentRecord:
    """Return one student's sum, as ``grades.json`` has it."""
    return StudentRecord(
        total.student, total.points, total.maximum, total.pages, list(total.dropped), list(total.pending),
        list(total.unmarked),
    )  # fmt: skip


def standing_record(row: Standing) -> StandingRecord:
    """Return where a student stands on a page, as ``grades.json`` has it."""
    return StandingRecord(
        row.state, _total(row), row.max_points, row.penalty, row.manual, row.comment,
        row.written if row.written is not None else UNSET, row.unmarked or UNSET,
    )  # fmt: skip


def grade_of(record: dict[str, Any]) -> Grade:
    """Return the grade of a :func:`grade_record`, as far as that tells.

    Raises:
        ValueError: it is none; the message says in a line what is wrong.
    """
    found = read(record, GradeRecord)
    checks = tuple(
        CheckResult(
            one.name, one.title, one.status, one.points, one.max_points, one.failure, badge=one.badge or "",
            advice=one.advice or "", figures=tuple((one.figures or {}).items()), answers=one.answers or "",
        )
        for one in found.checks
    )  # fmt: skip
    return Grade(
        found.student, found.exercise, found.status, found.points or 0.0, found.max_points, found.seconds, checks,
        found.isolation, notes=tuple(found.notes or ()),
    )  # fmt: skip


def read_json(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the facts of the run and the records of its grades, of a ``grades.json`` of this schema or an older one.

    Raises:
        OSError: there is none.
        ValueError: it is another file; the message says in a line what is wrong.
    """
    document = parse(path.read_bytes())
    version, run, records = (document.get(name) for name in ("schema_version", "run", "grades"))
    if type(version) is not int or not 1 <= version <= SCHEMA_VERSION:
        raise ValueError(f"schema_version {version!r}, this Gradus knows up to {SCHEMA_VERSION}"[:100])
    if not isinstance(run, dict) or not isinstance(records, list) or not all(isinstance(r, dict) for r in records):
        raise ValueError("no run with its grades")
    return run, [with_failures(record) for record in records] if version == 1 else records


def as_document(run: dict[str, Any], grades: list[Grade], totals: ClassTotals | None = None) -> dict[str, Any]:
    """Return the whole of ``grades.json``; with where everybody stands, if that is given."""
    records = [grade_record(grade, _row(grade, totals)) for grade in grades]
    sums = {} if totals is None else {"students": [plain(student_record(one)) for one in totals.students.values()]}
    return {"schema_version": SCHEMA_VERSION, "run": run, **sums, "grades": records}


def _row(grade: Grade, totals: ClassTotals | None) -> Standing | None:
    return totals.places.get((grade.student, grade.exercise)) if totals is not None else None


def dumps(document: dict[str, Any]) -> str:
    """JSON that any reader takes: lone surrogates, which a file name may hold, are escaped."""
    return json.dumps(document, indent=1, ensure_ascii=True) + "\n"


def dumped(run: dict[str, Any], grades: list[Grade], totals: ClassTotals | None = None) -> Iterator[str]:
    """``dumps(as_document(…))`` in pieces: of ten thousand grades the records alone would take 100 MB."""
    end = "]\n}\n"
    yield dumps(as_document(run, [], totals)).removesuffix(end)
    for number, grade in enumerate(grades):
        record = _indented(grade_record(grade, _row(grade, totals))).replace("\n", "\n  ")
        yield f"{',' if number else ''}\n  {record}"
    yield ("\n " if grades else "") + end


def _indented(record: dict[str, Any]) -> str:
    """Return ``json.dumps(record, indent=1)``, which Python by itself writes five times more slowly than without."""
    text = json.dumps(record, ensure_ascii=True)
    try:
        return msgspec.json.format(text, indent=1)
    except msgspec.DecodeError:  # half a letter, which a file name may hold
        return json.dumps(record, indent=1, ensure_ascii=True)


def read_run(path: Path) -> dict[str, Any]:
    """Return the facts of the run, which stand first: of a large class the grades behind them take seconds to read.

    Raises:
        OSError: there is no file.
        ValueError: it is another one.
    """
    with path.open(encoding="utf-8") as file:
        head = file.read(_HEAD)
    before, found, rest = head.partition('"run":')
    if found and before.count('"') == 2 and f'"schema_version": {SCHEMA_VERSION},' in before:
        with contextlib.suppress(ValueError):
            run, _ = json.JSONDecoder().raw_decode(rest.lstrip())
            if isinstance(run, dict):
                return run
    return read_json(path)[0]


def write_json(path: Path, run: dict[str, Any], grades: list[Grade], totals: ClassTotals | None = None) -> None:
    """Write ``grades.json`` whole or not at all."""
    write_whole(path, dumped(run, grades, totals))


def safe_cell(text: str) -> str:
    """Return a CSV cell that a spreadsheet shows as text: no formula, no control characters."""
    text = "".join(c if c.isprintable() else " " for c in text)
    return "'" + text if text.lstrip().startswith(("=", "+", "-", "@")) else text


def number(value: float) -> str:
    """Points as other programs read them: every digit that is kept, none that is not."""
    return f"{round_points(value):.15g}"


@contextlib.contextmanager
def replacing(path: Path, newline: str | None = None) -> Iterator[TextIO]:
    """Open a file that takes the place of `path` when all of it is written, and leaves nothing behind when it is not.

    Raises:
        OSError: it cannot be written; it names the path.
    """
    temporary = path.with_name(path.name + ".part")
    try:
        with open(temporary, "w", newline=newline, encoding="utf-8", errors="backslashreplace") as file:
            yield file
        os.replace(temporary, path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError) and error.filename is None:  # a full disk says no more than that
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise


def write_csv(path: Path, grades: list[Grade], totals: ClassTotals | None = None) -> None:
    """Write ``grades.csv``: one line a grade, and where its student stands on the page, if that is given."""
    head = ["student", "exercise", "status", "points", "max_points", "diagnosis", "isolation", "notes"]
    more = ["state", "late", "by_hand", "total", "maximum", "unmarked", "comment"] if totals is not None else []
    with replacing(path, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head + more)
        for g in grades:
            points = "" if g.status == "internal" else number(g.points)  # nobody knows them: they are not zero
            about = " | ".join(g.diagnoses), g.isolation, " | ".join(g.notes)
            cells = [
                safe_cell(cell) for cell in (g.student, g.exercise, g.status, points, number(g.max_points), *about)
            ]
            row = _row(g, totals)
            if row is not None:  # a number below zero is no formula
                total = "" if row.pending else number(row.total)
                cells += [row.state, number(row.penalty), number(row.manual), total, number(row.max_points)]
                cells += [number(row.unmarked), safe_cell(row.comment)]
            writer.writerow(cells)


def write_whole(path: Path, text: str | Iterable[str]) -> None:
    """Write a file, or its pieces one after another, so that nobody ever sees half of it."""
    with replacing(path) as file:
        file.writelines([text] if isinstance(text, str) else text)
