"""What a part of a check is given, as a digest: two parts that are given the same ask the same of the same code."""

from __future__ import annotations

from functools import partial
from hashlib import blake2b
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np
import torch

from ..sandbox.host.handles import Handle
from ..sandbox.host.student import Student
from ..sandbox.wire.afterwards import bits

MAX_BYTES = 4 << 20  #: that are looked at; what is given more is asked
DEPTH = 12
_PLAIN = frozenset({type(None), bool, int, float, complex, str, bytes, torch.dtype, torch.device, torch.Size, slice})
#: what is the same for as long as it lives, and lives as long as the checks do
_LASTING = (BuiltinFunctionType, ModuleType, type, type(torch.float32), type(torch.nn.functional.relu))
_kept: dict[int, Any] = {}  # what is known by its place in memory, so that nothing else comes to lie there


class Given:
    """A digest of values, of what functions are made of, and of what these hold from where they were made.

    Args:
        student: whose definitions stand for their names.
    """

    def __init__(self, student: Student):
        self._student = student
        self._names = {id(value): name for name, value in student._known.items()}
        self._hash = blake2b(digest_size=20)
        self._bytes = 0
        self.definitions = frozenset[str]()  #: of the student's that are in it

    @property
    def digest(self) -> bytes:
        """The digest so far."""
        return self._hash.digest()

    def add(self, value: Any, depth: int = DEPTH) -> bool:
        """Add a value; tell whether all of it can be told by a digest."""
        if depth <= 0:
            return False
        kind = type(value)
        if kind in _PLAIN:
            return self._bytes_of("b", value) if kind is bytes else self._note(f"p{kind.__name__}{value!r}")
        if id(value) in self._names:
            self.definitions |= {self._names[id(value)]}
            return self._note(f"d{self._names[id(value)]}")
        if value is self._student:
            return self._note("s")
        if kind is Handle or isinstance(value, Handle):
            return False  # an object that earlier answers made
        if isinstance(value, torch.Tensor):
            return self._tensor(value)
        if kind is np.ndarray:
            return value.dtype.hasobject is False and self._bytes_of(f"a{value.dtype}{value.shape}", value.tobytes())
        if kind is tuple or kind is list:
            return self._note(f"{kind.__name__}{len(value)}") and all(self.add(one, depth - 1) for one in value)
        if kind is dict:
            return self._note(f"dict{len(value)}") and all(self.add(pair, depth - 1) for pair in value.items())
        if kind is range:
            return self._note(f"r{value}")
        return self._function(value, depth)

    def _function(self, value: Any, depth: int) -> bool:
        kind = type(value)
        if kind is FunctionType:
            held = [_content(cell) for cell in value.__closure__ or ()]
            made = self._by_place(value.__code__)
            return made and self.add((held, value.__defaults__, value.__kwdefaults__), depth - 1)
        if kind is MethodType:
            return self.add((value.__func__, value.__self__), depth - 1)
        if kind is partial:
            return self._note("partial") and self.add((value.func, value.args, value.keywords), depth - 1)
        lasting = isinstance(value, _LASTING) and "<locals>" not in getattr(value, "__qualname__", "")
        return lasting and self._by_place(value)

    def _by_place(self, value: Any) -> bool:
        _kept[id(value)] = value
        return self._note(f"@{id(value)}")

    def _tensor(self, value: torch.Tensor) -> bool:
        if value.is_sparse or value.device.type != "cpu" or value.grad_fn is not None:
            return False
        where = f"{value.dtype}{tuple(value.shape)}{value.stride()}{value.requires_grad}{type(value).__name__}"
        return self._bytes_of(f"t{where}", bits(value).numpy().tobytes())

    def _bytes_of(self, head: str, content: bytes) -> bool:
        self._bytes += len(content)
        self._hash.update(f"{head} {len(content)}\0".encode())
        self._hash.update(content)
        return self._bytes <= MAX_BYTES

    def _note(self, text: str) -> bool:
        self._hash.update(f"{len(text)} {text}\0".encode("utf-8", "surrogatepass"))
        return True


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not bound yet
        return None
