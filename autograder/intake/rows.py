"""What is said of files: how a graded one was handed in, why another is not, what lies there otherwise. Pure."""

from __future__ import annotations

from ..model import Exercise
from . import naming
from .choice import Candidate, Choice
from .files import Entry
from .missions import MISSIONS
from .naming import Meant
from .source import CONVERTED

MOST = 5  #: files that one row names

_PACKED = "is packed in a way that is not opened; hand in the files themselves, or an ordinary .zip"
_PICTURE = "is a picture, which cannot be run; hand in the .py file or the notebook"
_WORDS = "is a document, not source; hand in the .py file or the notebook"
#: what to do next, by suffix
_NEXT = {
    **CONVERTED,
    ".htm": CONVERTED[".html"],
    ".json": "is no notebook that can be read; download it again as .ipynb",
    ".pyc": "is compiled; hand in the .py that it was made of",
    **dict.fromkeys((".rar", ".7z", ".tar", ".gz", ".tgz", ".xz", ".bz2"), _PACKED),
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".heic", ".gif", ".webp"), _PICTURE),
    **dict.fromkeys((".doc", ".docx", ".odt", ".rtf", ".pages", ".pptx"), _WORDS),
}


def missing(exercise: Exercise, left: list[Entry], meant: dict[int, Meant]) -> tuple[str, str]:
    """Return the problem of a page that no file is graded for.

    Args:
        left: the student's files that are graded for no other page.
        meant: what their names mean.
    """
    files = f"{exercise.name}.py or {exercise.name}.ipynb"
    left = [e for e in left if e.path.name != MISSIONS]  # which is no page's, and was read
    named = [e for e in left if exercise.address in meant[id(e)].pages]
    broken = next((e for e in (*named, *left) if e.problem and not naming.is_source(e.path.name)), None)
    if broken is not None:
        return "malformed", broken.problem
    if not left:
        return "missing", f"nothing was handed in for {exercise.name}"
    for entry in named or left[:1] * (len(left) == 1):
        what = _NEXT.get(entry.path.suffix.lower(), "").format(name=entry.path.name)
        if what:
            return "missing", f"{'' if named else f'no file here is {exercise.name}: '}{entry.path.name} {what}"
        if entry in named and len(meant[id(entry)].pages) > 1:
            return "missing", unclear(entry, meant[id(entry)])
        if entry in named and naming.is_source(entry.path.name):
            return "missing", f"{entry.path.name} defines nothing that {exercise.name} asks for; hand in {files}"
    there = ", ".join(e.path.name for e in left[:MOST])
    more = f" and {len(left) - MOST} more" if len(left) > MOST else ""
    return "missing", f"no file here is {exercise.name}; there is {there}{more}: hand in {files}"


def unclear(entry: Entry, meant: Meant) -> str:
    """Why a file whose name fits several pages is graded for none."""
    base, names = naming.stem(entry.path.name), [page.partition("/")[2] for page in meant.pages]
    if len(set(names)) == 1:
        count = "two" if len(names) == 2 else str(len(names))
        return f"{base} is the name of {count} exercises; put it into the folder of its section"
    return f"{entry.path.name} may be {' or '.join(names)}; name it after one of them"


def notes_of(exercise: Exercise, one: Candidate, chosen: Choice) -> tuple[str, ...]:
    """Return what teacher and student are told about a file that is graded."""
    path = one.entry.path
    notes = [*renamed(exercise, path.name, by_name=bool(one.sure))]
    if one.aside and one.written:
        notes.append(f"taken from {path}, which was put aside: nothing else is written")
    for other, why in chosen.others:
        if other.written and why != "holds the same":
            notes.append(f"{other.entry.path} was handed in for {exercise.name} too; it is not graded, it {why}")
    return tuple(notes)


def renamed(exercise: Exercise, name: str, by_name: bool = True) -> tuple[str, ...]:
    """Return what is said of a file that is not called like its page."""
    if name in (f"{exercise.name}.py", f"{exercise.name}.ipynb"):
        return ()
    how = "" if by_name else f", known as {exercise.name} by what it defines"
    return (f"handed in as {name}{how}; it should be called {exercise.name}{_suffix(name)}",)


def equals(chosen: Choice) -> tuple[str, ...]:
    """Return what a student is told whose files tie, of which only the first is looked at."""
    if not chosen.tied:
        return ()
    best, others = chosen.best.entry.path, ", ".join(str(one.entry.path) for one in chosen.tied)
    return (f"none of these files is the later one: {best} is checked, not {others}; handed in, the better one counts",)


def _suffix(name: str) -> str:
    return ".ipynb" if ".ipynb" in name.lower() else ".py"


def passed_over(chosen: Choice) -> list[tuple[str, str]]:
    """Return the files that do not count, with the reason, for the teacher."""
    best = chosen.best.entry
    told = []
    for other, why in chosen.others:
        name = best.path.name if best.path.name != other.entry.path.name else best.shown
        told.append((other.entry.shown, f"{name} of the same exercise is graded; this one {why}"))
    for other in chosen.tied:
        what = f"as late as {best.path.name} of the same exercise: both are run, the better one counts"
        told.append((other.entry.shown, what))
    return told
