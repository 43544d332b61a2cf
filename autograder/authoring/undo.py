"""All or nothing: what a page or a course was begun with is taken away again where the rest of it fails."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ..course.trees import Trees
from ..errors import CourseError


@contextlib.contextmanager
def page_or_nothing(trees: Trees, address: str, more: Iterable[Path] = ()) -> Iterator[None]:
    """Leave a course as it was where writing a page of it ends in an error, or is stopped.

    Only what is the page's is taken away: its own files, those beside its notebook, and what is named; of
    ``course.toml`` its line, and its section where no other page has come into that. Folders only where they are new
    and empty. One page of a course is begun at a time: who comes second waits here.

    Args:
        more: files of the page that are not called after it.

    Raises:
        CourseError: somebody has begun this very page meanwhile.
    """
    section, _, name = address.partition("/")
    toml = trees.course / "course.toml"
    trunks = (trees.course, trees.solutions, trees.exercises, trees.notebooks / "source", trees.pages)
    roots = [trunk / section for trunk in trunks]
    with _alone(trees.course):
        text = toml.read_bytes()
        if any(_lists(line, address) for line in text.splitlines()):
            raise CourseError(f"{address}: the course has this page already; choose another address")
        before = {path for root in (*trunks, *roots) for path in (root, root.parent) if path.exists()}
        before |= {path for root in roots for path in root.rglob("*")}
        try:
            yield
        except BaseException:
            toml.write_bytes(_without(toml, text, address))
            now = sorted({path for root in roots for path in (root, *root.rglob("*"))}, reverse=True)
            kept = {*more, *beside(trees, address)}  # asked before the page's own folder of files goes
            for path in now:
                own = path in kept or any(path.is_relative_to(root) and is_of(path, root, name) for root in roots)
                if path not in before and path.is_file() and own:
                    path.unlink(missing_ok=True)
            _drop_empty([*now, *roots, *trunks], before)
            raise


def is_of(path: Path, section: Path, page: str) -> bool:
    """Tell whether a file of a section is the page's by its name: its own one, its picture, or in a folder of it."""
    first, *below = path.relative_to(section).parts or ("",)
    stem, dot, ending = first.partition(".")
    if below:
        return first in (page, f"{page}_files")
    return bool(dot) and (stem in (page, f"{page}_picture") or (stem == f"{page}_dark" and ending in ("png", "svg")))


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep a course's folder for one writer, where the system can."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    held = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # a file system that locks nothing
            fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        with contextlib.suppress(OSError):
            fcntl.flock(held, fcntl.LOCK_UN)  # a worker that was forked meanwhile has it open, too
        os.close(held)


def _lists(line: bytes, address: str) -> bool:
    """Tell whether a line of ``course.toml`` gives a page its weight."""
    return re.match(rf'"{address}"\s*='.encode(), line) is not None


def _without(toml: Path, before: bytes, address: str) -> bytes:
    """Return ``course.toml`` as it was, or with what an editor saved into it meanwhile."""
    section = address.partition("/")[0]
    known, lines = before.splitlines(), toml.read_bytes().splitlines()
    kept = [line for line in lines if line in known or not _lists(line, address)]
    if not any(line.startswith(f'"{section}/'.encode()) for line in kept):
        kept = [line for line in kept if line in known or not re.match(rf"{section}\s*=".encode(), line)]
    ours = [line for line in kept if line.strip() and (line in known or line not in (b"[exercises]", b"[sections]"))]
    return before if ours == [line for line in known if line.strip()] else b"\n".join(kept) + b"\n"


def beside(trees: Trees, address: str) -> Iterator[Path]:
    """Yield where the copies of a page's files lie beside its notebook, which are not called after it."""
    files = trees.solutions / f"{address}_files"
    for path in files.rglob("*") if files.is_dir() else ():
        yield trees.notebook(address).parent / path.relative_to(files)


def _drop_empty(folders: list[Path], before: set[Path]) -> None:
    for path in folders:
        if path not in before and path.is_dir():
            with contextlib.suppress(OSError):  # something else lies in it
                path.rmdir()


@contextlib.contextmanager
def folder_or_nothing(folder: Path, succeeded: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """Leave no new folder behind, nor anything in one that was empty, where what fills it fails or is stopped.

    Args:
        succeeded: asked after an error: is enough there to keep it?
    """
    root = folder.absolute()
    new = [path for path in (root, *root.parents) if not path.exists()]
    held = {path.name for path in root.iterdir()} if root.is_dir() else set()
    try:
        yield
    except BaseException:
        if not succeeded():
            for path in root.iterdir() if root.is_dir() else ():
                if path.name in held:
                    continue
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)
            _drop_empty(new, set())
        raise
