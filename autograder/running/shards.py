"""One class over several machines without a scheduler of ours: each grades its part, and the parts are put together."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ..errors import GradebookError
from ..export.files import grade_of, read_json
from ..gradebook.store import Gradebook
from ..model import Grade, Submission, Syllabus
from .run import Outcome, in_order, write_results

#: what the parts of one run must agree in, beside a seed
SAME = ("gradus", "engine", "course", "torch", "python", "libraries", "isolation", "data")


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
    runs: list[dict[str, Any]] = []
    lost: list[Grade] = []  # the grader's own faults, of which a gradebook keeps the last alone
    drawn: list[set[Any]] = []
    for part in parts:
        try:
            run, records = read_json(part / "grades.json")
            runs.append(run)
            lost += [grade_of(record) for record in records if record.get("status") == "internal"]
        except (OSError, ValueError) as error:
            why = f" that can be read ({error})" if isinstance(error, ValueError) else ""
            raise GradebookError(f"{part}: no grades.json in it{why}; name the --out folders of the parts") from None
        if not (part / "gradebook.db").is_file():
            raise GradebookError(f"{part}: no gradebook.db in it; name the --out folders of the parts")
        for name in SAME:
            if runs[-1].get(name) != runs[0].get(name):
                raise GradebookError(
                    f"{part}: graded with {name} {runs[-1].get(name)}, {parts[0]} with {runs[0].get(name)}; "
                    "grade every part with the same --seed on machines that are set up alike"
                )
        with Gradebook(part / "gradebook.db") as book:
            drawn.append(book.seeds() | {runs[-1].get("seed")})
        if not drawn[0] & drawn[-1]:  # a later run of a part, of what was handed in again, had another of its own
            raise GradebookError(
                f"{part}: graded with seed {runs[-1].get('seed')}, {parts[0]} with {runs[0].get('seed')}; "
                "grade every part with the same --seed"
            )
    with Gradebook(out / "gradebook.db") as whole:
        whole.keep_setting("seed", str(runs[0]["seed"]))
        for part in parts:
            with Gradebook(part / "gradebook.db") as book:
                for place, history in book.histories().items():
                    kept = whole.history(*place)
                    for grade in history:
                        if grade not in kept:
                            whole.add(grade)
                known = set(whole.words())
                for manual in book.words():
                    if manual not in known:
                        whole.give(manual)
        for grade in lost:
            if not whole.attempts(grade.student, grade.exercise):
                whole.add(grade)
        grades = whole.latest()
    outcome = Outcome(in_order(grades, syllabus), 0, {**runs[0], "started": min(str(r["started"]) for r in runs)})
    return outcome, write_results(outcome, syllabus, out)
