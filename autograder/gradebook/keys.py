"""What decides a grade, as hashes: the engine, the data loaders, the libraries, a page's own files, the submission.

A grade is known from before if nothing of it changed; parts of a class are put together, a cluster's worker is given
work, and a workspace is up to date, by the same hashes. The seed is in none of them: it is a secret, and a hash of
something small can be tried out.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ..course.page_files import page_files
from ..course.trees import Trees
from ..model import Exercise, Syllabus

PACKAGE = Path(__file__).resolve().parent.parent
#: rooms that only show, keep or hand on what was decided; and what belongs to one page or to a course
UNDECIDING = {"cli", "export", "report", "nbcourse", "student", "authoring", "gradebook"}
OF_PAGES = {"pages", "trees"}
#: files of a page that decide no grade, or decide those of their page alone
NO_PART = ("misconceptions.py", "variants.py", "drafts.py")
#: of whom another version may judge otherwise, or hold other data
LIBRARIES = (
    "torch", "torchvision", "numpy", "pandas", "scikit-learn", "scipy", "matplotlib", "pytest", "pillow",
    "networkx", "fonttools", "prompt_toolkit", "pygments",  # whose docstrings are a data set
)  # fmt: skip


def installed(name: str) -> str:
    """Return the version of a distribution, "?" when it is not installed as one."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "?"


def engine_files() -> list[Path]:
    """List the sources that can change a verdict on any page; a new room is one of them until it is named here."""
    apart = UNDECIDING | OF_PAGES
    return [p for p in sorted(PACKAGE.rglob("*.py")) if p.relative_to(PACKAGE).parts[0] not in apart]


def _hash(files: Iterable[tuple[str, Path]]) -> str:
    sha = hashlib.sha256()
    for name, path in files:
        content = path.read_bytes() if path.is_file() else b""
        sha.update(f"{name}\0{len(content)}\0".encode() + content)
    return sha.hexdigest()


@cache  # what this process runs; a source that is edited meanwhile is not what it imported
def engine() -> str:
    """Hash the engine's source."""
    return _hash((path.relative_to(PACKAGE).as_posix(), path) for path in engine_files())


@cache
def libraries() -> str:
    """Name Python and the libraries with their versions."""
    return ", ".join([f"python {platform.python_version()}", *(f"{name} {installed(name)}" for name in LIBRARIES)])


def _page_files(places: Trees, address: str, catalogue: bool, checks: bool) -> Iterable[tuple[str, Path]]:
    if checks:
        yield "check", places.check(address)
    yield "solution", places.solution(address)
    yield from ((f"beside/{name}", path) for name, path in page_files(places, address).items())
    if catalogue:
        yield "misconception", places.misconception(address)


def _shared_files(places: Trees) -> Iterable[tuple[str, Path]]:
    for pages in places.all_pages():
        for path in sorted(pages.rglob("*.py")):  # what checks share, conftest.py for one
            if not path.name.startswith("test_") and path.name not in NO_PART:
                yield path.relative_to(pages).as_posix(), path
    # a course of one's own loads from this one, too; their order is that, not of where they lie
    for folder in places.all_data():
        yield from ((f"data/{path.name}", path) for path in sorted(folder.glob("*.py")))


def page_keys(
    places: Trees, exercises: Iterable[Exercise], catalogue: bool = True, checks: bool = True
) -> dict[str, str]:
    """Hash, for each page, all that decides a grade of it beside the submission, the seed, the isolation and the data.

    Args:
        catalogue: with the known mistakes, which decide what is diagnosed.
        checks: with the checks; else all beside them.
    """
    alike = [engine(), libraries(), _hash(_shared_files(places))]  # looked for once: it takes longer than a page's own
    found: dict[str, str] = {}
    for exercise in exercises:
        own = _hash(_page_files(places, exercise.address, catalogue, checks))
        found[exercise.address] = hashlib.sha256(json.dumps([*alike, repr(exercise), own]).encode()).hexdigest()
    return found


def page_key(places: Trees, exercise: Exercise, catalogue: bool = True, checks: bool = True) -> str:
    """Hash all that decides a grade of one page, see :func:`page_keys`."""
    return page_keys(places, [exercise], catalogue, checks)[exercise.address]


def course_key(pages: Mapping[str, str], syllabus: Syllabus) -> str:
    """Hash all that decides any grade of a course.

    Args:
        pages: the keys of all its pages.
    """
    return hashlib.sha256("".join(pages[address] for address in syllabus.exercises).encode()).hexdigest()


def grade_key(digest: str, page: str, isolation: str, data: str) -> str:
    """Hash all that decides one grade but the seed.

    Args:
        digest: of the submission.
        page: of the page, see :func:`page_key`.
    """
    return hashlib.sha256(json.dumps([digest, page, isolation, data]).encode()).hexdigest()
