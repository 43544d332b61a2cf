"""What known mistakes do in the checks, kept in a folder from one command for the next.

To name a mistake, the checks are run with each known one that could be it, which takes most of the time of the first
diagnosis. What they did is the same as long as page, engine, libraries and seed are. Whoever can write to the folder
can change a name that is read there, and no point.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ..model import Exercise
from .check import Trace
from .kept_traces import packed, unpacked

if TYPE_CHECKING:
    from ..course.catalogue import Rewrite
    from .ours import CourseSources

MOST_BYTES = 64 << 20  #: of one page; what is larger is found out anew


class _File(msgspec.Struct):
    """A page's file."""

    key: str  #: of all that decides what a mistake does
    traces: dict[str, dict[str, bytes]]  #: of each mistake, by check


class _Unpacking(Mapping[str, Trace]):
    """Traces that are read when they are asked for; one that cannot be is not there."""

    def __init__(self, raw: dict[str, bytes]):
        self._raw = raw
        self._read: dict[str, Trace] = {}

    def __getitem__(self, check: str) -> Trace:
        if check not in self._read:
            try:
                self._read[check] = unpacked(self._raw[check])
            except Exception:  # somebody else's bytes, wrong in whatever way: as if nothing were kept
                raise KeyError(check) from None
        return self._read[check]

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)


class KeptMistakes:
    """A folder with a file for one page.

    Args:
        folder: it is made when something is kept.
        key: changes with whatever may change what a mistake of this page does: checks, engine, libraries, seed.
    """

    def __init__(self, folder: Path, exercise: Exercise, key: str):
        self._path = folder / f"{exercise.address.replace('/', '__')}.bin"
        self._exercise, self._key = exercise, key

    @cached_property
    def _traces(self) -> dict[str, dict[str, bytes]]:
        """What is kept; read when a failure is to be explained, and not for who passed."""
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            if self._path.stat().st_size <= MOST_BYTES:
                found = msgspec.msgpack.decode(self._path.read_bytes(), type=_File)
                if found.key == self._key:
                    return found.traces
        return {}

    def recall(self, exercise: Exercise, rewrite: Rewrite) -> Mapping[str, Trace]:
        """Return what is kept of a mistake."""
        return _Unpacking(self._traces.get(rewrite.key, {}) if exercise.address == self._exercise.address else {})

    def keep(self, ours: CourseSources) -> None:
        """Keep what was found out beside; a folder that cannot be written keeps nothing."""
        found = {
            key: {check: raw for check, trace in traces.items() if (raw := packed(trace)) is not None}
            for key, traces in ours.found_out(self._exercise).items()
        }
        if not any(found.values()):
            return
        together = {key: {**self._traces.get(key, {}), **found.get(key, {})} for key in {**self._traces, **found}}
        raw = msgspec.msgpack.encode(_File(self._key, together))
        if len(raw) > MOST_BYTES:
            return
        part = self._path.with_suffix(f".{os.getpid()}")
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(raw)
            part.replace(self._path)
