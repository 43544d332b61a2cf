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
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import torch

MAX_FRAME = 64 << 20  #: bytes in one frame, memfds apart
MAX_DEPTH = 64  #: nested containers
MAX_ITEMS = 250_000  #: values in one frame
MAX_HASHED = 1000  #: entries of a set or dict whose hash is not a plain one: equal hashes make it quadratic
MAX_COLUMNS = 1000  #: of a table
MAX_NUMEL = 1 << 28  #: elements of one array
MAX_NDIM = 64  #: numpy's own limit; of a tensor 32
MAX_MEMFD = 2 << 30  #: bytes in one memfd
BIG = 16 << 20  #: bytes from which an array travels to the worker as a sealed memfd; answers never do

TORCH_DTYPES = (
    torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.complex64, torch.complex128,
    torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.bool,
)  # fmt: skip
DTYPE_CODE = {dtype: code for code, dtype in enumerate(TORCH_DTYPES)}
_DTYPE_NAME = {str(dtype): dtype for dtype in TORCH_DTYPES}
_NUMPY_DTYPE = re.compile(r"^[<|][biufcSUmM]\d{1,5}(\[\d{0,4}[a-zA-Z]{1,2}\])?\Z")
_INLINE, _MEMFD, _KNOWN = b"bmk"  #: where the bytes of an array are: here, in a file, in an array before
_TABLE_DTYPE = re.compile(
    r"^(u?int(8|16|32|64)|(U?Int|Float)(8|16|32|64)|float(16|32|64)|complex(64|128)|bool|boolean|object|str|string"
    r"|category|(datetime|timedelta)64\[(s|ms|us|ns)\])\Z"
)
_REQUIRES_GRAD, _LEAF, _PARAMETER = 1, 2, 4

_U32 = struct.Struct("<I")
_U64 = struct.Struct("<Q")
_SIZES = tuple(struct.Struct(f"<{count}q") for count in range(MAX_NDIM + 2))  #: shapes and strides, by length
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

    def _enter(self, count: int) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise CodecError(f"containers nested deeper than {MAX_DEPTH}, or holding themselves")
        self._items += count
        if self._items > MAX_ITEMS:
            raise CodecError(f"more than {MAX_ITEMS:,} values in one message")

    def _sequence(self, tag: bytes, values: Any) -> None:
        self._enter(len(values))
        self.out += tag + _U32.pack(len(values))
        for value in values:
            self.value(value)
        self._depth -= 1

    def _dict(self, values: dict[Any, Any]) -> None:
        self._enter(2 * len(values))
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
            self.out += b"m" + _U64.pack(nbytes)
            self.fds.append(_sealed_memfd(address, nbytes))
            return
        if len(self.out) + nbytes > MAX_FRAME:
            raise CodecError(f"more than {MAX_FRAME:,} bytes in one message")
        self.out += b"b" + _U64.pack(nbytes)
        if nbytes:
            self.out += ctypes.string_at(address, nbytes)

    def _tensor(self, value: torch.Tensor) -> None:
        known = self._tensors.get(id(value))
        if known is not None:
            self.out += b"r" + _U32.pack(known)
            return
        self._tensors[id(value)] = len(self._tensors)
        self._alive.append(value)
        if type(value) is torch.Tensor:
            self._base_tensor(value, 0)
        else:  # a subclass must not have a say in what is sent of it
            with torch._C.DisableTorchFunctionSubclass():
                self._base_tensor(value, _PARAMETER * isinstance(value, torch.nn.Parameter))

    def _base_tensor(self, value: torch.Tensor, flags: int) -> None:
        plain = value
        if value.requires_grad:
            self.tracked.append(value)
            flags |= _REQUIRES_GRAD
            plain = value.detach()
        if self._answer or value.is_leaf:
            flags |= _LEAF
        if plain.layout is not torch.strided or plain.device.type != "cpu" or plain.is_quantized:
            raise CodecError(f"a tensor that is {plain.layout} on {plain.device}")
        if type(plain) is not torch.Tensor:
            plain = plain.as_subclass(torch.Tensor).detach()
        code = DTYPE_CODE.get(plain.dtype)
        if code is None:
            raise CodecError(f"a tensor of dtype {plain.dtype}")
        size = plain.numel() * plain.element_size()
        self._check_size(plain.numel(), size)
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
        self.out += b"x" + bytes((code, flags, ndim)) + _SIZES[ndim].pack(*shape)
        if self._strided:
            self.out += _SIZES[ndim + 1].pack(*plain.stride(), plain.storage_offset())
        if nbytes:
            address = storage.data_ptr()
            known = self._storages.get(address)
            if known is not None and self._strided:
                self.out += b"k" + _U32.pack(known)
                return
            self._storages[address] = len(self._storages)
            self._alive.append(storage)
            self._payload(address, nbytes, keep=storage)
        else:
            self._payload(0, 0, keep=None)

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


def _plainly(key: Any) -> bool:
    """Is the hash of this key one that nobody can steer?"""
    return isinstance(key, (str, bytes, bool, type(None))) or (isinstance(key, int) and abs(key) < 1 << 40)


class Decoder:
    """Reads one value.

    After :meth:`value`: ``tracked`` are the leaves that require a gradient, in the order of the
    encoder's, and :meth:`changed` tells whether anything that was handed out was altered since.
    """

    def __init__(
        self,
        frame: bytes | bytearray,
        fds: list[int],
        objects: Objects,
        *,
        strided: bool,
        look_up: Callable[[], object] = lambda: None,
    ):
        self._frame = frame
        self._look_up = look_up  # called now and then: the reader's deadline
        self._at, self._size = 0, len(frame)
        self._fds = list(fds)
        self._objects = objects
        self._strided = strided
        self._items = self._holders = 0
        self._depth = 0
        self.tracked: list[torch.Tensor] = []
        self._tensors: list[torch.Tensor] = []
        self._storages: list[tuple[torch.UntypedStorage, memoryview | int]] = []
        self._watched: list[tuple[Any, Any]] = []

    # -- reading ---------------------------------------------------------------------------------

    def _skip(self, count: int) -> int:
        """Where the next `count` bytes begin; they are taken."""
        at = self._at
        if count > self._size - at:
            raise CodecError("the message ends in the middle of a value")
        self._at = at + count
        return at

    def _take(self, count: int) -> memoryview:
        at = self._skip(count)
        return memoryview(self._frame)[at : at + count]

    def _u32(self) -> int:
        number: int = _U32.unpack_from(self._frame, self._skip(4))[0]
        return number

    def _text(self) -> str:
        count = self._u32()
        at = self._skip(count)
        try:
            return self._frame[at : at + count].decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            raise CodecError("a text that is not UTF-8") from None

    def _count(self, each: int = 1) -> int:
        """How many values a container holds, of `each` parts; what it claims is capped before it is believed."""
        count = self._u32()
        if count > self._size - self._at:  # every value takes a byte or more
            raise CodecError("a container that claims more values than the message holds")
        self._items += each * count
        if self._items > MAX_ITEMS:
            raise CodecError(f"more than {MAX_ITEMS:,} values in one message")
        return count

    def done(self) -> bool:
        """Was the whole frame read?"""
        return self._at == self._size

    def value(self) -> Any:
        """The next value.

        Raises:
            CodecError: these bytes are no value, or exceed a cap.
        """
        tag = self._frame[self._skip(1)]
        reader = _SCALARS.get(tag)
        if reader is not None:
            return reader(self)
        reader = _READERS.get(tag)
        if reader is None:
            raise CodecError(f"an unknown kind of value (tag {bytes([tag])!r})")
        self._depth += 1
        if self._depth > MAX_DEPTH + 2:
            raise CodecError(f"containers nested deeper than {MAX_DEPTH}")
        self._holders += 1
        if self._holders % 500 == 0:
            self._look_up()
        if self._holders > MAX_ITEMS:
            raise CodecError(f"more than {MAX_ITEMS:,} values in one message")
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
        value = self.value
        return [value() for _ in range(self._count())]

    def _list(self) -> list[Any]:
        result = self._values()
        self._watched.append((result, list(result)))
        return result

    def _hashed(self) -> list[Any]:
        values = self._values()
        if not all(isinstance(v, (str, int, float, complex, bytes, bool, tuple, type(None))) for v in values):
            raise CodecError("a set that holds more than scalars")
        if sum(not _plainly(v) for v in values) > MAX_HASHED:
            raise CodecError(f"more than {MAX_HASHED:,} entries that are no words and no small whole numbers")
        return values

    def _dict(self) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        odd = 0
        for _ in range(self._count(each=2)):
            key = self.value()
            odd += not _plainly(key)
            if odd > MAX_HASHED:
                raise CodecError(f"more than {MAX_HASHED:,} keys that are no words and no small whole numbers")
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

    def _shape(self, ndim: int) -> tuple[tuple[int, ...], int]:
        """(shape, number of elements)."""
        if ndim > MAX_NDIM:
            raise CodecError(f"an array of {ndim} dimensions")
        shape = _SIZES[ndim].unpack_from(self._frame, self._skip(8 * ndim))
        numel = 1
        for size in shape:
            if size < 0:
                raise CodecError("a negative size")
            numel *= size
        if numel > MAX_NUMEL:
            raise CodecError(f"an array of {numel:,} elements")
        return shape, numel

    def _payload(self) -> tuple[torch.UntypedStorage, memoryview | int]:
        """The bytes of an array as a private, writable storage, and what they were."""
        kind = self._frame[self._skip(1)]
        (nbytes,) = _U64.unpack_from(self._frame, self._skip(8))
        if kind == _INLINE:
            raw = self._take(nbytes)
            if not nbytes:
                return torch.empty(0, dtype=torch.uint8).untyped_storage(), raw
            copy = torch.frombuffer(bytearray(raw), dtype=torch.uint8)
            return copy.untyped_storage(), raw
        if kind != _MEMFD or not self._fds or nbytes > MAX_MEMFD:
            raise CodecError("an array without its bytes")
        fd = self._fds.pop(0)
        private = mmap.mmap(fd, nbytes, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_WRITE)
        return torch.frombuffer(private, dtype=torch.uint8).untyped_storage(), fd

    def _tensor(self) -> torch.Tensor:
        at = self._skip(3)
        code, flags, ndim = self._frame[at : at + 3]
        if code >= len(TORCH_DTYPES) or ndim > 32:
            raise CodecError("a tensor of unknown dtype or more than 32 dimensions")
        dtype = TORCH_DTYPES[code]
        shape, numel = self._shape(ndim)
        tensor = self._placed(dtype, shape) if self._strided else self._plain(dtype, shape, numel)
        if flags & _PARAMETER:
            tensor = torch.nn.Parameter(tensor, requires_grad=bool(flags & _REQUIRES_GRAD))
        elif flags & _REQUIRES_GRAD:
            if not (dtype.is_floating_point or dtype.is_complex):
                raise CodecError(f"a {dtype} tensor that requires a gradient")
            tensor.requires_grad_()
        if flags & _REQUIRES_GRAD:
            self.tracked.append(tensor)
            if self._strided and not flags & _LEAF:
                with torch.enable_grad():
                    tensor = tensor.clone()
        self._tensors.append(tensor)
        if self._strided:
            self._watched.append((tensor, (shape, tensor.requires_grad, tensor.data_ptr())))
        return tensor

    def _placed(self, dtype: torch.dtype, shape: tuple[int, ...]) -> torch.Tensor:
        """A tensor with its own strides, in a storage that others of this message may share."""
        ndim = len(shape)
        *stride, offset = _SIZES[ndim + 1].unpack_from(self._frame, self._skip(8 * ndim + 8))
        if self._at < self._size and self._frame[self._at] == _KNOWN:
            self._at += 1
            storage, before = self._storages[self._u32()]
        else:
            storage, before = self._payload()
            if storage.nbytes():
                self._storages.append((storage, before))
        last = offset + sum((size - 1) * step for size, step in zip(shape, stride, strict=True))
        if 0 not in shape and (last + 1) * dtype.itemsize > storage.nbytes():  # set_ would enlarge the storage
            raise CodecError("a tensor that reaches beyond its bytes")
        return torch.empty(0, dtype=dtype).set_(storage, offset, shape, tuple(stride))

    def _plain(self, dtype: torch.dtype, shape: tuple[int, ...], numel: int) -> torch.Tensor:
        """A contiguous tensor that owns exactly its bytes."""
        kind = self._frame[self._skip(1)]
        (nbytes,) = _U64.unpack_from(self._frame, self._skip(8))
        if kind != _INLINE:
            raise CodecError("an array without its bytes")
        raw = self._take(nbytes)
        if numel * dtype.itemsize != nbytes:
            raise CodecError("a tensor whose bytes do not fill its shape")
        if not nbytes:
            return torch.empty(shape, dtype=dtype)
        return torch.frombuffer(bytearray(raw), dtype=dtype).view(shape)

    def _repeat(self) -> torch.Tensor:
        index = self._u32()
        if index >= len(self._tensors):
            raise CodecError("a reference to a tensor that is not there")
        return self._tensors[index]

    def _ndarray(self) -> np.ndarray:
        name = self.value()
        if not isinstance(name, str) or not _NUMPY_DTYPE.match(name):
            raise CodecError(f"a numpy dtype {str(name)[:40]!r}")
        dtype, (shape, numel) = np.dtype(name), self._shape(self._take(1)[0])
        storage, before = self._payload()
        if numel * dtype.itemsize != storage.nbytes():
            raise CodecError("an array whose bytes do not fill its shape")
        if not numel:
            return np.empty(shape, dtype)
        self._storages.append((storage, before))
        flat = torch.empty(0, dtype=torch.uint8).set_(storage).numpy()
        return flat.view(dtype).reshape(shape)

    def _objects_array(self) -> np.ndarray:
        shape, numel = self._shape(self._take(1)[0])
        values = self.value()
        if not isinstance(values, list) or len(values) != numel:
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
        if not isinstance(columns, list) or len(columns) > MAX_COLUMNS:
            raise CodecError(f"a table of more than {MAX_COLUMNS:,} columns")
        if not all(isinstance(part, tuple) and len(part) == 3 and _TABLE_DTYPE.match(str(part[1])) for part in columns):
            raise CodecError("a table with a column of an unknown kind")
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


#: what holds no other value and asks nothing of torch or numpy
_SCALARS: dict[int, Any] = {
    ord("N"): lambda d: None,
    ord("T"): lambda d: True,
    ord("F"): lambda d: False,
    ord("i"): lambda d: _I64.unpack_from(d._frame, d._skip(8))[0],
    ord("f"): lambda d: _F64.unpack_from(d._frame, d._skip(8))[0],
    ord("s"): Decoder._text,
}
_READERS: dict[int, Any] = _SCALARS | {
    ord(tag): reader
    for tag, reader in {
        "c": lambda d: complex(*struct.unpack("<dd", d._take(16))),
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
