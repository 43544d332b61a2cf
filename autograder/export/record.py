"""The types of ``grades.json``: what is written, what is read, and the schema of it, which is generated from them."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from ..gradebook.states import STATES
from ..model import KINDS, STATUSES, Diagnosis, Failure, Frame, Relation

#: 1 had failures as text, 2 neither totals beside the points nor students
SCHEMA_VERSION = 3
#: where the generated schema stands
SCHEMA = Path(__file__).with_name("grades.schema.json")

Points = Annotated[float, Meta(ge=0)]
Status = Annotated[str, Meta(extra_json_schema={"enum": list(STATUSES)})]
Level = Annotated[str, Meta(extra_json_schema={"enum": ["namespaces", "landlock", "plain"]})]
State = Annotated[str, Meta(extra_json_schema={"enum": list(STATES)})]
Some = Annotated[str, Meta(min_length=1)]
Address = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]*/[a-z][a-z0-9_]*$")]


class CheckRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """How one check ended.

    Args:
        title: what must hold.
        failure: why it did not pass, null if it did.
        badge: worth no points.
        advice: a word that costs no points.
        figures: what a leaderboard compares, the larger the better.
        answers: a digest of all that the check was answered; of one run, equal ones are alike to the last bit.
    """

    name: str
    title: str
    status: Status
    points: Points
    max_points: Points
    failure: Failure | None
    badge: Some | UnsetType = UNSET
    advice: Some | UnsetType = UNSET
    figures: Annotated[dict[str, float], Meta(min_length=1)] | UnsetType = UNSET
    answers: Some | UnsetType = UNSET


class StandingRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a student stands on a page: the total that every view and every export has.

    Args:
        state: not handed in, unfinished, wrong, right, or ungraded.
        total: after lateness, with what persons gave; null where nobody could grade it.
        maximum: of the total.
        penalty: the part, 0 to 1, that lateness took.
        manual: what persons changed.
        comment: what persons said to the student.
        written: the points of the written question.
        unmarked: the points of written questions that wait for a mark, which are in neither number.
    """

    state: State
    total: float | None
    maximum: Points
    penalty: Points
    manual: float
    comment: str
    written: Points | UnsetType = UNSET
    unmarked: Points | UnsetType = UNSET


class GradeRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """One student's grade in one exercise: of the attempt that counts, or their group's; ungraded where the last is.

    Args:
        exercise: section/exercise.
        points: of the checks alone, before lateness and what persons gave; null where the grader itself could not
            grade it, which is no zero.
        max_points: of the checks alone.
        notes: what is said of the whole, such as a cell that stopped.
        total: what counts, as `gradus book` and every export have it: all attempts, lateness, written questions and
            points by hand considered; null where nobody could grade it.
        maximum: of the total.
        standing: where the student stands on the page, all attempts and all that persons gave considered.
    """

    student: str
    exercise: Address
    status: Status
    points: Points | None
    max_points: Points
    seconds: Points
    isolation: Level
    checks: list[CheckRecord]
    notes: Annotated[list[str], Meta(min_length=1)] | UnsetType = UNSET
    total: Points | UnsetType | None = UNSET
    maximum: Points | UnsetType = UNSET
    standing: StandingRecord | UnsetType = UNSET


class StudentRecord(msgspec.Struct, frozen=True):
    """Where a student stands in all: the sum that every view and every export has.

    Args:
        total: over the pages, each times its weight; pages that are ungraded are not in it.
        maximum: of the total.
        pages: how many count.
        dropped: pages that count as the mean of the others of their category.
        ungraded: pages that the grader itself could not grade, which are in neither number.
        unmarked: pages with a written question that is not marked yet, whose points are in neither number.
    """

    student: str
    total: Points
    maximum: Points
    pages: Annotated[int, Meta(ge=0)]
    dropped: list[str]
    ungraded: list[str]
    unmarked: list[str]


class PassedOver(msgspec.Struct, frozen=True):
    """What was not graded or is odd.

    Args:
        path: a file below what was named, or a student.
    """

    path: str
    why: str


class Run(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is needed to repeat the run.

    Args:
        seed: for teachers only: with it the inputs can be drawn.
        started: ISO 8601.
        gradus: version.
        torch: version.
        python: version.
        libraries: versions of all that takes part.
        engine: hash of the engine's source.
        course: hash of all that decides any grade of the course.
        data: the data set that was chosen, empty for the pages' own choice.
        faults: the grader's own: a line for each check that it lost, or told badly; only where there are any.
    """

    seed: Annotated[int, Meta(ge=0)]
    started: str
    gradus: str
    torch: str
    python: str
    libraries: str
    engine: str
    course: str
    isolation: Level
    data: str
    faults: Annotated[list[str], Meta(min_length=1)] | UnsetType = UNSET


class Document(msgspec.Struct, frozen=True, omit_defaults=True):
    """The whole of ``grades.json``.

    Args:
        students: everybody's sum, where it is known where they stand.
        passed_over: only in what `gradus grade --json` prints, not in the file.
    """

    schema_version: Annotated[int, Meta(extra_json_schema={"const": SCHEMA_VERSION})]
    run: Run
    grades: list[GradeRecord]
    students: list[StudentRecord] | UnsetType = UNSET
    passed_over: list[PassedOver] | UnsetType = UNSET


def schema() -> dict[str, Any]:
    """Return the JSON schema of ``grades.json``: the types above, described by their docstrings, and nothing else."""
    made: dict[str, Any] = msgspec.json.schema(Document)
    kinds = (
        Document, Run, GradeRecord, StandingRecord, StudentRecord, CheckRecord, PassedOver, Failure, Frame, Diagnosis,
        Relation,
    )  # fmt: skip
    for kind in kinds:
        part = made["$defs"][kind.__name__]
        part["description"], described = _described(kind)
        part["additionalProperties"] = False
        for name, one in part["properties"].items():
            one |= {"description": described[name]} if name in described else {}
            if not issubclass(kind, msgspec.Struct):
                one.pop("default", None)
        if not issubclass(kind, msgspec.Struct):  # of these every field is written
            part["required"] = list(part["properties"])
    made["$defs"]["Failure"]["properties"]["kind"]["enum"] = list(KINDS)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "grades.json of `gradus grade`"}
    return {**head, **made}


def schema_text() -> str:
    """Return the schema as its file holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _described(kind: type) -> tuple[str, dict[str, str]]:
    """Return what the docstring of a type says: of the whole, and of each field that it explains."""
    whole, _, fields = (inspect.getdoc(kind) or "").partition("\n\nArgs:\n")
    found = re.findall(r"^    (\w+): (.*(?:\n        .*)*)", fields, re.MULTILINE)
    return whole.partition("\n\n")[0], {name: " ".join(text.split()).removesuffix(".") for name, text in found}
