"""Which importer reads an assignment, and where its pages go."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

from ...errors import CourseError
from ...text import similar_name
from ..new import hides_a_module
from . import notebooks, otter, pytests
from .parts import EVERYBODYS, Assignment

READERS: dict[str, Callable[[Path], list[Assignment]]] = {
    "nbgrader": notebooks.assignments, "otter": otter.assignments, "pytest": pytests.assignments,
}  # fmt: skip
_SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "aa", "ł": "l"})


def assignments(form: str, path: Path) -> list[Assignment]:
    """Read what is to be imported.

    Raises:
        CourseError: there is no such format, or nothing there that can be read.
    """
    if form not in READERS:
        near = similar_name(form, READERS)
        hint = f"did you mean {near}?" if near else f"there are {', '.join(READERS)}"
        raise CourseError(f"there is no importer for {form}; {hint}")
    if not path.exists():
        raise CourseError(f"{path}: is not there")
    return READERS[form](path)


def addresses(found: list[Assignment], path: Path, section: str) -> Iterator[tuple[str, Assignment]]:
    """Yield each assignment with the address of its page."""
    folder = path if path.is_dir() else path.parent
    place = name_of(section or folder.resolve().name, "s")
    taken: set[str] = set()
    for one in found:
        name = name_of(one.name or _named(one.source), "p")
        if hides_a_module(name) or keyword.iskeyword(name):
            name += "_page"
        while name in taken:
            name += "_2"
        taken.add(name)
        yield f"{place}/{name}", one


def _named(source: Path) -> str:
    """Return what an assignment is called: its file, or its folder where every file is called so."""
    if source.is_file() and source.stem.lower() not in EVERYBODYS:
        return source.stem
    return (source.parent if source.is_file() else source).resolve().name


def name_of(text: str, letter: str) -> str:
    """Return a part of an address: small letters, digits and _, with a letter first."""
    spelt = text.lower().translate(_SPELT)
    bare = "".join(one for one in unicodedata.normalize("NFKD", spelt) if not unicodedata.combining(one))
    plain = re.sub(r"[^a-z0-9]+", "_", bare).strip("_")
    return plain if re.match(r"[a-z]", plain) else f"{letter}{plain}" if plain else letter
