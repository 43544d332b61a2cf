"""What a solution uses before the course has taught it: what ``introduces`` in the lessons says, against the code."""

from __future__ import annotations

import ast

from ..model import Exercise, Syllabus


def used(source: str) -> set[str]:
    """Return the names of a source: plain ones, attributes, and both with what they are an attribute of."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Attribute):
            names.add(node.attr)
            if isinstance(node.value, ast.Name):
                names.add(f"{node.value.id}.{node.attr}")
    return names


def too_early(course: Syllabus, exercise: Exercise, source: str) -> dict[str, str]:
    """Return the names that the solution of a page uses although only a later page introduces them, with that page."""
    places = {address: place for place, address in enumerate(course.exercises)}
    first: dict[str, str] = {}
    for address, page in course.exercises.items():
        for name in page.introduces:
            first.setdefault(name, address)
    here = places[exercise.address]
    return {name: first[name] for name in sorted(used(source) & first.keys()) if places[first[name]] > here}
