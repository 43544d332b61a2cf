"""The class in the terminal: student × exercise, points, the diagnosis in a few words."""

from __future__ import annotations

import re

from rich.table import Table
from rich.text import Text

from ..gradebook.class_totals import ClassTotals, of_grades
from ..gradebook.states import LOOKS, NOT_HANDED_IN, UNFINISHED, reason, state
from ..gradebook.totals import Standing
from ..language import _, authored, plural, translated
from ..model import ENDS, CheckResult, Grade, Syllabus
from ..text import headline, in_line, printable, told
from .reasons import sorted_reasons, stopped_by


def few_words(grade: Grade, limit: int = 44) -> str:
    """Return what to say of a grade in one cell: a badge, else the first known mistake, else what does not hold."""
    if grade.status == "passed":
        return next((f"★ {c.badge}" for c in grade.checks if c.badge), "")
    words = reason(grade, limit)
    odd = grade.status not in ("failed", "missing") and not grade.diagnoses
    return (
        f"{grade.status}: {words}"
        if odd and words and words != grade.status
        else words or ("" if not odd else grade.status)
    )


MANY = 60  #: students from which on a row of several lines each is too long to read: see `book_table.short_table`


def class_table(grades: list[Grade], syllabus: Syllabus, totals: ClassTotals | None = None) -> Table:
    """One row a student, one column an exercise, with what there is to say of each grade.

    Args:
        totals: of the whole class, these grades among others; those of the grades alone by default.
    """
    addresses = [a for a in syllabus.exercises if any(g.exercise == a for g in grades)]
    totals = (totals or of_grades(grades, syllabus)).only(addresses)
    by_student: dict[str, dict[str, Grade]] = {}
    for grade in grades:
        by_student.setdefault(grade.student, {})[grade.exercise] = grade
    table = Table(show_lines=True, title_justify="left")
    table.add_column("student", no_wrap=True, style="bold")
    for address in addresses:
        table.add_column(address.partition("/")[2], overflow="fold")
    table.add_column("points", justify="right", no_wrap=True)
    for student, row in by_student.items():
        cells = [_cell(row.get(address), totals.places.get((student, address))) for address in addresses]
        whole = totals.students.get(student)
        reached = f"{whole.points:g}/{whole.maximum:g}" if whole is not None else ""
        table.add_row(Text(in_line(student, 40)), *cells, reached)
    return table


def _cell(grade: Grade | None, row: Standing | None = None) -> Text:
    if grade is None:
        return Text("")
    word = state(grade)
    end = LOOKS[word]
    counts = _counts(grade, row)
    if word == NOT_HANDED_IN:
        return Text(f"{end.sign} {word}", style=end.colour).append(counts, style="bright_black")
    reached = "not graded" if grade.status == "internal" else f"{grade.points:g}/{grade.max_points:g}"
    text = Text(f"{end.sign} {reached}", style=end.colour)
    words = " ".join(filter(None, ("unfinished:" if word == UNFINISHED else "", few_words(grade)))).removesuffix(":")
    if words:
        text.append("\n" + words, style="default")
    return text.append(counts, style="bright_black")


def _counts(grade: Grade, row: Standing | None) -> str:
    """Say whose points count where they are not the grade's: another attempt's, or those of one of the group."""
    kept = row.grade if row is not None and not row.pending else None
    if row is None or kept is None or row.state == NOT_HANDED_IN:
        return ""
    if (kept.student, kept.digest) == (grade.student, grade.digest):
        return ""
    whose = f"{in_line(row.of_group, 24)}'s" if row.of_group else "another attempt's"
    return f"\n{whose} {kept.points:g}/{kept.max_points:g} count"


def check_lines(check: CheckResult) -> Text:
    """One check in one line."""
    end = ENDS[check.status]
    text = Text(f"  {end.sign} ", style=end.colour)
    text.append(f"{authored(check.title)}  ", style="default" if check.status == "passed" else "bold")
    text.append(f"{check.points:g}/{check.max_points:g}", style="bright_black")
    if check.status not in ("passed", "failed"):
        text.append(f"  {_(check.status)}", style=end.colour)
    if check.badge:
        text.append(f"  ★ {translated(check.badge)}", style="yellow")
    for name, value in check.figures:
        text.append(f"  {name} {value:g}", style="cyan")
    return text


def printed(grade: Grade) -> list[str]:
    """Return the first lines of what the student's code printed while it was checked."""
    text = "".join(check.output for check in grade.checks)
    return printable(text, 4000).splitlines()[:40] if text.strip() else []


def grade_lines(grade: Grade, *, full: int = 1) -> list[Text]:
    """Write a grade as `check` shows it.

    What passed in a line each, the first failures in full, further ones with their reason in a line, equal reasons
    once; then what follows from another function's slip, and last, once, what is not written yet.
    """
    lines = [Text("")]
    fine = [check for check in grade.checks if check.status in ("passed", "skipped") or check.failure is None]
    for check in fine:
        lines.append(check_lines(check))
        told_of = translated(check.advice) if check.status == "passed" else told(check.failure)
        if told_of:
            lines.append(Text(f"      {printable(told_of, 300)}", style="bright_black"))
    stop = stopped_by(grade)
    if stop is not None:
        return [*lines, _whole(stop)]  # that is said once, alone
    reasons = sorted_reasons([check for check in grade.checks if check not in fine])
    own: dict[tuple[str, str], list[CheckResult]] = {}
    for check in reasons.own:
        function, words = (check.failure.function, headline(check.failure)) if check.failure else ("", "")
        raised = check.failure is not None and check.failure.kind == "exception"
        own.setdefault((function, re.sub(r"\d+", "0", words) if raised else words), []).append(check)
    shown = 0
    for (function, _words), alike in own.items():
        headed = headline(alike[0].failure) if alike[0].failure else ""
        in_full = alike[: max(0, full - shown)]
        for check in in_full:
            lines += [check_lines(check), _whole(check)]
        shown += len(in_full)
        others = alike[len(in_full) :]
        lines += [check_lines(check) for check in others]
        if others:
            words = f"{function}: {headed}" if function else headed
            same = _("the same: ") if in_full else ""
            lines.append(Text(f"      {same}{printable(words, 300)}", style="bright_black"))
    for helpers in dict.fromkeys(check.failure.follows for check in reasons.follows if check.failure):
        here = [check for check in reasons.follows if check.failure and check.failure.follows == helpers]
        lines += [check_lines(check) for check in here]
        named = _(" and ").join(helpers)
        why = plural(
            "only because of {helpers}: once that is right, this check passes",
            "only because of {helpers}: once that is right, these {n} checks pass", len(here), helpers=named,
        )  # fmt: skip
        lines.append(Text(f"      {why}", style="bright_black"))
    if reasons.unwritten:
        end = ENDS["missing"]
        lines.append(Text(f"  {end.sign} {reasons.not_written}", style=end.colour))
        lines += [Text(f"      {printable(note, 300)}") for note in reasons.further]
    return lines


def _whole(check: CheckResult) -> Text:
    return Text("\n".join(f"      {line}" for line in told(check.failure).splitlines()) + "\n")
