"""What a docstring leaves open on purpose: one small file a page, each entry with the sentence that leaves it open.

::

    "train_classifier leaves the module in the other mode" = "In which mode it is afterwards is up to you."
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

from ...errors import CourseError
from .page import Page


def read(path: Path) -> dict[str, str]:
    """Return a page's waivers: the breaker's name and the sentence that leaves it open.

    Raises:
        CourseError: naming the file and what is wrong with it.
    """
    if not path.is_file():
        return {}
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{path}: {error}") from None
    found = {}
    for name, entry in entries.items():
        if not isinstance(entry, str) or not entry.strip():
            raise CourseError(f'{path}: {name!r} must be a text, "sentence of the docstring that leaves it open"')
        found[name] = entry
    return found


def judged(page: Page, path: Path) -> Page:
    """Return a page with its waivers read: who is waived, and what is wrong with a waiver.

    Raises:
        CourseError: the file cannot be read.
    """
    waived, found, fates = read(path), [], []
    for fate in page.fates:
        sentence = waived.get(fate.name)
        if sentence is None:
            fates.append(fate)
            continue
        if fate.fate == "survives":
            fate = replace(fate, fate="waived", said=sentence)
        else:
            by = f" by {fate.by}" if fate.by else ""
            found.append(f"{path.name}: {fate.name!r} needs no waiver: it {fate.fate}{by}")
        if " ".join(sentence.split()) not in " ".join(page.docs.get(fate.target, "").split()):
            found.append(f"{path.name}: {fate.name!r} quotes what the docstring does not say: {sentence!r}")
        fates.append(fate)
    known = {fate.name for fate in page.fates}
    found += [f"{path.name}: {name!r} names no breaker of this page" for name in waived if name not in known]
    return replace(page, fates=tuple(fates), faults=tuple(found))
