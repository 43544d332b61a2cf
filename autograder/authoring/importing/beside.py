"""Files beside an assignment that it opens: they come along as the page's own, see :mod:`..course.page_files`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from ...course.page_files import MAX_BYTES, MAX_FILES
from .parts import Cell
from .pictures import without_pictures

#: what is no data: other notebooks and tests, what tools keep
_APART = {"tests", "__pycache__", ".ipynb_checkpoints", ".git", "node_modules"}
MAX_LOOKED_AT = 5000


def beside(folder: Path, text: str, apart: frozenset[str] = frozenset()) -> tuple[dict[str, Path], list[str]]:
    """Return the files below a folder that a text names, by relative path, and a note for each that cannot come.

    A file is named by its path, by its own name, or by a folder that it lies in; a module by its name.

    Args:
        apart: relative paths of the assignment itself.
    """
    found: dict[str, Path] = {}
    notes: list[str] = []
    size = looked = 0
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _APART and not name.startswith("."))
        for name in sorted(names):
            looked += 1
            path = Path(place) / name
            inside = path.relative_to(folder)
            if looked > MAX_LOOKED_AT:
                return found, [*notes, f"{folder}: holds too many files to look through; put what is missing beside it"]
            if (
                name.startswith(".")
                or path.suffix == ".ipynb"
                or inside.as_posix() in apart
                or not _named(inside, text)
            ):
                continue
            if path.is_symlink() or not path.is_file():
                notes.append(f"{inside.as_posix()}: is a link or no ordinary file; put the file itself there")
            elif size + path.stat().st_size > MAX_BYTES or len(found) >= MAX_FILES:
                notes.append(f"{inside.as_posix()}: left behind, a page's files may have {MAX_BYTES >> 20} MB in all")
            else:
                found[inside.as_posix()] = path
                size += path.stat().st_size
    return found, notes


def named_in(cells: Iterable[Cell]) -> str:
    """Return the texts of cells in which files may be named; pictures that words show are none."""
    return "\n".join(f"{cell.source}\n{cell.hidden}" if cell.code else without_pictures(cell.source) for cell in cells)


def _named(inside: Path, text: str) -> bool:
    if inside.name in text:
        return True
    if inside.suffix == ".py" and re.search(
        rf"^\s*(?:import|from)\s+{re.escape(inside.parts[0].removesuffix('.py'))}\b", text, re.M
    ):
        return True
    return any(re.search(rf"""["'/]{re.escape(part.as_posix())}["'/]""", text) for part in inside.parents if part.name)
