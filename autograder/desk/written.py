"""What students answered in words, for the marker: out of the notebooks that they handed in.

They are looked for where the desk was told, else where `gradus grade` found them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .. import nbcourse
from ..errors import GradusError
from ..gradebook import handed_in
from ..gradebook.store import Gradebook
from ..gradebook.totals import Standing
from ..intake import roster as people
from ..intake.files import Entry
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
READING = "What was handed in is being read: load this page again in a few seconds."
LATER = "Handed in after what was graded."


PATIENCE = 0.4  #: seconds that a view waits for the rest of the reading
Place = tuple[Path, Path | None]  #: what was handed in, and the roster that says whose it is


@dataclass
class _Read:
    """What was read: the notebooks and the digests of a class, of which state of the results, or why they were not."""

    state: int = -1
    notebooks: dict[tuple[str, str], tuple[Entry, ...]] = field(default_factory=dict)
    digests: dict[tuple[str, str], str] = field(default_factory=dict)
    trouble: str = ""


@dataclass(frozen=True)
class Words:
    """A student's answer to a question; `why` says why there is none, or what is to be known of it."""

    text: str = ""
    why: str = ""


class Written:
    """What a class handed in, read once for each state of its results, beside the views. Threads may share it.

    Args:
        again: says what was handed in, None where nobody did.
    """

    def __init__(self, results: Results, again: Again | None) -> None:
        self._results, self._again = results, again
        self._lock = threading.Lock()
        self._reader: threading.Thread | None = None
        self._read = _Read()

    def of(self, row: Standing, asked: Mapping[str, str], shown: Callable[[str], str] = str) -> dict[str, Words]:
        """Return the answers of a student's page, by the names of its questions' cells.

        Args:
            asked: by the name of each question's cell what is asked.
            shown: what becomes of a text before it is shown.
        """
        if not asked:
            return {}
        places = self._places()
        if not places:
            return dict.fromkeys(asked, Words(why=NOT_NAMED))
        read = self._ready(places, PATIENCE)
        if read.state < 0:
            return dict.fromkeys(asked, Words(why=READING))
        if read.trouble:
            return dict.fromkeys(asked, Words(why=shown(f"The submissions cannot be read: {read.trouble}")))
        theirs = row.grade.student if row.grade is not None else row.student
        name, owner, said = "", "", dict[str, str]()
        for student in dict.fromkeys((theirs, row.student, *self._results.policy.members(row.student))):
            for entry in read.notebooks.get((student, row.exercise), ()):
                name, owner = name or entry.path.name, student
                said = {**answers(entry, asked), **{key: text for key, text in said.items() if text}}
            if said:
                break
        if not name:
            return dict.fromkeys(asked, Words(why=NO_NOTEBOOK))
        digest = read.digests.get((owner, row.exercise))
        later = row.grade is not None and digest is not None and digest != row.grade.digest
        return {key: _words(said.get(key), shown, name, later) for key in asked}

    def begin(self) -> None:
        """Begin to read, so that no view waits for it: of a large class it takes seconds."""
        places = self._places()
        if places:
            self._ready(places, 0.0)

    def _places(self) -> list[Place]:
        """Return where what was handed in lies, each with its roster: as was said, else as the gradebook has it."""
        if self._again is not None:
            return [(self._again.submissions, self._again.roster)]
        if self._results.plain:
            return []
        with Gradebook(self._results.file) as book:
            return handed_in.places(book)

    def _ready(self, places: list[Place], patience: float) -> _Read:
        """Return what was read last, that of now where it takes no longer than `patience` seconds."""
        now = sum(map(len, self._results.now().histories.values()))
        with self._lock:
            if self._read.state == now:
                return self._read
            if self._reader is None or not self._reader.is_alive():
                self._reader = threading.Thread(target=self._begin, args=(places, now), daemon=True)
                self._reader.start()
            reader = self._reader
        reader.join(patience)
        with self._lock:
            return self._read

    def _begin(self, places: list[Place], state: int) -> None:
        made = _Read(state)
        try:
            for place, roster in places:
                found = self._class_at(place, roster)
                made.notebooks.update(found.notebooks)
                made.digests.update({(one.student, one.exercise): one.digest for one in found.submissions})
        except (GradusError, OSError) as error:
            made.trouble = str(error)
        with self._lock:
            self._read = made  # the code of the submissions is kept elsewhere

    def _class_at(self, place: Path, roster: Path | None) -> ClassFolder:
        notebooks = nbcourse.find(place)
        if notebooks is not None:
            return notebooks.read(self._results.course)
        return read_class(place, self._results.course, roster=people.load(roster) if roster is not None else None)


def _words(said: str | None, shown: Callable[[str], str], name: str, later: bool) -> Words:
    if said is None:
        return Words(why=shown(NO_CELL.format(name=name)))
    return Words(shown(said), LATER if later else "") if said else Words(why=NOTHING)
