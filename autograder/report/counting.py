"""How pages make a total, in sentences: weights, dropped pages, maxima; none where all are simply added up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ..gradebook.class_totals import ClassTotals
from ..gradebook.policy import Policy
from ..gradebook.totals import Standing, category
from ..language import _, plural
from ..model import Syllabus
from ..text import printable


def rules_of(totals: ClassTotals) -> list[str]:
    """Return what a reader must know to add up the pages of these totals."""
    made = rules(totals.pages, totals.policy, totals.syllabus, (page for _, page in totals.gone))
    return made + unmarked(totals.rows, totals.syllabus)


def unmarked(rows: Iterable[Standing], syllabus: Syllabus) -> list[str]:
    """Say of each page for how many of these students a written question waits for its mark, and so does not count."""
    waits = Counter(row.exercise for row in rows if row.unmarked)
    return [
        plural(
            "{page}: a written question is not marked yet for one student; it does not count until it is marked",
            "{page}: written questions of {n} students are not marked yet; they do not count until they are marked",
            waits[page], page=syllabus.pages[page].title,
        )
        for page in syllabus.pages if waits[page]
    ]  # fmt: skip


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
        if policy.drop_lowest.get(part, 0) > max(lowest, 0):
            found.append(
                _(
                    "Of {part} {left} of {pages} pages are left out so far, though the policy says {drop}: one counts",
                    part=name, left=max(lowest, 0), pages=count, drop=policy.drop_lowest[part],
                )
            )  # fmt: skip
        if lowest > 0:
            found.append(
                plural(
                    "Of {part} the page that costs most counts as the mean of the others",
                    "Of {part} the {n} pages that cost most count as the mean of the others", lowest, part=name,
                )
            )  # fmt: skip
        if most is not None:
            found.append(_("{part} counts up to {most} points", part=name, most=f"{most:g}"))
    return found + [gone_line(page) for page in sorted(set(gone))]
