"""What a docstring says and nothing that dies proves: documented defaults, errors, and what stays as it was."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .page import Fate, Page
from .target import Target, sentences_of

STAYS = r"stays? as|as it was|as they were|unchanged|left alone|untouched"


def unproved(targets: Iterable[Target], page: Page) -> list[str]:
    """Return what the docstrings of a page promise without a breaker that dies for it, or is waived.

    What a class's docstring says is proved by any of its methods.
    """
    targets = list(targets)
    settled: dict[str, list[Fate]] = {}
    for fate in page.fates:
        if fate.fate in ("dies", "waived"):
            settled.setdefault(fate.target, []).append(fate)
    of_class = {t: [f for name, fates in settled.items() if name.startswith(f"{t}.") for f in fates]
                for t in {target.owner for target in targets} - {""}}  # fmt: skip
    return [
        line for target in targets
        for line in _of(target, of_class[target.owner] if target.is_init else settled.get(target.name, []))
    ]  # fmt: skip


def _of(target: Target, settled: list[Fate]) -> Iterator[str]:
    """Yield the promises of one definition that are not proved."""
    families = {fate.family for fate in settled}
    spoken = " ".join(fate.what for fate in settled if fate.family in ("defaults", "chance", "length"))
    for parameter in target.parameters:
        if parameter.default and f"`{parameter.name}`" not in spoken:
            yield f"{target.name}: that `{parameter.name}` is {parameter.default} where it is left out"
    if "errors" not in families:
        for kind in re.findall(r"^\s*(\w*(?:Error|Exception|Iteration)):", target.own, re.MULTILINE):
            yield f"{target.name}: that {kind} is raised"
    if not families & {"inputs", "state"}:
        yield from (f"{target.name}: \u201c{s}\u201d" for s in sentences_of(target.own) if re.search(STAYS, s))
