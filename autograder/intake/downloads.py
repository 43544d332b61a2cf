"""Bulk downloads of learning platforms, brought to one layout: a folder for each student. Pure functions on paths.

Recognised are Moodle (``Name_123_assignsubmission_file_/…``, or the same as the beginning of a file's name), Canvas
(``name_LATE_123_456_file.py``), Gradescope's export (``submission_123/…`` beside ``submission_metadata.yml``) and the
folders of a GitHub Classroom (``assignment-login``, clones with their ``.git``).
"""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from .roster import Roster

NOTHING = ".nothing"  #: stands for a folder, or a handed-in file, that is no source
_MOODLE = re.compile(r"(?P<name>.+)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<file>.*)")
_CANVAS = re.compile(r"(?P<name>[^_]+)(?:_(?P<late>LATE))?_(?P<id>\d+)_(?P<submission>\d+)_(?P<file>.+)")
_AGAIN = re.compile(r"(?:-\d+| ?\(\d+\))(?=\.(?:py|ipynb)$)")
_GRADESCOPE = re.compile(r"submission_(?P<id>\d+)")


@dataclass
class Intake:
    """What a folder turned out to be.

    `places` says where each file belongs, None for a file of nobody's; `when` what is known of when a student handed
    in, in seconds since 1970; `notes` what a teacher should know, as (who or what, why).
    """

    kind: str = ""
    places: dict[PurePosixPath, PurePosixPath | None] = field(default_factory=dict)
    when: dict[str, float] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)


def packed_in(paths: list[PurePosixPath]) -> int:
    """How many folders all lies in, one in the other, before names of a platform's making begin."""
    depth = 0
    while paths and all(len(path.parts) > depth + 1 for path in paths):
        name = paths[0].parts[depth]
        if any(path.parts[depth] != name for path in paths) or numbered(name) or _GRADESCOPE.fullmatch(name):
            break
        depth += 1
    return depth


def numbered(name: str) -> bool:
    """Is this a name that Moodle or Canvas gives to what somebody handed in?"""
    return _MOODLE.fullmatch(name) is not None or _CANVAS.fullmatch(name) is not None


def from_gradescope(paths: list[PurePosixPath]) -> bool:
    """Do folders here look like those of Gradescope's export?"""
    return any(len(path.parts) > 1 and _GRADESCOPE.fullmatch(path.parts[0]) for path in paths)


def recognise(paths: list[PurePosixPath], roster: Roster | None, metadata: Any = None) -> Intake | None:
    """The bulk download that these files are, None when they are an ordinary folder.

    Args:
        paths: files, relative to the top; one called `NOTHING` stands for what is no source.
        roster: says who is who; without one, students go by what the platform calls them.
        metadata: what Gradescope's ``submission_metadata.yml`` holds, when there is one.
    """
    sources = [path for path in paths if path.name != NOTHING]
    moodle = sum(_MOODLE.fullmatch(path.parts[0]) is not None for path in sources)
    canvas = sum(len(path.parts) == 1 and _CANVAS.fullmatch(path.name) is not None for path in sources)
    people = roster or Roster()
    if 2 * moodle > len(sources):  # most of them: what else lies there is told of
        return _moodle(paths, people)
    if 2 * canvas > len(sources):
        return _canvas(paths, people)
    if isinstance(metadata, dict) and from_gradescope(sources):
        return _gradescope(paths, people, metadata)
    return None


def named(path: PurePosixPath) -> PurePosixPath:
    """A file's name as it was before a platform or a browser numbered it: ``softmax-1.py`` and ``softmax (1).py``."""
    return path.with_name(_AGAIN.sub("", path.name))


def _who(pattern: re.Pattern[str], tops: list[str]) -> dict[str, set[str]]:
    """The ids of everybody of a name: two people may have the same one."""
    people: dict[str, set[str]] = {}
    for match in map(pattern.fullmatch, tops):
        if match is not None:
            people.setdefault(match["name"], set()).add(match["id"])
    return people


def _moodle(paths: list[PurePosixPath], roster: Roster) -> Intake:
    made = Intake("Moodle")
    people = _who(_MOODLE, [path.parts[0] for path in paths])
    for path in paths:
        match = _MOODLE.fullmatch(path.parts[0])
        if match is None:
            made.places[path] = None
            continue
        alone = len(people[match["name"]]) == 1
        known = roster.find(f"Participant {match['id']}", match["id"], *([match["name"]] if alone else []))
        student = known or (match["name"] if alone else f"{match['name']} ({match['id']})")
        rest = (match["file"], *path.parts[1:]) if match["file"] else path.parts[1:]
        made.places[path] = named(PurePosixPath(student, *rest)) if rest else None
        _stranger(made, roster, known, student)
    return made


def _canvas(paths: list[PurePosixPath], roster: Roster) -> Intake:
    made = Intake("Canvas")
    people = _who(_CANVAS, [path.parts[0] for path in paths])
    latest: dict[tuple[str, str], tuple[int, PurePosixPath]] = {}
    for path in paths:
        match = _CANVAS.fullmatch(path.parts[0])
        if match is None or len(path.parts) != (2 if path.name == NOTHING else 1):
            made.places[path] = None
            continue
        alone = len(people[match["name"]]) == 1
        known = roster.find(match["id"], *([match["name"]] if alone else []))
        student = known or (match["name"] if alone else f"{match['name']} ({match['id']})")
        _stranger(made, roster, known, student)
        if match["late"]:
            made.notes.append((student, "Canvas marks this submission as late; its time is not in the file"))
        if path.name == NOTHING:
            made.places[path] = PurePosixPath(student, NOTHING)
            continue
        place = named(PurePosixPath(student, match["file"]))
        key, number = (student, place.name), int(match["submission"])
        before = latest.get(key)
        if before is not None:  # handed in again: the larger number is the later one
            older = before[1] if number >= before[0] else path
            made.places[older] = None
            made.notes.append((str(older), f"{student} handed in {place.name} again; the later one is graded"))
        if before is None or number >= before[0]:
            latest[key] = number, path
            made.places[path] = place
    return made


def _gradescope(paths: list[PurePosixPath], roster: Roster, metadata: dict[Any, Any]) -> Intake:
    made = Intake("Gradescope")
    owners: dict[str, str] = {}
    latest: dict[str, tuple[float, str]] = {}
    for top in dict.fromkeys(path.parts[0] for path in paths if len(path.parts) > 1):
        entry = metadata.get(top)
        people = entry.get(":submitters") if isinstance(entry, dict) else None
        people = [p for p in people if isinstance(p, dict)] if isinstance(people, list) else []
        names = (
            [str(people[0][key]) for key in (":email", ":sid", ":name") if _plain(people[0].get(key))] if people else []
        )
        if not isinstance(entry, dict) or not names:
            continue
        known = roster.find(*names)
        student = owners[top] = known or names[0]
        _stranger(made, roster, known, student)
        if len(people) > 1:
            others = ", ".join(str(p[":email"]) if _plain(p.get(":email")) else "?" for p in people[1:])
            made.notes.append((student, f"handed in with {others}; put them into a group of the policy"))
        moment = _moment(entry.get(":created_at"))
        if student in latest:
            older = min(latest[student], (moment, top), key=lambda pair: pair[0])[1]
            made.notes.append((older, f"{student} handed in again; the later one is graded"))
        latest[student] = max(latest.get(student, (moment, top)), (moment, top), key=lambda pair: pair[0])
    made.when = {student: moment for student, (moment, _) in latest.items()}
    for path in paths:
        owner = owners.get(path.parts[0]) if len(path.parts) > 1 else None
        counts = owner is not None and latest[owner][1] == path.parts[0]
        made.places[path] = named(PurePosixPath(str(owner), *path.parts[1:])) if counts else None
    return made


def _plain(value: Any) -> bool:
    return isinstance(value, (str, int)) and bool(value)


def _moment(stamp: Any) -> float:
    try:
        when = stamp if isinstance(stamp, datetime) else datetime.fromisoformat(str(stamp)[:40])
        return when.timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0


def _stranger(made: Intake, roster: Roster, known: str | None, student: str) -> None:
    if known is None and roster.students and (student, "is not in the roster") not in made.notes:
        made.notes.append((student, "is not in the roster"))


def common_prefix(names: list[str]) -> str:
    """What all names of clones begin with, up to the last ``-``: the assignment of a GitHub Classroom."""
    first = names[0] if len(names) > 1 else ""
    cuts = [first[: n + 1] for n, letter in enumerate(first) if letter == "-"]
    fitting = [cut for cut in cuts if all(name.startswith(cut) and len(name) > len(cut) for name in names)]
    return max(fitting, key=len, default="")


def renamed(students: list[str], clones: list[str], roster: Roster | None) -> Intake:
    """The students of an ordinary folder by the roster's ids, clones without the assignment's name before them.

    Args:
        students: as their folders are called; `places` of what is returned maps them.
        clones: those that are git clones.
    """
    made = Intake("clones" if clones else "folder")
    people = roster or Roster()
    prefix = common_prefix(clones)
    for student in students:
        plain = student.removeprefix(prefix) if student in clones else student
        known = people.find(plain, student)
        made.places[PurePosixPath(student)] = PurePosixPath(known or plain)
        _stranger(made, people, known, plain)
    for name, count in Counter(map(str, made.places.values())).items():
        if count > 1:
            folders = ", ".join(str(old) for old, new in made.places.items() if str(new) == name)
            made.notes.append((name, f"has several folders; of each exercise the last one's is graded: {folders}"))
    return made


def absent(roster: Roster, students: list[str]) -> list[tuple[str, str]]:
    """Who of the roster handed in nothing."""
    there = set(students)
    return [(student, "handed in nothing") for student in roster.students if student not in there]


def commit_time(folder: Path) -> float:
    """When the last commit of a clone was made, 0 when git does not say. No setting of the clone can run anything."""
    import subprocess

    off = ["core.fsmonitor=false", "core.hooksPath=/dev/null", "log.showSignature=false", "core.pager=cat"]
    command = ["git", "--no-optional-locks", *(part for setting in off for part in ("-c", setting))]
    try:
        done = subprocess.run(
            [*command, "-C", str(folder), "log", "-1", "--format=%ct"], capture_output=True, timeout=10, text=True,
            env={"PATH": os.environ.get("PATH", ""), "GIT_CONFIG_NOSYSTEM": "1", "GIT_NO_LAZY_FETCH": "1"},
        )  # fmt: skip
        return float(done.stdout.strip() or 0)
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0.0
