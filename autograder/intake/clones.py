"""Folders of a GitHub Classroom, and ordinary ones, by who they belong to; when a clone was handed in."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from . import naming
from .downloads import Intake, stranger
from .files import Entry
from .naming import common_prefix
from .roster import Roster


def assignment_prefix(names: list[str], known: Iterable[str] = ()) -> str:
    """Return what all names begin with when it can only be an assignment, as ``hw1-`` and ``softmax-``; else "".

    Folders that are no clones may be called alike for other reasons: ``team-a`` and ``team-b`` are two names.

    Args:
        known: what else assignments are called.
    """
    prefix = common_prefix(names)
    people = {"student", "group", "team", "gruppe"}
    ours = {word for name in known for word in naming.words(name)}
    rest = [word for word in naming.words(prefix) if word not in ours]
    letters = [word for word in naming.words(prefix) if not word.isdigit() and len(word) > 1]
    fits = bool(letters) and not people & set(letters) and naming.all_decoration(" ".join(rest))
    return prefix if fits else ""


def branchless(names: list[str]) -> str:
    """Return what GitHub's zips of a branch all end with, as ``-main``."""
    ends = ("-main", "-master")
    return next((end for end in ends if names and all(n.endswith(end) and len(n) > len(end) for n in names)), "")


def renamed(
    students: list[str], clones: list[str], roster: Roster | None, assignments: Iterable[str] = ()
) -> Intake | None:
    """Return the students of an ordinary folder by the roster's ids, without the assignment's name before them.

    None when there is nothing to rename.

    Args:
        students: as their folders are called; `places` of what is returned maps them.
        clones: those that are git clones.
        assignments: what assignments are called, to know them in names of folders that are no clones.
    """
    made = Intake("clones" if clones else "folder")
    people = roster or Roster()
    names = clones or students
    end = branchless(names)
    bare = [name.removesuffix(end) for name in names]
    prefix = common_prefix(bare) if clones else assignment_prefix(bare, assignments)
    if not (clones or prefix or roster is not None):
        return None
    for student in students:
        plain = student.removesuffix(end).removeprefix(prefix) if student in names else student
        known = people.find(plain, student)
        made.places[PurePosixPath(student)] = PurePosixPath(known or plain)
        stranger(made, people, known, plain)
    for name, count in Counter(map(str, made.places.values())).items():
        if count > 1:
            folders = ", ".join(str(old) for old, new in made.places.items() if str(new) == name)
            made.notes.append((name, f"has several folders; of each exercise the latest is graded: {folders}"))
    return made


def clock(root: Path) -> Callable[[Entry], float]:
    """Return when a file below `root` was changed last: in a clone with its last commit, as all its files are new."""

    def when(entry: Entry) -> float:
        place = root / entry.shown
        for folder in place.parents:
            if (folder / ".git").exists():
                return commit_time(folder, place.relative_to(folder).as_posix())
            if folder == root:
                break
        return entry.when

    return when


def absent(roster: Roster, students: list[str]) -> list[tuple[str, str]]:
    """Return who of the roster handed in nothing."""
    there = set(students)
    return [(student, "handed in nothing") for student in roster.students if student not in there]


def commit_time(folder: Path, file: str = "") -> float:
    """Return when the last commit of a clone, or of one file there, was made, 0 when git does not say.

    No setting of the clone can run anything.
    """
    import subprocess

    off = ["core.fsmonitor=false", "core.hooksPath=/dev/null", "log.showSignature=false", "core.pager=cat"]
    command = ["git", "--no-optional-locks", *(part for setting in off for part in ("-c", setting))]
    try:
        done = subprocess.run(
            [*command, "-C", str(folder), "log", "-1", "--format=%ct", *(["--", file] if file else [])],
            capture_output=True, timeout=10, text=True,
            env={"PATH": os.environ.get("PATH", ""), "GIT_CONFIG_NOSYSTEM": "1", "GIT_NO_LAZY_FETCH": "1"},
        )  # fmt: skip
        return float(done.stdout.strip() or 0)
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0.0
