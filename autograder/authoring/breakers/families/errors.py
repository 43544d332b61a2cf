"""Errors: a documented one does not come, is of another kind, or comes after something was changed."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from ..over_there.tools import alter
from ..target import Breaker, Target
from ..worker_source import text_of

WORD = r"Error|raise"


def swallowed(f: Any, line: Any) -> Any:
    """Return None in place of the error that this line raises."""

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        try:
            return f(*args, **kwargs)
        except Exception as error:
            trace: Any = error.__traceback__
            while trace.tb_next is not None:
                trace = trace.tb_next
            if trace.tb_lineno != line or trace.tb_frame.f_code.co_name != f.__name__:
                raise
            return None

    return broken


def of_another_kind(f: Any, kind: Any) -> Any:
    """Raise an error of another kind, with the same words."""

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        try:
            return f(*args, **kwargs)
        except Exception as error:
            if type(error).__name__ != kind:
                raise
            raise (RuntimeError if kind != "RuntimeError" else ValueError)(str(error)) from None

    return broken


def changes_first(f: Any) -> Any:
    """Change what was passed before an error is raised."""

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        try:
            return f(*args, **kwargs)
        except Exception:
            for value in (*args, *kwargs.values()):
                alter(value)
            raise

    return broken


def breakers(target: Target) -> Iterator[Breaker]:
    """Yield one for each raise statement, and those for the kinds that were seen."""

    def made(what: str, function: Any, *arguments: Any, proof: bool = False) -> Breaker:
        return Breaker(target.name, "errors", what, text_of(target.name, function, *arguments), WORD, proof)

    for number, line in enumerate(target.raises, 1):
        which = f" ({number} of {len(target.raises)})" if len(target.raises) > 1 else ""
        yield made(f"does not raise its error{which}", swallowed, line)
    for kind in target.facts["raised"]:
        if kind != "NotImplementedError" and target.says(kind):
            yield made(f"raises another error than {kind}", of_another_kind, kind)
    documented = [kind for kind in target.facts["raised"] if target.says(kind)]
    stays = target.says(r"stays? as|as it was|as they were|unchanged|left alone")
    if documented and stays and target.given("float", "int"):
        yield made("changes its arguments before it raises", changes_first)
