"""Into the debugger at the call that failed: in the student's own process, with the very arguments."""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..checking.typeset import call as typeset_call
from ..errors import GradusError
from ..judging.check import Trace
from ..model import Submission
from ..sandbox.host.record import Call, Large, Named


def failing_call(traces: dict[str, Trace], names: list[str]) -> Call | None:
    """Find the last call of the first failed check whose function and arguments can be made again here."""
    for name in names:
        calls = [c for c in traces[name].calls if not c.label.startswith("gradient of ")] if name in traces else []
        for call in reversed(calls):
            if call.label == call.root and not any(map(_gone, (*call.args, *call.kwargs.values()))):
                return call
    return None


def _gone(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(map(_gone, value))
    return isinstance(value, (Named, Large))


def enter(submission: Submission, path: Path, call: Call, run: Callable[..., Any] | None = None) -> None:
    """Load the student's file here, and make the call under the debugger, stopped at its first line.

    Args:
        run: what runs a function with arguments; pdb by default.

    Raises:
        GradusError: the file does not define the function when it is loaded here.
    """
    import pdb

    os.chdir(path.resolve().parent)  # where the page's files lie
    sys.path.insert(0, str(path.resolve().parent))
    module = types.ModuleType(path.stem)
    module.__file__ = str(path)
    for number, cell in enumerate(submission.cells, 1):
        shown = str(path) if path.suffix == ".py" else f"{path}[{number}]"
        exec(compile(cell, shown, "exec", dont_inherit=True), module.__dict__)
    function = getattr(module, call.root, None)
    if function is None:
        raise GradusError(f"{path}: does not define {call.root} when it is loaded here")
    print(f"this call: {typeset_call(call.label, call.args, call.kwargs)}\nn: next line, p NAME: show, q: quit")
    (run or pdb.Pdb(nosigint=True).runcall)(function, *call.args, **call.kwargs)
