"""A course that lies over another as one that stands alone: its ``course.toml``, and where its files come from."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ..model import Syllabus
from .syllabus import load
from .trees import Trees


def course_toml(course: Syllabus) -> str:
    """Return the ``course.toml`` of a course as it is taught, whatever it lies over."""
    lines = [f"title = {_text(course.title)}", f"plain_english = {json.dumps(course.plain_english)}"]
    if course.language:
        lines.append(f"language = {_text(course.language)}")
    lines += [f"playgrounds = {_text([*course.playgrounds])}", "", "[sections]"]
    lines += [f"{section} = {_text(title)}" for section, title in course.sections.items()]
    lines += ["", "[exercises]"]
    lines += [f"{_text(address)} = {float(page.weight)}" for address, page in course.pages.items()]
    for name, handed in course.assignments.items():
        lines += ["", f"[assignments.{_text(name)}]", f"title = {_text(handed.title)}"]
        lines.append(f"exercises = {_text([*handed.exercises])}")
        lines += [f"due = {handed.due.isoformat()}"] if handed.due is not None else []
    return "\n".join(lines) + "\n"


def layers(trees: Trees) -> Iterator[Trees]:
    """Yield a course and those below it, the lowest first: a file of a later one stands for an earlier one's."""
    if trees.base is not None:
        yield from layers(trees.base)
    yield trees


def left_out(trees: Trees, course: Syllabus) -> set[str]:
    """Return the addresses of pages that courses below have and this one has not."""
    below = [load(one) for one in layers(trees)]
    return {address for one in below for address in (*one.pages, *one.playgrounds)} - {
        *course.pages,
        *course.playgrounds,
    }


def _text(value: str | list[str]) -> str:
    """Write texts as TOML does, whose strings are JSON's."""
    return json.dumps(value, ensure_ascii=False)
