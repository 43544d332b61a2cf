"""The table of a page: function by family, who dies by which check, who is waived, who survives. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from .page import Fate, Page


def rows(page: Page) -> Iterator[tuple[str, str, str]]:
    """Yield (function, family, what became of its breakers), one line each."""
    groups: dict[tuple[str, str], list[Fate]] = {}
    for fate in page.fates:
        groups.setdefault((fate.target, fate.family), []).append(fate)
    for (target, family), fates in groups.items():
        killers = Counter(fate.by for fate in fates if fate.fate == "dies")
        if killers:
            by = ", ".join(f"{name} {count}" if count > 1 else name for name, count in killers.most_common())
            yield target, family, f"{killers.total()} die by {by}"
        elif all(fate.fate == "does not apply" for fate in fates):
            yield target, family, "does not apply"
        for fate in fates:
            if fate.fate == "waived":
                yield target, family, f"waived: {fate.what}: \u201c{fate.said}\u201d"
            elif fate.fate == "survives":
                yield target, family, f"survives: {fate.what}; {fate.shown}"
