"""An assignment as any importer reads it: its cells in order, and what became of each part. Plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

#: names of files that say nothing of what is in them
EVERYBODYS = frozenset({"solution", "solutions", "sol", "submission", "answer", "answers", "main", "code", "hw"})


@dataclass(frozen=True)
class Cell:
    """One cell of a notebook, or what stands for one.

    Args:
        kind: words, given (code that students are given), helper (code that tests alone have), solution (code that
            students write), test, or manual (graded by a person).
        name: how the assignment calls it, as its grade_id; what became of it is told under this name.
        source: of a solution with its regions marked.
        hidden: tests that students do not see, after the others.
        shown: how many of its points the part before those has, where each part has its own.
        alone: what a test binds is not there for those after it.
        title: what a test is about, where it says so.
    """

    kind: str
    name: str
    source: str
    points: float = 0.0
    hidden: str = ""
    title: str = ""
    code: bool = True
    scheme: str = ""  #: of what a person grades: what earns how much
    shown: float = 0.0
    alone: bool = False
    task: bool = False  #: it asks, and its answer stands elsewhere; else a cell that a person reads is the answer
    pasted: dict[str, bytes] = field(default_factory=dict)  #: pictures that it carries, by name


@dataclass(frozen=True)
class Assignment:
    """What is to become one page."""

    title: str
    cells: tuple[Cell, ...]
    source: Path
    notes: tuple[str, ...] = ()  #: what the importer could not take along, one line each
    files: dict[str, Path] = field(default_factory=dict)  #: that its code opens, by the path by which it does
    name: str = ""  #: of its page, where the file of its solution is called as everybody's is


@dataclass
class Outcome:
    """What became of an assignment: the page, what crossed, and what did not, each with what to do about it."""

    address: str
    written: list[Path] = field(default_factory=list)
    crossed: list[tuple[str, float]] = field(default_factory=list)
    left: list[tuple[str, float, str]] = field(default_factory=list)
    asked: float = 0.0  #: points that a person gives
    notes: list[str] = field(default_factory=list)
