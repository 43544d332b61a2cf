"""Where the sources of the parts are, and how one sees that one was saved."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...course.trees import Trees
from .inside.names import PAGES

if TYPE_CHECKING:
    from ..shared import Lab

SECTION = "s3_neural_networks"
Sources = Mapping[str, tuple[str, ...]]  #: the cells of each page


def addresses(lab: Lab) -> list[str]:
    """Return the addresses of the pages on which parts are written, as far as the course has them."""
    return [f"{SECTION}/{page}" for page in PAGES if f"{SECTION}/{page}" in lab.syllabus.exercises]


def course_sources(trees: Trees) -> dict[str, str]:
    """Return the course's own source of each page; none of a copy of the course without solutions."""
    if trees.without_solutions():
        return {}
    return {page: trees.solution(f"{SECTION}/{page}").read_text(encoding="utf-8") for page in PAGES}


def own_sources(lab: Lab) -> dict[str, tuple[str, ...]]:
    """Return the cells of every page that the student has a file of."""
    found = lab.parts(addresses(lab))
    return {address.rpartition("/")[2]: tuple(one["yours"]) for address, one in found.items() if one["yours"]}


def stamp(lab: Lab) -> Any:
    """Return something that differs when one of the student's files was saved, began or went away."""
    return lab.stamps(addresses(lab))


def code(cells: tuple[str, ...] | None) -> list[str] | None:
    """Return what is the same of two sources that differ in comments and blank lines alone; None for no source."""
    return None if cells is None else [_dumped(cell) for cell in cells]


def _dumped(cell: str) -> str:
    try:
        return ast.dump(ast.parse(cell))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return cell


def needed(own: Sources, pages: set[str]) -> set[str]:
    """Return pages with those that they import of the student's, and so on."""
    found, left = set(pages), [*pages]
    while left:
        more = {page for cell in own.get(left.pop(), ()) for page in _imported(cell)} & PAGES.keys() - found
        found |= more
        left += more
    return found


def _imported(cell: str) -> set[str]:
    try:
        nodes = [*ast.walk(ast.parse(cell))]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(PAGES)  # nobody can tell
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
