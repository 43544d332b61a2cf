"""One grade as an HTML card, as a notebook shows it: self-contained, nothing loaded, readable in dark and light."""

from __future__ import annotations

from ..language import _, translated
from ..model import CheckResult, Grade
from ..text import fields, hint_for, told
from .answer import blamed_in, points_of
from .table import printed, stopped_by
from .templating import rendered


def card(grade: Grade, title: str, hints: tuple[str, ...] = (), *, anchored: bool = False) -> str:
    """Return the whole card: each failure with its call, values, picture, diagnosis and hint, then what passed, folded.

    Args:
        title: of the page.
        anchored: failures have ids that a page of ours may lead to; in a notebook they might be anything's.
        hints: the page's; that of the function is shown when something failed and nothing is known of why.
    """
    others: list[CheckResult] = []
    same: dict[str, list[CheckResult]] = {}  # equal reasons are told once
    for check in (check for check in grade.checks if check.status != "passed"):
        alike = same.setdefault(f"{check.status} {told(check.failure)}" if check.failure else check.name, [])
        alike.append(check)
        others += [check] if len(alike) == 1 else []
    also = {alike[0].name: alike[1:] for alike in same.values()}
    stop = stopped_by(grade)
    if stop is not None:  # that is said once, alone
        others, also = [stop], {}
    said = {check.failure.reason for check in others if check.failure is not None}
    points = points_of(grade.points, grade.max_points)
    return rendered(
        "card.html", grade=grade, title=title, anchored=anchored, others=others, also=also, alone=stop is not None,
        notes=[note for note in grade.notes if note.splitlines()[0] not in said], remarks=_remarks,
        lines=printed(grade),
        passed=[check for check in grade.checks if check.status == "passed"], rows_of=lambda c: fields(c.failure),
        points=_("not graded, which is not your fault") if grade.status == "internal" else points,
        hint=hint_for(hints, blamed_in(grade)) if blamed_in(grade) and not grade.diagnoses else "",
    )  # fmt: skip


def _remarks(check: CheckResult) -> list[str]:
    """Return what is said beside a check's title: badge, figures, advice."""
    badge = [f"★ {translated(check.badge)}"] if check.badge else []
    advice = [translated(check.advice)] if check.advice else []
    return [*badge, *(f"{name} {value:g}" for name, value in check.figures), *advice]
