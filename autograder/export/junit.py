"""JUnit XML: one suite an exercise and student, one case a check. Pure.

JUnit knows no points: they stand in the properties of each case. Texts are freed of what XML cannot hold and cut.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from ..gradebook.class_totals import ClassTotals, grade_of
from ..model import CheckResult, Grade
from ..text import headline, told
from .files import number
from .standings import by_hand, handed_in_by

LIMIT = 20_000  #: characters of one text that readers of such files take
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """Return a text that XML can hold."""
    return _ILLEGAL.sub("\ufffd", text)[:LIMIT]


def document(grades: list[Grade]) -> str:
    """Write the whole file."""
    return _written([(grade, {}) for grade in grades])


def standings(totals: ClassTotals) -> str:
    """Write the file of where a class stands: each suite says the page's total, and its student's, as properties."""
    suites = []
    for row in totals.rows:
        whole = totals.students[row.student]
        said = {"state": row.state, "total": "" if row.pending else number(row.total),
                "max_points": number(row.max_points), "by_hand": by_hand(row), "comment": row.comment,
                "unmarked": number(row.unmarked) if row.unmarked else "", "handed_in_by": handed_in_by(row),
                "student_total": number(whole.points), "student_maximum": number(whole.maximum)}  # fmt: skip
        suites.append((grade_of(row, totals.syllabus), {name: value for name, value in said.items() if value}))
    return _written(suites)


def _written(suites: list[tuple[Grade, dict[str, str]]]) -> str:
    root = ET.Element("testsuites", name="gradus")
    for grade, said in suites:
        counted = {"tests": len(grade.checks)} | {
            kind: sum(_kind(check) == kind for check in grade.checks) for kind in ("failures", "errors", "skipped")
        }
        fields = {"name": clean(f"{grade.student}: {grade.exercise}"), "time": f"{grade.seconds:.3f}"}
        fields |= {"timestamp": grade.submitted[:19]} if grade.submitted else {}
        suite = ET.SubElement(root, "testsuite", {**fields, **{key: str(value) for key, value in counted.items()}})
        if said:
            properties = ET.SubElement(suite, "properties")
            for name, value in said.items():
                ET.SubElement(properties, "property", name=name, value=clean(value))
        for check in grade.checks:
            _case(suite, grade, check)
    ET.indent(root)
    return "<?xml version='1.0' encoding='UTF-8'?>\n" + ET.tostring(root, encoding="unicode") + "\n"


def _kind(check: CheckResult) -> str:
    known = {"passed": "", "failed": "failures", "skipped": "skipped"}
    return known.get(check.status, "errors")


def _case(suite: ET.Element, grade: Grade, check: CheckResult) -> None:
    where, name = clean(grade.exercise.replace("/", ".")), clean(check.title)
    case = ET.SubElement(suite, "testcase", classname=where, name=name, time="0")  # only whole grades are timed
    properties = ET.SubElement(case, "properties")
    for name, value in (
        ("points", f"{check.points:g}"),
        ("max_points", f"{check.max_points:g}"),
        ("check", check.name),
    ):
        ET.SubElement(properties, "property", name=name, value=clean(value))
    kind = _kind(check)
    if kind:
        first = headline(check.failure) if check.failure is not None else check.status
        tag = {"failures": "failure", "errors": "error", "skipped": "skipped"}[kind]
        ET.SubElement(case, tag, message=clean(first)[:300], type=check.status).text = clean(told(check.failure))
    if check.output:
        ET.SubElement(case, "system-out").text = clean(check.output)
