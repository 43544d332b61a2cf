"""What the files of a run were made of: a run that would write the same files again leaves them as they are.

A class of a thousand students that is graded every hour is mostly known; its pages and reports take longer to write
than to see that nothing of them changed. What is kept is two digests, and nobody's name.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from ..gradebook.class_totals import ClassTotals
from ..model import Grade, Submission
from .page import made_of as page_made_of

NOTE = ".written.json"  #: in the folder of the results
PAGES = "students"  #: the folder of the students' pages
FACTS = ("started",)  #: of a run that are another run's though all else is the same


def made_of(
    run: Mapping[str, Any], grades: list[Grade], sources: Mapping[tuple[str, str], Submission], totals: ClassTotals
) -> str:
    """Return a digest of all that the files of a run are made of: equal ones would be the same but for the time."""
    facts = {name: value for name, value in run.items() if name not in FACTS}
    rows = [
        [_identity(row.grade) if one.name == "grade" else getattr(row, one.name) for one in dataclasses.fields(row)]
        for row in totals.rows
    ]
    attempts = [_identity(grade) for grade in totals.attempts]
    code = sorted((*place, source.digest, source.filename) for place, source in sources.items())
    asked = totals.codes.of("", "") if totals.codes is not None else ""  # of another secret it is another one
    shown = page_made_of(grades, {}, totals.syllabus)
    parts = shown, facts, rows, attempts, code, asked, repr(totals.policy), totals.gone, repr(totals.syllabus)
    try:
        told = msgspec.msgpack.encode(parts)
    except (TypeError, ValueError):  # a lone surrogate, which no UTF-8 can say
        told = repr(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(told, digest_size=16).hexdigest()


def _identity(grade: Grade | None) -> tuple[object, ...] | None:
    """Return what tells an attempt from every other one."""
    if grade is None:
        return None
    return grade.student, grade.exercise, grade.digest, grade.key, grade.seed, grade.points, grade.submitted


def stands(out: Path, made: str) -> bool:
    """Tell whether the files of a folder were made of this, and nobody has touched one since."""
    try:
        kept = json.loads((out / NOTE).read_text(encoding="utf-8"))
        return bool(kept == {"made of": made, "files": _state(out)})
    except (OSError, ValueError, RecursionError):
        return False


def forget(out: Path) -> None:
    """Let nothing be said of the files of a folder: they are about to change."""
    (out / NOTE).unlink(missing_ok=True)


def note(out: Path, made: str) -> None:
    """Note what the files of a folder, written whole, were made of."""
    (out / NOTE).write_text(json.dumps({"made of": made, "files": _state(out)}) + "\n", encoding="utf-8")


def _files(out: Path) -> Iterable[Path]:
    yield from (out / name for name in ("grades.json", "grades.csv", "report.html"))
    yield from sorted((out / PAGES).glob("*.html"))


def _state(out: Path) -> str:
    """Return a digest of which files there are, how long each is and when it was written."""
    sha = hashlib.blake2b(digest_size=16)
    for path in _files(out):
        seen = path.stat()
        sha.update(f"{path.name}\0{seen.st_size}\0{seen.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
    return sha.hexdigest()
