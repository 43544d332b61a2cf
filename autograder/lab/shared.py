"""What all views share: the workspace, the course, where workers come from, and the pages that are open."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from ..course.trees import Trees
from ..errors import GradusError
from ..intake.submissions import read_for
from ..model import Syllabus
from ..student.workspace import Workspace
from ..web.safety import Tickets, new_token
from .answers import Answers
from .messages import Message
from .outbox import Outbox
from .workers import Workers


class Lab:
    """What all views share: the workspace, the course, workers, and the pages that are open."""

    def __init__(self, workspace: Workspace, syllabus: Syllabus, trees: Trees, hub: str = ""):
        self.hub = hub  #: the name of a hub whose proxy leads here
        self.workspace, self.syllabus, self.trees = workspace, syllabus, trees
        self.token, self.tickets = new_token(), Tickets()
        self.workers = Workers()
        self.answers = Answers(workspace, syllabus, trees)
        self.outboxes: set[Outbox] = set()
        self.at_end: list[Callable[[], None]] = []  #: what is called when the lab ends

    def parts(self, addresses: list[str]) -> dict[str, dict[str, list[str]]]:
        """Return the sources of pages, for `Parts` over there: the student's as saved, the course's if it has any."""
        found = {}
        without = self.trees.without_solutions()  # a copy of the course may be made so
        for address in addresses:
            exercise = self.syllabus.exercises[address]
            yours: list[str] = []
            path = self.workspace.file_of(exercise, self.trees)
            try:
                if path.is_file():
                    read = read_for(path, exercise)
                    yours = list(read.cells) or _saying(read.problem)
            except (GradusError, OSError) as error:
                yours = _saying(("unreadable", f"{path.name}: {getattr(error, 'strerror', None) or error}"))
            course = [] if without else [self.trees.solution(address).read_text(encoding="utf-8")]
            found[address] = {"yours": yours, "course": course}
        return found

    def stamps(self, addresses: list[str]) -> dict[str, tuple[tuple[str, int, int], ...]]:
        """Return for each page something that differs when its file was saved, began or went away."""
        found = {}
        for address in addresses:
            files = []
            for name in (f"exercises/{address}.py", f"notebooks/{address}.ipynb"):
                with contextlib.suppress(OSError):
                    status = (self.workspace.root / name).stat()
                    files.append((name, status.st_mtime_ns, status.st_size))
            found[address] = tuple(files)
        return found

    def tell_all(self, message: Message) -> None:
        """Tell every page something."""
        for outbox in list(self.outboxes):
            outbox.say(message)

    def close(self) -> None:
        """End what was begun."""
        for end in self.at_end:
            end()
        self.answers.stop()
        self.workers.close()


def _saying(problem: tuple[str, str] | None) -> list[str]:
    """Return a source in place of one that cannot be read: it says why where it is run; none of an empty file."""
    return (
        [f"class Unreadable(Exception): pass\nraise Unreadable({problem[1]!r})\n"]
        if problem is not None and problem[0] != "missing"
        else []
    )
