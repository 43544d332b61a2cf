"""Where everybody stands, as other programs read it: CSV by pandas, grades.json by its schema."""

from __future__ import annotations

import copy
import io
import json
import math
from dataclasses import replace
from pathlib import Path

import jsonschema
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.export import junit, standings
from autograder.export.files import as_document, dumps, grade_of, grade_record, number
from autograder.export.standings import COLUMNS, SUMS, as_csv, comments, points, record
from autograder.gradebook.class_totals import ClassTotals
from autograder.gradebook.entries import Entry
from autograder.gradebook.policy import Policy
from autograder.gradebook.totals import Standing
from autograder.model import KINDS, STATUSES, Exercise, Settings, Syllabus
from autograder.running.run import facts
from tests.helpers import PAGE, ROOT, make_check, make_grade

SCHEMA = json.loads((ROOT / "autograder" / "export" / "grades.schema.json").read_text(encoding="utf-8"))
VALID = jsonschema.Draft202012Validator(SCHEMA)
COURSE = Syllabus("", Path("."), {}, {PAGE: Exercise(PAGE, "Scale, and shift", 3.0)}, {})
NAMES = ["ada", "Müller, Zoë", 'Jane "JJ" Doe', "李 😀", "O'Neil; Pat", "=1+1", "-x", "Nobody"]


def row(student="ada", **fields):
    """A standing; what is not given is a plain one."""
    given_ = {
        "grade": make_grade(student, points=2.0, max_points=3.0, submitted="2026-11-05T10:20:30+00:00"),
        "automatic": 1.8, "penalty": 0.1, "manual": 0.5, "comment": "", "total": 2.3, "max_points": 3.0,
        "state": "wrong",
    }  # fmt: skip
    return Standing(student, PAGE, **{**given_, **fields})


def class_of(*rows, course=COURSE):
    """The totals of these rows."""
    return ClassTotals(rows, Policy(), course)


def table(rows):
    """The CSV as pandas reads it."""
    return pd.read_csv(io.StringIO(as_csv(class_of(*rows))), keep_default_na=False)


# -- CSV -----------------------------------------------------------------------------------------


def test_pandas_reads_what_was_written():
    """names with anything in them come back, formulas as text; every number is a number, negative ones too"""
    rows = [row(name, manual=-1.25, total=-0.25, comment=f"well, {name}") for name in NAMES]
    read = table(rows)
    assert list(read.columns) == [*COLUMNS, *SUMS]
    shown = [f"'{name}" if name.startswith(("=", "-")) else name for name in NAMES]
    assert list(read["student"]) == shown
    assert list(read["comment"]) == [f"well, {name}" for name in NAMES]
    for name in ("automatic", "penalty", "manual", "total", "max_points"):
        assert read[name].dtype.kind in "fi"
    assert list(read["total"]) == [-0.25] * len(NAMES)
    assert list(read["submitted"]) == ["2026-11-05T10:20:30+00:00"] * len(NAMES)


def test_a_comment_is_no_formula():
    """what a person wrote stays in its cell, on its line, and calculates nothing"""
    read = table([row(comment='=HYPERLINK("http://e.org")\nmore'), row("bob")])
    assert list(read["comment"]) == ['\'=HYPERLINK("http://e.org") more', ""]


finite_points = st.integers(-20_000_000, 20_000_000).map(lambda n: n / 10_000)


@given(finite_points)
def test_points_keep_all_their_digits(value):
    """the four decimals that are kept are the four that are written, however large the number"""
    assert float(number(value)) == value
    assert float(table([row(total=value)])["total"][0]) == value


def test_words_for_markers_are_in_no_export():
    """what `--why` says stays with markers; who, when, what and the words for the student are told"""
    given_ = Entry("ada", PAGE, "adjust", 0.5, text="well done", why="pity", by="kim", number=1, at="2026-12-01")
    totals = class_of(row(entries=(given_,), comment="well done"))
    files = as_csv(totals), junit.standings(totals), dumps(standings.document(totals)), str(comments(totals))
    assert all("well done" in text and "pity" not in text for text in files)
    assert record(totals.rows[0])["by_hand"] == "kim 2026-12-01: +0.5 points: well done"


def test_what_waits_and_who_handed_in_are_told():
    """a written question without a mark, a group's attempt and what was cut stand in CSV, JSON and in words"""
    until = Entry("bob", PAGE, "extension", key="2026-12-03T10:00:00+00:00", text="ill", number=1)
    mine = row("bob", grade=make_grade("ada", points=2.0, max_points=3.0), unmarked=2.0, cut=1.0, entries=(until,))
    read = table([mine])
    assert (read["unmarked"][0], read["handed_in_by"][0], read["cut"][0]) == (2.0, "ada", 1.0)
    (words,) = comments(class_of(mine)).values()
    assert "by another of the group, a written question is not marked yet, 1 beyond the maximum does not" in words
    assert "10 % off for lateness, may be handed in until 2026-12-03T10:00:00+00:00" in words


def test_who_handed_in_nothing_has_no_number():
    """neither on the roster alone, nor with a later date, nor among others' files; words or points make one"""
    nothing = make_grade("fay", status="missing", points=0.0)
    until = Entry("gus", PAGE, "extension", key="2026-12-03T10:00:00+00:00", number=1)
    rows = [
        Standing("eve", PAGE, None, 0, 0, 0, "", 0, 1), row("fay", grade=nothing, total=0.0, state="not handed in"),
        row("gus", grade=None, total=0.0, state="not handed in", entries=(until,)),
        row("hal", grade=None, total=0.0, state="not handed in", entries=(Entry("hal", PAGE, "points", 0.0),)),
    ]  # fmt: skip
    assert points(class_of(*rows)) == {"hal": 0.0}


def test_a_page_that_nobody_handed_in():
    """points by hand alone stand there with the status missing"""
    assert record(row(grade=None)) | {"status": "missing", "submitted": ""} == record(row(grade=None))
    assert table([row(grade=None)])["status"][0] == "missing"


def test_totals_and_comments():
    """points add up over the asked pages; words tell title, points, lateness, mistakes and what a person wrote"""
    rows = [row(total=0.1), row(total=0.2), row("bob", comment="Fine"), Standing("eve", PAGE, None, 0, 0, 0, "", 0, 1)]
    assert points(class_of(*rows)) == {"ada": 0.3, "bob": 2.3}, "of whom nothing is known, nothing is said"
    heavy = replace(COURSE, exercises={PAGE: replace(COURSE.exercises[PAGE], weight=3.0)})
    assert points(class_of(*rows, course=heavy)) == {"ada": 0.9, "bob": 6.9}, "a page counts by its weight"
    wrong = make_grade(checks=(make_check(status="failed", diagnosis=("forgets the sum",)),))
    said = comments(class_of(row(grade=wrong), row("bob", comment="Fine", penalty=0.0), row("bob", grade=None)))
    assert said == {
        "ada": "Scale, and shift: 2.3/3, 10 % off for lateness (forgets the sum)",
        "bob": "Scale, and shift: 2.3/3. Fine; Scale, and shift: 2.3/3, 10 % off for lateness",
    }


# -- grades.json and its schema ------------------------------------------------------------------

RUN = facts(Settings(7, "plain"), "c")
FULL = make_grade(
    "=Zoë 😀\udcff", status="failed", points=1.5, max_points=4.0, notes=("a note",),
    checks=(
        make_check(badge="gold", advice="use sum", figures=(("speed", 2.5), ("odd", math.nan))),
        make_check(status="failed", points=0.5, diagnosis=("one",), message="call\nno"),
        make_check(status="error", points=0.0, diagnosis=("one", "two")),
        make_check(status="skipped", points=0.0, max_points=0.0, figures=(("odd", math.inf),)),
    ),
)  # fmt: skip


def document(*grades):
    """grades.json as a program reads it: no NaN, which is not JSON."""

    def refuse(name):
        raise AssertionError(f"{name} is no JSON")

    return json.loads(dumps(as_document(RUN, list(grades))), parse_constant=refuse)


def test_the_schema_is_one_and_knows_every_status():
    """the schema file is a schema, closed at every level, and lists the statuses and kinds of the model"""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    parts = SCHEMA["$defs"]
    for name in ("GradeRecord", "CheckRecord"):
        assert parts[name]["properties"]["status"]["enum"] == list(STATUSES)
    assert parts["Failure"]["properties"]["kind"]["enum"] == list(KINDS)
    assert set(parts) == {
        "Document", "Run", "GradeRecord", "StandingRecord", "StudentRecord", "CheckRecord", "PassedOver", "Failure",
        "Frame", "Diagnosis", "Relation",
    }  # fmt: skip
    for part in parts.values():
        assert part["description"]
        assert part["additionalProperties"] is False
        assert set(part["required"]) <= set(part["properties"])


@pytest.mark.parametrize("grade", [FULL, make_grade(), make_grade(checks=())], ids=["full", "plain", "empty"])
def test_grades_json_is_valid(grade):
    """whatever is in a grade, the document fits the schema"""
    VALID.validate(document(grade))


FIELDS = [*((f"run {name}") for name in RUN), *(f"grade {name}" for name in grade_record(make_grade()))]
FIELDS += [f"check {name}" for name in grade_record(make_grade())["checks"][0]]


@pytest.mark.parametrize("where", FIELDS)
def test_the_schema_refuses_what_is_missing_or_wrong(where):
    """without any one field, with a wrong value in it, or with one more, the document is refused"""
    kind, name = where.split()
    whole = document(FULL)
    at = {"run": lambda d: d["run"], "grade": lambda d: d["grades"][0], "check": lambda d: d["grades"][0]["checks"][0]}
    for change in (
        lambda part: part.pop(name), lambda part: part.update({name: {"odd": 1}}), lambda part: part.update({"x": 1}),
    ):  # fmt: skip
        broken = copy.deepcopy(whole)
        change(at[kind](broken))
        assert not VALID.is_valid(broken), where


def test_a_record_gives_the_grade_back():
    """what grades.json tells of a grade is enough to tell it again"""
    for grade in (FULL, make_grade()):
        assert grade_record(grade_of(grade_record(grade))) == grade_record(grade)
