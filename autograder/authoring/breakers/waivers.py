"""What a docstring leaves open on purpose: one small file a page, each entry with the sentence that leaves it open.

Below it stands what no breaker can show, since the checks call it from inside a worker, and which known mistake does::

    "train_classifier leaves the module in the other mode" = "In which mode it is afterwards is up to you."
    "errors: that ValueError is raised" = "No check calls the helpers themselves"

    [proved]
    "Dropout.forward: that ValueError is raised" = "takes any number as p"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ...course.fields import toml_fault
from ...errors import CourseError
from .page import Page


@dataclass(frozen=True)
class Waivers:
    """A page's waivers.

    Args:
        open: of a breaker or promise the sentence that leaves it open.
        proved: of a promise the misconception that breaks it, and dies.
    """

    open: Mapping[str, str] = field(default_factory=dict)
    proved: Mapping[str, str] = field(default_factory=dict)


def read(path: Path) -> Waivers:
    """Return a page's waivers, none where it has no such file.

    Raises:
        CourseError: naming the file and what is wrong with it.
    """
    if not path.is_file():
        return Waivers()
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        line, why = toml_fault(error)
        raise CourseError(f"{path}, {f'line {line}' if line else 'at its end'}: {why}") from None
    except UnicodeDecodeError as error:
        raise CourseError(f"{path}: is no UTF-8 ({error.reason}); save it as UTF-8") from None
    proved = entries.pop("proved", {})
    if not isinstance(proved, dict):
        raise CourseError(f"{path}: [proved] must be a table of promises, each with the name of a misconception")
    for what, table in (
        ("sentence of the docstring that leaves it open", entries),
        ("name of a misconception", proved),
    ):
        for name, entry in table.items():
            if not isinstance(entry, str) or not entry.strip():
                raise CourseError(f'{path}: {name!r} must be a text, "{what}"')
    return Waivers(entries, proved)


def judged(page: Page, waivers: Waivers, where: str) -> Page:
    """Return a page with the waivers of its breakers applied: who is waived, and which waiver is wrong."""
    found, fates = [], []
    for fate in page.fates:
        sentence = waivers.open.get(fate.name)
        if sentence is None:
            fates.append(fate)
            continue
        if fate.fate == "survives":
            fate = replace(fate, fate="waived", said=sentence)
        else:
            by = f" by {fate.by}" if fate.by else ""
            found.append(f"{where}: {fate.name!r} needs no waiver: it {fate.fate}{by}")
        if not _says(page.docs.get(fate.target, ""), sentence):
            found.append(f"{where}: {fate.name!r} quotes what the docstring does not say: {sentence!r}")
        fates.append(fate)
    return replace(page, fates=tuple(fates), faults=tuple(found))


def settled(
    unproved: list[str], waivers: Waivers, breakers: Collection[str], mistakes: Collection[str], text: str, where: str
) -> tuple[list[str], list[str]]:
    """Return (the promises that stay unproved, what is wrong with entries that name no breaker).

    Args:
        unproved: promises without a breaker that dies for them.
        breakers: the names of the page's breakers.
        mistakes: the names of its misconceptions, each of which dies by a check.
        text: the page's solution, whose docstrings and words between them are quoted.
    """
    words = re.sub(r"^\s*# ?", "", text, flags=re.MULTILINE)
    found = []
    for name, sentence in waivers.open.items():
        if name not in breakers and name not in unproved:
            found.append(f"{where}: {name!r} names neither a breaker nor an unproved promise of this page")
        elif name not in breakers and not _says(words, sentence):
            found.append(f"{where}: {name!r} quotes what the page does not say: {sentence!r}")
    for name, mistake in waivers.proved.items():
        if name not in unproved:
            found.append(f"{where}: [proved] {name!r} names no promise that lacks a proof")
        elif mistake not in mistakes:
            found.append(f"{where}: [proved] {name!r}: the page has no misconception {mistake!r}")
    return [line for line in unproved if line not in waivers.open and line not in waivers.proved], found


def _says(text: str, sentence: str) -> bool:
    return " ".join(sentence.split()) in " ".join(text.split())
