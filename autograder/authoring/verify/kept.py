"""What did not change is known from before: the answers about a page, kept under a hash of all that decides them."""

from __future__ import annotations

import contextlib
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from ... import documents
from ...course.trees import Trees, installed
from ...gradebook import keys
from ...model import Exercise, Grade, Settings
from ...running.pool import Task
from ..breakers.alibis import Named
from ..breakers.page import Page
from .tasks import Collected, Ends, Fate

#: what each kind of task is answered by
ANSWERS: dict[str, Any] = {
    "collected": list[Collected], "called": list[str], "grade": Grade, "draft": Grade, "wrong": list[Grade],
    "mutant": Fate, "breakers": Page, "again": Page, "alibis": list[Named], "draws": list[Ends],
}  # fmt: skip
#: kinds that depend on the catalogue of misconceptions, by what is diagnosed
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
        started = f"{engine()} {settings!r}"
        self._bases = {
            True: _hash(started, keys.page_key(trees, exercise)),
            False: _hash(started, keys.page_key(trees, exercise, catalogue=False)),
        }
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
            self._answers = {key: found[key] for key in found if key.split(" ")[0] in self._bases.values()}
        except (OSError, ValueError, AttributeError):
            self._answers = {}

    def _key(self, task: Task) -> str:
        return f"{self._bases[task[0] in DIAGNOSED]} {_hash(*map(str, task))}"

    def recall(self, task: Task) -> Any:
        """Return the answer to a task that is known from before, else None."""
        try:
            return documents.read(self._answers[self._key(task)], ANSWERS[task[0]])
        except (KeyError, ValueError):
            return None

    def take(self, task: Task, answer: Any) -> None:
        """Take in an answer; none where there is but a text that says why."""
        if not isinstance(answer, str):
            self._answers[self._key(task)] = documents.plain(answer)

    def write(self, in_order: bool) -> None:
        """Keep the answers; where nothing can be written, nothing is kept.

        Args:
            in_order: the page has no fault. Else what may be a fault of the machine's is not kept.
        """
        if self._read_only:
            return
        unsure = () if in_order else (self._bases[True],)
        kept = {key: answer for key, answer in self._answers.items() if key.split(" ")[0] not in unsure}
        with contextlib.suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text(json.dumps(kept), encoding="utf-8")


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
