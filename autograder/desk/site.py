"""What every view of the desk shares: the results, who asks, and what a student is called in this view."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from ..errors import GradebookError
from ..gradebook.codes import Codes, secret_of
from ..gradebook.policy import Policy
from ..gradebook.store import Gradebook
from ..model import Grade
from ..text import in_line
from ..web.safety import Tickets, new_token
from .again import Again
from .cover import Cover
from .hide import Ids, cover_grade
from .results import Results
from .vocabulary import Vocabulary, words_of
from .who import Who
from .written import Written

NAMED, ANONYMOUS = "named", "anonymous"


class NotHere(Exception):
    """There is nothing at this address; the text says what is not there."""


class Desk:
    """One desk: what is served, and to whom.

    Args:
        anonymous: the students' names are shown nowhere.
        host: the name of a proxy's that leads here, "" for none.
        token: of the address; a new one by default.
        requests: a CSV of what students ask to be looked at again.
        again: grades the class again, where it was said what was graded.
    """

    def __init__(
        self, results: Results, who: Who | None = None, *, anonymous: bool = False, host: str = "", token: str = "",
        requests: Path | None = None, again: Again | None = None,
    ):  # fmt: skip
        self.results, self.who, self.anonymous, self.host = results, who or Who(), anonymous, host
        self.requests, self.again, self.written = requests, again, Written(results, again)
        self.token, self.tickets = token or new_token(), Tickets()
        self._covered: tuple[tuple[str, ...], Policy, Cover] | None = None

    def close(self) -> None:
        """End what was begun."""
        if self.again is not None:
            self.again.close()
        self.results.close()

    @property
    def modes(self) -> tuple[str, ...]:
        """The views that there are, the first is where one begins."""
        return (ANONYMOUS,) if self.anonymous else (NAMED, ANONYMOUS)

    @cached_property
    def ids(self) -> Ids:
        """The students' ids: the same at every desk of a gradebook."""
        with Gradebook(self.results.file) as kept:
            secret = secret_of(kept)
        return Ids(secret)

    @property
    def cover(self) -> Cover:
        """What covers every name of everybody in the class as it was read last, in the roster and in the policy."""
        results = self.results
        whose = (results.last.students, results.policy)
        if self._covered is None or self._covered[:2] != whose:  # after an edit the same students are there anew
            people = dict.fromkeys((*whose[0], *results.roster.students, *results.policy.named))
            words = _vocabulary(results.course.root)
            self._covered = (*whose, Cover((results.roster.unique(student) for student in people), words))
        return self._covered[2]

    @property
    def codes(self) -> Codes:
        """The codes of students' pages, as they stand on these."""
        with Gradebook(self.results.file) as kept:
            return _codes(secret_of(kept))


@lru_cache(maxsize=4)
def _vocabulary(root: Path) -> Vocabulary:
    return Vocabulary(words_of(root))


@lru_cache(maxsize=4)
def _codes(secret: str) -> Codes:
    return Codes(secret)


@dataclass(frozen=True)
class View:
    """The desk as one request sees it.

    Args:
        mode: NAMED or ANONYMOUS.
        marker: who asks.
    """

    desk: Desk
    mode: str
    marker: str

    @property
    def hidden(self) -> bool:
        """Tell whether names are covered."""
        return self.mode == ANONYMOUS

    def label(self, student: str) -> str:
        """Return what a student is called here."""
        return self.desk.ids.of(student) if self.hidden else in_line(student, 120)

    def names(self, student: str) -> tuple[str, ...]:
        """Return all names of a student: the one that is graded, and those of the roster, the longest first."""
        known = self.desk.results.roster.students.get(student, {})
        return tuple(sorted({student, *filter(None, known.values())}, key=lambda name: (-len(name), name)))

    def sought(self, student: str) -> str:
        """Return what a search looks into: what the student is called here, and where names are shown, all of them."""
        return self.label(student) if self.hidden else "\n".join((self.label(student), *self.names(student)))

    def id(self, student: str) -> str:
        """Return a student's id, for addresses."""
        return self.desk.ids.of(student)

    def student(self, id: str) -> str:
        """Return the student of an id.

        Raises:
            NotHere: it is nobody's.
        """
        there = self.desk.results.now().totals
        self.desk.ids.learn(there)
        found = self.desk.ids.student(id)
        if found is None or found not in there:  # taken out meanwhile
            raise NotHere("there is no such student")
        return found

    def grade(self, grade: Grade) -> Grade:
        """Return a grade as it may be shown here."""
        return cover_grade(grade, self.desk.cover) if self.hidden else grade

    def text(self, text: str) -> str:
        """Return a text, whoever wrote it, as it may be shown here: in the anonymous view without anybody's name."""
        return self.desk.cover.text(text) if self.hidden else text

    def key(self, key: str) -> str:
        """Return what an item of the rubric is called in this view: its key, whose words may hold a name."""
        return key if self.text(key) == key else f"~{self.desk.ids.of(key)}"

    def page(self, address: str) -> str:
        """Return the address of a page that somebody handed in.

        Raises:
            NotHere: nobody did.
        """
        if address not in self.desk.results.now().pages:
            raise NotHere("nobody handed in such a page")
        return address

    def title(self, address: str) -> str:
        """Return a page's title."""
        return self.desk.results.course.pages[address].title

    def told(self, error: GradebookError, student: str) -> str:
        """Return an error's words about a student as they may be shown here."""
        words = str(error)
        begins = f"{student}, "
        mine = words.startswith(begins)
        return f"{self.label(student)}, {self.text(words.removeprefix(begins))}" if mine else self.text(words)
