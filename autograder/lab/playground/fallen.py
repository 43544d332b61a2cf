"""The student's parts that failed in a run, in whose place the course's stand, and what is told of each."""

from __future__ import annotations

import msgspec

from ...language import translated
from ...text import printable
from ..plainly import meaning, unreadable
from . import messages as m
from .hosted import MOST_TOLD, Trouble
from .inside.names import PAGE_OF
from .parts import SECTION


class Fallen:
    """The parts that failed since the student's files were read, by name.

    Attributes:
        parts: how each failed.
    """

    def __init__(self) -> None:
        self.parts: dict[str, m.Fell] = {}

    def note(self, trouble: Trouble, page: str, part: str, used: tuple[str, ...]) -> m.Fell:
        """Note what failed, and return what is said of it: a part, all of a page in use, or all in use.

        Args:
            page: where it was, "" if that is not known.
            part: which it was, "" for all of the page.
        """
        failed = [part] if part else [one for one in used if not page or PAGE_OF[one] == page]
        line = trouble.line if page == trouble.page else 0  # it is one of the page where it came out
        where = f"{SECTION}/{page}" if page else ""
        fell = m.Fell(failed, where, trouble.kind, translated(meaning(trouble.text)), line)
        self.parts |= dict.fromkeys(failed, fell)
        return fell

    def forgive(self, kind: str) -> bool:
        """Forget the parts that failed in this way; tell whether there were any."""
        kept = {part: fell for part, fell in self.parts.items() if fell.kind != kind}
        some, self.parts = len(kept) < len(self.parts), kept
        return some

    def keep(self, pages: set[str]) -> None:
        """Forget the parts of all pages but these: what was saved is tried when it is used."""
        self.parts = {part: fell for part, fell in self.parts.items() if PAGE_OF[part] in pages}

    def told(self, notes: dict[str, m.Note]) -> dict[str, m.Note]:
        """Return of each part whose it is, with how it failed where it did."""
        told = {}
        for part, note in notes.items():
            if part not in PAGE_OF:
                continue
            line = 0 if unreadable(note.text) else note.line
            note = msgspec.structs.replace(note, text=translated(printable(meaning(note.text), MOST_TOLD)), line=line)
            if note.whose == "course" and note.kind not in ("", "unwritten", "switched"):
                self.parts.setdefault(
                    part, m.Fell([part], f"{SECTION}/{PAGE_OF[part]}", note.kind, note.text, note.line)
                )
            fell = self.parts.get(part) if note.whose == "course" else None
            if fell is not None:
                note = m.Note("course", fell.kind, fell.text, line=fell.line)
            told[part] = msgspec.structs.replace(note, page=f"{SECTION}/{PAGE_OF[part]}")
        return told
