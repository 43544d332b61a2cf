"""Writing a value as bytes; the format is that of :mod:`.codec`."""

from __future__ import annotations

import ctypes
import mmap
import struct
from typing import Any

import numpy as np
import torch

from . import codec
from .afterwards import equal_bits
from .arena import padding, shared_file
from .codec import (
    BIG,
    DTYPE_CODE,
    F64,
    I64,
    LEAF,
    MAX_DEPTH,
    MAX_MEMFD,
    MAX_NUMEL,
    NUMPY_DTYPE,
    PARAMETER,
    REQUIRES_GRAD,
    SIZES,
    U32,
    U64,
    CodecError,
    Objects,
)
from .kinds import KINDS, kind_of, of_pandas
from .problems import RemoteException


class Sent:
    """The bytes of one array as they were sent, and where they are now."""

    def __init__(self, address: int, nbytes: int, keep: Any, start: int = 0, file: mmap.mmap | None = None):
        self._address, self._nbytes, self._keep = address, nbytes, keep
        self._start, self._file = start, file  # in the message, or in a file of its own

    def altered(self, message: bytes | None, was: bytearray) -> torch.UntypedStorage | None:
        """Return the bytes as they are now, None where they are as they were.

        Args:
            message: the whole message as it is now, where it differs from what it `was`.
        """
        if self._file is not None:
            now = torch.frombuffer(self._file, dtype=torch.uint8)
            sent = torch.frombuffer((ctypes.c_char * self._nbytes).from_address(self._address), dtype=torch.uint8)
            return None if torch.equal(now, sent) else now.clone().untyped_storage()
        if message is None:
            return None
        part = slice(self._start, self._start + self._nbytes)
        if message[part] == was[part]:
            return None
        return torch.frombuffer(bytearray(message[part]), dtype=torch.uint8).untyped_storage()


class Encoder:
    """Writes one value. ``tracked`` lists the tensors that require a gradient, in order."""

    def __init__(self, objects: Objects, *, strided: bool, answer: bool = False, files: bool = False):
        self.out = bytearray()
        self.fds: list[int] = []
        self.tracked: list[torch.Tensor] = []
        self._objects = objects
        self._strided = strided
        self._files = files  # may large arrays go in files of their own?
        self._answer = answer  # the outputs of a call are leaves to whoever asked: its graph goes on from them
        self._items = 0
        self._depth = 0
        self._tensors: dict[int, int] = {}
        self._storages: dict[int, int] = {}
        self._arrays: list[Sent] = []  #: whose bytes are in the message or in a file of their own, if it is watched
        self._sent: list[tuple[Any, Any, int]] = []  #: a value, the array that was sent of it, which bytes
        self._brings_files = False
        self._alive: list[Any] = []  # keeps ids unique while this encoder lives

    @property
    def brings_arrays(self) -> bool:
        """Tell whether the other side can alter memory of the values."""
        return bool(self._arrays)

    def altered(self, message: bytes | None) -> list[tuple[Any, Any]]:
        """Return (a tensor or array that was sent, what the other side made of it) for each that it altered.

        Args:
            message: what was written as it stands now in memory that both sides map, None where that is as it was.
        """
        if message is None and not self._brings_files:
            return []
        storages = [sent.altered(message, self.out) for sent in self._arrays]
        found: list[tuple[Any, Any]] = []
        for value, plain, index in self._sent:
            storage = storages[index]
            if storage is None:
                continue
            if isinstance(plain, np.ndarray):
                flat = torch.empty(0, dtype=torch.uint8).set_(storage).numpy()
                found.append((value, flat.view(plain.dtype).reshape(plain.shape)))
                continue
            now = torch.empty(0, dtype=plain.dtype).set_(storage, plain.storage_offset(), plain.shape, plain.stride())
            now = now.clone(memory_format=torch.contiguous_format)
            if not equal_bits(now, plain):  # another part of the memory that it lies in
                found.append((value, now.requires_grad_(value.requires_grad)))
        return found

    def value(self, value: Any) -> None:
        """Append one value.

        Raises:
            CodecError: it is too deep, too long, too large, or of a kind that cannot cross.
        """
        writer = _WRITERS.get(type(value))
        if writer is not None:
            writer(self, value)
        else:
            self._by_kind(value)

    def open_tuple(self, length: int) -> None:
        """Begin a tuple; its `length` values follow."""
        self.out += b"t" + U32.pack(length)

    def _by_kind(self, value: Any) -> None:
        """Write subclasses and the rarer kinds; whatever has identity becomes a handle."""
        if isinstance(value, torch.Tensor):
            self._tensor(value)
        elif isinstance(value, np.generic):
            self._numpy_scalar(value)
        elif isinstance(value, np.ndarray):
            self._ndarray(np.asarray(value))
        elif isinstance(value, torch.Generator):
            self._generator(value)
        elif self._of_kind(kind_of(value), value):
            return
        elif isinstance(value, tuple) and type(value).__init__ is tuple.__init__:
            self._sequence(b"t", tuple(value))
        elif isinstance(value, RemoteException):
            self._exception(value.type_name, value.mro, value.text)
        elif isinstance(value, BaseException):
            mro = tuple(kind.__name__[:200] for kind in type(value).__mro__[:12])
            self._exception(type(value).__name__[:200], mro, safe_text(value))
        elif isinstance(value, (int, float, complex, str, bytes)):
            base: Any = next(kind for kind in (int, float, complex, str, bytes) if isinstance(value, kind))
            _WRITERS[base](self, base.__new__(base, value))
        elif not self._frame(value):
            self._handle(value)

    def _int(self, value: int) -> None:
        if -(1 << 63) <= value < 1 << 63:
            self.out += b"i" + I64.pack(value)
        elif not self._of_kind("int", value):
            raise CodecError(f"an int of {value.bit_length():,} bits")

    def _of_kind(self, kind: str, value: Any) -> bool:
        """Write a value of a kind by its parts; False where it stays an object."""
        parts = KINDS[kind].parts(value) if kind else None
        if parts is None:
            return False
        self._enter(1)
        self.out += b"K"
        self.value(kind)
        self.value(parts)
        self._depth -= 1
        return True

    def _str(self, value: str) -> None:
        raw = value.encode("utf-8", "surrogatepass")
        self._blob(b"s", raw)

    def _blob(self, tag: bytes, raw: bytes) -> None:
        if len(self.out) + len(raw) > codec.MAX_FRAME:
            raise CodecError(f"more than {codec.MAX_FRAME:,} bytes in one message")
        self.out += tag + U32.pack(len(raw)) + raw

    def _enter(self, count: int) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise CodecError(f"containers nested deeper than {MAX_DEPTH}, or holding themselves")
        self._items += count
        if self._items > codec.MAX_ITEMS:
            raise CodecError(f"more than {codec.MAX_ITEMS:,} values in one message")

    def _sequence(self, tag: bytes, values: Any) -> None:
        self._enter(len(values))
        self.out += tag + U32.pack(len(values))
        for value in values:
            self.value(value)
        self._depth -= 1

    def _dict(self, values: dict[Any, Any]) -> None:
        self._enter(2 * len(values))
        self.out += b"d" + U32.pack(len(values))
        for key, value in values.items():
            self.value(key)
            self.value(value)
        self._depth -= 1

    def _slice(self, value: slice) -> None:
        self.out += b"S"
        for part in (value.start, value.stop, value.step):
            self.value(part)

    def _exception(self, name: str, mro: tuple[str, ...], text: str) -> None:
        self.out += b"E"
        self._str(name)
        self._sequence(b"t", mro)
        self._str(text)

    def _generator(self, value: torch.Generator) -> None:
        self._blob(b"g", value.get_state().numpy().tobytes())

    def _numpy_scalar(self, value: np.generic) -> None:
        self.out += b"n"
        self._ndarray(np.asarray(value))

    def _ndarray(self, value: np.ndarray) -> None:
        dtype = value.dtype.newbyteorder("<").str
        if not NUMPY_DTYPE.match(dtype):
            if value.dtype.kind != "O":
                raise CodecError(f"a numpy array of dtype {value.dtype}")
            self.out += b"o" + bytes([value.ndim]) + struct.pack(f"<{value.ndim}q", *value.shape)
            self._sequence(b"l", value.reshape(-1).tolist())
            return
        self._check_size(value.size, value.nbytes)
        self.out += b"a"
        self._str(dtype)
        self.out += bytes([value.ndim]) + struct.pack(f"<{value.ndim}q", *value.shape)
        raw = np.ascontiguousarray(value, dtype=value.dtype.newbyteorder("<"))
        self._note_sent(value, raw, len(self._arrays), raw.nbytes)
        self._payload(raw.ctypes.data, raw.nbytes, keep=raw)

    def _note_sent(self, value: Any, plain: Any, index: int, nbytes: int) -> None:
        """Note of which bytes a value is made; the judge's arguments alone are looked at again."""
        if self._strided and nbytes:
            self._sent.append((value, plain, index))

    @staticmethod
    def _check_size(numel: int, nbytes: int) -> None:
        if numel > MAX_NUMEL or nbytes > MAX_MEMFD:
            raise CodecError(f"an array of {numel:,} elements, which is too large to be sent")

    def _payload(self, address: int, nbytes: int, keep: Any) -> None:
        if nbytes >= BIG and self._strided and self._files:
            self.out += b"m" + U64.pack(nbytes)
            self.fds.append(shared_file(nbytes))
            file = mmap.mmap(self.fds[-1], nbytes)
            ctypes.memmove((ctypes.c_char * nbytes).from_buffer(file), address, nbytes)
            self._arrays.append(Sent(address, nbytes, keep, file=file))
            self._brings_files = True
            return
        if len(self.out) + nbytes > codec.MAX_FRAME:
            raise CodecError(f"more than {codec.MAX_FRAME:,} bytes in one message")
        self.out += b"b" + U64.pack(nbytes)
        if self._strided:
            self.out += bytes(padding(len(self.out)))
            if nbytes:
                self._arrays.append(Sent(address, nbytes, keep, len(self.out)))
        if nbytes:
            self.out += ctypes.string_at(address, nbytes)

    def _tensor(self, value: torch.Tensor) -> None:
        if (known := self._tensors.get(id(value))) is not None:
            self.out += b"r" + U32.pack(known)
            return
        self._tensors[id(value)] = len(self._tensors)
        self._alive.append(value)
        if type(value) is torch.Tensor:
            self._base_tensor(value, 0)
        else:  # a subclass must not have a say in what is sent of it
            with torch._C.DisableTorchFunctionSubclass():
                self._base_tensor(value, PARAMETER * isinstance(value, torch.nn.Parameter))

    def _base_tensor(self, value: torch.Tensor, flags: int) -> None:
        plain = value
        if value.requires_grad:
            self.tracked.append(value)
            flags |= REQUIRES_GRAD
            plain = value.detach()
        if self._answer or value.is_leaf:
            flags |= LEAF
        code = _code(plain, MAX_MEMFD if self._strided and self._files else codec.MAX_FRAME)
        if type(plain) is not torch.Tensor:
            plain = plain.as_subclass(torch.Tensor).detach()
        size = plain.numel() * plain.element_size()
        if plain.is_conj() or plain.is_neg():
            plain = plain.resolve_conj().resolve_neg()
        storage = plain.untyped_storage()
        nbytes = storage.nbytes()
        # an answer is its own bytes and no more; of a large storage's small view the view alone is sent
        large = nbytes > 1 << 20 and nbytes > 2 * size
        alone = large if self._strided else nbytes != size or not plain.is_contiguous()
        if alone:
            plain = plain.clone(memory_format=torch.contiguous_format)
            storage = plain.untyped_storage()
            nbytes = storage.nbytes()
        shape = plain.shape
        ndim = len(shape)
        self.out += b"x" + bytes((code, flags, ndim)) + SIZES[ndim].pack(*shape)
        if self._strided:
            self.out += SIZES[ndim + 1].pack(*plain.stride(), plain.storage_offset())
        if nbytes:
            address = storage.data_ptr()
            known = self._storages.get(address)
            if known is not None and self._strided:
                self.out += b"k" + U32.pack(known)
                self._note_sent(value, plain, known, nbytes)
                return
            self._storages[address] = len(self._arrays)
            self._alive.append(storage)
            self._note_sent(value, plain, len(self._arrays), nbytes)
            self._payload(address, nbytes, keep=storage)
        else:
            self._payload(0, 0, keep=None)

    def _frame(self, value: Any) -> bool:
        """Write a pandas object by its columns; False when `value` is none."""
        if not isinstance(value, of_pandas("DataFrame", "Series")):
            return False
        series = isinstance(value, of_pandas("Series"))
        columns = [(value.name, value)] if series else [(name, value.iloc[:, i]) for i, name in enumerate(value)]
        self.out += b"Q" if series else b"P"
        self.value(value.index.tolist())
        self.value((list(value.index.names), [] if series else list(value.columns.names)))
        self._sequence(b"l", [(name, str(column.dtype), _column(column)) for name, column in columns])
        return True

    def _handle(self, value: Any) -> None:
        mine, number, info = self._objects.export(value)
        self.out += (b"h" if mine else b"H") + U32.pack(number)
        if mine:
            self.value(info)


def _column(column: Any) -> Any:
    values = column.to_numpy()
    return values if values.dtype.kind in "biufc" else [None if v is not v else v for v in column.tolist()]


def safe_text(error: BaseException, limit: int = 2000) -> str:
    """``str(error)``, whatever its ``__str__`` does, cut at `limit` characters."""
    try:
        text = str(error)
    except BaseException as inner:
        text = f"(its text could not be read: {type(inner).__name__})"
    return str.__str__(text)[:limit]


_WRITERS: dict[type, Any] = {
    type(None): lambda e, v: e.out.extend(b"N"),
    bool: lambda e, v: e.out.extend(b"T" if v else b"F"),
    int: Encoder._int,
    float: lambda e, v: e.out.extend(b"f" + F64.pack(v)),
    complex: lambda e, v: e.out.extend(b"c" + struct.pack("<dd", v.real, v.imag)),
    str: Encoder._str,
    bytes: lambda e, v: e._blob(b"b", v),
    bytearray: lambda e, v: e._blob(b"b", bytes(v)),
    list: lambda e, v: e._sequence(b"l", v),
    tuple: lambda e, v: e._sequence(b"t", v),
    torch.Size: lambda e, v: e._sequence(b"t", tuple(v)),
    set: lambda e, v: e._sequence(b"e", list(v)),
    frozenset: lambda e, v: e._sequence(b"z", list(v)),
    dict: Encoder._dict,
    slice: Encoder._slice,
    torch.Tensor: Encoder._tensor,
    torch.nn.Parameter: Encoder._tensor,
    np.ndarray: Encoder._ndarray,
    torch.dtype: lambda e, v: e._blob(b"D", str(v).encode()),
    torch.device: lambda e, v: e._blob(b"V", str(v).encode()),
    torch.Generator: Encoder._generator,
}


def _code(tensor: torch.Tensor, largest: int) -> int:
    """Return the number of a tensor's dtype.

    Raises:
        CodecError: it is of a kind that cannot be sent, or takes more than `largest` bytes.
    """
    if tensor.device.type == "meta":
        raise CodecError(f"{_shown(tensor)} on the device `meta`, which holds no values")
    if tensor.layout is not torch.strided or tensor.device.type != "cpu" or tensor.is_quantized:
        raise CodecError(f"a tensor that is {tensor.layout} on {tensor.device}")
    code = DTYPE_CODE.get(tensor.dtype)
    if code is None:
        raise CodecError(f"a tensor of dtype {tensor.dtype}")
    size = tensor.numel() * tensor.element_size()
    if tensor.numel() > MAX_NUMEL or size > largest:
        raise CodecError(f"{_shown(tensor)}, {size >> 20:,} MB, which is too large to be sent")
    return code


def _shown(tensor: torch.Tensor) -> str:
    return f"a tensor of shape {tuple(tensor.shape)} and dtype {str(tensor.dtype).removeprefix('torch.')}"
