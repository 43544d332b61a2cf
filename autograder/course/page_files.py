"""Data files and images of a page: the folder ``solutions/<section>/<page>_files``, laid beside whatever opens them.

A student's code opens ``rain.csv`` of that folder as ``rain.csv``, and ``maps/north.png`` as ``maps/north.png``: the
files lie beside the stub, beside the notebook, and, read-only, in the folder in which its code is run by checks.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..errors import CourseError
from ..model import Exercise, QuestionPage
from .trees import Trees

MAX_FILES = 200
MAX_BYTES = 16 << 20  #: of all files of a page
_JUNK = {"__pycache__", ".ipynb_checkpoints", ".DS_Store"}


def page_files(trees: Trees, address: str) -> dict[str, Path]:
    """Return the files of a page by the path by which its code opens them.

    Raises:
        CourseError: a link, a file that would take a page's own place, too many of them, or too large.
    """
    folder = trees.files(address)
    if folder.is_symlink():
        raise CourseError(f"{folder}: is a link; put the files themselves there")
    if not folder.is_dir():
        return {}
    found: dict[str, Path] = {}
    size = 0
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if _JUNK & set(inside.parts):
            continue
        if path.is_symlink():
            raise CourseError(f"{path}: is a link; put the file itself there")
        if path.is_dir():
            continue
        if not path.is_file():
            raise CourseError(f"{path}: is no ordinary file")
        if path.suffix == ".ipynb" or inside.as_posix() == f"{address.rpartition('/')[2]}.py":
            raise CourseError(f"{path}: would stand in a page's own place; give it another name")
        found[inside.as_posix()] = path
        size += path.stat().st_size
    if len(found) > MAX_FILES:
        raise CourseError(f"{folder}: holds {len(found)} files; a page may have {MAX_FILES}")
    if size > MAX_BYTES:
        raise CourseError(
            f"{folder}: holds {size / 2**20:.1f} MB; a page may have {MAX_BYTES >> 20} MB. Larger data belong into a "
            "data set that a loader in data/ fetches"
        )
    return found


def contents(trees: Trees, address: str) -> dict[str, bytes]:
    """Return the files of a page with their contents, see :func:`page_files`."""
    return {name: path.read_bytes() for name, path in page_files(trees, address).items()}


def clashes(trees: Trees, address: str, others: Iterable[Exercise | QuestionPage]) -> list[str]:
    """Return what is wrong with the names of a page's files: another page of its section has a different one so."""
    own = contents(trees, address)
    faults = []
    for other in others if own else ():
        if other.address == address or other.section != address.partition("/")[0]:
            continue
        for name, content in contents(trees, other.address).items():
            if own.get(name, content) != content:
                faults.append(
                    f"{trees.files(address) / name}: {other.address} has another file of this name, and both would lie "
                    "in one folder; rename one"
                )
    return faults
