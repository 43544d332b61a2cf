"""What was found out about traces, kept: the same traces, recalled by the answer cache, have the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from .check import Trace

Found = TypeVar("Found")


class ByTraces(Generic[Found]):
    """Remembers one thing for each exam.

    Args:
        most: exams that are remembered; those that nobody asked for the longest are forgotten.
    """

    def __init__(self, most: int):
        self._most = most
        self._known: OrderedDict[tuple[object, ...], tuple[Found, list[Trace]]] = OrderedDict()

    def find(self, address: str, traces: Mapping[str, Trace], make: Callable[[], Found]) -> Found:
        """Return what `make` found out about these very traces, now or earlier."""
        key = address, *((name, id(trace)) for name, trace in traces.items())
        if key not in self._known:
            found = make()
            while len(self._known) >= self._most:
                self._known.popitem(last=False)
            self._known[key] = found, list(traces.values())  # which keeps their ids their own
        self._known.move_to_end(key)
        return self._known[key][0]
