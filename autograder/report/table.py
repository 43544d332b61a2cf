"""The class in the terminal: student × exercise, points, the diagnosis in a few words."""

from __future__ import annotations

from itertools import islice

from rich.table import Table
from rich.text import Text

from ..model import ENDS, CheckResult, Grade, Syllabus
from ..text import printable, told
from .statistics import total


def few_words(grade: Grade, limit: int = 44) -> str:
    """Return what to say of a grade in one cell: the first diagnosis, else its status in a word."""
    if grade.status == "passed":
        return next((f"★ {c.badge}" for c in grade.checks if c.badge), "")
    names = grade.diagnoses
    if names:
        more = f" (+{len(names) - 1})" if len(names) > 1 else ""
        text = names[0] if len(names[0]) + len(more) <= limit else names[0][: limit - len(more) - 1] + "…"
        return text + more
    return "" if grade.status == "failed" else grade.status


MAX_ROWS = 500  #: students that a terminal shows; thousands would take seconds and nobody reads them there


def class_table(grades: list[Grade], syllabus: Syllabus) -> Table:
    """One row a student, one column an exercise; of a very large class the first, and how many more there are."""
    addresses = [a for a in syllabus.exercises if any(g.exercise == a for g in grades)]
    by_student: dict[str, dict[str, Grade]] = {}
    for grade in grades:
        by_student.setdefault(grade.student, {})[grade.exercise] = grade
    table = Table(show_lines=True, title_justify="left")
    table.add_column("student", no_wrap=True, style="bold")
    for address in addresses:
        table.add_column(address.partition("/")[2], overflow="fold")
    table.add_column("points", justify="right", no_wrap=True)
    more = len(by_student) - MAX_ROWS
    if more > 0:
        table.caption = f"and {more} more students: report.html and grades.csv have them all"
    for student, row in islice(by_student.items(), MAX_ROWS):
        cells = [_cell(row.get(address)) for address in addresses]
        table.add_row(Text(printable(student, 40)), *cells, total(row.values(), syllabus))
    return table


def _cell(grade: Grade | None) -> Text:
    if grade is None:
        return Text("")
    end = ENDS[grade.status]
    if grade.status == "missing" and len({c.failure for c in grade.checks}) <= 1:
        return Text(f"{end.sign} missing", style=end.colour)
    reached = "not graded" if grade.status == "internal" else f"{grade.points:g}/{grade.max_points:g}"
    text = Text(f"{end.sign} {reached}", style=end.colour)
    words = few_words(grade)
    if words:
        text.append("\n" + words, style="default")
    return text


def check_lines(check: CheckResult) -> Text:
    """One check in one line."""
    end = ENDS[check.status]
    text = Text(f"  {end.sign} ", style=end.colour)
    text.append(f"{check.title}  ", style="default" if check.status == "passed" else "bold")
    text.append(f"{check.points:g}/{check.max_points:g}", style="bright_black")
    if check.status not in ("passed", "failed"):
        text.append(f"  {check.status}", style=end.colour)
    if check.badge:
        text.append(f"  ★ {check.badge}", style="yellow")
    for name, value in check.figures:
        text.append(f"  {name} {value:g}", style="cyan")
    return text


def printed(grade: Grade) -> list[str]:
    """Return the first lines of what the student's code printed while it was checked."""
    text = "".join(check.output for check in grade.checks)
    return printable(text, 4000).splitlines()[:40] if text.strip() else []


def grade_lines(grade: Grade, *, full: int = 1) -> list[Text]:
    """Write a grade as `check` shows it: what passed in a line each, the first failures in full, the rest in short."""
    lines = [Text("")]
    shown = 0
    for check in grade.checks:
        lines.append(check_lines(check))
        if check.failure is not None and check.status not in ("passed", "skipped"):
            shown += 1
            if shown <= full:
                lines.append(Text("\n".join(f"      {line}" for line in told(check.failure).splitlines()) + "\n"))
            elif check.diagnosis:
                lines.append(Text(f"      {check.diagnosis[0]}", style="bright_black"))
        elif check.advice:
            lines.append(Text(f"      {printable(check.advice, 300)}", style="bright_black"))
        elif check.status == "skipped":
            lines.append(Text(f"      {printable(told(check.failure), 300)}", style="bright_black"))
    return lines
