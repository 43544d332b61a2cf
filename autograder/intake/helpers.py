"""Which of a student's other files travel along with a source: those that it may import, wherever they lie below it.

A file goes along when every part of its module's name is a word of the source, or of a file that goes along: that finds
``import``, ``importlib``, ``%run`` and ``exec(open(...))`` alike, and leaves all the rest of a folder alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from .files import UNREADABLE, Entry, disk_entry
from .source import Words, as_module, decoded

MAX_HELPERS = 50
MAX_HELPER = 1 << 20  #: bytes of one
MAX_DEPTH = 6  #: folders that are looked into, below the source's
MAX_LOOKED_AT = 5000  #: names in one folder


def travelling(cells: tuple[str, ...], below: Callable[[Words], Iterable[Entry]]) -> tuple[tuple[str, bytes], ...]:
    """Return the (path, content) of the files that go along, sorted.

    Args:
        below: gives the files that the words known so far name, by their paths from the source's folder.
    """
    words = Words(cells)
    made: dict[str, bytes] = {}
    looked_at: set[PurePosixPath] = set()
    while True:
        fresh = [entry for entry in below(words) if entry.path not in looked_at]
        for entry in fresh:
            looked_at.add(entry.path)
            if entry.problem or entry.size > MAX_HELPER or len(made) >= MAX_HELPERS:
                continue
            try:
                content = entry.read()
            except UNREADABLE:
                continue
            made[str(entry.path)] = as_module(content, entry.path.name)
            words.add(decoded(content, entry.path.name)[0])
        if not fresh:
            return tuple(sorted(made.items()))


def among(entries: Iterable[Entry], source: PurePosixPath) -> Callable[[Words], Iterator[Entry]]:
    """Return what :func:`travelling` asks, for entries of a folder or zip that lie below the source's folder."""
    home = source.parent.parts
    inside = [
        (entry, entry.path.parts[len(home) :])
        for entry in entries
        if entry.path.name.endswith(".py") and entry.path.parts[: len(home)] == home
    ]

    def below(words: Words) -> Iterator[Entry]:
        for entry, parts in inside:
            if _named(parts, words) and _may_go(parts, source.stem):
                yield replace(entry, path=PurePosixPath(*parts))

    return below


def beside(source: Path) -> Callable[[Words], Iterator[Entry]]:
    """Return what :func:`travelling` asks, for a file on this disk; only folders that it names are looked into."""

    def below(words: Words) -> Iterator[Entry]:
        todo = [PurePosixPath()]
        while todo:
            inside = todo.pop()
            for name in sorted(_names(source.parent / inside)):
                path = inside / name
                full = source.parent / path
                if name.endswith(".py") and _named(path.parts, words) and _may_go(path.parts, source.stem):
                    yield disk_entry(full, path)
                elif name in words and len(path.parts) <= MAX_DEPTH and full.is_dir() and not full.is_symlink():
                    todo.append(path)

    return below


def _names(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as found:
            return [entry.name for entry, _ in zip(found, range(MAX_LOOKED_AT), strict=False)]
    except OSError:
        return []


def _may_go(parts: tuple[str, ...], source: str) -> bool:
    return parts[-1] != ".py" and len(parts) <= MAX_DEPTH + 1 and parts != (f"{source}.py",)


def _named(parts: tuple[str, ...], words: Words) -> bool:
    """Tell whether each part of a module's name is among the words."""
    module = (*parts[:-1], parts[-1].removesuffix(".py"))
    return all(part in ("__init__", "__main__") or part in words for part in module)
