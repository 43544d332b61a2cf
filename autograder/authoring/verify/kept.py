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
from ...course.trees import Trees, installed
from ...errors import CourseError
from ...gradebook import keys
from ...model import ENDS, Exercise, Grade, Settings
from ...running.pool import Task
from ..breakers.alibis import Named
from ..breakers.page import Page
from ..reach import users
from .tasks import Collected, Ends, Fate, Seen, Told

#: what each kind of task is answered by
ANSWERS: dict[str, Any] = {
    "collected": list[Collected], "called": list[str], "grade": Grade, "draft": Grade, "seen": Seen,
    "wrong": list[Grade], "mutant": Fate, "breakers": Page, "again": Page, "alibis": list[Named], "draws": list[Ends],
}  # fmt: skip
#: kinds that depend on the catalogue of misconceptions, by what is diagnosed: on those that were looked for
DIAGNOSED = ("grade", "draft", "wrong", "mutant", "alibis")
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
    """

    def __init__(self, trees: Trees, exercise: Exercise, settings: Settings):
        self.path = trees.root / ".gradus" / "verify" / f"{exercise.address.replace('/', '__')}.json"
        self._read_only = installed(trees)
        self._trees, self._exercise, self._settings = trees, exercise, settings
        self._base, self._wrong = self._now()
        self._defined = {*users(catalogue.solution_text(trees, exercise))}
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
            self._answers = {key: found[key] for key in found if key.split(" ")[1] == self._base}
        except (OSError, ValueError, AttributeError, IndexError):
            self._answers = {}

    def _now(self) -> tuple[str, tuple[Rewrite, ...]]:
        """Return what every answer depends on, as a hash, and the misconceptions, on which some do."""
        page = keys.page_key(self._trees, self._exercise, catalogue=False)
        return _hash(engine(), repr(self._settings), page), catalogue.misconceptions(self._trees, self._exercise)

    def _key(self, task: Task) -> str:
        return f"{task[0]} {self._base} {_hash(*map(str, task))}"

    def recall(self, task: Task) -> Any:
        """Return the answer to a task that is known from before, else None."""
        try:
            answer = self._answers[self._key(task)]
            if task[0] in DIAGNOSED:
                answer, of, mistakes = answer
                if mistakes != self._mistakes(of):
                    return None
            return documents.read(answer, ANSWERS[task[0]])
        except (KeyError, TypeError, ValueError):
            return None

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
            unsure = () if in_order else DIAGNOSED
            kept = {key: answer for key, answer in self._answers.items() if key.split(" ")[0] not in unsure}
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text(json.dumps(kept), encoding="utf-8")


def _told(one: Rewrite) -> str:
    """Return all of a misconception that a diagnosis depends on; in which line it is written is none of it."""
    return repr((one.key, one.name, one.of, one.source, one.hint, one.dies_by, one.also))


def _lasting(seen: Seen) -> bool:
    """Tell whether a mistake would end like this again, whatever else the machine does."""
    return all(ENDS[one.status].certain and not one.fault for one in seen.results)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
