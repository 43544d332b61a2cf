"""How pages make a total, in sentences: weights, dropped pages, maxima; none where all are simply added up."""

from __future__ import annotations

from ..gradebook.class_totals import ClassTotals
from ..gradebook.policy import Policy
from ..gradebook.totals import category
from ..language import _, plural
from ..model import Syllabus


def rules_of(totals: ClassTotals) -> list[str]:
    """Return what a reader must know to add up the pages of these totals."""
    return rules(totals.pages, totals.policy, totals.syllabus)


def rules(pages: tuple[str, ...], policy: Policy, syllabus: Syllabus) -> list[str]:
    """Return what a reader must know to add up these pages: only what concerns one of them."""
    found = []
    for page in pages:
        weight = syllabus.weight(page)
        if weight != 1:
            found.append(
                _("the points of {page} count {weight} times", page=syllabus.pages[page].title, weight=f"{weight:g}")
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
                    "of {part} the lowest page counts as the mean of the others",
                    "of {part} the {n} lowest pages count as the mean of the others", lowest, part=name,
                )
            )  # fmt: skip
        if most is not None:
            found.append(_("{part} counts up to {most} points", part=name, most=f"{most:g}"))
    return found
