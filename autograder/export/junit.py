"""JUnit XML: one suite an exercise and student, one case a check. Pure.

JUnit knows no points: they stand in the properties of each case. Texts are freed of what XML cannot hold and cut.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from ..model import CheckResult, Grade
from ..text import headline, told

LIMIT = 20_000  #: characters of one text that readers of such files take
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """Return a text that XML can hold."""
    return _ILLEGAL.sub("\ufffd", text)[:LIMIT]


def document(grades: list[Grade]) -> str:
    """Write the whole file."""
    root = ET.Element("testsuites", name="gradus")
    for grade in grades:
        counted = {"tests": len(grade.checks)} | {
            kind: sum(_kind(check) == kind for check in grade.checks) for kind in ("failures", "errors", "skipped")
        }
        fields = {"name": clean(f"{grade.student}: {grade.exercise}"), "time": f"{grade.seconds:.3f}"}
        fields |= {"timestamp": grade.submitted[:19]} if grade.submitted else {}
        suite = ET.SubElement(root, "testsuite", {**fields, **{key: str(value) for key, value in counted.items()}})
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
