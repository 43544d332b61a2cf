"""All that a check heard from the student's code, as a digest of a few letters: whoever answers alike has the same.

What is noted are values, never how they came: where an object lay in memory, in which order a set was written down,
how an object or the line that raised is called make no difference. So the digest is the same in every process.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from types import FunctionType
from typing import Any

import numpy as np
import torch

from ..wire.afterwards import bits
from ..wire.kinds import KINDS, kind_of
from ..wire.problems import RemoteException
from .handles import Handle, ModuleHandle, Placed

SIZE = 8  #: bytes of a digest
SMALL = 1 << 12  #: bytes that are sooner copied than looked at in place
#: services that tell what the student's code made
_ANSWERS = frozenset({"state", "leaf", "read", "printed"})
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_PLAIN = frozenset({type(None), bool, int, float, complex, torch.dtype, torch.device})


class Heard:
    """The answers to one check so far."""

    def __init__(self) -> None:
        self._hash = blake2b(digest_size=SIZE)
        self._any = False
        self.served = False  #: did a service of the worker's say or do anything, but for looking a definition up?
        #: the definitions that it was given; None once it was told anything that others may have left
        self.definitions: frozenset[str] | None = frozenset()

    def note(self, *values: Any) -> None:
        """Add values, in this order."""
        self._any = True
        for value in values:
            try:
                _add(self._hash, value)
            except Exception as error:  # a value that cannot be read twice changes no grade
                self._hash.update(f"?{type(value).__name__} {type(error).__name__}\0".encode())

    def note_service(self, name: str, value: Any) -> None:
        """Add what a service of the worker's said, if that is the student's doing."""
        self.served = self.served or name != "lookup"
        if name in _ANSWERS:
            self.note(name, value)
        if name == "printed":
            self.definitions = None

    def note_look_up(self, name: str, there: bool, value: Any) -> None:
        """Add what a name stands for, if anything. Of a definition its calls tell, whoever looked it up first."""
        self.note(*(() if there and isinstance(value, Handle) else (name, there, value if there else None)))
        self.note_definition(name, there)

    def note_definition(self, name: str, there: bool) -> None:
        """Add that there is a definition of this name, or none."""
        if self.definitions is not None:
            self.definitions = self.definitions | {name} if there else None

    def note_part(self, digest: str, definitions: frozenset[str] | None) -> None:
        """Add what a part of the check heard, by its digest, and the definitions that it was given."""
        if digest:
            self.note(digest)
        known = self.definitions
        self.definitions = known | definitions if known is not None and definitions is not None else None

    @property
    def digest(self) -> str:
        """The digest in hexadecimal letters; "" where nothing was heard."""
        return self._hash.hexdigest() if self._any else ""


def _add(into: blake2b, value: Any) -> None:
    """Add one value: its kind and its size first, so that no two values have the same bytes."""
    kind = type(value)
    if kind is str:
        text = _ADDRESS.sub("", value) if " at 0x" in value else value
        _add_bytes(into, "s", text.encode("utf-8", "surrogatepass"))
    elif kind in _PLAIN:
        into.update(f"p{value!r}\0".encode())
    elif kind is Handle or kind is ModuleHandle or kind is Placed or kind is FunctionType:
        into.update(b"h\0")
    elif isinstance(value, torch.Tensor):
        _add_tensor(into, value)
    elif kind is not dict and kind is not list and kind is not tuple and (named := kind_of(value)):
        into.update(f"K{named}\0".encode())
        _add(into, [KINDS[named].parts(value), list(value) if named == "OrderedDict" else None])
    elif isinstance(value, (list, tuple)):
        into.update(f"{'l' if isinstance(value, list) else 't'}{len(value)}\0".encode())
        for part in value:
            _add(into, part)
    elif isinstance(value, dict):
        _add_bytes(into, f"d{len(value)}", b"".join(sorted(_alone(key, part) for key, part in value.items())))
    elif isinstance(value, (set, frozenset)):
        _add_bytes(into, f"e{len(value)}", b"".join(sorted(map(_alone, value))))
    elif isinstance(value, (bytes, bytearray)):
        _add_bytes(into, "b", value)
    elif callable(value):
        into.update(b"h\0")
    else:
        _add_further(into, value)


def _add_tensor(into: blake2b, value: torch.Tensor) -> None:
    tied = value.requires_grad
    plain = value.detach() if tied else value
    try:
        array = plain.numpy()
        head = f"x{tied}{array.dtype.num}{array.shape}"
    except TypeError:  # NumPy has no bfloat16
        array = bits(plain).numpy()
        head = f"x{tied}{plain.dtype}{tuple(plain.shape)}"
    content = array.tobytes() if array.nbytes < SMALL else np.ascontiguousarray(array).data.cast("B")
    into.update(f"{head} {array.nbytes}\0".encode())
    into.update(content)


def _add_further(into: blake2b, value: Any) -> None:
    """Add what comes rarely: arrays, tables, exceptions, generators."""
    if isinstance(value, (np.ndarray, np.generic)):
        array = np.ascontiguousarray(value)
        if array.dtype.hasobject:
            into.update(f"o{np.shape(value)}\0".encode())
            _add(into, array.reshape(-1).tolist())
        else:
            _add_bytes(into, f"a{array.dtype.str}{np.shape(value)}", array.tobytes())
    elif isinstance(value, torch.Generator):
        _add(into, value.get_state())
    elif isinstance(value, RemoteException):
        into.update(b"E")
        _add(into, value.type_name)
        _add(into, value.text)
    elif hasattr(value, "to_numpy") and hasattr(value, "index"):  # a table of pandas, which is rarely imported
        names = [*getattr(value, "columns", ())]
        columns = [value.iloc[:, at] for at in range(len(names))] if hasattr(value, "columns") else [value]
        into.update(f"P{len(columns)}\0".encode())
        _add(into, [value.index.to_numpy(), *((one.name, str(one.dtype), one.to_numpy()) for one in columns)])
    else:
        _add(into, f"{type(value).__name__} {value!r}")


def _add_bytes(into: blake2b, head: str, content: Any) -> None:
    into.update(f"{head} {len(content)}\0".encode())
    into.update(content)


def _alone(*values: Any) -> bytes:
    """Return the digest of values by themselves."""
    found = blake2b(digest_size=16)
    for value in values:
        _add(found, value)
    return found.digest()
