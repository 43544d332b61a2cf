"""What the student's code prints, for checks that ask for it as tests of other systems do."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, NamedTuple, TextIO

from ..sandbox.host.student import Student


class Read(NamedTuple):
    """What was printed since the last look; both streams of a worker are one."""

    out: str
    err: str


class Printed:
    """What the student's code prints from now on, as pytest's ``capsys`` has it."""

    def __init__(self, student: Student):
        self._student = student
        self.readouterr()

    def readouterr(self) -> Read:
        """Return what was printed since the last look."""
        return Read(str(self._student.service("printed")), "")


def printed_by(student: Student) -> Printed:
    """Return what the student's code prints from now on: ``printed_by(student).readouterr().out``."""
    return Printed(student)


@contextlib.contextmanager
def printed_into(student: Student, target: TextIO) -> Iterator[Any]:
    """Write what is printed inside into a text stream: what the check prints, then what the student's code does."""
    there = Printed(student)
    with contextlib.redirect_stdout(target):
        yield target
    target.write(there.readouterr().out)
