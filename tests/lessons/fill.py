"""Fill in what lessons say in numbers: ``python -m tests.lessons.fill``, or ``make figures``.

Whoever changes a lesson's data, a solution or a seed need not look for the figures that follow from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import torch

from autograder.course.anchors import without_anchors
from autograder.course.trees import trees

from . import SLOT, Claim, filled, flat
from .numbers import pattern

FIGURE = r"(?<![\d.,])-?\d(?:[\d.,]*\d)?(?:e-?\d+)?(?: \\cdot 10\^\{-?\d+\})?"  #: what stands in a slot for a number


def fill(text: str, claims: Iterable[tuple[str, str]]) -> str:
    """Return a lesson with its figures as they are computed.

    Args:
        claims: (the sentence with slots, the sentence with its figures) of each claim.

    Raises:
        ValueError: a sentence stands in no place of the lesson, or in several, so that nobody knows which figures are
            meant: its words are to be changed by hand, in the lesson or in its claim.
    """
    waiting = [claim for claim in claims if SLOT.search(claim[0])]
    while waiting:
        left: list[tuple[str, str]] = []
        for quote, said in waiting:
            if flat(said) in flat(without_anchors(text)):
                continue
            places = list(re.finditer(pattern(quote, FIGURE).replace(r"\ ", r"(?:\s|<!--.*?-->)+"), text))
            if len(places) == 1:
                text = text[: places[0].start()] + said + text[places[0].end() :]
            else:
                left.append((quote, said))
        if len(left) == len(waiting):  # else a figure of one sentence may be part of the words of another
            raise ValueError(f"the lesson has not one sentence like {left[0][0]!r}")
        waiting = left
    return text


def main() -> None:
    """Fill in the figures of all lessons, and say which were changed."""
    from tests.test_lessons import CLAIMS  # the tables of all sections

    torch.set_num_threads(1)
    of: dict[str, list[Claim]] = {}
    for claim in CLAIMS:
        of.setdefault(claim.page, []).append(claim)
    for page, claims in of.items():
        said: list[tuple[str, str]] = []
        for claim in claims:
            torch.manual_seed(0)
            said.append((claim.quote, filled(claim)))
        path = trees().lesson(page)
        before = path.read_text(encoding="utf-8")
        after = fill(before, said)
        if after != before:
            path.write_text(after, encoding="utf-8")
            print(f"{path}: figures are filled in anew")


if __name__ == "__main__":
    main()
