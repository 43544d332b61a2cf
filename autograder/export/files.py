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

from ..model import CheckResult, Grade, round_points

SCHEMA_VERSION = 1


def check_record(check: CheckResult) -> dict[str, Any]:
    """One check as ``grades.json`` has it; `diagnosis` is a name, a list where several remain, or null."""
    names = check.diagnosis
    return {
        "name": check.name,
        "title": check.title,
        "status": check.status,
        "points": check.points,
        "max_points": check.max_points,
        "message": check.message,
        "diagnosis": None if not names else names[0] if len(names) == 1 else list(names),
        **({"badge": check.badge} if check.badge else {}),
        **({"advice": check.advice} if check.advice else {}),
        **({"figures": figures} if (figures := finite(check.figures)) else {}),
    }


def finite(figures: tuple[tuple[str, float], ...]) -> dict[str, float]:
    """The figures that JSON can hold."""
    return {name: value for name, value in figures if math.isfinite(value)}


def grade_record(grade: Grade) -> dict[str, Any]:
    """One grade as ``grades.json`` has it."""
    return {
        "student": grade.student,
        "exercise": grade.exercise,
        "status": grade.status,
        "points": None if grade.status == "internal" else grade.points,  # nobody knows them: they are not zero
        "max_points": grade.max_points,
        "seconds": round(grade.seconds, 3),
        "isolation": grade.isolation,
        "checks": [check_record(check) for check in grade.checks],
        **({"notes": list(grade.notes)} if grade.notes else {}),
    }


def grade_of(record: dict[str, Any]) -> Grade:
    """The grade of a :func:`grade_record`, as far as that tells."""
    fields = {name: record[name] for name in ("student", "exercise", "status", "points", "max_points", "seconds")}
    fields["points"] = fields["points"] or 0.0
    checks = []
    for check in record["checks"]:
        names = check["diagnosis"]
        told = {"diagnosis": tuple(names) if isinstance(names, list) else (names,) if names else ()}
        checks.append(CheckResult(**{**check, **told, "figures": tuple(check.get("figures", {}).items())}))
    return Grade(**fields, checks=tuple(checks), isolation=record["isolation"], notes=tuple(record.get("notes", ())))


def as_document(run: dict[str, Any], grades: list[Grade]) -> dict[str, Any]:
    """The whole of ``grades.json``."""
    return {"schema_version": SCHEMA_VERSION, "run": run, "grades": [grade_record(grade) for grade in grades]}


def dumps(document: dict[str, Any]) -> str:
    """JSON that any reader takes: lone surrogates, which a file name may hold, are escaped."""
    return json.dumps(document, indent=1, ensure_ascii=True) + "\n"


def dumped(run: dict[str, Any], grades: list[Grade]) -> Iterator[str]:
    """``dumps(as_document(run, grades))`` in pieces: of ten thousand grades the records alone would take 100 MB."""
    end = "]\n}\n"
    yield dumps(as_document(run, [])).removesuffix(end)
    for number, grade in enumerate(grades):
        record = json.dumps(grade_record(grade), indent=1, ensure_ascii=True).replace("\n", "\n  ")
        yield f"{',' if number else ''}\n  {record}"
    yield ("\n " if grades else "") + end


def write_json(path: Path, run: dict[str, Any], grades: list[Grade]) -> None:
    """Write ``grades.json`` whole or not at all."""
    write_whole(path, dumped(run, grades))


def safe_cell(text: str) -> str:
    """A CSV cell that a spreadsheet shows as text: no formula, no control characters."""
    text = "".join(c if c.isprintable() else " " for c in text)
    return "'" + text if text.lstrip().startswith(("=", "+", "-", "@")) else text


def number(value: float) -> str:
    """Points as other programs read them: every digit that is kept, none that is not."""
    return f"{round_points(value):.15g}"


@contextlib.contextmanager
def replacing(path: Path, newline: str | None = None) -> Iterator[TextIO]:
    """A file that takes the place of `path` when all of it is written, and leaves nothing behind when it is not.

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


def write_csv(path: Path, grades: list[Grade]) -> None:
    """Write ``grades.csv``: one line a grade."""
    with replacing(path, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["student", "exercise", "status", "points", "max_points", "diagnosis", "isolation", "notes"])
        for g in grades:
            points = "" if g.status == "internal" else number(g.points)  # nobody knows them: they are not zero
            about = " | ".join(g.diagnoses), g.isolation, " | ".join(g.notes)
            told = (g.status, points, number(g.max_points), *about)
            writer.writerow([safe_cell(cell) for cell in (g.student, g.exercise, *told)])


def write_whole(path: Path, text: str | Iterable[str]) -> None:
    """Write a file, or its pieces one after another, so that nobody ever sees half of it."""
    with replacing(path) as file:
        file.writelines([text] if isinstance(text, str) else text)
