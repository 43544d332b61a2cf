"""All or nothing: what a page or a course was begun with is taken away again where the rest of it fails."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ..course.trees import Trees


@contextlib.contextmanager
def page_or_nothing(trees: Trees, address: str, more: Iterable[Path] = ()) -> Iterator[None]:
    """Leave a course as it was where writing a page of it ends in an error, or is stopped.

    Only what is the page's is taken away: files with its name, those beside its notebook, and what is named.
    Folders only where they are new and empty.

    Args:
        more: files of the page that are not called after it.
    """
    section, _, name = address.partition("/")
    toml = trees.course / "course.toml"
    text = toml.read_bytes()
    trunks = (trees.course, trees.solutions, trees.exercises, trees.notebooks / "source", trees.pages)
    roots = [trunk / section for trunk in trunks]
    before = {path for root in (*trunks, *roots) for path in (root, root.parent) if path.exists()}
    before |= {path for root in roots for path in root.rglob("*")}
    try:
        yield
    except BaseException:
        toml.write_bytes(text)
        now = sorted({path for root in roots for path in (root, *root.rglob("*"))}, reverse=True)
        kept = {*more, *beside(trees, address)}  # asked before the page's own folder of files goes
        for path in now:
            own = path in kept or any(name in part for part in path.parts[len(trees.root.parts) :])
            if path not in before and path.is_file() and own:
                path.unlink(missing_ok=True)
        _drop_empty([*now, *roots, *trunks], before)
        raise


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
