"""One answer in the terminal: what passed, the first failure in full, the rest in short, and how to repeat it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from shlex import quote

from rich.console import Console
from rich.text import Text

from ..gradebook.states import look, state
from ..language import _, authored, translated
from ..model import ENDS, Exercise, Grade
from ..text import hint_for
from .reasons import failing_first, stopped_by
from .table import grade_lines, printed


def clickable(path: Path) -> Text:
    """Return a path that a terminal opens when clicked, where it can."""
    return Text(str(path), style=f"link file://{path.resolve()}")


def show(out: Console, grade: Grade, place: Path, exercise: Exercise, *, seed: int = 0, whole: bool = False) -> None:
    """Print an answer."""
    out.print(Text.assemble((exercise.title, "bold"), "  ", clickable(place)))
    passed = sum(check.status == "passed" for check in grade.checks)
    if passed and not whole:
        pass_ = _("{passed} of {all} checks pass", passed=passed, all=len(grade.checks))
        out.print(Text(f"\n  {ENDS['passed'].sign} {pass_}", style="green"))
    remarks = [c for c in grade.checks if c.status == "passed" and (c.badge or c.figures or c.advice)]
    told = grade.checks if whole else (*remarks, *(c for c in grade.checks if c.status != "passed"))
    for line in grade_lines(replace(grade, checks=told), full=len(grade.checks) if whole else 1):
        out.print(line)
    reasons = {check.failure.reason for check in grade.checks if check.failure is not None}
    for note in (note for note in grade.notes if note.splitlines()[0] not in reasons):  # said above
        out.print(Text("  " + _("note: {note}", note=translated(note)), style="yellow"))
    lines = printed(grade)
    if lines:
        out.print(Text("\n  " + _("your code printed:"), style="bright_black"))
        out.print(Text("\n".join(f"  | {line}" for line in lines)))
    end = look(grade)
    points = points_of(grade.points, grade.max_points)
    out.print(Text(f"\n{end.sign} {_(state(grade))}: {points}", style=f"bold {end.colour}"))
    if grade.status not in ("passed", "skipped"):
        blamed = blamed_in(grade)
        hint = hint_for(exercise.hints, blamed) if blamed and not grade.diagnoses else ""
        if hint:
            out.print(Text(_("hint: {hint}", hint=authored(hint))))
        again = f" --seed {seed}" if seed else ""
        repeat = _("repeat: {command}", command=f"gradus check {exercise.name} {quote(str(place))}{again}")
        out.print(Text(repeat, style="bright_black"))


def points_of(points: float, most: float) -> str:
    """Return what was reached, in words."""
    return _("{points} of {most} points", points=f"{points:g}", most=f"{most:g}")


def blamed_in(grade: Grade) -> str:
    """Return the function that the first failure is about, of one that is its own fault; "" where nothing ran."""
    if stopped_by(grade) is not None:
        return ""
    failures = [check.failure for check in failing_first(grade) if check.failure is not None]
    names = (one.function or one.call.partition("(")[0] for one in failures if not one.follows)
    return next(filter(None, names), "")


def bar(share: float, width: int = 20) -> str:
    """Draw a bar of blocks, as long as a share of one."""
    full = round(max(0.0, min(1.0, share)) * width)
    return "█" * full + "░" * (width - full)
