"""The plain values that one room hands to the next: frozen, without behaviour beyond arithmetic."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Status:
    """One way in which a check can end, and all that follows from it."""

    name: str
    sign: str  #: carries the meaning where there is no colour
    colour: str  #: of a terminal; pages have their own for it
    counts: bool = True  #: else it says nothing of the submission: neither its points nor its maximum count
    certain: bool = True  #: else it may be the machine's doing, or that of data that were not there: a run tries again
    damning: bool = False  #: where the reference solution ends so, the check is broken


#: every way a check can end, the worst last; missing or garbled data is never a pass
ENDS = {
    status.name: status
    for status in (
        Status("passed", "✓", "green"),
        Status("failed", "✗", "red", damning=True),
        Status("skipped", "→", "bright_black", counts=False, certain=False),
        Status("missing", "…", "bright_black", damning=True),
        Status("error", "!", "red", damning=True),
        Status("forbidden", "⊘", "magenta", damning=True),
        Status("timeout", "◷", "yellow", certain=False),
        Status("memory", "▲", "yellow", certain=False),
        Status("crashed", "☠", "magenta", certain=False),
        Status("malformed", "?", "magenta", damning=True),
        Status("internal", "#", "bold red", counts=False, certain=False, damning=True),
    )
}
STATUSES = tuple(ENDS)
UNCOUNTED = tuple(name for name, status in ENDS.items() if not status.counts)

#: how far a page is proved, the least first: its solution passes and its stub does not; besides, every promise of a
#: docstring that is broken is noticed; besides, known mistakes, other right ways and mutants
LEVELS = ("draft", "checked", "proven")
BY_HAND = "by hand"  #: the level of a page of questions, of which a person marks all


@dataclass(frozen=True)
class Question:
    """What is answered in words and marked by a person; its points are none of a page's `points`.

    `ask` is Markdown; `scheme` says to the person who marks what earns how much, and is never shown to students.
    """

    ask: str
    points: float
    scheme: str = ""


class _Addressed:
    """What has an address, section/name."""

    address: str

    @property
    def section(self) -> str:
        """The part of the address before the slash."""
        return self.address.partition("/")[0]

    @property
    def name(self) -> str:
        """The part of the address after the slash."""
        return self.address.partition("/")[2]


@dataclass(frozen=True)
class Exercise(_Addressed):
    """One page of the course with something to implement.

    `weight` counts in a course total; `seconds` and `memory_mb` limit one check; `needs` are the
    modules a worker imports beforehand; `threads` the threads a worker may use. `introduces` lists the names of
    libraries that the page is the first to teach. `level` is how far it is proved, see `LEVELS`. A `question` is
    answered in words and graded by hand, as are all `questions`; their points are none of `points`. `question_answer`
    tells the marker what a good answer says, a sentence each.
    """

    address: str
    title: str
    points: float
    weight: float = 1.0
    seconds: float = 5.0
    memory_mb: int = 1024
    threads: int = 1
    needs: tuple[str, ...] = ()
    hints: tuple[str, ...] = field(default=(), repr=False)  #: with what follows, none decides a grade by itself
    ships_solved: bool = False
    mutants: bool = True
    data: tuple[str, ...] = ()
    introduces: tuple[str, ...] = field(default=(), repr=False)
    question: str = field(default="", repr=False)
    question_points: float = field(default=0.0, repr=False)
    question_answer: tuple[str, ...] = field(default=(), repr=False)  # for the marker
    level: str = field(default=LEVELS[-1], repr=False)  # decides no grade: what `repr` shows is part of every key
    questions: tuple[Question, ...] = field(default=(), repr=False)
    language: str = field(default="", repr=False)  #: the code of the one that students are spoken to in; "" is English


@dataclass(frozen=True)
class QuestionPage(_Addressed):
    """A page of the course with questions alone: no code is written there, and a person marks all of it."""

    address: str
    title: str
    questions: tuple[Question, ...]
    weight: float = 1.0
    level: str = BY_HAND  #: or that of a draft: nothing else of it can be proved
    language: str = ""

    @property
    def points(self) -> float:
        """The sum of its questions' points."""
        return sum(question.points for question in self.questions)


@dataclass(frozen=True)
class Assignment:
    """What is handed out together: exercises with their weights, and when it is due."""

    name: str
    title: str
    exercises: tuple[str, ...]
    due: datetime | None = None


@dataclass(frozen=True)
class Playground(_Addressed):
    """A page of the course that is played with in the lab: nothing of it is graded.

    Args:
        missions: how many missions there are, which count as done or not.
        names: theirs, in their order; () where the course says only how many there are.
    """

    address: str
    title: str
    missions: int = 0
    names: tuple[str, ...] = ()

    def counted(self, done: Iterable[str]) -> tuple[str, ...]:
        """Return what counts of what is said to be done: each known name once, the first ones where none is known."""
        said = tuple(dict.fromkeys(done))
        return tuple(name for name in said if name in self.names) if self.names else said[: self.missions]


@dataclass(frozen=True)
class Syllabus:
    """The whole course: sections in order, exercises in order, assignments, playgrounds.

    `question_pages` are none of the `exercises`, since nothing of them is checked; `order` names both as they come.
    """

    title: str
    root: Path
    sections: dict[str, str]
    exercises: dict[str, Exercise]
    assignments: dict[str, Assignment]
    playgrounds: dict[str, Playground] = field(default_factory=dict)
    question_pages: dict[str, QuestionPage] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    plain_english: bool = True  # whether `verify` looks for words of the list of `authoring.plain`
    language: str = ""

    @cached_property
    def pages(self) -> dict[str, Exercise | QuestionPage]:
        """The pages with something to do, code or words, in order."""
        both: dict[str, Exercise | QuestionPage] = {**self.exercises, **self.question_pages}
        return {address: both[address] for address in self.order or both}

    def weight(self, address: str) -> float:
        """Return what a page's points are multiplied with in a sum over pages; 1 of a page that is gone."""
        page = self.exercises.get(address) or self.question_pages.get(address)
        return page.weight if page is not None else 1.0


@dataclass(frozen=True)
class Submission:
    """What one student handed in for one exercise, read but not run.

    Args:
        student: the id, as a gradebook writes it.
        exercise: the address.
        filename: what to call the source in messages.
        cells: the source; a ``.py`` is one cell.
        files: the student's other files by relative path, importable by the source.
        problem: (status, message) when nothing of it can be run.
        submitted: when it was handed in, as far as its file tells, in ISO 8601; no part of what is graded.
        notes: what teacher and student are told about how it was handed in.
        tied: other files for the same exercise with the same right to be graded: the best one counts.
    """

    student: str
    exercise: str
    filename: str
    cells: tuple[str, ...] = ()
    files: tuple[tuple[str, bytes], ...] = ()
    problem: tuple[str, str] | None = None
    submitted: str = ""
    notes: tuple[str, ...] = ()
    tied: tuple[Submission, ...] = ()

    @cached_property  # a class that is known asks for little else
    def digest(self) -> str:
        """A hash of the content alone: equal submissions of two students have equal digests."""
        sha = hashlib.sha256()
        for part in (self.exercise, self.filename, *self.cells, str(self.problem)):
            sha.update(len(part).to_bytes(8, "little") + part.encode("utf-8", "surrogatepass"))
        for name, content in self.files:
            sha.update(name.encode("utf-8", "surrogatepass") + b"\0" + hashlib.sha256(content).digest())
        for more in (*self.notes, *(one.digest for one in self.tied)):
            sha.update(b"\1" + more.encode("utf-8", "surrogatepass"))
        return sha.hexdigest()


@dataclass(frozen=True)
class Settings:
    """How a run grades: drawn once, the same for every submission."""

    seed: int
    isolation: str
    data: str = ""
    keep_output: bool = False
    diagnose: bool = True
    fail_fast: bool = False


@dataclass(frozen=True)
class Diagnosis:
    """A known mistake that the submission's answers agree with.

    `exact` says that they do so call for call; else the failing call does, and something besides is wrong too.
    """

    name: str
    hint: str
    function: str
    exact: bool = True


@dataclass(frozen=True)
class Relation:
    """How what came back is related to what was expected: seen in every call, and no coincidence.

    `family` is the kind of relation, `text` the sentence, `calls` in how many calls it was seen.
    """

    family: str
    text: str
    calls: int = 1


#: what a failure is: two values differ, a promise does not hold, the code raised, no value came, a rule of style was
#: broken, a sentence of the author's stands for all of it, or a mere remark (of what was skipped, for one)
KINDS = ("difference", "property", "exception", "problem", "style", "hidden", "remark")


@dataclass(frozen=True)
class Frame:
    """One of the student's own lines in a traceback, with its code as it was handed in."""

    file: str
    line: int
    function: str
    code: str


@dataclass(frozen=True)
class Failure:
    """Why a check did not pass, part by part; a part that there is none of is empty.

    Args:
        kind: one of `KINDS`.
        reason: in words: how the values differ, what was raised, what does not hold.
        call: the call that it is about, as one would write it.
        got: what came back.
        expected: what was expected.
        where: the place inside the value where the two first differ, like ``[1, 0]``.
        about: what of the call it is about, like "the gradient".
        relations: how what came back is related to what was expected, like "every entry is 2 times the expected one".
        frames: the student's lines that raised, the innermost last.
        notes: what an author adds, a label and a text each.
        cause: what stands behind it, such as a statement that was not carried out when the source was loaded.
        diagnosis: the known mistakes that remain possible, usually none or one.
        function: the student's definition whose call it is, "" where it is about none.
        follows: the functions whose slip it follows from: with right ones in their place the check passes.
        besides: what else is wrong in the check, once its function is right.
        means: what the exception says, in plain words, and what to look at next.
    """

    kind: str
    reason: str
    call: str = ""
    got: str = ""
    expected: str = ""
    where: str = ""
    about: str = ""
    relations: tuple[Relation, ...] = ()
    frames: tuple[Frame, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    cause: Failure | None = None
    diagnosis: tuple[Diagnosis, ...] = ()
    function: str = ""
    follows: tuple[str, ...] = ()
    besides: tuple[Failure, ...] = ()
    means: str = ""

    @property
    def all_frames(self) -> tuple[Frame, ...]:
        """The frames of its cause, too."""
        return self.frames if self.cause is None else (*self.frames, *self.cause.all_frames)


@dataclass(frozen=True)
class CheckResult:
    """How one check ended.

    `failure` says why it did not pass; `advice` is a word that costs no points; `figures` are what a leaderboard
    compares, name and value, the larger the better; `plot` is a picture. `fault` tells the teacher what went wrong in
    the grader itself. `own` says of a crash that it came twice the same, by the code. `answers` is a digest of all
    that the check was answered: whoever answered alike to the last bit, with the same seed, has the same.
    """

    name: str
    title: str
    status: str
    points: float
    max_points: float
    failure: Failure | None = None
    output: str = ""
    badge: str = ""
    advice: str = ""
    figures: tuple[tuple[str, float], ...] = ()
    plot: dict[str, Any] | None = None
    fault: str = ""
    own: bool = False
    answers: str = ""

    @property
    def diagnosis(self) -> tuple[str, ...]:
        """The names of the known mistakes that remain possible."""
        return tuple(one.name for one in self.failure.diagnosis) if self.failure is not None else ()


@dataclass(frozen=True)
class Grade:
    """The result of one submission on one exercise, with what is needed to repeat it.

    `digest` and `submitted` are the submission's, `key` is the hash of all that decides the grade.
    """

    student: str
    exercise: str
    status: str
    points: float
    max_points: float
    seconds: float
    checks: tuple[CheckResult, ...] = ()
    isolation: str = ""
    seed: int = 0
    key: str = ""
    notes: tuple[str, ...] = field(default=())
    digest: str = ""
    submitted: str = ""
    filename: str = ""  #: of the file that was graded

    @property
    def diagnoses(self) -> tuple[str, ...]:
        """The names of all diagnoses, in the order of the checks."""
        return tuple(dict.fromkeys(name for check in self.checks for name in check.diagnosis))


def round_points(points: float) -> float:
    """Points as they are shown and written: at most four decimals, no negative zero."""
    return round(points, 4) + 0.0
