"""JUnit XML, read by a strict reader: only what the format knows, where it may stand, and counts that agree."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.export.junit import LIMIT, clean, document
from autograder.model import STATUSES
from tests.helpers import make_check, make_grade

#: what each element must have, may have, and what may stand in it; as in the XSD that CI servers share
FORM = {
    "testsuites": ({"name"}, {"tests", "failures", "errors", "skipped", "time"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped", "time"}, {"timestamp", "hostname"}, {"testcase"}),
    "testcase": (
        {"name", "classname", "time"}, set(), {"properties", "failure", "error", "skipped", "system-out", "system-err"}
    ),
    "properties": (set(), set(), {"property"}),
    "property": ({"name", "value"}, set(), set()),
    "failure": ({"message", "type"}, set(), set()),
    "error": ({"message", "type"}, set(), set()),
    "skipped": (set(), {"message", "type"}, set()),
    "system-out": (set(), set(), set()),
}  # fmt: skip


def strict(text):
    """The document, once it is known to keep the format's rules: its root."""
    root = ET.fromstring(text.encode())
    assert root.tag == "testsuites"
    for element in root.iter():
        must, may, inside = FORM[element.tag]
        assert must <= set(element.keys()) <= must | may, element.tag
        assert {child.tag for child in element} <= inside, element.tag
        assert all(len(value) <= LIMIT for value in (*element.attrib.values(), element.text or ""))
        if inside:  # only white space between elements
            assert not (element.text or "").strip()
    for suite in root:
        assert float(suite.get("time")) >= 0
        stamp = suite.get("timestamp")
        assert stamp is None or re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", stamp)
        assert int(suite.get("tests")) == len(suite)
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.get(name)) == sum(case.find(tag) is not None for case in suite)
        for case in suite:
            assert float(case.get("time")) >= 0
            assert sum(child.tag in ("failure", "error", "skipped") for child in case) <= 1
            order = [child.tag for child in case]
            assert order == sorted(order, key=["properties", "skipped", "error", "failure", "system-out"].index)
    return root


NAMES = ["ada", "Müller, Zoë", 'Jane "JJ" <Doe> & Co', "😀", "=1+1", "odd\udcff\0\x1b\ufffe"]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_any_name(name):
    """names with commas, quotes, brackets, emoji; what XML cannot hold is replaced"""
    (suite,) = strict(document([make_grade(name, submitted="2026-11-05T10:20:30+00:00")]))
    shown = name.replace("\udcff\0\x1b\ufffe", "\ufffd" * 4)
    assert suite.get("name") == f"{shown}: one/scaled"
    assert suite.get("timestamp") == "2026-11-05T10:20:30"
    assert suite[0].get("classname") == "one.scaled"


@pytest.mark.parametrize("status", STATUSES)
def test_every_status(status):
    """passed is plain, failed a failure, skipped skipped, all else an error; points stand in the properties"""
    check = make_check(status=status, points=0.5, max_points=2.0, message="call  f(1)\nno", output="printed")
    ((case,),) = strict(document([make_grade(checks=(check,))]))
    tags = {"passed": [], "failed": ["failure"], "skipped": ["skipped"]}.get(status, ["error"])
    assert [child.tag for child in case] == ["properties", *tags, "system-out"]
    assert {p.get("name"): p.get("value") for p in case[0]} == {"points": "0.5", "max_points": "2", "check": "test_it"}
    for tag in tags:
        assert (case.find(tag).get("message"), case.find(tag).text) == ("call  f(1)", "call  f(1)\nno")
    assert case.find("system-out").text == "printed"


def test_a_diagnosis_is_the_headline():
    """where the mistake is known, its name is the message"""
    check = make_check(status="failed", message="call\nno", diagnosis=("forgets the sum",))
    ((case,),) = strict(document([make_grade(checks=(check,))]))
    assert case.find("failure").get("message") == "forgets the sum"


def test_several_suites():
    """one suite for each student and exercise, in their order"""
    grades = [make_grade(s, e) for s in ("ada", "bob") for e in ("one/scaled", "one/lines")]
    assert [suite.get("name") for suite in strict(document(grades))] == [f"{g.student}: {g.exercise}" for g in grades]
    assert len(strict(document([]))) == 0


anything = st.text(max_size=30) | st.text(alphabet="\0\x0b\ufffe\ufeff\udcff]]><&\"'\r\n\t", max_size=30)


@given(anything, anything, anything, anything, st.sampled_from(STATUSES))
def test_whatever_a_student_wrote(name, message, output, title, status):
    """no text breaks the document or adds an element"""
    check = make_check(status=status, message=message, output=output, title=title)
    root = strict(document([make_grade(name, checks=(check, make_check()))]))
    assert [len(suite) for suite in root] == [2]


def test_long_texts_are_cut():
    """a text that readers would refuse is cut"""
    check = make_check(status="failed", message="x" * (3 * LIMIT), output="y" * (3 * LIMIT))
    strict(document([make_grade(checks=(check,))]))
    assert clean("é" * LIMIT + "more") == "é" * LIMIT


def test_a_reader_of_others_makes(tmp_path):
    """junitparser, which many tools build on, finds every case with its outcome"""
    from junitparser import Error, Failure, JUnitXml, Skipped

    statuses = ("passed", "failed", "timeout", "skipped")
    checks = tuple(make_check(name=s, title=f"it is {s}", status=s, message="why <&>\x00") for s in statuses)
    path = tmp_path / "junit.xml"
    path.write_text(document([make_grade("Zoë, =1+1 😀", checks=checks)]), encoding="utf-8")
    (suite,) = JUnitXml.fromfile(str(path))
    kinds = {case.name: [type(result) for result in case.result] for case in suite}
    assert kinds == {
        "it is passed": [],
        "it is failed": [Failure],
        "it is timeout": [Error],
        "it is skipped": [Skipped],
    }
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (4, 1, 1, 1)
    assert suite.name.startswith("Zoë, =1+1 😀")
