"""How pages make a total, in sentences: weights, dropped pages, maxima; none where all are simply added up."""

from __future__ import annotations

from collections.abc import Iterable

from ..gradebook.class_totals import ClassTotals
from ..gradebook.policy import Policy
from ..gradebook.totals import category
from ..language import _, plural
from ..model import Syllabus
from ..text import printable


def rules_of(totals: ClassTotals) -> list[str]:
    """Return what a reader must know to add up the pages of these totals."""
    return rules(totals.pages, totals.policy, totals.syllabus, (page for _, page in totals.gone))


def gone_line(page: str) -> str:
    """Say of a page of which something is kept that the course has it no longer."""
    return _("{page} is no page of this course any more: nothing that is kept of it counts", page=printable(page, 100))


def rules(pages: tuple[str, ...], policy: Policy, syllabus: Syllabus, gone: Iterable[str] = ()) -> list[str]:
    """Return what a reader must know to add up these pages: only what concerns one of them.

    Args:
        gone: pages of which something is kept, and which the course no longer has.
    """
    found = []
    for page in pages:
        weight = syllabus.weight(page)
        if weight != 1:
            found.append(
                _("The points of {page} count {weight} times", page=syllabus.pages[page].title, weight=f"{weight:g}")
            )
    sizes: dict[str, int] = {}
    for page in pages:
        part = category(page, policy, syllabus)
        sizes[part] = sizes.get(part, 0) + 1
    for part, count in sizes.items():
        name = syllabus.sections.get(part) or (
            syllabus.assignments[part].title if part in syllabus.assignments else part
        )
        lowest, most = min(policy.drop_lowest.get(part, 0), count - 1), policy.maximum.get(part)
        if lowest > 0:
            found.append(
                plural(
                    "Of {part} the lowest page counts as the mean of the others",
                    "Of {part} the {n} lowest pages count as the mean of the others", lowest, part=name,
                )
            )  # fmt: skip
        if most is not None:
            found.append(_("{part} counts up to {most} points", part=name, most=f"{most:g}"))
    return found + [gone_line(page) for page in sorted(set(gone))]
