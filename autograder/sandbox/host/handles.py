"""What the judge holds of the worker's objects: they look like the student's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import torch

from ..wire.peer import Peer
from ..wire.problems import RemoteError

MAX_LENGTH = 10_000_000  #: that a student's object may claim


class Owner(Protocol):
    """The student's module as the judge holds it: what a handle asks of it."""

    peer: Peer

    def number_at(self, place: tuple[object, int]) -> int:
        """Return the number of an object that came in some era."""

    def call(self, handle: Any, name: str | None, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a handle or one of its methods."""

    def attribute(self, handle: Any, name: str) -> Any:
        """Return an attribute of a handle's object."""

    def set_attribute(self, handle: Any, name: str, value: Any) -> None:
        """Set an attribute of a handle's object."""

    def service(self, name: str, *args: Any) -> Any:
        """Ask for a service of the worker's."""


class Handle:
    """An object that lives in the worker: a function, class, module, optimizer, iterator.

    Calls, attributes, ``len``, ``[]``, iteration and arithmetic are forwarded. Comparisons are not, and arithmetic
    must give an object again: else a student's object could decide a check's condition. `_root` is the name of
    the student's definition that it came from, for the record.
    """

    __slots__ = ("__weakref__", "_info", "_mirrors", "_place", "_root", "_student")

    def __init__(self, student: Owner, number: int, info: tuple[Any, ...], root: str):
        set_ = object.__setattr__
        set_(self, "_student", student)
        set_(self, "_place", (student.peer.era, number))
        set_(self, "_info", info)
        set_(self, "_root", root)
        set_(self, "_mirrors", {})

    @property
    def _number(self) -> int:
        number: int = self._student.number_at(self._place)
        return number

    def _gradus_handle(self) -> tuple[Peer, int]:
        return self._student.peer, self._number

    @property
    def _type_name(self) -> str:
        return str(self._info[0]) if self._info else "object"

    def _is(self, kind: str) -> bool:
        return len(self._info) > 1 and isinstance(self._info[1], tuple) and kind in self._info[1]

    def __repr__(self) -> str:
        name = self._info[3] if len(self._info) > 3 and self._info[3] else None
        return f"<{name}>" if name else f"<{self._type_name} object>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the object over there."""
        return self._student.call(self, None, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._student.attribute(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._student.set_attribute(self, name, value)

    def __iter__(self) -> Any:
        return self if self._is("iterator") else self._student.call(self, "__iter__", (), {})

    def __next__(self) -> Any:
        try:
            return self._student.call(self, "__next__", (), {})
        except RemoteError as error:
            if error.error.type_name == "StopIteration":
                raise StopIteration from None
            raise

    def __len__(self) -> int:
        if not self._is("sized"):  # list() asks everything for its length, and takes no other exception
            raise TypeError(f"object of type {self._type_name} has no len()")
        length: int = self._student.call(self, "__len__", (), {})
        if type(length) is int and not 0 <= length <= MAX_LENGTH:  # list() reserves as much as it is told
            raise ValueError(f"a length of {length:,}")
        return length

    def __bool__(self) -> bool:
        return True

    def __hash__(self) -> int:
        return hash((id(self._student), self._place[1]))

    def __eq__(self, other: object) -> bool:
        return self is other


def _forwarded(name: str) -> Any:
    def method(self: Handle, *args: Any) -> Any:
        return self._student.call(self, name, args, {})

    method.__name__ = name
    return method


def _arithmetic(name: str) -> Any:
    def method(self: Handle, *args: Any) -> Any:
        result = self._student.call(self, name, args, {})
        if not isinstance(result, Handle):
            raise TypeError(f"{self!r} is an object, not a number")
        return result

    method.__name__ = name
    return method


for _name in ("getitem", "setitem", "delitem", "contains", "enter", "exit", "float", "int"):
    setattr(Handle, f"__{_name}__", _forwarded(f"__{_name}__"))
_OPERATORS = "add sub mul truediv pow matmul neg radd rsub rmul rtruediv rpow rmatmul"
for _name in _OPERATORS.split():
    setattr(Handle, f"__{_name}__", _arithmetic(f"__{_name}__"))


class ModuleHandle(Handle):
    """A ``torch.nn.Module`` of the worker's."""

    __slots__ = ()

    def state(self) -> dict[str, Any]:
        """``parameters``, ``buffers``, ``grads``, ``requires_grad`` (by name) and ``training``, as values."""
        found: dict[str, Any] = self._student.service("state", self._number)
        return found

    def mirrors(self) -> dict[str, torch.Tensor]:
        """Judge-side leaves that stand for the parameters: calls of this module are differentiable in them too."""
        if not self._mirrors:
            for name, value in self.state()["parameters"].items():
                self._mirrors[name] = value.clone().requires_grad_(value.is_floating_point())
        return dict(self._mirrors)


class Placed:
    """A tensor that lives in the worker, made by :meth:`Student.place`."""

    __slots__ = ("__weakref__", "_place", "_student")

    def __init__(self, student: Owner, number: int):
        self._student, self._place = student, (student.peer.era, number)

    def _gradus_handle(self) -> tuple[Peer, int]:
        return self._student.peer, self._number

    @property
    def _number(self) -> int:
        number: int = self._student.number_at(self._place)
        return number

    def _leaf(self) -> tuple[Any, Any, bool]:
        found: tuple[Any, Any, bool] = self._student.service("leaf", self._number)
        return found

    @property
    def value(self) -> torch.Tensor:
        """Its value now."""
        value: torch.Tensor = self._leaf()[0]
        return value

    @value.setter
    def value(self, value: torch.Tensor) -> None:
        self._student.service("set_leaf", self._number, "value", value)

    @property
    def grad(self) -> torch.Tensor | None:
        """Its gradient now, or None."""
        grad: torch.Tensor | None = self._leaf()[1]
        return grad

    @grad.setter
    def grad(self, grad: torch.Tensor | None) -> None:
        self._student.service("set_leaf", self._number, "grad", grad)

    @property
    def requires_grad(self) -> bool:
        """Tell whether it requires a gradient now."""
        return self._leaf()[2]

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        self._student.service("set_leaf", self._number, "requires_grad", value)

    def __repr__(self) -> str:
        return "<tensor of the student's>"


def handed(args: tuple[Any, ...], known: Mapping[str, Any]) -> str:
    """Return the name of the one definition among these arguments, "" for none or several.

    Args:
        known: the definitions of the student's that a check got hold of, by name.
    """
    definitions = [one for one in args if isinstance(one, Handle)]
    names = {one._root for one in definitions if one._root in known and known[one._root] is one}
    return names.pop() if len(names) == 1 else ""
