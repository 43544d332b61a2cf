"""Bulk downloads of learning platforms, brought to one layout: a folder for each student. Pure functions on paths.

Recognised are Moodle (``Name_123_assignsubmission_file_/…``, or the same as the beginning of a file's name), Canvas
(``name_LATE_123_456_file.py``, ``anon_x7Kp2_456_file.py``), Blackboard (``HW1_login_attempt_…_file``), Brightspace
(``12-34 - Name - Nov 5, 2026 1020 AM/…``) and Gradescope's export (``submission_123/…`` beside
``submission_metadata.yml``). A zip that was opened stands in a path like a folder.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from .files import NOTHING
from .naming import common_prefix
from .roster import Roster

_MOODLE = re.compile(r"(?P<name>.+)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<file>.*)")
_CANVAS = re.compile(r"(?P<name>.+?)(?:_(?P<late>LATE))?_(?P<id>\d+)_(?P<submission>\d+)_(?P<file>.+)")
_CANVAS_TEXT = re.compile(r"(?P<name>.+?)(?:_(?P<late>LATE))?_(?P<id>\d+)_(?P<file>(?:text|link|media)\.\w+)")
_ANONYMOUS = re.compile(r"(?P<late>LATE_)?anon_(?P<late2>LATE_)?(?P<id>\w+?)_(?P<submission>\d+)_(?P<file>.+)")
_WHEN = r"\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d"
_BLACKBOARD = re.compile(rf"(?P<who>.+)_attempt_(?P<when>{_WHEN})(?:_(?P<file>.+)|\.txt)")
_BRIGHTSPACE = re.compile(r"(?P<id>\d+)-\d+ - (?P<name>.+?) - (?P<when>[^-]*\b\d{4}\b[^-]*?)(?: - (?P<file>.+))?")
_GRADESCOPE = re.compile(r"submission_(?P<id>\d+)")


@dataclass
class Intake:
    """What a folder turned out to be.

    `places` says where each file belongs, None for a file of nobody's; `attempts` by a number or time which attempt it
    is part of; `times` and `when` what is known of when a file or a student was handed in, in seconds since 1970;
    `notes` what a teacher should know, as (who or what, why).
    """

    kind: str = ""
    places: dict[PurePosixPath, PurePosixPath | None] = field(default_factory=dict)
    attempts: dict[PurePosixPath, float] = field(default_factory=dict)
    times: dict[PurePosixPath, float] = field(default_factory=dict)
    when: dict[str, float] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)


def packed_in(paths: list[PurePosixPath]) -> int:
    """Count the folders that all lies in, one in the other, before names of a platform's making begin."""
    depth = 0
    while paths and all(len(path.parts) > depth + 1 for path in paths):
        name = paths[0].parts[depth]
        if any(path.parts[depth] != name for path in paths) or numbered(name) or _GRADESCOPE.fullmatch(name):
            break
        depth += 1
    return depth


def numbered(name: str) -> bool:
    """Tell whether this is a name that a platform gives to what somebody handed in."""
    patterns = (_MOODLE, _CANVAS, _CANVAS_TEXT, _ANONYMOUS, _BLACKBOARD, _BRIGHTSPACE)
    return any(pattern.fullmatch(name) is not None for pattern in patterns)


def from_gradescope(paths: list[PurePosixPath]) -> bool:
    """Do folders here look like those of Gradescope's export?"""
    return any(len(path.parts) > 1 and _GRADESCOPE.fullmatch(path.parts[0]) for path in paths)


def recognise(paths: list[PurePosixPath], roster: Roster | None, metadata: Any = None) -> Intake | None:
    """Recognise the bulk download that these files are, None when they are an ordinary folder.

    Args:
        paths: files, relative to the top; one called `NOTHING` stands for what is no source.
        roster: says who is who; without one, students go by what the platform calls them.
        metadata: what Gradescope's ``submission_metadata.yml`` holds, when there is one.
    """
    sources = [path for path in paths if path.name != NOTHING]
    people = roster or Roster()

    def most(fits: Callable[[PurePosixPath], object]) -> bool:  # what else lies there is told of
        return 2 * sum(bool(fits(path)) for path in sources) > len(sources)

    if most(lambda path: _MOODLE.fullmatch(path.parts[0])):
        return _moodle(paths, people)
    if most(lambda path: _BLACKBOARD.fullmatch(path.parts[0])):
        return _blackboard(paths, people)
    if most(lambda path: _BRIGHTSPACE.fullmatch(path.parts[0])):
        return _brightspace(paths, people)
    if most(lambda path: _is_file(path) and _canvas_name(path.parts[0])):
        return _canvas(paths, people)
    if isinstance(metadata, dict) and from_gradescope(sources):
        return _gradescope(paths, people, metadata)
    return None


def _is_file(path: PurePosixPath) -> bool:
    """Tell whether the first part of this path was handed in as one file, a zip that was opened among them."""
    return len(path.parts) == 1 or path.parts[0].lower().endswith(".zip")


def _who(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Return the ids of everybody of a name: two people may have the same one."""
    people: dict[str, set[str]] = {}
    for name, number in pairs:
        people.setdefault(name, set()).add(number)
    return people


def _moodle(paths: list[PurePosixPath], roster: Roster) -> Intake:
    made = Intake("Moodle")
    matches = {path: _MOODLE.fullmatch(path.parts[0]) for path in paths}
    people = _who((match["name"], match["id"]) for match in matches.values() if match is not None)
    for path, match in matches.items():
        if match is None:
            made.places[path] = None
            continue
        alone = len(people[match["name"]]) == 1
        known = roster.find(f"Participant {match['id']}", match["id"], *([match["name"]] if alone else []))
        student = known or (match["name"] if alone else f"{match['name']} ({match['id']})")
        rest = (match["file"], *path.parts[1:]) if match["file"] else path.parts[1:]
        made.places[path] = PurePosixPath(student, *rest) if rest else None
        stranger(made, roster, known, student)
    return made


def _canvas_name(name: str) -> tuple[str, str, bool, float, str] | None:
    """(name, id, late, number of the submission, file) of a name that Canvas gave; an anonymous id is the name too."""
    match = _ANONYMOUS.fullmatch(name)
    if match is not None:
        who = f"anon_{match['id']}"
        return who, match["id"], bool(match["late"] or match["late2"]), float(match["submission"]), match["file"]
    match = _CANVAS.fullmatch(name)
    if match is not None:
        return match["name"], match["id"], bool(match["late"]), float(match["submission"]), match["file"]
    match = _CANVAS_TEXT.fullmatch(name)
    return (match["name"], match["id"], bool(match["late"]), 0.0, match["file"]) if match is not None else None


def _canvas(paths: list[PurePosixPath], roster: Roster) -> Intake:
    made = Intake("Canvas")
    parsed = {path: _canvas_name(path.parts[0]) for path in paths}
    people = _who(found[:2] for found in parsed.values() if found is not None)
    for path, found in parsed.items():
        if found is None or not (_is_file(path) or path.name == NOTHING):
            made.places[path] = None
            continue
        name, number, late, attempt, file = found
        alone = len(people[name]) == 1
        known = roster.find(number, *([name] if alone else []))
        student = known or (name if alone else f"{name} ({number})")
        stranger(made, roster, known, student)
        told = (student, "Canvas marks this submission as late; its time is not in the file")
        if late and told not in made.notes:
            made.notes.append(told)
        made.places[path] = PurePosixPath(student, file, *path.parts[1:])
        made.attempts[path] = attempt
    return made


def _blackboard(paths: list[PurePosixPath], roster: Roster) -> Intake:
    made = Intake("Blackboard")
    matches = {path: _BLACKBOARD.fullmatch(path.parts[0]) for path in paths}
    before = common_prefix(list(dict.fromkeys(m["who"] for m in matches.values() if m is not None)), "_")
    for path, match in matches.items():
        if match is None or not _is_file(path):
            made.places[path] = None
            continue
        parts = match["who"].split("_")
        known = roster.find(*("_".join(parts[n:]) for n in range(len(parts))))  # a login may have a _ too
        student = known or (match["who"].removeprefix(before) if before else parts[-1])
        stranger(made, roster, known, student)
        moment = _moment(datetime.strptime(match["when"], "%Y-%m-%d-%H-%M-%S")) if _real(match["when"]) else 0.0
        made.attempts[path] = made.times[path] = moment
        # without a file's name it is what Blackboard says of the attempt itself
        made.places[path] = PurePosixPath(student, *(match["file"], *path.parts[1:]) if match["file"] else (NOTHING,))
    return made


def _real(stamp: str) -> bool:
    try:
        return bool(datetime.strptime(stamp, "%Y-%m-%d-%H-%M-%S"))
    except ValueError:
        return False


def _brightspace(paths: list[PurePosixPath], roster: Roster) -> Intake:
    made = Intake("Brightspace")
    matches = {path: _BRIGHTSPACE.fullmatch(path.parts[0]) for path in paths}
    people = _who((match["name"], match["id"]) for match in matches.values() if match is not None)
    for path, match in matches.items():
        if match is None:  # the list of all that Brightspace lays beside them is nobody's, and of no interest
            made.places[path] = None
            continue
        alone = len(people[match["name"]]) == 1
        known = roster.find(match["id"], *([match["name"]] if alone else []))
        student = known or (match["name"] if alone else f"{match['name']} ({match['id']})")
        stranger(made, roster, known, student)
        moment = _spelt(match["when"])
        made.attempts[path] = made.times[path] = moment
        rest = (match["file"], *path.parts[1:]) if match["file"] else path.parts[1:]
        made.places[path] = PurePosixPath(student, *rest) if rest else None
    return made


def _spelt(stamp: str) -> float:
    """Read the moment that Brightspace writes out, as ``Nov 5, 2026 1020 AM``; 0 when it is written in another way."""
    plain = " ".join(stamp.replace(",", " ").replace(".", " ").split())
    for date in ("%b %d %Y", "%B %d %Y", "%d %B %Y", "%d %b %Y", "%Y %m %d"):
        for time in ("%I%M %p", "%I:%M %p", "%H%M", "%H:%M", "%H %M", "%I %M %p"):
            text = re.sub(r"(?<= )(\d)(\d\d)(?= [AP]M$)", r"0\1\2", plain, flags=re.IGNORECASE)
            try:
                return datetime.strptime(text, f"{date} {time}").timestamp()
            except (ValueError, OverflowError, OSError):
                continue
    return 0.0


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
        stranger(made, roster, known, student)
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
        made.places[path] = PurePosixPath(str(owner), *path.parts[1:]) if counts else None
    return made


def _plain(value: Any) -> bool:
    return isinstance(value, (str, int)) and bool(value)


def _moment(stamp: Any) -> float:
    try:
        when = stamp if isinstance(stamp, datetime) else datetime.fromisoformat(str(stamp)[:40])
        return when.timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0


def stranger(made: Intake, roster: Roster, known: str | None, student: str) -> None:
    """Tell of a student whom the roster does not know."""
    if known is None and roster.students and (student, "is not in the roster") not in made.notes:
        made.notes.append((student, "is not in the roster"))
