"""What this side holds of the other's: stand-ins of its objects and graphs, until they are let go of."""

from __future__ import annotations

import weakref
from typing import Any

from .autograd import Node


class Borrowed:
    """Stand-ins and graph nodes that live as long as somebody here holds them."""

    def __init__(self) -> None:
        self._stand_ins: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()
        self._objects: list[int] = []  # let go of, and the other side does not know it yet
        self._nodes: list[int] = []

    def stand_in(self, number: int) -> Any:
        """Return the stand-in of an object, None where there is none."""
        return self._stand_ins.get(number)

    def keep(self, number: int, stand_in: Any) -> Any:
        """Note a new stand-in of an object, and return it."""
        if number in self._objects:  # it came again before we said that the last stand-in is gone
            self._objects.remove(number)
        self._stand_ins[number] = stand_in
        weakref.finalize(stand_in, self._objects.append, number)
        return stand_in

    def node(self, number: int | None, tag: str) -> Node | None:
        """Return the node of a graph that the other side keeps, None where it keeps none."""
        if number is None:
            return None
        node = Node(number, tag)
        weakref.finalize(node, self._nodes.append, number)
        return node

    def take_released(self) -> tuple[list[int], list[int]] | None:
        """Return the numbers of the objects and the graphs that were let go of since the last time, None for none."""
        if not self._objects and not self._nodes:
            return None
        objects, self._objects[:] = list(self._objects), []
        nodes, self._nodes[:] = list(self._nodes), []
        return objects, nodes
