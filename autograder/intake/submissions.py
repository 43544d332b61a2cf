"""What was handed in: one file, a student's folder, a class folder or zip. Read, never run.

Layouts that are understood, below a folder or inside a zip::

    <student>/<section>/<exercise>.py            and .ipynb
    <student>/<exercise>.py                      and .ipynb
    submitted/<student>/<assignment>/<notebook>.ipynb     (nbgrader)

Whatever is wrong with one submission is the problem of that submission alone: it keeps a clear
status and the rest of the class is graded.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from ..errors import SubmissionError
from ..model import Exercise, Submission, Syllabus
from . import downloads
from .files import NOTHING, SUFFIXES, UNREADABLE, Entry, disk_entry, unzip, walk
from .helpers import among, beside, travelling
from .packed import Packed
from .roster import Roster
from .source import advice_on, read_source


@dataclass
class ClassFolder:
    """A class as it was found: the submissions, and what was passed over, with the reason."""

    submissions: list[Submission]
    ignored: list[tuple[str, str]] = field(default_factory=list)


# -- one source ----------------------------------------------------------------------------------


def _submission(
    student: str, exercise: Exercise, entry: Entry, below: Callable[[set[str]], Iterable[Entry]]
) -> Submission:
    name = entry.path.name
    when = _iso(entry.when)
    if entry.problem:
        return Submission(student, exercise.address, name, problem=("malformed", entry.problem), submitted=when)
    try:
        content = entry.read()
    except UNREADABLE as error:
        why = f"{name} cannot be read: {error}"
        return Submission(student, exercise.address, name, problem=("malformed", why), submitted=when)
    cells, problem = read_source(content, name)
    return Packed(student, exercise.address, name, cells, travelling(cells, below), problem, when)


# -- one file for one exercise -------------------------------------------------------------------


def read_for(path: Path, exercise: Exercise, student: str = "student") -> Submission:
    """The submission for one exercise at `path`: a file, or a folder that holds it.

    Raises:
        SubmissionError: there is no such file.
    """
    if not _exists(path):
        raise SubmissionError(f"{path}: no such file; name the file to check, or run in the folder that holds it")
    if path.is_dir():
        places = [path / f"{stem}{suffix}" for stem in (exercise.address, exercise.name) for suffix in SUFFIXES]
        found = [place for place in places if place.exists()]
        if not found:
            raise SubmissionError(f"{path}: there is no {exercise.name}.py or {exercise.name}.ipynb in this folder")
        path = found[0]
    if path.suffix not in SUFFIXES:
        raise SubmissionError(f"{path}: {advice_on(path.name)}")
    entry = disk_entry(path, PurePosixPath(path.name), follow=True)
    return _submission(student, exercise, entry, beside(path))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name that is too long, a folder that may not be looked into
        return False


# -- a folder or zip of students -----------------------------------------------------------------


def read_class(
    path: Path, syllabus: Syllabus, exercises: tuple[str, ...] = (), roster: Roster | None = None
) -> ClassFolder:
    """Every submission below `path`, sorted by student, then exercise; bulk downloads of learning platforms too.

    Args:
        exercises: the addresses to grade; by default those of which anybody handed in anything.
        roster: says who is who.

    Raises:
        SubmissionError: `path` cannot be read at all, or holds nothing that fits an exercise.
    """
    if not _exists(path):
        raise SubmissionError(f"{path}: no such file or folder")
    if path.is_file() and path.suffix in SUFFIXES:
        return _single(path, syllabus, exercises)
    if path.is_dir():
        entries: Iterable[Entry] = walk(path)
    elif path.is_file() and zipfile.is_zipfile(path):
        entries = unzip(path)
    else:
        raise SubmissionError(f"{path}: not a folder, a zip, a .py file or a notebook")
    found = list(entries)
    depth = downloads.packed_in([e.path for e in found if e.path.name != NOTHING])
    inner = [_moved(e, depth) for e in found if len(e.path.parts) > depth]
    paths = [e.path for e in inner]
    metadata, unclear = _metadata(path) if downloads.from_gradescope(paths) else (None, [])
    bulk = downloads.recognise(paths, roster, metadata)
    if bulk is not None:
        folder = sort_out(_placed(inner, bulk), syllabus, exercises, path)
    else:
        folder = sort_out(found, syllabus, exercises, path)
        students = list(dict.fromkeys(s.student for s in folder.submissions))
        clones = [s for s in students if path.is_dir() and (path / s / ".git").exists()]
        if clones or roster is not None:
            bulk = downloads.renamed(students, clones, roster)
            bulk.when |= {str(bulk.places[PurePosixPath(s)]): downloads.commit_time(path / s) for s in clones}
            ids = {str(old): str(new) for old, new in bulk.places.items()}
            by_id: dict[tuple[str, str], Submission] = {}
            for one in folder.submissions:
                key = ids[one.student], one.exercise
                nothing = one.problem is not None and one.problem[0] == "missing"
                if key not in by_id or not nothing:
                    by_id[key] = replace(one, student=key[0])
            folder.submissions = sorted(by_id.values(), key=lambda s: s.student)  # exercises stay in order
    if bulk is not None:
        known = {student: when for student, when in bulk.when.items() if when > 0}
        folder.submissions = [
            replace(s, submitted=_iso(known[s.student])) if s.student in known else s for s in folder.submissions
        ]
        folder.ignored += dict.fromkeys(bulk.notes)
    folder.ignored += unclear
    if roster is not None:
        folder.ignored += downloads.absent(roster, [s.student for s in folder.submissions])
    return folder


def _placed(entries: list[Entry], bulk: downloads.Intake) -> list[Entry]:
    """The entries where they belong; what is nobody's is told of."""
    made = []
    told = {name for name, _ in bulk.notes}
    for entry in entries:
        place = bulk.places.get(entry.path)
        if place is not None:
            made.append(replace(entry, path=place))
        elif entry.path.parts != (NOTHING,) and not {str(entry.path), entry.path.parts[0]} & told:
            what = entry.path.parent if entry.path.name == NOTHING else entry.path
            bulk.notes.append((str(what), f"fits no submission of a download from {bulk.kind}"))
    return made


def _metadata(path: Path) -> tuple[Any, list[tuple[str, str]]]:
    """What Gradescope says of its submissions, and what is wrong with that; the file nearest to the top says it."""
    import yaml

    name, limit = "submission_metadata.yml", 20 << 20
    why = "is not there"
    try:
        if path.is_dir():
            places = [p for p in (path / name, *sorted(path.glob(f"*/{name}"))) if p.is_file()]
            text = places[0].read_bytes() if places and places[0].stat().st_size < limit else b""
        else:
            with zipfile.ZipFile(path) as archive:
                inside = [i for i in archive.infolist() if i.filename.rpartition("/")[2] == name]
                inside.sort(key=lambda info: info.filename.count("/"))
                text = archive.read(inside[0]) if inside and inside[0].file_size < limit else b""
        loaded = yaml.safe_load(text) if text else None
        if isinstance(loaded, dict):
            return loaded, []
        why = "says nothing of submissions" if text else why
    except (*UNREADABLE, yaml.YAMLError, RecursionError) as error:
        why = "cannot be read: " + " ".join(str(error).split())
    return None, [(name, f"{why}; students go by the names of their folders")]


def _iso(when: float) -> str:
    return datetime.fromtimestamp(when, UTC).isoformat(timespec="seconds") if when > 0 else ""


def _single(path: Path, syllabus: Syllabus, exercises: tuple[str, ...]) -> ClassFolder:
    known = _by_name(syllabus)
    exercise = syllabus.exercises[exercises[0]] if len(exercises) == 1 else known.get(path.stem)
    if exercise is None:
        raise SubmissionError(
            f"{path}: name it after an exercise, or say which with --exercise; `gradus list` shows them"
        )
    return ClassFolder([read_for(path, exercise, student=path.resolve().parent.name or "student")])


def _by_name(syllabus: Syllabus) -> dict[str, Exercise]:
    """The exercises by short name, where it is the name of one only."""
    names = [e.name for e in syllabus.exercises.values()]
    return {e.name: e for e in syllabus.exercises.values() if names.count(e.name) == 1}


def sort_out(entries: list[Entry], syllabus: Syllabus, exercises: tuple[str, ...], origin: Path) -> ClassFolder:
    """Which entry is whose submission of what."""
    by_name = _by_name(syllabus)
    names = {e.name for e in syllabus.exercises.values()}
    entries = _without_common_folder(entries, syllabus, names)
    own = [entry for entry in entries if _is_own(entry.path, syllabus, names)]
    lone = bool(own) and len(_folders(entries, syllabus, names, 0)) < 2
    found: dict[tuple[str, str], Entry] = {}
    helpers: dict[str, list[Entry]] = {}
    ignored: list[tuple[str, str]] = []
    students: dict[str, None] = {}
    bare: dict[str, None] = {}
    for entry in entries:
        parts = entry.path.parts
        student = (origin.resolve().name if origin.is_dir() else origin.stem) if lone else parts[0]
        rest = parts if lone else parts[1:]
        if entry.path.name == NOTHING:
            bare.update({student: None} if rest else {})
            continue
        if not rest or (not lone and entry in own):
            ignored.append((str(entry.path), entry.problem or "lies beside the students' folders"))
            continue
        students.setdefault(student)
        exercise = syllabus.exercises.get("/".join(rest[-2:]).rsplit(".", 1)[0]) or by_name.get(entry.path.stem)
        if exercise is None and entry.path.stem in names:
            why = f"{entry.path.stem} is the name of two exercises; put it into the folder of its section"
            ignored.append((str(entry.path), why))
        helpers.setdefault(student, []).append(entry)
        if exercise is None:
            continue
        key = (student, exercise.address)
        if key in found:
            better, worse = _preferred(found[key], entry)
            found[key] = better
            ignored.append((str(worse.path), f"{better.path.name} of the same exercise is graded"))
        else:
            found[key] = entry
    if not found:
        some = ", ".join(list(dict.fromkeys(e.name for e in syllabus.exercises.values()))[:6])
        raise SubmissionError(f"{origin}: no file is named after an exercise ({some}, …); see `gradus list`")
    graded = exercises or tuple(a for a in syllabus.exercises if any(address == a for _, address in found))
    submissions = [
        _one(student, syllabus.exercises[address], found.get((student, address)), helpers.get(student, []))
        for student in sorted(students)
        for address in graded
    ]
    why = "no .py and no .ipynb in this folder: nothing to grade"
    return ClassFolder(submissions, ignored + [(student, why) for student in sorted(bare.keys() - students.keys())])


def _one(student: str, exercise: Exercise, entry: Entry | None, helpers: list[Entry]) -> Submission:
    if entry is None:
        why = f"nothing was handed in for {exercise.name}"
        return Submission(student, exercise.address, f"{exercise.name}.py", problem=("missing", why))
    return _submission(student, exercise, entry, among(helpers, entry.path))


def _is_own(path: PurePosixPath, syllabus: Syllabus, names: set[str]) -> bool:
    """Does this path belong to a single student's folder?"""
    parts = path.parts
    if len(parts) == 1:
        return path.stem in names
    return len(parts) == 2 and parts[0] in syllabus.sections and path.stem in names


def _folders(entries: list[Entry], syllabus: Syllabus, names: set[str], depth: int) -> set[str]:
    """The folders at a depth that hold something named after an exercise and are no sections: students, perhaps."""
    paths = [e.path for e in entries if e.path.stem in names and len(e.path.parts) > depth + 1]
    return {path.parts[depth] for path in paths} - set(syllabus.sections)


def _without_common_folder(entries: list[Entry], syllabus: Syllabus, names: set[str]) -> list[Entry]:
    """Strip what every path begins with: ``submitted/`` of an nbgrader course, the folder a zip was packed from."""
    named = [e.path.parts for e in entries if e.path.stem in names]
    submitted = [parts for parts in named if "submitted" in parts[:-2]]
    if submitted:
        shallowest = min(submitted, key=lambda parts: parts.index("submitted"))
        cut = shallowest.index("submitted") + 1
        if all(parts[: cut - 1] == shallowest[: cut - 1] for parts in named):  # no folder of one student among others
            return [
                _moved(e, cut) for e in entries if e.path.parts[:cut] == shallowest[:cut] and len(e.path.parts) > cut
            ]
    while named := [e.path.parts for e in entries if e.path.stem in names]:
        tops = {parts[0] for parts in named}
        students = _folders(entries, syllabus, names, 1)
        shallow = any(len(parts) < 3 for parts in named)
        if len(tops) != 1 or tops & set(syllabus.sections) or (shallow and len(students) < 2) or not students:
            return entries  # students, or one student with or without sections
        entries = [_moved(e, 1) for e in entries if e.path.parts[0] in tops and len(e.path.parts) > 1]
    return entries


def _moved(entry: Entry, cut: int) -> Entry:
    return entry if not cut else replace(entry, path=PurePosixPath(*entry.path.parts[cut:]))


def _preferred(a: Entry, b: Entry) -> tuple[Entry, Entry]:
    """(the one to grade, the other): readable before broken, then the .py, then the shorter path."""
    return tuple(
        sorted((a, b), key=lambda e: (bool(e.problem), e.path.suffix != ".py", len(e.path.parts), str(e.path)))
    )  # type: ignore[return-value]
