"""Whose file is it? The layouts of a class: a folder or zip for each student, with folders around or below. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from .files import NOTHING, Entry
from .naming import Names, is_source, stem

ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".xz", ".bz2")
#: the steps of an nbgrader course beside ``submitted``
_STEPS = frozenset(("source", "release", "autograded", "feedback", "exchange", "solutions"))


#: the folders of a student's workspace, in which the sections lie
WORKSPACE = frozenset(("exercises", "notebooks", "lessons"))


@dataclass
class Sorted:
    """The files of each student, with paths below the student's folder; those of nobody; empty folders."""

    students: dict[str, list[Entry]] = field(default_factory=dict)
    ignored: list[tuple[str, str]] = field(default_factory=list)
    bare: dict[str, None] = field(default_factory=dict)


def moved(entry: Entry, cut: int) -> Entry:
    """Take the first folders off the path of an entry, and remember them."""
    return entry if not cut else replace(entry, path=PurePosixPath(*entry.path.parts[cut:]), origin=entry.shown)


def by_student(entries: list[Entry], names: Names, sections: set[str], alone: str) -> Sorted:
    """Sort files by student.

    Args:
        sections: the folders of a course, which are no students.
        alone: what a single student is called whose files lie here.
    """
    found = Sorted()
    seen = []
    for entry in entries:
        if entry.path.name.startswith(".") and entry.path.name != NOTHING:
            found.ignored.append((entry.shown, entry.problem))
        else:
            seen.append(_through(entry, names))
    layout = _Layout(names, sections | WORKSPACE, seen)
    seen = layout.without_common_folder(seen, found)
    own = [layout.is_own(entry.path) for entry in seen]
    lone = any(own) and len(layout.folders(seen, 0)) < 2
    for entry, is_own in zip(seen, own, strict=True):
        parts = entry.path.parts
        top = alone if lone else stem(parts[0]) if parts[0].lower().endswith(".zip") else parts[0]
        if entry.path.name == NOTHING:
            found.bare.update({top: None} if lone or len(parts) > 1 else {})
        elif lone:
            found.students.setdefault(top, []).append(entry)
        elif len(parts) == 1 and parts[0].lower().endswith(ARCHIVES):  # a student's, but nobody can look into it
            found.students.setdefault(stem(parts[0]).rsplit(".", 1)[0], []).append(entry)
        elif len(parts) == 1 or is_own:
            if is_source(entry.path.name) or entry.problem:
                found.ignored.append((entry.shown, entry.problem or "lies beside the students' folders"))
        else:
            found.students.setdefault(top, []).append(moved(entry, 1))
    return found


def _through(entry: Entry, names: Names) -> Entry:
    """Take a zip that is called like a page off the path of an entry: it is no student."""
    top = entry.path.parts[0] if len(entry.path.parts) > 1 else ""
    if top.lower().endswith(".zip") and names.meant(PurePosixPath(top)).sure:
        return moved(entry, 1)
    return entry


class _Layout:
    """The folders of a class, by where files lie that are called like pages, or like what one hands in."""

    def __init__(self, names: Names, sections: set[str], entries: list[Entry]):
        self._names, self._sections = names, sections
        paths = [entry.path for entry in entries if is_source(entry.path.name)]
        some = {path for path in paths if self._is_page(path)}
        if not some:  # nothing is called like a page: any source may be one
            some = set(paths) or {entry.path for entry in entries if entry.path.name != NOTHING}
        self._named = {path.name for path in some}
        self._certain = {path.name for path in some if names.meant(path).sure or names.meant(path).exact} or self._named

    def _is_page(self, path: PurePosixPath) -> bool:
        return bool(self._names.meant(path).pages)

    def _is_named(self, path: PurePosixPath) -> bool:
        """Tell whether this is called like a page."""
        return path.name in self._named

    def is_own(self, path: PurePosixPath) -> bool:
        """Return whether this path belongs to a single student's folder."""
        return path.name in self._certain and self._sections.issuperset(path.parts[:-1])

    def folders(self, entries: list[Entry], depth: int) -> set[str]:
        """Return the folders at a depth that hold what may be handed in and are no sections: students, perhaps."""

        def is_work(path: PurePosixPath) -> bool:
            return self._is_named(path) or (is_source(path.name) and self._names.only_decoration(path, path.parts[:1]))

        paths = [e.path for e in entries if len(e.path.parts) > depth + 1 and is_work(e.path)]
        return {path.parts[depth] for path in paths} - self._sections

    def without_common_folder(self, entries: list[Entry], found: Sorted) -> list[Entry]:
        """Strip what all lies in: ``submitted/`` of an nbgrader course, the folder a zip was packed from."""
        entries = self._submitted(entries, found)
        while named := [e.path.parts for e in entries if self._is_named(e.path)]:
            tops = {parts[0] for parts in named}
            students = self.folders(entries, 1)
            shallow = any(len(parts) < 3 for parts in named)
            if len(tops) != 1 or tops & self._sections or (shallow and len(students) < 2) or not students:
                return entries  # students, or one student with or without sections
            found.ignored += _left_out([e for e in entries if e.path.parts[0] not in tops])
            entries = [moved(e, 1) for e in entries if e.path.parts[0] in tops and len(e.path.parts) > 1]
        return entries

    def _submitted(self, entries: list[Entry], found: Sorted) -> list[Entry]:
        """Return only what lies in ``submitted/``, where the folders beside it are nbgrader's other steps.

        A student may be called like that too.
        """
        named = [e.path.parts for e in entries if self._is_named(e.path)]
        depths = [parts.index("submitted") for parts in named if "submitted" in parts[:-2]]
        cut = min(depths, default=-1)
        if cut < 0 or len({parts[:cut] for parts in named}) != 1:
            return entries
        beside = {parts[cut] for parts in named if len(parts) > cut + 1} - {"submitted"}
        if not beside or beside - _STEPS:
            return entries
        top = (*named[0][:cut], "submitted")
        outside = [e for e in entries if e.path.parts[: cut + 1] != top]
        found.ignored += _left_out([e for e in outside if len(e.path.parts) > cut and e.path.parts[cut] not in _STEPS])
        return [moved(e, cut + 1) for e in entries if e.path.parts[: cut + 1] == top and len(e.path.parts) > cut + 1]


def _left_out(entries: list[Entry]) -> list[tuple[str, str]]:
    """Return the sources that lie beside the folder of all submissions, each with the reason that it does not count."""
    return [(e.shown, "lies beside the folder of the submissions") for e in entries if is_source(e.path.name)]
