"""Which of a student's files counts for a page, and why: one rule for every door. Pure.

What is as it was handed out never wins over what is not, nor what was put aside over what was not; then the latest
attempt counts, by the platform's number or time, else by the files' own times where these mean something. Files that
tie are all kept: the better one is graded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from . import naming
from .files import Entry
from .outline import UNKNOWN, Outline, Page, outline

SAME_MOMENT = 2.0  #: seconds; what lies closer was unpacked or copied together, and zips count in twos
MAX_TIED = 3  #: files that are graded beside the first of a tie


@dataclass
class Candidate:
    """A file that may be a page.

    Args:
        sure: how sure its name is: 2 the page's name, decorated perhaps, 1 other words beside it, 0 none of it.
    """

    entry: Entry
    page: Page | None
    cells: tuple[str, ...]
    problem: tuple[str, str] | None
    sure: int
    aside: bool = False
    outline: Outline = field(default_factory=Outline)

    @property
    def written(self) -> int:
        """Count the page's functions that are the student's own; of a page that is not known we believe all."""
        if self.problem is not None:
            return 0
        return len(self.page.written(self.outline)) if self.page is not None else 1

    @property
    def defined(self) -> int:
        """Count the page's functions that it has."""
        return len(self.page.defined(self.outline)) if self.page is not None and self.problem is None else 0

    @property
    def unlike(self) -> str:
        """Why this is no page of the course at all, "" when it may be."""
        known = self.page is not None and self.problem is None and UNKNOWN not in self.outline.forms.values()
        return "has none of the page's functions" if known and not self.written and not self.defined else ""

    @property
    def same(self) -> object:
        """Return what two files have in common that answer alike."""
        known = self.page is not None and UNKNOWN not in self.outline.forms.values()
        return frozenset(self.outline.forms.items()) if known else self.cells


@dataclass
class Choice:
    """The file that counts, those that tie with it, and of the others why they do not count."""

    best: Candidate
    tied: list[Candidate]
    others: list[tuple[Candidate, str]]


def choose(candidates: list[Candidate], clock: Callable[[Entry], float] = lambda entry: entry.when) -> Choice:
    """Choose among these, of which there is one at least.

    Args:
        clock: when a file was changed last, 0 when nobody knows.
    """
    left = list(candidates)
    others: list[tuple[Candidate, str]] = []

    def keep(better: Iterable[Candidate], why: str) -> None:
        nonlocal left
        kept = list(better)
        if kept and len(kept) < len(left):
            others.extend((c, c.unlike or why) for c in left if not any(c is k for k in kept))
            left = kept

    keep([c for c in left if c.problem is None], "cannot be read")
    keep([c for c in left if c.written], "is as it was handed out")
    keep([c for c in left if not c.unlike], "")
    surest = max(c.sure for c in left)
    keep([c for c in left if c.sure == surest], "has another name")
    keep([c for c in left if not c.aside], "was put aside")
    newest = max(c.entry.attempt for c in left)
    keep([c for c in left if c.entry.attempt == newest], "is earlier")
    if len(left) > 1:
        times = {id(c): clock(c.entry) for c in left}
        if all(times.values()):
            last = max(times.values())
            keep([c for c in left if last - times[id(c)] <= SAME_MOMENT], "is earlier")
    left.sort(key=_order)
    tied: list[Candidate] = []
    for one in left[1:]:
        if any(one.same == other.same for other in (left[0], *tied)):
            others.append((one, "holds the same"))
        elif len(tied) < MAX_TIED:
            tied.append(one)
        else:
            others.append((one, "is one of many"))
    return Choice(left[0], tied, others)


def _order(c: Candidate) -> tuple[object, ...]:
    """Order several that tie: the one with more written first, then a plain .py, then the shorter path."""
    path = c.entry.path
    disguised = not naming.is_source(path.name)
    return -c.written, disguised, not path.name.lower().endswith(".py"), len(path.parts), str(path), c.entry.shown


def candidate(
    entry: Entry, page: Page | None, read: tuple[tuple[str, ...], tuple[str, str] | None], sure: int, look: bool = True
) -> Candidate:
    """Return a file as a candidate for a page.

    Args:
        read: its cells, and what is wrong with it.
        look: look into it; where nothing competes, there is no need.
    """
    cells, problem = read
    made = outline(cells) if look and page is not None and problem is None else Outline()
    return Candidate(entry, page, cells, problem, sure, naming.is_aside(entry.path), made)
