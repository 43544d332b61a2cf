"""What one side lets the other name: its objects by number, what may be done with them, how they are described."""

from __future__ import annotations

from typing import Any

import torch

from .codec import CodecError

MAX_EXPORTS = 200_000


class HandleTable:
    """The objects of this side that the other side may name, and what it may do with them."""

    def __init__(self, *, open: bool):
        self._open = open
        self._objects: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        self._next = 1

    def add(self, value: Any) -> int:
        """Give `value` a number; the same object always has the same one."""
        number = self._numbers.get(id(value))
        if number is None:
            if len(self._objects) >= MAX_EXPORTS:
                raise CodecError(f"more than {MAX_EXPORTS:,} objects handed out")
            number, self._next = self._next, self._next + 1
            self._objects[number], self._numbers[id(value)] = value, number
        return number

    def get(self, number: int) -> Any:
        """Return the object with this number."""
        try:
            return self._objects[number]
        except KeyError:
            raise CodecError(f"handle {number} is not known here") from None

    def permit(self, number: int, op: str, name: str | None) -> None:
        """Refuse everything but a plain call, unless all of it is open."""
        if not self._open and (op != "call" or (name or "__call__") != "__call__"):
            raise CodecError(f"{op} {name or ''} is not open on this object")

    def drop(self, number: int) -> None:
        """Forget an object that the other side no longer holds."""
        value = self._objects.pop(number, None)
        self._numbers.pop(id(value), None)


def describe(value: Any) -> tuple[Any, ...]:
    """(type name, kinds, names of the types it inherits from, own name) of an object that crosses as a handle."""
    kind = type(value)
    kinds = [
        name
        for name, present in (
            ("callable", callable(value)),
            ("class", isinstance(value, type)),
            ("module", isinstance(value, torch.nn.Module)),
            ("iterator", hasattr(kind, "__next__")),
            ("sized", hasattr(kind, "__len__")),
            ("tensor", isinstance(value, torch.Tensor)),
        )
        if present
    ]
    mro = tuple(f"{c.__module__}.{c.__qualname__}"[:200] for c in (value if "class" in kinds else kind).__mro__[:12])
    name = getattr(value, "__name__", None)
    return kind.__name__[:200], tuple(kinds), mro, name[:200] if type(name) is str else None
