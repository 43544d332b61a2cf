"""What did not change is known from before: the answers about a page, kept under a hash of all that decides them."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from ... import documents
from ...course import catalogue
from ...course.catalogue import Rewrite
from ...course.texts import read_text
from ...course.trees import Trees, installed
from ...errors import CourseError
from ...gradebook import keys
from ...model import ENDS, Exercise, Grade, Settings
from ...running.pool import Task
from ..breakers.alibis import Named
from ..breakers.page import Page
from ..reach import users
from .saved_checks import as_they_were, function_of, keys_of_checks
from .tasks import Collected, Ends, Fate, Rest, Seen, Told

#: what each kind of task is answered by
ANSWERS: dict[str, Any] = {
    "collected": list[Collected], "called": list[str], "grade": Grade, "draft": Grade, "seen": Seen,
    "wrong": list[Grade], "mutant": Fate, "breakers": Page, "again": Page, "alibis": list[Named], "draws": list[Ends],
    "seen-rest": Seen, "grade-rest": Grade,
}  # fmt: skip
#: kinds that depend on the catalogue of misconceptions, by what is diagnosed: on those that were looked for
DIAGNOSED = ("grade", "draft", "wrong", "mutant", "alibis", "grade-rest")
_AUTHORING = Path(__file__).resolve().parents[1]


@cache
def engine() -> str:
    """Hash the sources that grade, alter and break, and the libraries that they use."""
    sha = hashlib.sha256((keys.engine() + keys.libraries()).encode())
    for path in sorted(_AUTHORING.rglob("*.py")):
        sha.update(str(path.relative_to(_AUTHORING)).encode() + path.read_bytes())
    return sha.hexdigest()


class Kept:
    """The answers about one page.

    Args:
        settings: how it is graded.
        by_check: what a source did before a check that is as it was is known, though others changed. A source that
            keeps something from one check for the next may do otherwise, so a proof does not rest on that.
    """

    def __init__(self, trees: Trees, exercise: Exercise, settings: Settings, *, by_check: bool = False):
        self.path = trees.root / ".gradus" / "verify" / f"{exercise.address.replace('/', '__')}.json"
        self._read_only = installed(trees)
        self._trees, self._exercise, self._settings, self._by_check = trees, exercise, settings, by_check
        self._base, self._wrong = self._now()
        self._around = _hash(engine(), repr(settings), keys.page_key(trees, exercise, catalogue=False, checks=False))
        self._checks = keys_of_checks(read_text(trees.check(exercise.address), "cannot be read"))
        self._defined = {*users(catalogue.solution_text(trees, exercise))}
        self._same: frozenset[str] = frozenset()
        self._former: dict[str, Any] = {}
        self.changed: frozenset[str] = frozenset()  #: the checks that are not as they were, if any is
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
            answers = found["answers"]
            self._answers = {key: answers[key] for key in answers if key.split(" ")[1] == self._base}
            if by_check and not self._answers and found["around"] == self._around:
                self._same = as_they_were(found["checks"], self._checks)
                self._former = {_without_base(key): answer for key, answer in answers.items()}
                self.changed = frozenset(self._checks) - self._same
        except (OSError, ValueError, AttributeError, IndexError, TypeError, KeyError):
            self._answers = {}

    def _now(self) -> tuple[str, tuple[Rewrite, ...]]:
        """Return what every answer depends on, as a hash, and the misconceptions, on which some do."""
        page = keys.page_key(self._trees, self._exercise, catalogue=False)
        return _hash(engine(), repr(self._settings), page), catalogue.misconceptions(self._trees, self._exercise)

    def _key(self, task: Task) -> str:
        kind, subject = task
        if isinstance(subject, Rest):
            return f"{subject.kind}-rest {self._base} {_hash(subject.kind, str(subject.subject))}"
        return f"{kind} {self._base} {_hash(kind, str(subject))}"

    def recall(self, task: Task) -> Any:
        """Return the answer to a task that is known from before, else None."""
        known = self._read(self._answers, task[0], self._key(task))
        if known is None and self._by_check:
            known = self._read(self._answers, f"{task[0]}-rest", self._key(("rest", Rest(*task, {}, ()))))
        return known

    def _read(self, answers: dict[str, Any], kind: str, key: str) -> Any:
        try:
            answer = answers[key]
            if kind in DIAGNOSED:
                answer, of, mistakes = answer
                if mistakes != self._mistakes(of):
                    return None
            return documents.read(answer, ANSWERS[kind])
        except (KeyError, TypeError, ValueError):
            return None

    def rest(self, task: Task) -> Task:
        """Return what of a task is to be asked, as the checks that are as they were answer the rest of it."""
        kind, subject = task
        end = _hash(kind, str(subject))
        for former in (kind, f"{kind}-rest"):
            known = self._read(self._former, former, f"{former} {end}")
            if isinstance(known, Seen) and known.traces is not None:
                results = {one.name: one for one in known.results if function_of(one.name) in self._same}
                traces = {name: raw for name, raw in known.traces.items() if name in results}
                return ("rest", Rest(kind, subject, results, known.notes, traces)) if results else task
            if isinstance(known, Grade) and kind == "grade":
                passed = [one for one in known.checks if one.status == "passed"]
                results = {one.name: one for one in passed if function_of(one.name) in self._same}
                return ("rest", Rest(kind, subject, results, known.notes)) if results else task
        return task

    def _mistakes(self, of: Iterable[str]) -> str:
        """Hash the misconceptions of some definitions, and those of what the solution does not define."""
        about = {*of}
        return _hash(*(_told(one) for one in self._wrong if one.of in about or one.of not in self._defined))

    def take(self, task: Task, answer: Any) -> None:
        """Take in an answer; none where there is but a text that says why."""
        if isinstance(answer, Told):
            self._answers[self._key(task)] = [
                documents.plain(answer.answer), list(answer.of), self._mistakes(answer.of)
            ]  # fmt: skip
        elif not isinstance(answer, str) and not (isinstance(answer, Seen) and not _lasting(answer)):
            self._answers[self._key(task)] = documents.plain(answer)

    def write(self, in_order: bool) -> None:
        """Keep the answers; where nothing can be written, or a file was saved meanwhile, nothing is kept.

        Args:
            in_order: the page has no fault. Else what may be a fault of the machine's is not kept.
        """
        if self._read_only:
            return
        with contextlib.suppress(OSError, CourseError):
            if self._now() != (self._base, self._wrong):
                return
            answers = {key: answer for key, answer in self._answers.items() if in_order or _sure(key, answer)}
            self.path.parent.mkdir(parents=True, exist_ok=True)
            kept = {"around": self._around, "checks": self._checks, "answers": answers}
            self.path.write_text(json.dumps(kept), encoding="utf-8")


def _told(one: Rewrite) -> str:
    """Return all of a misconception that a diagnosis depends on; in which line it is written is none of it."""
    return repr((one.key, one.name, one.of, one.source, one.hint, one.dies_by, one.also))


def _without_base(key: str) -> str:
    kind, _, end = key.split(" ")
    return f"{kind} {end}"


def _sure(key: str, answer: Any) -> bool:
    """Tell whether an answer about a page with a fault is none of the machine's: a source that passes is as right."""
    kind = key.split(" ")[0]
    passed = kind.startswith("grade") and all(one["status"] == "passed" for one in answer[0]["checks"])
    return kind not in DIAGNOSED or passed


def _lasting(seen: Seen) -> bool:
    """Tell whether a mistake would end like this again, whatever else the machine does."""
    return all(ENDS[one.status].certain and not one.fault for one in seen.results)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
