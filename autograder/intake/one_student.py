"""One student's files: which of them is which page, and what is said of those that are none. Nothing is run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath

from ..course import trees as course_trees
from ..model import Exercise, Submission, Syllabus
from . import naming
from .choice import Candidate, Choice, candidate, choose
from .files import UNREADABLE, Entry
from .helpers import among, travelling
from .naming import Meant, Names
from .outline import Outline, Page, outline, page_of
from .packed import Packed
from .rows import missing, notes_of, passed_over, unclear
from .source import read_source

Source = tuple[tuple[str, ...], tuple[str, str] | None]  #: cells, and what is wrong


def pages_of(syllabus: Syllabus) -> dict[str, Page | None]:
    """Read what the stub of each page asks for."""
    where = course_trees.trees(syllabus.root)
    return {address: page_of(where.stub(address)) for address in syllabus.exercises}


@dataclass
class Work:
    """What one student handed in.

    Args:
        student: the id.
        entries: the files, with paths below the student's folder.
        also: other names of the student's.
    """

    student: str
    entries: list[Entry]
    names: Names
    pages: dict[str, Page | None]
    also: tuple[str, ...] = ()
    clock: Callable[[Entry], float] = lambda entry: entry.when
    ignored: list[tuple[str, str]] = field(default_factory=list)
    chosen: dict[str, tuple[Entry, ...]] = field(
        default_factory=dict
    )  #: by page: what is graded, and what ties with it

    def __post_init__(self) -> None:
        self._sources: dict[int, Source] = {}
        self._outlines: dict[int, Outline] = {}
        self._used: set[int] = set()
        self._meant: dict[int, Meant] = {}
        own = (self.student, *self.also)
        for entry in self.entries:
            found = self.names.meant(entry.path, own)
            if not found.pages:  # a folder or zip may be called like the page: softmax/main.py
                around = entry.path.parent
                found = self.names.meant(around, own) if around.name else found
                found = Meant(found.pages, (*found.rest, naming.stem(entry.path.name))) if found.sure else Meant()
            self._meant[id(entry)] = found

    # -- which files -----------------------------------------------------------------------------

    def named(self, sources: bool = True) -> list[str]:
        """Return the pages that files here are surely called like; of files that are no sources with `sources` off."""
        found = [
            self._meant[id(e)] for e in self.entries if naming.is_source(e.path.name) == sources or self._disguised(e)
        ]
        return [one.pages[0] for one in found if one.sure]

    def recognised(self) -> list[str]:
        """Return the pages that sources here seem to be by what they define, whatever they are called."""
        return [
            address
            for entry in self._possible()
            for address, page in self.pages.items()
            if page is not None and 2 * self._defined(entry, page) >= len(page.wanted)
        ]

    def submission(self, exercise: Exercise) -> Submission:
        """Return what was handed in for this page; where nothing was, what lies there in its place."""
        chosen = self.choose(exercise)
        if chosen is None:
            left = [e for e in self.entries if id(e) not in self._used and self._fits(e, exercise)]
            problem = missing(exercise, left, {id(e): self._meant[id(e)] for e in left})
            return Submission(self.student, exercise.address, f"{exercise.name}.py", problem=problem)
        self._used |= {id(c.entry) for c in (chosen.best, *chosen.tied, *(c for c, _ in chosen.others))}
        self.ignored += passed_over(chosen)
        self.chosen[exercise.address] = (chosen.best.entry, *(c.entry for c in chosen.tied))
        equals = (chosen.best, *chosen.tied)
        made = [self._made(exercise, one, chosen) for one in equals]
        return made[0] if len(made) == 1 else _tied(made, [one.entry.path for one in equals])

    def unclear(self) -> list[tuple[str, str]]:
        """Files whose name is that of several pages, none of which they are graded for."""
        return [
            (entry.shown, unclear(entry, self._meant[id(entry)]))
            for entry in self.entries
            if id(entry) not in self._used and len(self._meant[id(entry)].pages) > 1
            if naming.is_source(entry.path.name)
        ]

    def choose(self, exercise: Exercise) -> Choice | None:
        """Of the files that are called like the page the one that counts; where none is written, of all that fit."""
        page = self.pages.get(exercise.address)
        sure, maybe, rest = self._by_name(exercise.address)
        if len(sure) == 1 and not maybe and not rest:
            only = candidate(sure[0], page, self._source(sure[0]), 2, look=False)
            return choose([only], self.clock)
        candidates = [self._candidate(entry, page, 2) for entry in sure]
        if not any(c.written for c in candidates):
            candidates += [c for c in (self._candidate(e, page, 1) for e in maybe) if self._fair(c, exercise.address)]
        if page is not None and not any(c.written for c in candidates):
            candidates += [c for c in (self._candidate(e, page, 0) for e in rest) if self._fair(c, exercise.address)]
        return choose(candidates, self.clock) if candidates else None

    def _by_name(self, address: str) -> tuple[list[Entry], list[Entry], list[Entry]]:
        """(files that are this page by name, those that may be, those whose name says nothing)."""
        sure: list[Entry] = []
        maybe: list[Entry] = []
        rest: list[Entry] = []
        for entry in self.entries:
            found = self._meant[id(entry)]
            if naming.is_source(entry.path.name):
                if address in found.pages:
                    (sure if found.sure else maybe).append(entry)
                elif not found.sure:
                    rest.append(entry)
            elif self._disguised(entry) and address in found.pages:
                maybe.append(entry)
        return sure, maybe, rest

    def _possible(self) -> list[Entry]:
        return [e for e in self.entries if naming.is_source(e.path.name) and not self._meant[id(e)].sure]

    def _disguised(self, entry: Entry) -> bool:
        """Tell whether this is a source under another suffix, for a page that its name says."""
        if not naming.is_disguised(entry.path.name) or not self._meant[id(entry)].pages or entry.problem:
            return False
        cells, problem = self._source(entry)
        return problem is None and any(
            page is not None and page.defined(outline(cells))
            for page in map(self.pages.get, self._meant[id(entry)].pages)
        )

    def _fits(self, entry: Entry, exercise: Exercise) -> bool:
        """May this file have been meant for the page? One that is called like another page was not."""
        found = self._meant[id(entry)]
        return not found.sure or exercise.address in found.pages

    def _fair(self, one: Candidate, address: str) -> bool:
        """Return whether what a file defines says that it is this page and no other."""
        if one.page is None:  # nobody knows what it should define: the name must do
            return one.sure == 1 and len(self._meant[id(one.entry)].pages) == 1
        if 2 * one.defined >= len(one.page.wanted):
            return True
        others = self._meant[id(one.entry)].pages if one.sure and len(self._meant[id(one.entry)].pages) > 1 else ()
        others = others or (() if one.sure else tuple(self.pages))
        return one.defined > 0 and all(
            self._defined(one.entry, page) < one.defined
            for other in others
            if other != address and (page := self.pages.get(other)) is not None
        )

    # -- reading ---------------------------------------------------------------------------------

    def _source(self, entry: Entry) -> Source:
        """Cells of a file, and what is wrong with it."""
        if id(entry) not in self._sources:
            self._sources[id(entry)] = read_entry(entry)
        return self._sources[id(entry)]

    def _candidate(self, entry: Entry, page: Page | None, sure: int) -> Candidate:
        return candidate(entry, page, self._source(entry), sure)

    def _defined(self, entry: Entry, page: Page) -> int:
        if id(entry) not in self._outlines:
            cells, problem = self._source(entry)
            self._outlines[id(entry)] = outline(cells) if problem is None else Outline()
        return len(page.defined(self._outlines[id(entry)]))

    def _made(self, exercise: Exercise, one: Candidate, chosen: Choice) -> Submission:
        entry, name = one.entry, one.entry.path.name
        files = travelling(one.cells, among(self.entries, entry.path)) if one.cells else ()
        notes = notes_of(exercise, one, chosen)
        when = iso(entry.when)
        if one.problem is not None and not one.cells:
            return Submission(self.student, exercise.address, name, (), (), one.problem, when, notes)
        return Packed(self.student, exercise.address, name, one.cells, files, one.problem, when, notes)


def read_entry(entry: Entry) -> Source:
    """Read the cells of a file, and what is wrong with it."""
    name = entry.path.name
    if entry.problem:
        return (), ("malformed", entry.problem)
    try:
        content = entry.read()
    except UNREADABLE as error:
        return (), ("malformed", f"{name} cannot be read: {error}")
    return read_source(content, name)


def _tied(made: list[Submission], paths: list[PurePosixPath]) -> Submission:
    """Return the first of several that tie, with the others. Files of one name in several folders go by their paths."""
    if len({one.filename for one in made}) < len(made):
        made = [replace(one, filename=str(path)) for one, path in zip(made, paths, strict=True)]
    first = made[0]
    values = (first.student, first.exercise, first.filename, first.cells, first.files, first.problem, first.submitted)
    return Packed(*values, first.notes, tuple(made[1:]))


def iso(when: float) -> str:
    """Write a moment in ISO 8601, "" when it is not known."""
    return datetime.fromtimestamp(when, UTC).isoformat(timespec="seconds") if when > 0 else ""


def graded_pages(works: Iterable[Work]) -> set[str]:
    """Return the pages that anybody handed in: by the names of files, else by what they define, else by other files."""
    works = list(works)
    for found in (
        {a for work in works for a in work.named()},
        {a for work in works for a in work.recognised()},
        {a for work in works for a in work.named(sources=False)},
    ):
        if found:
            return found
    return set()
