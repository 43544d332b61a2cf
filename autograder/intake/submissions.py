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
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

from ..errors import SubmissionError
from ..model import Exercise, Submission, Syllabus
from . import clones, downloads, naming
from .choice import candidate, choose
from .files import NOTHING, UNREADABLE, Entry, disk_entry
from .folders import walk
from .helpers import beside, travelling
from .layout import Sorted, by_student, moved
from .missions import missions_of
from .naming import Names
from .one_student import Work, graded_pages, iso, pages_of, read_entry
from .outline import page_of
from .packed import Packed
from .roster import Roster
from .rows import equals, notes_of, renamed
from .source import advice_on, is_notebook
from .zips import unzip


@dataclass
class ClassFolder:
    """A class as it was found: the submissions, and what was passed over, with the reason."""

    submissions: list[Submission]
    ignored: list[tuple[str, str]] = field(default_factory=list)
    #: by student and exercise: the file that is graded, and those that tie with it
    chosen: dict[tuple[str, str], tuple[Entry, ...]] = field(default_factory=dict)
    #: by student and playground: the missions that are done
    missions: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    #: by student and page: the notebooks that are called like it, in which questions may be answered in words
    notebooks: dict[tuple[str, str], tuple[Entry, ...]] = field(default_factory=dict)


# -- one file for one exercise -------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """The file that counts for an exercise, and what is said of how it was chosen."""

    path: Path
    notes: tuple[str, ...] = ()


def read_for(path: Path, exercise: Exercise, student: str = "student", syllabus: Syllabus | None = None) -> Submission:
    """Read the submission for one exercise at `path`, a file or a folder; its notes say how it was found.

    Args:
        syllabus: the course, to tell its other pages apart by their names.

    Raises:
        SubmissionError: there is no such file.
    """
    if not _exists(path):
        raise SubmissionError(
            f"{path}: no such file; name another to check, or, if it was deleted, get the stub again by `gradus update`"
        )
    if path.is_dir():
        found = find_file(path, exercise, syllabus)
        if found is None:
            raise SubmissionError(f"{path}: there is no {exercise.name}.py or {exercise.name}.ipynb in this folder")
        path, notes = found.path, found.notes
    else:
        notes = renamed(exercise, path.name)
    if not naming.is_source(path.name):
        raise SubmissionError(f"{path}: {advice_on(path.name)}")
    entry = disk_entry(path, PurePosixPath(path.name), follow=True)
    cells, problem = read_entry(entry)
    files = travelling(cells, beside(path)) if cells else ()
    return Packed(student, exercise.address, path.name, cells, files, problem, iso(entry.when), notes)


def find_file(folder: Path, exercise: Exercise, syllabus: Syllabus | None = None) -> Found | None:
    """Find the file of a folder, or of its section's folder, that is graded for an exercise; None without one."""
    entries = []
    for place in (folder, folder / exercise.section):
        if place.is_dir() and not place.is_symlink():
            entries += [
                disk_entry(p, PurePosixPath(p.relative_to(folder).as_posix()), follow=True)
                for p in sorted(place.iterdir())
                if naming.is_source(p.name) and not p.name.startswith(".") and p.is_file()
            ]
    course = syllabus or Syllabus("", Path(), {}, {exercise.address: exercise}, {})
    pages = pages_of(syllabus) if syllabus is not None else {}
    chosen = Work("", entries, Names(course), pages).choose(exercise)
    if chosen is None:
        return None
    return Found(folder / chosen.best.entry.path, (*notes_of(exercise, chosen.best, chosen), *equals(chosen)))


def preferred(paths: list[Path], exercise: Exercise, stub: Path) -> Found:
    """Of several files for an exercise the one that counts, by the rule that grading has too."""
    page = page_of(stub)
    made = {}
    for path in paths:
        entry = disk_entry(path, PurePosixPath(path.name), follow=True)
        made[id(entry)] = path, candidate(entry, page, read_entry(entry), 2)
    chosen = choose([one for _, one in made.values()])
    return Found(made[id(chosen.best.entry)][0], equals(chosen))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name that is too long, a folder that may not be looked into
        return False


# -- a folder or zip of students -----------------------------------------------------------------


def entries_at(path: Path) -> list[Entry]:
    """List the files of a folder or zip.

    Raises:
        SubmissionError: it is neither.
    """
    if not _exists(path):
        raise SubmissionError(f"{path}: no such file or folder")
    if path.is_dir():
        return list(walk(path))
    if path.is_file() and zipfile.is_zipfile(path):
        return list(unzip(path))
    raise SubmissionError(f"{path}: not a folder, a zip, a .py file or a notebook")


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
    if _exists(path) and path.is_file() and naming.is_source(path.name):
        return _single(path, syllabus, exercises)
    found = entries_at(path)
    depth = downloads.packed_in([e.path for e in found if e.path.name != NOTHING])
    inner = [moved(e, depth) for e in found if len(e.path.parts) > depth]
    paths = [e.path for e in inner]
    metadata, unclear = _metadata(path) if downloads.from_gradescope(paths) else (None, [])
    bulk = downloads.recognise(paths, roster, metadata)
    names, sections = Names(syllabus), set(syllabus.sections)
    alone = path.resolve().name if path.is_dir() else path.stem
    clock = clones.clock(path)
    if bulk is not None:
        files = _placed(inner, bulk)
    else:
        files = by_student(found, names, sections, alone)
        if list(files.students) == [alone]:
            unclear = _of_several(files.students[alone], names, alone)
        bulk = _people(files, path, syllabus, roster)
    nothing = clones.absent(roster, list(files.students)) if roster is not None else []
    files.students |= {student: [] for student, _ in nothing}  # their rows say that nothing was handed in
    also = {student: tuple(roster.students.get(student, {}).values()) for student in files.students} if roster else {}
    folder = collect(files, syllabus, exercises, path, also, clock)
    if bulk is not None:
        known = {student: when for student, when in bulk.when.items() if when > 0}
        folder.submissions = [
            replace(s, submitted=iso(known[s.student])) if s.student in known else s for s in folder.submissions
        ]
        folder.ignored += dict.fromkeys(bulk.notes)
    folder.ignored += unclear
    folder.ignored += nothing
    return folder


def read_student(path: Path, syllabus: Syllabus, exercises: tuple[str, ...], student: str) -> ClassFolder:
    """Read what one student handed in at `path`, in whatever folders or zips: a row for each exercise.

    Raises:
        SubmissionError: `path` cannot be read.
    """
    entries = [e for e in entries_at(path) if e.path.name != NOTHING]
    hidden = [e for e in entries if e.path.name.startswith(".")]
    seen = [e for e in entries if e not in hidden]
    files = Sorted({student: seen}, [(e.shown, e.problem) for e in hidden])
    return collect(files, syllabus, exercises, path, {}, clones.clock(path))


def _of_several(entries: list[Entry], names: Names, student: str) -> list[tuple[str, str]]:
    """Say of a student's folder that it may be a class without folders: files of one page, of several names."""
    others: dict[str, set[tuple[str, ...]]] = {}
    for entry in entries:
        found = names.meant(entry.path, (student,))
        if naming.is_source(entry.path.name) and len(entry.path.parts) == len(found.pages) == 1 and found.rest:
            others.setdefault(found.pages[0], set()).add(found.rest)
    page, rests = max(others.items(), key=lambda item: len(item[1]), default=("", set()))
    if len(rests) < 2:
        return []
    why = (
        f"taken for one student's folder; if the {len(rests)} files for {page} are several people's, make each a folder"
    )
    return [(student, why)]


def _people(files: Sorted, path: Path, syllabus: Syllabus, roster: Roster | None) -> downloads.Intake | None:
    """Return the students of an ordinary folder under the names that count; their files with them."""
    students = sorted(files.students)
    repositories = [s for s in students if path.is_dir() and (path / s / ".git").exists()]
    called = [*syllabus.assignments, *syllabus.sections, *(e.name for e in syllabus.exercises.values())]
    made = clones.renamed(students, repositories, roster, called)
    if made is None:
        return None
    ids = {str(old): str(new) for old, new in made.places.items()}
    merged: dict[str, list[Entry]] = {}
    for student, entries in files.students.items():
        merged.setdefault(ids[student], []).extend(entries)
    files.students = merged
    made.when |= {ids[s]: clones.commit_time(path / s) for s in repositories}
    return made


def _placed(entries: list[Entry], bulk: downloads.Intake) -> Sorted:
    """Put the entries where they belong; what is nobody's is told of."""
    made = Sorted()
    told = {name for name, _ in bulk.notes}
    for entry in entries:
        place = bulk.places.get(entry.path)
        if place is not None and len(place.parts) > 1:
            student = place.parts[0]
            if place.name == NOTHING:
                made.bare.setdefault(student)
                continue
            when, attempt = bulk.times.get(entry.path, entry.when), bulk.attempts.get(entry.path, 0.0)
            inside = PurePosixPath(*place.parts[1:])
            if entry.problem and inside.name.startswith("."):
                made.ignored.append((entry.shown, entry.problem))
                continue
            kept = replace(entry, path=inside, origin=entry.shown, when=when, attempt=attempt)
            made.students.setdefault(student, []).append(kept)
            continue
        is_told = entry.path.parts == (NOTHING,) or {str(entry.path), entry.path.parts[0]} & told
        if not is_told and (naming.is_source(entry.path.name) or entry.path.name == NOTHING):
            what = entry.path.parent if entry.path.name == NOTHING else entry.path
            bulk.notes.append((str(what), f"fits no submission of a download from {bulk.kind}"))
    return made


def _metadata(path: Path) -> tuple[Any, list[tuple[str, str]]]:
    """Read what Gradescope says of its submissions, and what is wrong with that; the file nearest the top says it."""
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


def _single(path: Path, syllabus: Syllabus, exercises: tuple[str, ...]) -> ClassFolder:
    """One file, of the exercise that it is called like, or that was asked for."""
    student = path.resolve().parent.name or "student"
    address = exercises[0] if len(exercises) == 1 else page_of_file(path, syllabus)
    if not address:
        raise SubmissionError(
            f"{path}: name it after an exercise, or say which with --exercise; `gradus list` shows them"
        )
    return ClassFolder([read_for(path, syllabus.exercises[address], student)])


def page_of_file(path: Path, syllabus: Syllabus) -> str:
    """Return the page that a file is of, by its name, its folder's, or what it defines; "" where that is unclear."""
    whole = path.resolve()
    entry = disk_entry(path, PurePosixPath(whole.parent.name) / path.name, follow=True)
    work = Work(whole.parent.name or "student", [entry], Names(syllabus), pages_of(syllabus))
    found = set(work.named() or work.recognised())
    return found.pop() if len(found) == 1 else ""


def collect(
    files: Sorted,
    syllabus: Syllabus,
    exercises: tuple[str, ...],
    origin: Path,
    also: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    clock: Callable[[Entry], float] = lambda entry: entry.when,
) -> ClassFolder:
    """Collect the submissions of every student: of each exercise a row.

    Args:
        also: other names of each student.
        clock: when a file was changed last.

    Raises:
        SubmissionError: nothing fits any exercise.
    """
    names, pages = Names(syllabus), pages_of(syllabus)
    in_words = {page.name: page for page in syllabus.question_pages.values()}
    asked = {student: [e for e in entries if _stem(e) in in_words] for student, entries in files.students.items()}
    works = {
        student: Work(
            student, [e for e in entries if e not in asked[student]], names, pages, also.get(student, ()), clock
        )
        for student, entries in sorted(files.students.items())
    }  # fmt: skip
    by_hand = [
        (entry.shown, f"answers in words to {in_words[_stem(entry)].address}: to be marked by hand")
        for entries in asked.values() for entry in entries
    ]  # fmt: skip
    found = exercises or graded_pages(works.values())
    graded = exercises or tuple(a for a in syllabus.exercises if a in found)
    if not found and by_hand:
        raise SubmissionError(f"{origin}: holds {by_hand[0][1]}; there is nothing to check")
    if not found or not works:
        some = ", ".join(list(dict.fromkeys(e.name for e in syllabus.exercises.values()))[:6])
        raise SubmissionError(f"{origin}: no file is named after an exercise ({some}, …); see `gradus list`")
    submissions, ignored = [], [*files.ignored, *by_hand]
    for work in works.values():
        submissions += [work.submission(syllabus.exercises[address]) for address in graded]
        ignored += [*work.ignored, *work.unclear()]
    chosen = {(work.student, address): files for work in works.values() for address, files in work.chosen.items()}
    missions: dict[tuple[str, str], list[str]] = {}
    for student, entries in files.students.items():
        done, odd = missions_of(entries, syllabus.playgrounds.values())
        missions |= {(student, page): names for page, names in done.items()}
        ignored += odd
    why = "no .py and no .ipynb in this folder: nothing to grade"
    ignored += [(student, why) for student in sorted(files.bare.keys() - works.keys())]
    return ClassFolder(submissions, ignored, chosen, missions, _notebooks(files, syllabus, chosen))


def _notebooks(
    files: Sorted, syllabus: Syllabus, chosen: Mapping[tuple[str, str], tuple[Entry, ...]]
) -> dict[tuple[str, str], tuple[Entry, ...]]:
    """Return the notebooks of each student's pages with questions: what is graded first, then the latest."""
    asking = {a: p for a, p in syllabus.pages.items() if p.questions or (isinstance(p, Exercise) and p.question)}
    called = Counter(page.name for page in syllabus.pages.values())
    by_name = {page.name: address for address, page in asking.items() if called[page.name] == 1}
    found = {place: entries for place, entries in chosen.items() if place[1] in asking}
    for student, entries in files.students.items():
        for entry in sorted(entries, key=lambda one: -one.when):
            address = by_name.get(_stem(entry))
            if address is not None and entry not in found.get((student, address), ()):
                found[student, address] = (*found.get((student, address), ()), entry)
    return {
        place: kept for place, entries in found.items()
        if (kept := tuple(one for one in entries if is_notebook(one.path.name)))
    }  # fmt: skip


def _stem(entry: Entry) -> str:
    """Return the name of a source without its ending, "" of another file."""
    return naming.stem(entry.path.name) if naming.is_source(entry.path.name) else ""
