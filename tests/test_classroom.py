"""GitHub Classroom: the result as its reporter reads it, the workflow, the summary on the job's page."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from autograder.cli import platforms
from autograder.errors import CourseError
from autograder.export import classroom
from autograder.model import STATUSES, Failure
from tests.helpers import make_check, make_grade

GRADES = [
    make_grade(
        exercise="one/scaled", points=3.5, max_points=6.0, status="failed",
        checks=(
            make_check(title='quotes " and, commas', points=3.0, max_points=3.0),
            make_check(title="=umlauts ü 😀", status="failed", points=0.5, max_points=2.0, message="call  f(1)\nno"),
            make_check(title="ends", status="timeout", points=0.0, message="too long\udcff\x1b[2J"),
        ),
    ),
    make_grade(exercise="one/lines", points=1.0),
]  # fmt: skip


def reported(text):
    """(points, most, status, statuses) as the reporter gets them out of a step's output; all it reads is there."""
    result = json.loads(base64.b64decode(text, validate=True).decode())
    assert result["version"] == 1
    for test in result["tests"]:
        assert {"name", "status", "message", "test_code", "filename", "line_no", "score"} <= set(test)
        assert test["duration"] == test["execution_time"]
        assert test["status"] in ("pass", "fail", "error")
    points = sum(test["score"] for test in result["tests"])
    return points, result["max_score"], result["status"], [test["status"] for test in result["tests"]]


def test_the_reporter_reads_it():
    """the scores add up to the points, over the most; the worst status is the whole's; both names of the duration"""
    assert reported(classroom.encoded(GRADES)) == (4.5, 7.0, "error", ["pass", "fail", "error", "pass"])
    assert reported(classroom.encoded(GRADES[1:])) == (1.0, 1.0, "pass", ["pass"])


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_is_one_of_three(status):
    """pass, fail or error; what is skipped fails nobody"""
    check = make_check(status=status, points=0.0)
    expected = {"passed": "pass", "skipped": "pass", "failed": "fail"}.get(status, "error")
    assert reported(classroom.encoded([make_grade(checks=(check,))]))[2:] == (expected, [expected])


def test_names_and_messages_arrive():
    """titles with anything in them are whole; what a terminal would obey is shown"""
    tests = json.loads(base64.b64decode(classroom.encoded(GRADES)))["tests"]
    assert [t["name"] for t in tests] == [
        'one/scaled: quotes " and, commas', "one/scaled: =umlauts ü 😀", "one/scaled: ends", "one/lines: it works"
    ]  # fmt: skip
    assert tests[2]["message"] == "too long\\udcff\\x1b[2J"


def test_a_long_result_fits_into_the_reporters_environment():
    """messages are cut so that the output can be handed on as one variable, and no point is lost"""
    checks = tuple(make_check(name=f"test_{n}", status="failed", message="x" * 9000) for n in range(100))
    text = classroom.encoded([make_grade(checks=checks, points=100.0, max_points=100.0)])
    assert len(text) < 128 * 1024 - 100  # Linux takes no longer string into an environment
    assert reported(text)[:2] == (100.0, 100.0)
    assert all(len(test["message"]) > 50 for test in json.loads(base64.b64decode(text))["tests"])


def obeyed(line):
    """Would GitHub take a line of a step's log for a command? Without what its comparison may overlook."""
    line = "".join(c for c in line if c.isascii() or c.isspace())
    return bool(re.match(r"\s*::.*::", line) or re.search(r"##\[.*\]", line))


FORGED = [
    "::notice title=Autograding complete::Points 11/11", "boom\n  ::stop-commands::x", "\u3000::warning::w",
    "x ##[error]y", ":\u200b:notice::x", "a\n\u00ad::debug::x", "#\u200d#[group]x", "\n\n::group::x", "###[error]x",
    "##\ufe0f[add-mask]x",
]  # fmt: skip


@pytest.mark.parametrize("message", FORGED)
def test_no_message_commands_github(message):
    """the reporter prints what went wrong; nothing that a student's exception says makes points there"""
    assert any(map(obeyed, message.split("\n")))
    check = make_check(status="error", points=0.0, message=message)
    (test,) = json.loads(base64.b64decode(classroom.encoded([make_grade(checks=(check,))])))["tests"]
    assert not [line for line in test["message"].split("\n") if obeyed(line)]


@given(st.text(alphabet=":#[] \nx\u200b\u3000", max_size=30).filter(lambda text: "::" in text or "##" in text))
def test_no_line_of_any_message_is_obeyed(text):
    """whatever stands before, between and behind them"""
    assert not [line for line in classroom.quiet(text).split("\n") if obeyed(line)]


def test_other_messages_stay_as_they_are():
    """a call, a slice, a dictionary, a pytest address and a heading are no commands"""
    text = "call  f(x[::2])\n{'a': [1], 'b': 2}\ntests/test_x.py::test_y\n## heading [1]\nü: [2]"
    assert classroom.quiet(text) == text


# -- the workflow --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoil", "code"), [(("on:", "on:"), 0), (("runs-on:", "run-on:"), 1), (("steps:", "step:"), 1)]
)
def test_the_workflow_fits_githubs_schema(tmp_path, spoil, code):
    """the schema of workflows that check-jsonschema brings along takes it, and none with a misspelt key"""
    place = tmp_path / "classroom.yml"
    place.write_text(classroom.workflow(("one/scaled", "one/lines")).replace(*spoil), encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", place]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == code, done.stdout + done.stderr


def test_the_workflow():
    """triggers, permissions, ubuntu-24.04 told to allow namespaces, the reporter fed by the right step"""
    flow = yaml.safe_load(classroom.workflow(("one/scaled", "one/lines")))
    assert set(flow) == {"name", True, "permissions", "jobs"}  # YAML 1.1 reads `on` as true, GitHub does not
    assert flow["name"] == "Autograding Tests"
    assert flow[True] == ["push", "workflow_dispatch"]
    assert flow["permissions"] == {"checks": "write", "actions": "read", "contents": "read"}
    (job,) = flow["jobs"].values()
    assert job["runs-on"] == "ubuntu-24.04"
    assert job["if"] == "github.actor != 'github-classroom[bot]'"
    steps = job["steps"]
    uses = [step["uses"] for step in steps if "uses" in step]
    assert [use.partition("@")[0] for use in uses] == [
        "actions/checkout", "actions/setup-python", "classroom-resources/autograding-grading-reporter"
    ]  # fmt: skip
    assert all(re.fullmatch(r"[\w/-]+@v\d+", use) for use in uses)
    runs = "\n".join(step.get("run", "") for step in steps)
    assert "apt-get install -y -qq bubblewrap" in runs
    assert "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0" in runs
    assert "pip install --quiet gradus-course" in runs
    (graded,) = [step for step in steps if step.get("id")]
    assert graded["run"] == "python -m autograder.cli.platforms classroom one/scaled one/lines"
    assert steps.index(graded) == len(steps) - 2
    report = steps[-1]
    assert report["if"] == "always()"
    assert report["with"] == {"runners": graded["id"]}
    name = f"{graded['id'].upper()}_RESULTS"
    assert report["env"] == {name: "${{ steps.%s.outputs.result }}" % graded["id"]}  # noqa: UP031


def test_the_workflow_installs_what_was_asked():
    """a wheel or an address takes the place of the name"""
    assert "pip install --quiet ./gradus.whl\n" in classroom.workflow(("one/scaled",), "./gradus.whl")


# -- the summary ---------------------------------------------------------------------------------


def blocks(markdown):
    """(lines outside fenced blocks, the blocks): in CommonMark a fence closes with one at least as long."""
    outside, found, fence = [], [], ""
    for line in markdown.split("\n"):
        mark = re.match(r" {0,3}(`{3,}|~{3,})(.*)$", line)
        if fence:
            if mark and mark[1][0] == fence[0] and len(mark[1]) >= len(fence) and not mark[2].strip():
                fence = ""
            else:
                found[-1].append(line)
        elif mark and not (mark[1][0] == "`" and "`" in mark[2]):
            fence = mark[1]
            found.append([])
        else:
            outside.append(line)
    assert not fence, "a block that never ends"
    return outside, ["\n".join(lines) for lines in found]


def test_the_summary():
    """a row for each check, a block for each failure, the total"""
    outside, found = blocks(classroom.summary(GRADES))
    rows = [line for line in outside if line.startswith("| one/")]
    assert rows == [
        '| one/scaled | quotes " and, commas | ✅ | 3/3 |', "| one/scaled | =umlauts ü 😀 | ❌ | 0.5/2 |",
        "| one/scaled | ends | ❌ | 0/1 |", "| one/lines | it works | ✅ | 1/1 |",
    ]  # fmt: skip
    assert found == ["call  f(1)\nno", "too long\\udcff\\x1b[2J"]
    assert "**4.5 of 7 points** (isolation: plain)" in outside


evil = st.text(alphabet="`~ \n|<a#*\\", max_size=40) | st.sampled_from(
    ["```\n~~~~\n**11 of 11 points**", "`````\n# Gradus", "~~~~\n```\n<script>", "a\n```  \nb", "```x\n````\n"]
)


@given(evil)
def test_no_message_gets_out_of_its_block(message):
    """whatever a student's exception says, it stays inside its block, and the total is ours"""
    check = make_check(status="failed", points=0.0, failure=Failure("remark", message) if message else None)
    plain, _ = blocks(classroom.summary([make_grade(checks=(make_check(status="failed", points=0.0, message="x"),))]))
    outside, found = blocks(classroom.summary([make_grade(checks=(check,))]))
    if message:
        assert outside == plain
        assert found == [message]


@given(st.text(alphabet="`|<\\a*[]_ \n", min_size=1, max_size=20))
def test_no_title_gets_out_of_its_cell(title):
    """a row has four cells, whatever the title; nothing in it is HTML"""
    line = classroom.summary([make_grade(checks=(make_check(title=title),))]).split("\n")[4]
    assert re.fullmatch(r"(\|(?:[^|\\]|\\.)*){4}\|", line), line
    assert "<" not in line


# -- in a workflow -------------------------------------------------------------------------------


def test_what_a_step_writes(tmp_path, monkeypatch, capsys):
    """the result goes into the step's output on one line, the summary after what stands there; the step is green"""
    monkeypatch.setattr(platforms, "grade_folder", lambda path, names: GRADES)
    (tmp_path / "summary").write_text("before\n")
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    assert platforms.on_classroom(["one/scaled"]) == 0
    key, _, value = (tmp_path / "output").read_text().partition("=")
    assert (key, value.count("\n"), value[-1]) == ("result", 1, "\n")
    assert reported(value.strip())[0] == 4.5
    assert (tmp_path / "summary").read_text() == "before\n" + classroom.summary(GRADES)
    assert capsys.readouterr().out == "4.5 of 7 points\n"


def test_outside_of_github(tmp_path, monkeypatch, capsys):
    """without GitHub's files only the points are said; a course that is wrong is one line"""
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(platforms, "grade_folder", lambda path, names: GRADES)
    assert platforms.on_classroom([]) == 0
    assert os.listdir(tmp_path) == []

    def wrong(path, names):
        raise CourseError("course.toml: not found")

    monkeypatch.setattr(platforms, "grade_folder", wrong)
    assert platforms.on_classroom([]) == 2
    assert capsys.readouterr().err == "gradus: course.toml: not found\n"
