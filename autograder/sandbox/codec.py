"""How values cross the trust line: tagged bytes, copied, capped before anything is allocated.

The whole format stands in this file and, in words, in ``CODEC.md`` beside it. There is no
pickle in either direction and nothing in a message can name code to run.

A tensor going in (``strided=True``) keeps its storage, strides and offset, and tensors that
share storage share it on arrival; an answer (``strided=False``) is always a plain contiguous
tensor, so an expanded view or an odd layout can neither lie nor explode.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import re
import struct
import sys
from typing import Any, Protocol

import numpy as np
import torch

MAX_FRAME = 64 << 20  #: bytes in one frame, memfds apart
MAX_DEPTH = 64  #: nested containers
MAX_ITEMS = 1_000_000  #: values in one frame
MAX_NUMEL = 1 << 28  #: elements of one array
MAX_MEMFD = 2 << 30  #: bytes in one memfd
BIG = 16 << 20  #: bytes from which an array travels to the worker as a sealed memfd; answers never do

TORCH_DTYPES = (
    torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.complex64, torch.complex128,
    torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.bool,
)  # fmt: skip
_DTYPE_CODE = {dtype: code for code, dtype in enumerate(TORCH_DTYPES)}
_DTYPE_NAME = {str(dtype): dtype for dtype in TORCH_DTYPES}
_NUMPY_DTYPE = re.compile(r"^[<|][biufcSUmM]\d{1,5}(\[\d{0,4}[a-zA-Z]{1,2}\])?\Z")
_REQUIRES_GRAD, _LEAF, _PARAMETER = 1, 2, 4

_U32 = struct.Struct("<I")
_I64 = struct.Struct("<q")
_F64 = struct.Struct("<d")


class CodecError(ValueError):
    """A value that cannot cross, or bytes that are no value: the message names what and why."""


class RemoteException:
    """An exception of the other side, as a value: its type's names and its text."""

    def __init__(self, type_name: str, mro: tuple[str, ...], text: str):
        self.type_name, self.mro, self.text = type_name, mro, text


class Objects(Protocol):
    """What the codec asks of its peer when a value has identity rather than content."""

    def export(self, value: Any) -> tuple[bool, int, tuple[Any, ...]]:
        """(is it mine, id, description) of an object that crosses as a handle."""

    def adopt(self, number: int, info: tuple[Any, ...]) -> Any:
        """The local stand-in of an object of the other side."""

    def resolve(self, number: int) -> Any:
        """The object of this side that the other side names."""


def _raw(storage: torch.UntypedStorage) -> bytes:
    return ctypes.string_at(storage.data_ptr(), storage.nbytes()) if storage.nbytes() else b""


def _sealed_memfd(source: int, nbytes: int) -> int:
    import fcntl

    fd = os.memfd_create("gradus", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    view = memoryview((ctypes.c_char * nbytes).from_address(source)).cast("B")
    done = 0
    while done < nbytes:
        done += os.write(fd, view[done : done + (1 << 26)])
    seals = 1 | 2 | 4 | 8  # F_SEAL_SEAL, SHRINK, GROW, WRITE
    fcntl.fcntl(fd, 1033, seals)  # F_ADD_SEALS
    return fd


class Encoder:
    """Writes one value. ``tracked`` lists the tensors that require a gradient, in order."""

    def __init__(self, objects: Objects, *, strided: bool, answer: bool = False):
        self.out = bytearray()
        self.fds: list[int] = []
        self.tracked: list[torch.Tensor] = []
        self._objects = objects
        self._strided = strided
        self._answer = answer  # the outputs of a call are leaves to whoever asked: its graph goes on from them
        self._items = 0
        self._depth = 0
        self._tensors: dict[int, int] = {}
        self._storages: dict[int, int] = {}
        self._alive: list[Any] = []  # keeps ids unique while this encoder lives

    def value(self, value: Any) -> None:
        """Append one value.

        Raises:
            CodecError: it is too deep, too long, too large, or of a kind that cannot cross.
        """
        self._items += 1
        if self._items > MAX_ITEMS:
            raise CodecError(f"more than {MAX_ITEMS:,} values in one message")
        writer = _WRITERS.get(type(value))
        if writer is not None:
            writer(self, value)
        else:
            self._by_kind(value)

    def open_tuple(self, length: int) -> None:
        """Begin a tuple whose `length` values follow, each by its own call of :meth:`value`."""
        self.out += b"t" + _U32.pack(length)

    def _by_kind(self, value: Any) -> None:
        """Subclasses and the rarer kinds; whatever has identity becomes a handle."""
        if isinstance(value, torch.Tensor):
            self._tensor(value)
        elif isinstance(value, np.generic):
            self._numpy_scalar(value)
        elif isinstance(value, np.ndarray):
            self._ndarray(np.asarray(value))
        elif isinstance(value, torch.Generator):
            self._generator(value)
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
        if not -(1 << 63) <= value < 1 << 63:
            raise CodecError("an int beyond 64 bits")
        self.out += b"i" + _I64.pack(value)

    def _str(self, value: str) -> None:
        raw = value.encode("utf-8", "surrogatepass")
        self._blob(b"s", raw)

    def _blob(self, tag: bytes, raw: bytes) -> None:
        if len(self.out) + len(raw) > MAX_FRAME:
            raise CodecError(f"more than {MAX_FRAME:,} bytes in one message")
        self.out += tag + _U32.pack(len(raw)) + raw

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise CodecError(f"containers nested deeper than {MAX_DEPTH}, or holding themselves")

    def _sequence(self, tag: bytes, values: Any) -> None:
        self._enter()
        self.out += tag + _U32.pack(len(values))
        for value in values:
            self.value(value)
        self._depth -= 1

    def _dict(self, values: dict[Any, Any]) -> None:
        self._enter()
        self.out += b"d" + _U32.pack(len(values))
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
        if not _NUMPY_DTYPE.match(dtype):
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
        self._payload(raw.ctypes.data, raw.nbytes, keep=raw)

    @staticmethod
    def _check_size(numel: int, nbytes: int) -> None:
        if numel > MAX_NUMEL or nbytes > MAX_MEMFD:
            raise CodecError(f"an array of {numel:,} elements")

    def _payload(self, address: int, nbytes: int, keep: Any) -> None:
        if nbytes >= BIG and self._strided and sys.platform == "linux":
            self.out += b"m" + struct.pack("<Q", nbytes)
            self.fds.append(_sealed_memfd(address, nbytes))
            return
        if len(self.out) + nbytes > MAX_FRAME:
            raise CodecError(f"more than {MAX_FRAME:,} bytes in one message")
        self.out += b"b" + struct.pack("<Q", nbytes)
        if nbytes:
            self.out += ctypes.string_at(address, nbytes)

    def _tensor(self, value: torch.Tensor) -> None:
        known = self._tensors.get(id(value))
        if known is not None:
            self.out += b"r" + _U32.pack(known)
            return
        self._tensors[id(value)] = len(self._tensors)
        self._alive.append(value)
        with torch._C.DisableTorchFunctionSubclass():
            flags = (
                _REQUIRES_GRAD * value.requires_grad
                + _LEAF * (value.is_leaf or self._answer)
                + _PARAMETER * isinstance(value, torch.nn.Parameter)
            )
            if value.requires_grad:
                self.tracked.append(value)
            plain = value.detach()
            if plain.layout != torch.strided or plain.device.type != "cpu" or plain.is_quantized:
                raise CodecError(f"a tensor that is {plain.layout} on {plain.device}")
            if type(plain) not in (torch.Tensor, torch.nn.Parameter):
                plain = plain.as_subclass(torch.Tensor)
            if plain.dtype not in _DTYPE_CODE:
                raise CodecError(f"a tensor of dtype {plain.dtype}")
            self._check_size(plain.numel(), plain.numel() * plain.element_size())
            plain = plain.resolve_conj().resolve_neg()
            if not self._strided or self._wasteful(plain):
                plain = plain.contiguous()
                if plain.untyped_storage().nbytes() != plain.numel() * plain.element_size():
                    plain = plain.clone()
            shape, ndim = tuple(plain.shape), plain.dim()
            self.out += b"x" + bytes([_DTYPE_CODE[plain.dtype], flags, ndim])
            self.out += struct.pack(f"<{ndim}q", *shape)
            if self._strided:
                self.out += struct.pack(f"<{ndim}qq", *plain.stride(), plain.storage_offset())
            storage = plain.untyped_storage()
            known = self._storages.get(storage.data_ptr()) if storage.nbytes() else None
            if known is not None and self._strided:
                self.out += b"k" + _U32.pack(known)
                return
            if storage.nbytes():
                self._storages[storage.data_ptr()] = len(self._storages)
            self._alive.append(storage)
            self._payload(storage.data_ptr(), storage.nbytes(), keep=storage)

    @staticmethod
    def _wasteful(plain: torch.Tensor) -> bool:
        """A small view of a large storage: send the view alone."""
        nbytes = plain.untyped_storage().nbytes()
        return nbytes > (1 << 20) and nbytes > 2 * plain.numel() * plain.element_size()

    def _frame(self, value: Any) -> bool:
        """pandas objects, by column; False when `value` is none."""
        pandas = sys.modules.get("pandas")
        if pandas is None or not isinstance(value, (pandas.DataFrame, pandas.Series)):
            return False
        series = isinstance(value, pandas.Series)
        columns = [(value.name, value)] if series else [(name, value.iloc[:, i]) for i, name in enumerate(value)]
        self.out += b"Q" if series else b"P"
        self.value(value.index.tolist())
        self._sequence(b"l", [(name, str(column.dtype), _column(column)) for name, column in columns])
        return True

    def _handle(self, value: Any) -> None:
        mine, number, info = self._objects.export(value)
        self.out += (b"h" if mine else b"H") + _U32.pack(number)
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
    float: lambda e, v: e.out.extend(b"f" + _F64.pack(v)),
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


class Decoder:
    """Reads one value.

    After :meth:`value`: ``tracked`` are the leaves that require a gradient, in the order of the
    encoder's, and :meth:`changed` tells whether anything that was handed out was altered since.
    """

    def __init__(self, frame: bytes | bytearray, fds: list[int], objects: Objects, *, strided: bool):
        self._frame = memoryview(frame)
        self._at = 0
        self._fds = list(fds)
        self._objects = objects
        self._strided = strided
        self._items = 0
        self._depth = 0
        self.tracked: list[torch.Tensor] = []
        self._tensors: list[torch.Tensor] = []
        self._storages: list[tuple[torch.UntypedStorage, memoryview | int]] = []
        self._watched: list[tuple[Any, Any]] = []

    # -- reading ---------------------------------------------------------------------------------

    def _take(self, count: int) -> memoryview:
        if count > len(self._frame) - self._at:
            raise CodecError("the message ends in the middle of a value")
        piece = self._frame[self._at : self._at + count]
        self._at += count
        return piece

    def _u32(self) -> int:
        number: int = _U32.unpack(self._take(4))[0]
        return number

    def _text(self) -> str:
        try:
            return bytes(self._take(self._u32())).decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            raise CodecError("a text that is not UTF-8") from None

    def _count(self) -> int:
        count = self._u32()
        if count > len(self._frame) - self._at:  # every value takes a byte or more
            raise CodecError("a container that claims more values than the message holds")
        return count

    def done(self) -> bool:
        """Was the whole frame read?"""
        return self._at == len(self._frame)

    def value(self) -> Any:
        """The next value.

        Raises:
            CodecError: these bytes are no value, or exceed a cap.
        """
        self._items += 1
        if self._items > MAX_ITEMS:
            raise CodecError(f"more than {MAX_ITEMS:,} values in one message")
        tag = self._take(1)[0]
        reader = _READERS.get(tag)
        if reader is None:
            raise CodecError(f"an unknown kind of value (tag {bytes([tag])!r})")
        self._depth += 1
        if self._depth > MAX_DEPTH + 2:
            raise CodecError(f"containers nested deeper than {MAX_DEPTH}")
        try:
            result = reader(self)
        except (RuntimeError, TypeError, ValueError, LookupError, OverflowError) as error:
            if isinstance(error, (CodecError, RecursionError)):
                raise
            # numpy and torch refuse what these bytes claim to be
            raise CodecError(f"bytes that are no value ({type(error).__name__})") from None
        self._depth -= 1
        return result

    def _values(self) -> list[Any]:
        return [self.value() for _ in range(self._count())]

    def _list(self) -> list[Any]:
        result = self._values()
        self._watched.append((result, list(result)))
        return result

    def _hashed(self) -> list[Any]:
        values = self._values()
        if not all(isinstance(v, (str, int, float, complex, bytes, bool, tuple, type(None))) for v in values):
            raise CodecError("a set that holds more than scalars")
        return values

    def _dict(self) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        for _ in range(self._count()):
            key = self.value()
            try:
                result[key] = self.value()
            except TypeError:
                raise CodecError("a dict key that is not a scalar") from None
        self._watched.append((result, dict(result)))
        return result

    def _dtype(self) -> torch.dtype:
        name = self._text()
        if name not in _DTYPE_NAME:
            raise CodecError(f"dtype {name[:40]}")
        return _DTYPE_NAME[name]

    def _device(self) -> torch.device:
        name = self._text()
        if not re.fullmatch(r"[a-z]{2,8}(:\d{1,2})?", name):
            raise CodecError("a device name")
        return torch.device(name)

    def _exception(self) -> RemoteException:
        name, mro, text = self.value(), self.value(), self.value()
        if not isinstance(mro, tuple) or not all(type(part) is str for part in (name, text, *mro)):
            raise CodecError("an exception without its types")
        return RemoteException(name, mro, text)

    def _generator(self) -> torch.Generator:
        raw = bytes(self._take(self._u32()))
        result = torch.Generator()
        if len(raw) != result.get_state().numel():
            raise CodecError("a generator state of the wrong size")
        state = torch.frombuffer(bytearray(raw), dtype=torch.uint8)
        try:
            result.set_state(state)
        except RuntimeError:
            raise CodecError("a generator state that is none") from None
        self._watched.append((result, state))
        return result

    def _shape(self, ndim: int) -> tuple[int, ...]:
        shape = struct.unpack(f"<{ndim}q", self._take(8 * ndim))
        numel = 1
        for size in shape:
            if size < 0:
                raise CodecError("a negative size")
            numel *= size
        if numel > MAX_NUMEL:
            raise CodecError(f"an array of {numel:,} elements")
        return shape

    def _payload(self) -> tuple[torch.UntypedStorage, memoryview | int]:
        """The bytes of an array as a private, writable storage, and what they were."""
        kind = bytes(self._take(1))
        (nbytes,) = struct.unpack("<Q", self._take(8))
        if kind == b"b":
            raw = self._take(nbytes)
            if not nbytes:
                return torch.empty(0, dtype=torch.uint8).untyped_storage(), raw
            copy = torch.frombuffer(bytearray(raw), dtype=torch.uint8)
            return copy.untyped_storage(), raw
        if kind != b"m" or not self._fds or nbytes > MAX_MEMFD:
            raise CodecError("an array without its bytes")
        fd = self._fds.pop(0)
        private = mmap.mmap(fd, nbytes, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_WRITE)
        return torch.frombuffer(private, dtype=torch.uint8).untyped_storage(), fd

    def _tensor(self) -> torch.Tensor:
        code, flags, ndim = self._take(3)
        if code >= len(TORCH_DTYPES) or ndim > 32:
            raise CodecError("a tensor of unknown dtype or more than 32 dimensions")
        dtype, shape = TORCH_DTYPES[code], self._shape(ndim)
        if self._strided:
            *stride, offset = struct.unpack(f"<{ndim + 1}q", self._take(8 * ndim + 8))
        if self._strided and bytes(self._frame[self._at : self._at + 1]) == b"k":
            self._at += 1
            storage, before = self._storages[self._u32()]
        else:
            storage, before = self._payload()
            if storage.nbytes():
                self._storages.append((storage, before))
        tensor = torch.empty(0, dtype=dtype)
        if self._strided:
            last = offset + sum((size - 1) * step for size, step in zip(shape, stride, strict=True))
            if 0 not in shape and (last + 1) * dtype.itemsize > storage.nbytes():  # set_ would enlarge the storage
                raise CodecError("a tensor that reaches beyond its bytes")
            tensor.set_(storage, offset, shape, tuple(stride))
        else:
            numel = 1
            for size in shape:
                numel *= size
            if numel * dtype.itemsize != storage.nbytes():
                raise CodecError("a tensor whose bytes do not fill its shape")
            tensor = torch.empty(0, dtype=torch.uint8).set_(storage).view(dtype).view(shape)
        if flags & _PARAMETER:
            tensor = torch.nn.Parameter(tensor, requires_grad=bool(flags & _REQUIRES_GRAD))
        elif flags & _REQUIRES_GRAD:
            if not (dtype.is_floating_point or dtype.is_complex):
                raise CodecError(f"a {dtype} tensor that requires a gradient")
            tensor.requires_grad_()
        if tensor.requires_grad:
            self.tracked.append(tensor)
            if self._strided and not flags & _LEAF:
                with torch.enable_grad():
                    tensor = tensor.clone()
        self._tensors.append(tensor)
        if self._strided:
            self._watched.append((tensor, (shape, tensor.requires_grad, tensor.data_ptr())))
        return tensor

    def _repeat(self) -> torch.Tensor:
        index = self._u32()
        if index >= len(self._tensors):
            raise CodecError("a reference to a tensor that is not there")
        return self._tensors[index]

    def _ndarray(self) -> np.ndarray:
        name = self.value()
        if not isinstance(name, str) or not _NUMPY_DTYPE.match(name):
            raise CodecError(f"a numpy dtype {str(name)[:40]!r}")
        dtype, shape = np.dtype(name), self._shape(self._take(1)[0])
        storage, before = self._payload()
        numel = int(np.prod(shape, dtype=np.int64))
        if numel * dtype.itemsize != storage.nbytes():
            raise CodecError("an array whose bytes do not fill its shape")
        if not numel:
            return np.empty(shape, dtype)
        self._storages.append((storage, before))
        flat = torch.empty(0, dtype=torch.uint8).set_(storage).numpy()
        return flat.view(dtype).reshape(shape)

    def _objects_array(self) -> np.ndarray:
        shape = self._shape(self._take(1)[0])
        values = self.value()
        if not isinstance(values, list) or len(values) != int(np.prod(shape, dtype=np.int64)):
            raise CodecError("an object array whose values do not fill its shape")
        result = np.empty(len(values), dtype=object)
        for index, value in enumerate(values):  # one by one: numpy would unpack lists
            result[index] = value
        return result.reshape(shape)

    def _numpy_scalar(self) -> np.generic:
        array = self.value()
        if not isinstance(array, np.ndarray) or array.ndim:
            raise CodecError("a numpy scalar that is none")
        scalar: Any = array[()]
        return scalar

    def _pandas(self, series: bool) -> Any:
        import pandas

        index, columns = self.value(), self.value()
        try:
            made = [
                pandas.Series(values, index=index, name=name, dtype=dtype if not isinstance(values, list) else None)
                for name, dtype, values in columns
            ]
            return made[0] if series else pandas.concat(made, axis=1) if made else pandas.DataFrame(index=index)
        except Exception as error:
            raise CodecError(f"a table that pandas refuses ({type(error).__name__})") from None

    def _theirs(self) -> Any:
        number = self._u32()
        info = self.value()
        if not isinstance(info, tuple):
            raise CodecError("a handle without its description")
        return self._objects.adopt(number, info)

    def _mine(self) -> Any:
        return self._objects.resolve(self._u32())

    # -- what happened to it since ---------------------------------------------------------------

    def changed(self) -> bool:
        """Was any tensor, array, list, dict or generator of this value altered in place?"""
        return any(_altered(*pair) for pair in self._watched) or any(
            _overwritten(storage, before) for storage, before in self._storages
        )


def _altered(value: Any, before: Any) -> bool:
    if isinstance(value, torch.Tensor):
        return (tuple(value.shape), value.requires_grad, value.data_ptr()) != before
    if isinstance(value, torch.Generator):
        return not torch.equal(value.get_state(), before)
    if len(value) != len(before):
        return True
    if isinstance(value, dict):
        return any(k not in value or value[k] is not v for k, v in before.items())
    return any(a is not b for a, b in zip(value, before, strict=True))


def _overwritten(storage: torch.UntypedStorage, before: memoryview | int) -> bool:
    if isinstance(before, memoryview):
        return _raw(storage) != before
    original = mmap.mmap(before, storage.nbytes(), flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_WRITE)
    now = torch.empty(0, dtype=torch.uint8).set_(storage)
    return not torch.equal(now, torch.frombuffer(original, dtype=torch.uint8))


_READERS: dict[int, Any] = {
    ord(tag): reader
    for tag, reader in {
        "N": lambda d: None,
        "T": lambda d: True,
        "F": lambda d: False,
        "i": lambda d: _I64.unpack(d._take(8))[0],
        "f": lambda d: _F64.unpack(d._take(8))[0],
        "c": lambda d: complex(*struct.unpack("<dd", d._take(16))),
        "s": Decoder._text,
        "b": lambda d: bytes(d._take(d._u32())),
        "l": Decoder._list,
        "t": lambda d: tuple(d._values()),
        "e": lambda d: set(d._hashed()),
        "z": lambda d: frozenset(d._hashed()),
        "d": Decoder._dict,
        "S": lambda d: slice(d.value(), d.value(), d.value()),
        "D": Decoder._dtype,
        "V": Decoder._device,
        "E": Decoder._exception,
        "g": Decoder._generator,
        "x": Decoder._tensor,
        "r": Decoder._repeat,
        "a": Decoder._ndarray,
        "o": Decoder._objects_array,
        "n": Decoder._numpy_scalar,
        "P": lambda d: d._pandas(series=False),
        "Q": lambda d: d._pandas(series=True),
        "h": Decoder._theirs,
        "H": Decoder._mine,
    }.items()
}
