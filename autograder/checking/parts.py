"""Parts of a check: what one demand asks of the student's code. Whoever runs the check may know that a part holds.

A part is known by what it is given: the function, the right one, what makes the arguments, and where chance stands. So
a check that asks seven functions of a submission in which one is new need ask that one alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, Protocol

P = ParamSpec("P")


class Asker(Protocol):
    """Asks the parts of a check, or knows that they hold."""

    def ask(self, demand: Callable[..., None], args: tuple[Any, ...], options: dict[str, Any]) -> None:
        """Make a demand with these arguments, unless it is known to hold."""


_asker: Asker | None = None


def part(demand: Callable[P, None]) -> Callable[P, None]:
    """Let each call of a demand be a part of the check; what it demands inside is no part of its own."""

    @wraps(demand)
    def asked(*args: P.args, **options: P.kwargs) -> None:
        asker = _asker
        if asker is None:
            demand(*args, **options)
            return
        with asked_by(None):
            asker.ask(demand, args, options)

    return asked


@contextmanager
def asked_by(asker: Asker | None) -> Iterator[None]:
    """Let somebody ask the parts of the check inside; None to ask them all."""
    global _asker
    outer, _asker = _asker, asker
    try:
        yield
    finally:
        _asker = outer
