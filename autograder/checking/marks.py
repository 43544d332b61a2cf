"""Decorators that say what a check is worth and how it is run, and remarks that cost no points."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Marks:
    """What the decorators said about one check."""

    points: float = 1.0
    hidden: str = ""
    forbids: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    seconds: float | None = None
    training: bool = False
    replayable: bool = True


def marks_of(function: Callable[..., Any]) -> Marks:
    """Return the marks of a check function."""
    marks: Marks = getattr(function, "__gradus_marks__", Marks())
    return marks


def _mark(**changes: Any) -> Callable[[F], F]:
    def decorate(function: F) -> F:
        function.__gradus_marks__ = replace(marks_of(function), **changes)  # type: ignore[attr-defined]
        return function

    return decorate


def _number(mark: str, value: float) -> float:
    """Return the number that a mark is given; one without brackets gets the check itself."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise TypeError(f"@{mark} needs a number that is 0 or more, as @{mark}(2)")
    return float(value)


def points(value: float) -> Callable[[F], F]:
    """Say how many points the check is worth (1 without it)."""
    return _mark(points=_number("points", value))


def hidden(sentence: str) -> Callable[[F], F]:
    """Students see this sentence when the check fails, never its inputs."""
    if not isinstance(sentence, str):
        raise TypeError('@hidden needs what students see instead, as @hidden("an empty batch")')
    return _mark(hidden=sentence)


def forbids(*names: str, of: str | tuple[str, ...], operators: tuple[str, ...] = ()) -> Callable[[F], F]:
    """Forbid the bodies of the functions `of`, and the helpers that they use, to use these names: a rule of style.

    Args:
        names: dotted, as imported, like ``torch.softmax``; ``*.softmax`` means the method of any object.
        of: the functions that the rule is about.
        operators: operators that raise in the student's process while this check runs, by whatever way they
            are reached, like ``aten._softmax.default``; the names remain the early and friendly hint.
    """
    if not all(isinstance(name, str) for name in (*names, *operators)):
        raise TypeError('@forbids needs names as texts, as @forbids("torch.softmax", of="softmax")')
    return _mark(forbids=names, of=(of,) if isinstance(of, str) else of, operators=operators)


def training(seconds: float) -> Callable[[F], F]:
    """Mark a check that trains: it has its own time limit and gives no diagnosis unless also `replayable`."""
    return _mark(seconds=_number("training", seconds), training=True, replayable=False)


def replayable(function: F) -> F:
    """Misconceptions are run through this check too, although it trains or draws at random."""
    return _mark(replayable=True)(function)


_badges: list[str] = []
_figures: list[tuple[str, float]] = []
_advice: list[str] = []


def badge(name: str) -> None:
    """Award a badge: shown with the check, worth no points."""
    _badges.append(name)


def advise(sentence: str) -> None:
    """Tell the student something that costs no points, such as what a claim of their process suggests."""
    _advice.append(sentence)


def leaderboard(name: str, value: float) -> None:
    """Keep a figure that classes compare, the larger the better: worth no points, shown and exported with the check."""
    _figures.append((name, round(float(value), 6)))


def take_remarks() -> tuple[str, str, tuple[tuple[str, float], ...]]:
    """Return the badges, the advice and the figures since the last time, and forget them."""
    remarks = ", ".join(_badges), " ".join(_advice), tuple(_figures)
    for kept in (_badges, _advice, _figures):
        kept.clear()
    return remarks
