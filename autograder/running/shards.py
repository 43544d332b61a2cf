"""One class over several machines without a scheduler of ours: each grades its part, and the parts are put together."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import GradebookError
from ..export.files import grade_of, read_json
from ..gradebook import handed_in
from ..gradebook.class_totals import of_book
from ..gradebook.codes import secret_of
from ..gradebook.completion import Completion
from ..gradebook.entry_log import Entries
from ..gradebook.kept_code import KeptCode
from ..gradebook.store import Gradebook
from ..model import Grade, Submission, Syllabus
from .run import RUN, Outcome, graded_with, in_order, note_data, write_results

#: what the parts of one run must agree in, beside a seed
SAME = ("gradus", "engine", "course", "torch", "python", "libraries", "isolation", "data")


@dataclass(frozen=True)
class Part:
    """The results of one machine: its run, the seeds of all its runs, and the grader's own faults."""

    folder: Path
    run: dict[str, Any]
    lost: list[Grade]  #: of these a gradebook keeps the last alone
    seeds: set[Any]


def parse(text: str) -> tuple[int, int]:
    """(i, n) of ``i/n``, i from 1.

    Raises:
        GradebookError: it is none.
    """
    match = re.fullmatch(r"(\d+)/(\d+)", text)
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise GradebookError(f"--shard {text}: say i/n with i from 1 to n, like 2/8")
    return int(match[1]), int(match[2])


def part_of(submissions: list[Submission], shard: tuple[int, int]) -> list[Submission]:
    """Every n-th submission, from the i-th on: each is in exactly one part, whatever machine asks."""
    number, count = shard
    ordered = sorted(submissions, key=lambda s: (s.exercise, s.student))  # every part has some of each exercise
    return ordered[number - 1 :: count]


def merge(parts: list[Path], out: Path, syllabus: Syllabus) -> tuple[Outcome, list[Path]]:
    """Put the gradebooks of some folders together in another, and write its results.

    Raises:
        GradebookError: a folder without results, or parts that are not of one run.
    """
    read = [_read(part) for part in parts]
    first = read[0]
    for one in read:
        _agree(one, first)
    run = {**first.run, "started": min(str(r.run["started"]) for r in read)}
    with Gradebook(out / "gradebook.db") as whole:
        whole.keep_setting("seed", str(first.run["seed"]))
        whole.keep_setting(RUN, json.dumps(run))
        for part in parts:
            with Gradebook(part / "gradebook.db") as book:
                _take_over(book, whole)
                note_data(whole, graded_with(book))
                for place, roster in handed_in.places(book):
                    handed_in.note(whole, place, roster)
            with Completion(part / "gradebook.db") as done, Completion(out / "gradebook.db") as together:
                together.note(done.all())
            with KeptCode(out / "gradebook.db") as code:
                code.take_over(part / "gradebook.db")
        for grade in (grade for one in read for grade in one.lost):
            if not whole.attempts(grade.student, grade.exercise):
                whole.add(grade)
        secret_of(whole)  # for the codes on students' pages
        grades, totals = whole.latest(), of_book(whole, syllabus)
    outcome = Outcome(in_order(grades, syllabus), 0, run, totals=totals)
    return outcome, write_results(outcome, syllabus, out)


def _read(folder: Path) -> Part:
    """Return what the results of one folder say of its run."""
    try:
        run, records = read_json(folder / "grades.json")
        lost = [grade_of(record) for record in records if record.get("status") == "internal"]
    except (OSError, ValueError) as error:
        why = f" that can be read ({error})" if isinstance(error, ValueError) else ""
        raise GradebookError(f"{folder}: no grades.json in it{why}; name the --out folders of the parts") from None
    if not (folder / "gradebook.db").is_file():
        raise GradebookError(f"{folder}: no gradebook.db in it; name the --out folders of the parts")
    with Gradebook(folder / "gradebook.db") as book:
        return Part(folder, run, lost, book.seeds() | {run.get("seed")})


def _agree(one: Part, first: Part) -> None:
    """Refuse a part that was graded otherwise than the first."""
    for name in SAME:
        if one.run.get(name) != first.run.get(name):
            raise GradebookError(
                f"{one.folder}: graded with {name} {one.run.get(name)}, {first.folder} with {first.run.get(name)}; "
                "grade every part with the same --seed on machines that are set up alike"
            )
    if not first.seeds & one.seeds:  # a later run of a part, of what was handed in again, had another of its own
        raise GradebookError(
            f"{one.folder}: graded with seed {one.run.get('seed')}, {first.folder} with {first.run.get('seed')}; "
            "grade every part with the same --seed"
        )


def _take_over(book: Gradebook, whole: Gradebook) -> None:
    """Copy the grades and the words of a part that are not there yet."""
    for place, history in book.histories().items():
        kept = whole.history(*place)
        for grade in history:
            if grade not in kept:
                whole.add(grade)
    with Entries.open(book.path) as theirs, Entries.open(whole.path) as log:
        log.take_over(theirs.all())
