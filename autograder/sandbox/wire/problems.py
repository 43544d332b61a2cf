"""What goes wrong on the line: the other side's exceptions as ours, their frames, and a broken protocol."""

from __future__ import annotations

import builtins
import sys
from typing import Any

MAX_FRAMES = 20  #: of a traceback
Frames = tuple[tuple[str, int, str], ...]  #: file, line, function


class RemoteException:
    """An exception of the other side, as a value: its type's names and its text."""

    def __init__(self, type_name: str, mro: tuple[str, ...], text: str):
        self.type_name, self.mro, self.text = type_name, mro, text


class ProtocolError(Exception):
    """The other side broke the protocol or sent what is no value; the message says how."""


class RemoteError(Exception):
    """The other side's code raised. The traceback is kept as (file, line, function) frames.

    :meth:`of` gives one that is also an instance of the built-in exception that was raised, so
    ``except ValueError`` on this side catches a ValueError of that side.
    """

    error: RemoteException
    frames: Frames
    record: Any = None  #: the record of the call that raised it, for a check that expected it

    def __str__(self) -> str:
        return self.error.text

    @classmethod
    def of(cls, error: RemoteException, frames: Frames) -> RemoteError:
        """Return the exception to raise here for `error` over there."""
        base = next((_BUILTIN[name] for name in error.mro if name in _BUILTIN), Exception)
        library = next((kind for name in error.mro if (kind := _of_library(name))), base)
        base = library if issubclass(library, base) else base  # a student's own may be called as one of a library
        theirs = [_THEIRS[name] for name in error.mro if name in _THEIRS]
        bases = (cls, *theirs, *([base] if base is not Exception else []))
        if bases not in _REMOTE:
            _REMOTE[bases] = type(cls.__name__, bases, {"__init__": Exception.__init__})
        made: RemoteError = _REMOTE[bases](error.text)
        made.error, made.frames = error, frames
        return made


def stand_in(name: str) -> type[Exception]:
    """Return an exception of which errors of theirs of this name, or of a kind of it, are instances from now on."""
    return _THEIRS.setdefault(name, type(name, (Exception,), {}))


def _of_library(name: str) -> type[Exception] | None:
    """Return an exception of a library that is imported here: whoever expects it has imported it."""
    for module in _LIBRARIES:
        found = getattr(sys.modules.get(module), name, None)
        if isinstance(found, type) and issubclass(found, Exception):
            return found
    return None


_LIBRARIES = ("numpy.linalg", "numpy.exceptions", "statistics", "decimal", "json", "queue", "struct", "pandas.errors")
_THEIRS: dict[str, type[Exception]] = {}
_REMOTE: dict[tuple[type, ...], type] = {}
_BUILTIN = {
    name: kind
    for name, kind in vars(builtins).items()
    if isinstance(kind, type)
    and issubclass(kind, Exception)
    and not issubclass(
        kind,
        (
            BaseExceptionGroup,
            StopIteration,
            StopAsyncIteration,
            UnicodeDecodeError,
            UnicodeEncodeError,
            UnicodeTranslateError,
        ),
    )
}


def traceback_frames(error: BaseException, limit: int = MAX_FRAMES) -> tuple[tuple[str, int, str], ...]:
    """(file, line, function) of the innermost frames of a traceback."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append((str(code.co_filename), trace.tb_lineno or 0, str(code.co_name)))
        trace = trace.tb_next
    if isinstance(error, SyntaxError):
        frames.append((str(error.filename), int(error.lineno or 0), "<syntax>"))
    return tuple(frames[-limit:])


def are_frames(frames: Any) -> bool:
    """Tell whether something that came over the line is frames, and not too many."""
    return (
        isinstance(frames, tuple)
        and len(frames) <= MAX_FRAMES
        and all(isinstance(f, tuple) and len(f) == 3 and [type(part) for part in f] == [str, int, str] for f in frames)
    )


def are_ints(values: Any) -> bool:
    """Tell whether something that came over the line is a list of plain integers."""
    return isinstance(values, (list, tuple)) and all(type(value) is int for value in values)
