"""What earlier versions told as padded texts, in today's fields."""

from __future__ import annotations

import pytest

from autograder.documents import read
from autograder.export.files import grade_of, read_json, read_run
from autograder.gradebook.older import failure_of, with_failures
from autograder.gradebook.rows import from_json
from autograder.model import CheckResult, Diagnosis, Failure, Frame
from autograder.text import told

ROW = (
    '{"v":2,"student":"ada","exercise":"one/scaled","status":"failed","points":1,"max_points":2.0,"seconds":0.25,'
    '"checks":[{"name":"test_a","title":"a","status":"failed","points":0.0,"max_points":1.0,"message":%s,'
    '"diagnosis":["forgets to add"],"output":"","badge":"","advice":"","figures":[["speed",2.5]],"plot":null,'
    '"fault":""}],"isolation":"plain","seed":7,"key":"k","notes":[],"digest":"d","submitted":""}'
)
MESSAGE = (
    "call        f(1)\ncame back   tensor([[1],\n                    [2]])\nexpected    3\ndiffers     at [0]: no\n"
    "diagnosis   f forgets to add\nhint        What is it at 0?"
)
TOLD = [
    MESSAGE,
    "raised      ZeroDivisionError: by zero\nwhere       work.py, line 2 in f:  return 1 / 0\n"
    "            work.py, line 3:  f()",
    "problem     no answer within the time limit",
    "problem     counts for nobody\ncall        f(1)\nproblem     it was so",
    "call        f(1)\nraised      NameError: x\nproblem     work.py stopped with E",
    "hidden      try it with zeros\ndiagnosis   f forgets to add\nhint        Zeros",
    "MNIST is not here; run `gradus doctor`",
    "call        f(1)\ndiffers     no\nthe file    'a,b'",
]


@pytest.mark.parametrize("message", TOLD)
def test_a_text_is_told_as_it_was(message):
    """what was read of a failure before is read of it now"""
    names = ["forgets to add"] if "diagnosis" in message else []
    found = failure_of(message, names)
    assert told(found) == message
    assert [one.name for one in found.diagnosis] == names


#: how WHOLE was told when failures were texts
WHOLE_THEN = """\
call        f(1)
came back   tensor([[1, 2],
                    [3, 4]])
expected    tensor([3.])
differs     the gradient: at [0]: 2 instead of 3
where       work.py, line 2 in f:  return 1 / 0
            work.py, line 9:  f()
seen        every entry is 1 less than the expected one
the file    'a,b'
problem     work.py stopped with E: no
where       work.py, line 1:  import x
diagnosis   f forgets to add one
hint        What is it at 0?
or          f adds two"""


def test_its_parts_are_fields():
    """call, values, lines and hint stand where they belong"""
    found = failure_of(MESSAGE, ["forgets to add"])
    assert (found.kind, found.call, found.got) == ("difference", "f(1)", "tensor([[1],\n        [2]])")
    assert found.diagnosis == (Diagnosis("forgets to add", "What is it at 0?", "f"),)
    frames = Frame("work.py", 2, "f", "return 1 / 0"), Frame("work.py", 3, "<module>", "f()")
    assert failure_of(TOLD[1]).frames == frames
    assert told(failure_of(WHOLE_THEN, ["forgets to add one", "adds two"])) == WHOLE_THEN
    assert failure_of("") is None
    assert failure_of("", ["one"]).diagnosis == (Diagnosis("one", "", ""),)


def test_a_row_of_the_second_version():
    """a row that holds a message is read with a failure in its place"""
    import json

    grade = from_json(ROW % json.dumps(MESSAGE))
    (check,) = grade.checks
    assert (check.failure, check.diagnosis) == (failure_of(MESSAGE, ["forgets to add"]), ("forgets to add",))
    assert (check.figures, grade.points) == ((("speed", 2.5),), 1.0)
    with pytest.raises(ValueError, match="message"):
        from_json(ROW % "[1]")


@pytest.mark.parametrize("checks", [3, [3], {"a": 1}, [{"message": 3}], [{"diagnosis": 3}], [{"diagnosis": [3]}]])
def test_what_never_was_is_refused(checks):
    """other things in the places of checks, messages and names are refused in a line"""
    with pytest.raises(ValueError, match="field"):
        with_failures({"checks": checks})


@pytest.mark.parametrize(("names", "read_as"), [("null", ()), ('"one"', ("one",)), ('["one", "two"]', ("one", "two"))])
def test_grades_json_of_the_first_schema(tmp_path, names, read_as):
    """a file of an earlier Gradus is read: its diagnosis was null, a name, or several"""
    path = tmp_path / "grades.json"
    check = f'{{"name":"t","title":"t","status":"failed","points":0,"max_points":1,"message":"no","diagnosis":{names}}}'
    grade = (
        '{"student":"ada","exercise":"one/scaled","status":"failed","points":null,"max_points":1,"seconds":0.1,'
        f'"isolation":"plain","checks":[{check}],"notes":["a"]}}'
    )
    path.write_text(f'{{"schema_version":1,"run":{{"seed":7}},"grades":[{grade}]}}')
    run, (record,) = read_json(path)
    assert run == {"seed": 7}
    found = grade_of(record)
    assert (found.diagnoses, found.points, found.notes) == (read_as, 0.0, ("a",))
    assert found.checks[0].failure.reason == "no"


def test_grades_json_of_the_second_schema(tmp_path):
    """a file without totals beside the points, and without students, is read"""
    path = tmp_path / "grades.json"
    standing = '{"state":"right","total":2,"maximum":3,"penalty":0,"manual":0,"comment":""}'
    grade = (
        '{"student":"ada","exercise":"one/scaled","status":"passed","points":1,"max_points":1,"seconds":0.1,'
        f'"isolation":"plain","checks":[],"standing":{standing}}}'
    )
    path.write_text(f'{{"schema_version": 2,"run":{{"seed":7}},"grades":[{grade}]}}')
    run, (record,) = read_json(path)
    assert (run, read_run(path), grade_of(record).points) == ({"seed": 7}, {"seed": 7}, 1.0)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "no JSON"), ("[]", "no JSON object"), ("{}", "schema_version None"), ('{"schema_version": 4}', "up to 3"),
        ('{"schema_version": true}', "schema_version True"), ('{"schema_version": 2, "run": {}}', "no run"),
        ('{"schema_version": 1, "run": {}, "grades": [3]}', "no run"),
        ('{"schema_version": 1, "run": {}, "grades": [{"checks": 3}]}', "checks"),
    ],
)  # fmt: skip
def test_another_file_is_refused_in_a_line(tmp_path, text, why):
    """what is no grades.json of a schema that is known is said in one line"""
    (tmp_path / "grades.json").write_text(text)
    with pytest.raises(ValueError, match=why) as caught:
        read_json(tmp_path / "grades.json")
    assert "\n" not in str(caught.value)


def test_a_check_of_today_is_none_of_then():
    """a message is no field any more: only the older readers know it"""
    with pytest.raises(ValueError, match="message"):
        read({"name": "t", "title": "", "status": "failed", "points": 0, "max_points": 1, "message": ""}, CheckResult)
    assert Failure("remark", "x").diagnosis == ()
