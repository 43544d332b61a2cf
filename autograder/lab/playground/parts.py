"""Where the sources of the parts are, and how one sees that one was saved."""

from __future__ import annotations

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
