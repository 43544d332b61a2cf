"""The source that a worker is sent: what watches a solution, and a broken definition in the place of the right one."""

from __future__ import annotations

import inspect
from functools import cache
from pathlib import Path
from typing import Any

from . import over_there


@cache
def worker_text(*names: str) -> str:
    """Return the text of modules of :mod:`.over_there` as one source, without the imports of each other."""
    text = ""
    for name in names:
        lines = (Path(over_there.__path__[0]) / f"{name}.py").read_text(encoding="utf-8").splitlines()
        text += "\n".join(line for line in lines if not line.startswith(("from .", "from __future__"))) + "\n"
    return text


@cache
def _source(function: Any) -> str:
    return inspect.getsource(function)


def text_of(target: str, function: Any, *arguments: Any) -> str:
    """Return the source that puts a broken definition in a target's place.

    Args:
        target: like ``softmax`` or ``SGD.step``.
        function: of a family's module: takes the definition, and these arguments, and returns the broken one. It may
            use what is in :mod:`.over_there.tools`, nothing else.
    """
    given = "".join(f", {argument!r}" for argument in arguments)
    call = f"{target} = {function.__name__}({target}{given})\n"
    return f"{worker_text('tools')}\n\n{_source(function)}\n\n{call}"
