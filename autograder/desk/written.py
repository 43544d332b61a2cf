"""What students answered in words, for the marker: out of the notebooks that they handed in.

They are looked for where the desk was told, else where `gradus grade` found them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .. import nbcourse
from ..errors import GradusError
from ..gradebook import handed_in
from ..gradebook.store import Gradebook
from ..gradebook.totals import Standing
from ..intake import roster as people
from ..intake.in_words import answers
from ..intake.submissions import ClassFolder, read_class
from .again import Again
from .results import Results

NOT_NAMED = (
    "The student's answer stands in the notebook that was handed in: read it there, "
    "or start `gradus desk` with `--submissions FOLDER`, which shows it here."
)
NO_NOTEBOOK = "The submissions hold no notebook of this page of the student's, and nothing else has room for an answer."
NO_CELL = "{name}, as it was handed in, has no cell for this question."
NOTHING = "The student wrote nothing there."
LATER = "Handed in after what was graded."


@dataclass(frozen=True)
class Words:
    """A student's answer to a question; `why` says why there is none, or what is to be known of it."""

    text: str = ""
    why: str = ""


class Written:
    """What a class handed in, read once for each state of its results. Threads may share it.

    Args:
        again: says what was handed in, None where nobody did.
    """

    def __init__(self, results: Results, again: Again | None) -> None:
        self._results, self._again = results, again
        self._lock = threading.Lock()
        self._of = -1
        self._found = ClassFolder([])
        self._digests: dict[tuple[str, str], str] = {}

    def of(self, row: Standing, asked: Mapping[str, str], shown: Callable[[str], str] = str) -> dict[str, Words]:
        """Return the answers of a student's page, by the names of its questions' cells.

        Args:
            asked: by the name of each question's cell what is asked.
            shown: what becomes of a text before it is shown.
        """
        if not asked:
            return {}
        try:
            places = self._places()
            if not places:
                return dict.fromkeys(asked, Words(why=NOT_NAMED))
            found, digests = self._read(places)
        except (GradusError, OSError) as error:
            return dict.fromkeys(asked, Words(why=shown(f"The submissions cannot be read: {error}")))
        theirs = row.grade.student if row.grade is not None else row.student
        name, owner, said = "", "", dict[str, str]()
        for student in dict.fromkeys((theirs, row.student, *self._results.policy.members(row.student))):
            for entry in found.notebooks.get((student, row.exercise), ()):
                name, owner = name or entry.path.name, student
                said = {**answers(entry, asked), **{key: text for key, text in said.items() if text}}
            if said:
                break
        if not name:
            return dict.fromkeys(asked, Words(why=NO_NOTEBOOK))
        digest = digests.get((owner, row.exercise))
        later = row.grade is not None and digest is not None and digest != row.grade.digest
        return {key: _words(said.get(key), shown, name, later) for key in asked}

    def _places(self) -> list[tuple[Path, Path | None]]:
        """Return where what was handed in lies, each with its roster: as was said, else as the gradebook has it."""
        if self._again is not None:
            return [(self._again.submissions, self._again.roster)]
        if self._results.plain:
            return []
        with Gradebook(self._results.file) as book:
            return handed_in.places(book)

    def _read(
        self, places: list[tuple[Path, Path | None]]
    ) -> tuple[ClassFolder, dict[tuple[str, str], str]]:  # fmt: skip
        now = sum(map(len, self._results.now().histories.values()))
        with self._lock:
            if now != self._of:
                self._found, self._digests = ClassFolder([]), {}
                for place, roster in places:
                    found = self._read_one(place, roster)
                    self._found.notebooks.update(found.notebooks)
                    self._digests |= {(one.student, one.exercise): one.digest for one in found.submissions}
                self._of = now  # the code of the submissions is kept elsewhere
            return self._found, self._digests

    def _read_one(self, place: Path, roster: Path | None) -> ClassFolder:
        notebooks = nbcourse.find(place)
        if notebooks is not None:
            return notebooks.read(self._results.course)
        return read_class(place, self._results.course, roster=people.load(roster) if roster is not None else None)


def _words(said: str | None, shown: Callable[[str], str], name: str, later: bool) -> Words:
    if said is None:
        return Words(why=shown(NO_CELL.format(name=name)))
    return Words(shown(said), LATER if later else "") if said else Words(why=NOTHING)
