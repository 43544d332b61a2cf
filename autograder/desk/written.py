"""What students answered in words, for the marker: out of the notebooks that they handed in, where these were named."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .. import nbcourse
from ..errors import GradusError
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
        if self._again is None:
            return dict.fromkeys(asked, Words(why=NOT_NAMED))
        try:
            found, digests = self._read(self._again)
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

    def _read(self, again: Again) -> tuple[ClassFolder, dict[tuple[str, str], str]]:
        now = sum(map(len, self._results.now().histories.values()))
        with self._lock:
            if now != self._of:
                course, notebooks = self._results.course, nbcourse.find(again.submissions)
                if notebooks is not None:
                    self._found = notebooks.read(course)
                else:
                    known = people.load(again.roster) if again.roster is not None else None
                    self._found = read_class(again.submissions, course, roster=known)
                self._digests = {(one.student, one.exercise): one.digest for one in self._found.submissions}
                self._found.submissions = []  # the code is kept elsewhere
                self._of = now
            return self._found, self._digests


def _words(said: str | None, shown: Callable[[str], str], name: str, later: bool) -> Words:
    if said is None:
        return Words(why=shown(NO_CELL.format(name=name)))
    return Words(shown(said), LATER if later else "") if said else Words(why=NOTHING)
