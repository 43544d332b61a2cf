"""GitHub Classroom: the result that its reporter reads, a summary for the page of a job, and the workflow of both."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

from ..language import _, authored, of_page, translated
from ..model import CheckResult, Grade, Syllabus
from ..text import printable, told

ENVIRONMENT = 100_000  #: characters; Linux takes 128 KiB for one variable, and the reporter gets the result as one
_STATUS = {"passed": "pass", "failed": "fail", "skipped": "pass"}

WORKFLOW = """# Made by `gradus bundle classroom`. Grades every push with the full sandbox and reports the points.
name: Autograding Tests
on: [push, workflow_dispatch]
permissions:
  checks: write
  actions: read
  contents: read
jobs:
  run-autograding-tests:
    runs-on: ubuntu-24.04
    if: github.actor != 'github-classroom[bot]'
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.11"
      - name: Let bubblewrap make namespaces, which ubuntu-24.04 denies to ordinary programs
        run: |
          sudo apt-get update -qq
          sudo apt-get install -y -qq bubblewrap
          sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0
      - name: Install Gradus
        run: pip install --quiet {requirement}
      - name: Grade
        id: gradus
        run: python -m autograder.cli.platforms classroom {addresses}
      - uses: classroom-resources/autograding-grading-reporter@v1
        if: always()
        env:
          GRADUS_RESULTS: ${{{{ steps.gradus.outputs.result }}}}
        with:
          runners: gradus
"""


def workflow(addresses: tuple[str, ...], requirement: str = "gradus-course") -> str:
    """Return the workflow file, for ``.github/workflows/classroom.yml``.

    Args:
        requirement: what pip installs: a name, a wheel beside the workflow, or an address of your repository.
    """
    return WORKFLOW.format(addresses=" ".join(addresses), requirement=requirement)


def result(grades: list[Grade], limit: int = 4000, course: Syllabus | None = None) -> dict[str, Any]:
    """Return what the reporter reads; what the grader could not grade is in no maximum.

    Old readers look for `duration`, newer ones for `execution_time`: both are there.

    Args:
        limit: characters of one message.
        course: each page is told in its language there; by default in the one that is spoken.
    """
    tests: list[dict[str, Any]] = []
    for grade in grades:
        with of_page(course, grade.exercise):
            tests += [_test(grade, check, limit) for check in grade.checks]
    failing = {test["status"] for test in tests} - {"pass"}
    status = "error" if "error" in failing else "fail" if failing else "pass"
    return {"version": 1, "status": status, "max_score": possible(grades), "tests": tests}


def possible(grades: list[Grade]) -> float:
    """Return the maximum of what was graded."""
    return sum(g.max_points for g in grades if g.status != "internal")


def encoded(grades: list[Grade], course: Syllabus | None = None) -> str:
    """Return the result as a step's output; messages are cut until it fits into the reporter's environment."""
    for limit in (4000, 1000, 300, 100, 0):
        text = base64.b64encode(json.dumps(result(grades, limit, course)).encode()).decode()
        if len(text) <= ENVIRONMENT:
            break
    return text


def _test(grade: Grade, check: CheckResult, limit: int) -> dict[str, Any]:
    return {
        "name": f"{grade.exercise}: {authored(check.title)}", "status": _STATUS.get(check.status, "error"),
        "message": quiet(printable(told(check.failure), limit)), "test_code": check.name, "filename": "", "line_no": 0,
        "score": check.points, "duration": 0, "execution_time": 0,
    }  # fmt: skip


def quiet(text: str) -> str:
    """Return a message that GitHub obeys no line of.

    The reporter prints messages in its own step, where a line like ``::notice title=Autograding complete::`` would
    give any points. GitHub looks at the beginning of a line, and for the older form anywhere; it may overlook
    characters that nobody sees.
    """
    text = re.sub(r"(?m)^(?=[^!-9;-~\n]*:[^ -~\n]*:)", "| ", text)
    return re.sub(r"(#[^ -~\n]*#[^ -~\n]*)\[", r"\1 [", text)


def total(grades: list[Grade]) -> str:
    """Say how many points there are, of how many."""
    return _("{points} of {most} points", points=f"{sum(g.points for g in grades):g}", most=f"{possible(grades):g}")


def summary(grades: list[Grade], course: Syllabus | None = None) -> str:
    """Write the job's summary in Markdown.

    Args:
        course: see :func:`result`.
    """

    def cell(text: str) -> str:
        text = printable(text, 300).replace("&", "&amp;").replace("<", "&lt;").replace("\n", " ")
        return re.sub(r"([\\|`*_~\[\]])", r"\\\1", text)

    rows = ["# Gradus", "", f"| {_('exercise')} | {_('check')} | | {_('points')} |", "| --- | --- | --- | ---: |"]
    failures: list[str] = []
    notes = [""]
    for grade in grades:
        with of_page(course, grade.exercise):
            for check in grade.checks:
                sign = "✅" if check.status == "passed" else "⏭️" if check.status == "skipped" else "❌"
                title, points = cell(authored(check.title)), f"{check.points:g}/{check.max_points:g}"
                rows.append(f"| {cell(grade.exercise)} | {title} | {sign} | {points} |")
                if check.status not in ("passed", "skipped") and check.failure is not None:
                    words = printable(told(check.failure), 4000)
                    fence = "`" * (1 + max([2, *map(len, re.findall("`+", words))]))  # longer than any inside
                    failures += ["", f"### {title}", fence, words, fence]
            notes += [f"- {cell(grade.exercise)}: {cell(translated(note))}" for note in grade.notes]
    isolation = _("isolation: {levels}", levels=", ".join(sorted({g.isolation for g in grades})))
    return "\n".join([*rows, *failures, *notes, "", f"**{total(grades)}** ({isolation})", ""])
