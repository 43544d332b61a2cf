"""One grade as an HTML card, as a notebook shows it: self-contained, nothing loaded, readable in dark and light."""

from __future__ import annotations

from ..language import _, translated
from ..model import CheckResult, Grade
from ..text import fields, frame_line, hint_for, told
from .answer import blamed_in, points_of
from .reasons import Reasons, sorted_reasons, stopped_by
from .table import printed
from .templating import rendered


def card(
    grade: Grade, title: str, hints: tuple[str, ...] = (), *, anchored: bool = False, counted: bool = True
) -> str:  # fmt: skip
    """Return the whole card: each failure with its call, values, picture, diagnosis and hint, then what passed, folded.

    Args:
        title: of the page.
        anchored: failures have ids that a page of ours may lead to; in a notebook they might be anything's.
        counted: the points of the checks are what the page counts; else it is said that they are the checks'.
        hints: the page's; that of the function is shown when something failed and nothing is known of why.
    """
    skipped = [check for check in grade.checks if check.status == "skipped"]
    reasons = sorted_reasons([check for check in grade.checks if check.status not in ("passed", "skipped")])
    others: list[CheckResult] = []
    same: dict[str, list[CheckResult]] = {}  # equal reasons are told once
    for check in (*reasons.own, *reasons.follows, *skipped):
        alike = same.setdefault(f"{check.status} {told(check.failure)}" if check.failure else check.name, [])
        alike.append(check)
        others += [check] if len(alike) == 1 else []
    also = {alike[0].name: alike[1:] for alike in same.values()}
    stop = stopped_by(grade)
    if stop is not None:  # that is said once, alone
        others, also, reasons = [stop], {}, Reasons((), (), (), (), ())
    said = {check.failure.reason for check in others if check.failure is not None}
    points = points_of(grade.points, grade.max_points)
    points = points if counted else _("{points} by the checks", points=points)
    return rendered(
        "card.html", grade=grade, title=title, anchored=anchored, others=others, also=also, alone=stop is not None,
        unwritten=reasons, place_of=_place,
        notes=[note for note in grade.notes if note.splitlines()[0] not in said], remarks=_remarks,
        lines=printed(grade),
        passed=[check for check in grade.checks if check.status == "passed"], rows_of=lambda c: fields(c.failure),
        points=_("not graded, which is not your fault") if grade.status == "internal" else points,
        hint=hint_for(hints, blamed_in(grade)) if blamed_in(grade) and not grade.diagnoses else "",
    )  # fmt: skip


def _place(check: CheckResult) -> str:
    """Return the line that says that a function is not written: it may have been left under what is."""
    frames = check.failure.frames if check.failure is not None else ()
    return frame_line(frames[-1]) if frames else ""


def _remarks(check: CheckResult) -> list[str]:
    """Return what is said beside a check's title: badge, figures, advice."""
    badge = [f"★ {translated(check.badge)}"] if check.badge else []
    advice = [translated(check.advice)] if check.advice else []
    return [*badge, *(f"{name} {value:g}" for name, value in check.figures), *advice]
