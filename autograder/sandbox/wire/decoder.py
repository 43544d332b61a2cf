"""Reading a value from bytes that nobody vouches for; the format is that of :mod:`.codec`.

One file, though a long one: all that a stranger's bytes can do is decided here, to be read in one go.
"""

from __future__ import annotations

import ctypes
import mmap
import re
import struct
from collections import deque
from collections.abc import Callable
from copy import copy
from typing import Any

import numpy as np
import torch

from . import codec
from .arena import padding
from .codec import (
    DTYPE_NAME,
    F64,
    I64,
    INLINE,
    KNOWN,
    LEAF,
    MAX_COLUMNS,
    MAX_DEPTH,
    MAX_HASHED,
    MAX_MEMFD,
    MAX_NDIM,
    MAX_NUMEL,
    MEMFD,
    NUMPY_DTYPE,
    PARAMETER,
    REQUIRES_GRAD,
    SIZES,
    TABLE_DTYPE,
    TORCH_DTYPES,
    U32,
    U64,
    CodecError,
    Objects,
)
from .kinds import HASHED, KINDS
from .problems import RemoteException

ENDS = "the message ends in the middle of a value"
SMALL = 1 << 20  #: bytes of an array that are copied once more for the sake of speed


def _raw(storage: torch.UntypedStorage) -> bytes:
    return ctypes.string_at(storage.data_ptr(), storage.nbytes()) if storage.nbytes() else b""


def _plainly(key: Any) -> bool:
    """Tell whether the hash of this key is one that nobody can steer."""
    return isinstance(key, (str, bytes, bool, type(None))) or (isinstance(key, int) and abs(key) < 1 << 40)


class Decoder:
    """Reads one value.

    After :meth:`value`: ``tracked`` are the leaves that require a gradient, in the order of the
    encoder's, and :meth:`changed` tells whether anything that was handed out was altered since.
    """

    def __init__(
        self,
        frame: bytes | bytearray | memoryview,
        fds: list[int],
        objects: Objects,
        *,
        strided: bool,
        look_up: Callable[[], object] = lambda: None,
    ):
        self._frame = frame
        self._shared = isinstance(frame, memoryview)  # arrays stay where they stand: the sender looks at them there
        self._look_up = look_up  # called now and then: the reader's deadline
        self._at, self._size = 0, len(frame)
        self._fds = list(fds)
        self._objects = objects
        self._strided = strided
        self._items = self._holders = 0
        self._depth = 0
        self.tracked: list[torch.Tensor] = []
        self._tensors: list[torch.Tensor] = []
        self._storages: list[tuple[torch.UntypedStorage, bytes | memoryview | None]] = []
        self._watched: list[tuple[Any, Any]] = []

    # -- reading ---------------------------------------------------------------------------------

    def _skip(self, count: int) -> int:
        """Take the next `count` bytes, and return where they begin."""
        at = self._at
        if count > self._size - at:
            raise CodecError(ENDS)
        self._at = at + count
        return at

    def _take(self, count: int) -> memoryview:
        at = self._skip(count)
        return memoryview(self._frame)[at : at + count]

    def _u32(self) -> int:
        number: int = U32.unpack_from(self._frame, self._skip(4))[0]
        return number

    def _text(self) -> str:
        count = self._u32()
        at = self._skip(count)
        try:
            return str(self._frame[at : at + count], "utf-8", "surrogatepass")
        except UnicodeDecodeError:
            raise CodecError("a text that is not UTF-8") from None

    def _count(self, each: int = 1) -> int:
        """Read how many values a container holds, of `each` parts; what it claims is capped before it is believed."""
        count = self._u32()
        if count > self._size - self._at:  # every value takes a byte or more
            raise CodecError("a container that claims more values than the message holds")
        self._items += each * count
        if self._items > codec.MAX_ITEMS:
            raise CodecError(f"more than {codec.MAX_ITEMS:,} values in one message")
        return count

    @property
    def weight(self) -> int:
        """About how many bytes what was read takes: as many as came, and some for each value and container."""
        return self._size + 64 * (self._items + self._holders)

    def done(self) -> bool:
        """Tell whether the whole frame was read."""
        return self._at == self._size

    def value(self) -> Any:
        """Read the next value.

        Raises:
            CodecError: these bytes are no value, or exceed a cap.
        """
        at = self._at
        if at >= self._size:
            raise CodecError(ENDS)
        self._at = at + 1
        tag = self._frame[at]
        reader = _SCALARS[tag]
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
        if self._holders > codec.MAX_ITEMS:
            raise CodecError(f"more than {codec.MAX_ITEMS:,} values in one message")
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
        if not all(isinstance(v, (str, int, float, complex, bytes, bool, tuple, type(None), *HASHED)) for v in values):
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

    def _of_kind(self) -> Any:
        kind, parts = self.value(), self.value()
        known = KINDS.get(kind) if type(kind) is str else None
        if known is None:
            raise CodecError("a value of an unknown kind")
        try:
            result = known.made(parts)
        except Exception as error:
            raise CodecError(f"a {kind} that is none ({type(error).__name__})") from None
        if isinstance(result, (dict, deque)):
            self._watched.append((result, copy(result)))
        return result

    def _set(self) -> set[Any]:
        result = set(self._hashed())
        self._watched.append((result, set(result)))
        return result

    def _dtype(self) -> torch.dtype:
        name = self._text()
        if name not in DTYPE_NAME:
            raise CodecError(f"dtype {name[:40]}")
        return DTYPE_NAME[name]

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
        shape = SIZES[ndim].unpack_from(self._frame, self._skip(8 * ndim))
        numel = 1
        for size in shape:
            if size < 0:
                raise CodecError("a negative size")
            numel *= size
        if numel > MAX_NUMEL:
            raise CodecError(f"an array of {numel:,} elements")
        return shape, numel

    def _sizes(self) -> tuple[int, int]:
        """(where the bytes of an array are, how many)."""
        at = self._skip(9)
        kind = self._frame[at]
        if kind == INLINE and self._strided:
            self._skip(padding(self._at))
        return kind, U64.unpack_from(self._frame, at + 1)[0]

    def _payload(self, kind: int, nbytes: int) -> tuple[torch.UntypedStorage, memoryview | None]:
        """Read the bytes of an array into a writable storage; return it, and what they were if nobody else looks."""
        if kind == INLINE and self._shared and nbytes:
            there = torch.frombuffer(self._frame, dtype=torch.uint8, count=nbytes, offset=self._skip(nbytes))
            return there.untyped_storage(), None
        if kind == INLINE:
            raw = self._take(nbytes)
            if not nbytes:
                return torch.empty(0, dtype=torch.uint8).untyped_storage(), raw
            copy = torch.frombuffer(bytearray(raw), dtype=torch.uint8)
            return copy.untyped_storage(), raw
        if kind != MEMFD or not self._fds or nbytes > MAX_MEMFD:
            raise CodecError("an array without its bytes")
        fd = self._fds.pop(0)
        return torch.frombuffer(mmap.mmap(fd, nbytes), dtype=torch.uint8).untyped_storage(), None

    def _tensor(self) -> torch.Tensor:
        at = self._skip(3)
        code, flags, ndim = self._frame[at : at + 3]
        if code >= len(TORCH_DTYPES) or ndim > 32:
            raise CodecError("a tensor of unknown dtype or more than 32 dimensions")
        dtype = TORCH_DTYPES[code]
        shape, numel = self._shape(ndim)
        tensor = self._placed(dtype, shape, numel) if self._strided else self._plain(dtype, shape, numel)
        if flags & PARAMETER:
            tensor = torch.nn.Parameter(tensor, requires_grad=bool(flags & REQUIRES_GRAD))
        elif flags & REQUIRES_GRAD:
            if not (dtype.is_floating_point or dtype.is_complex):
                raise CodecError(f"a {dtype} tensor that requires a gradient")
            tensor.requires_grad_()
        if flags & REQUIRES_GRAD:
            self.tracked.append(tensor)
            if self._strided and not flags & LEAF:
                with torch.enable_grad():
                    joined = tensor.clone()
                joined.data = tensor.detach()  # joined to a graph, and still in the memory that is looked at
                tensor = joined
        self._tensors.append(tensor)
        if self._strided:
            self._watched.append((tensor, (shape, tensor.requires_grad, tensor.data_ptr())))
        return tensor

    def _placed(self, dtype: torch.dtype, shape: tuple[int, ...], numel: int) -> torch.Tensor:
        """Read a tensor with its own strides, in a storage that others of this message may share."""
        ndim = len(shape)
        *stride, offset = SIZES[ndim + 1].unpack_from(self._frame, self._skip(8 * ndim + 8))
        if self._at < self._size and self._frame[self._at] == KNOWN:
            self._at += 1
            storage, before = self._storages[self._u32()]
        else:
            kind, nbytes = self._sizes()
            if (
                kind == INLINE
                and not self._shared
                and not offset
                and 0 < nbytes == numel * dtype.itemsize
                and nbytes < SMALL
            ):
                tensor = torch.empty(shape, dtype=dtype)
                if tensor.stride() == tuple(stride):  # as most are, and far the quickest
                    self._storages.append((tensor.untyped_storage(), self._copied(tensor, nbytes)))
                    return tensor
            storage, before = self._payload(kind, nbytes)
            if storage.nbytes():
                self._storages.append((storage, before))
        last = offset + sum((size - 1) * step for size, step in zip(shape, stride, strict=True))
        if 0 not in shape and (last + 1) * dtype.itemsize > storage.nbytes():  # set_ would enlarge the storage
            raise CodecError("a tensor that reaches beyond its bytes")
        return torch.empty(0, dtype=dtype).set_(storage, offset, shape, tuple(stride))

    def _copied(self, tensor: torch.Tensor, nbytes: int) -> bytes:
        """Read the next bytes into a contiguous tensor."""
        at = self._skip(nbytes)
        raw = bytes(memoryview(self._frame)[at : at + nbytes])
        ctypes.memmove(tensor.data_ptr(), raw, nbytes)
        return raw

    def _plain(self, dtype: torch.dtype, shape: tuple[int, ...], numel: int) -> torch.Tensor:
        """Read a contiguous tensor that owns exactly its bytes."""
        kind, nbytes = self._sizes()
        if kind != INLINE:
            raise CodecError("an array without its bytes")
        if nbytes > self._size - self._at:  # before as much is allocated
            raise CodecError(ENDS)
        if numel * dtype.itemsize != nbytes:
            raise CodecError("a tensor whose bytes do not fill its shape")
        if nbytes >= SMALL:
            return torch.frombuffer(bytearray(self._take(nbytes)), dtype=dtype).view(shape)
        tensor = torch.empty(shape, dtype=dtype)
        if nbytes:
            self._copied(tensor, nbytes)
        return tensor

    def _repeat(self) -> torch.Tensor:
        index = self._u32()
        if index >= len(self._tensors):
            raise CodecError("a reference to a tensor that is not there")
        return self._tensors[index]

    def _ndarray(self) -> np.ndarray:
        name = self.value()
        if not isinstance(name, str) or not NUMPY_DTYPE.match(name):
            raise CodecError(f"a numpy dtype {str(name)[:40]!r}")
        dtype, (shape, numel) = np.dtype(name), self._shape(self._take(1)[0])
        storage, before = self._payload(*self._sizes())
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
        return scalar  # type: ignore[no-any-return]

    def _pandas(self, series: bool) -> Any:
        import pandas

        index, names, columns = self.value(), self.value(), self.value()
        if not isinstance(names, tuple) or [type(part) for part in names] != [list, list]:
            raise CodecError("a table whose axes have no names")
        if not isinstance(columns, list) or len(columns) > MAX_COLUMNS:
            raise CodecError(f"a table of more than {MAX_COLUMNS:,} columns")
        if not all(isinstance(part, tuple) and len(part) == 3 and TABLE_DTYPE.match(str(part[1])) for part in columns):
            raise CodecError("a table with a column of an unknown kind")
        try:
            if len(names[0]) > 1:
                index = pandas.MultiIndex.from_tuples(index)
            made = [pandas.Series(values, index=index, name=name, dtype=dtype) for name, dtype, values in columns]
            table = made[0] if series else pandas.concat(made, axis=1) if made else pandas.DataFrame(index=index)
            table.index.names = names[0]
            if len(names[1]) > 1:
                table.columns = pandas.MultiIndex.from_tuples(list(table.columns))
            if not series:
                table.columns.names = names[1]
            if self._strided:
                self._watched.append((table, table.copy()))
            return table
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
        """Tell whether any tensor, array, list, dict or generator of this value was altered in place.

        The bytes of arrays that lie in shared memory are not asked about: whoever sent them looks.
        """
        return any(_altered(*pair) for pair in self._watched) or any(
            _overwritten(storage, before) for storage, before in self._storages
        )


def _altered(value: Any, before: Any) -> bool:
    if isinstance(value, torch.Tensor):
        return bool((tuple(value.shape), value.requires_grad, value.data_ptr()) != before)
    if isinstance(value, torch.Generator):
        return not torch.equal(value.get_state(), before)
    if len(value) != len(before):
        return True
    if isinstance(value, set):
        return bool(value != before)
    if hasattr(value, "iloc"):
        return not _same_table(value, before)
    if isinstance(value, dict):
        return any(k not in value or value[k] is not v for k, v in before.items())
    return any(a is not b for a, b in zip(value, before, strict=True))


def _same_table(value: Any, before: Any) -> bool:
    """Tell whether a table of pandas is as it was: entries, dtypes, names and their order."""
    axes = ("index", "columns") if before.ndim > 1 else ("index",)
    try:
        return bool(
            value.shape == before.shape
            and all(getattr(value, axis).equals(getattr(before, axis)) for axis in axes)
            and all(list(getattr(value, axis).names) == list(getattr(before, axis).names) for axis in axes)
            and (before.ndim > 1 or value.name == before.name)
            and value.equals(before)
        )
    except Exception:  # what pandas cannot compare with what it was is not that any more
        return False


def _overwritten(storage: torch.UntypedStorage, before: bytes | memoryview | None) -> bool:
    return before is not None and _raw(storage) != bytes(before)  # a memoryview is compared item by item


_READERS: dict[int, Any] = {
    ord(tag): reader
    for tag, reader in {
        "N": lambda d: None,
        "T": lambda d: True,
        "F": lambda d: False,
        "i": lambda d: I64.unpack_from(d._frame, d._skip(8))[0],
        "f": lambda d: F64.unpack_from(d._frame, d._skip(8))[0],
        "s": Decoder._text,
        "c": lambda d: complex(*struct.unpack("<dd", d._take(16))),
        "b": lambda d: bytes(d._take(d._u32())),
        "l": Decoder._list,
        "t": lambda d: tuple(d._values()),
        "e": Decoder._set,
        "z": lambda d: frozenset(d._hashed()),
        "d": Decoder._dict,
        "K": Decoder._of_kind,
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
#: what holds no other value and asks nothing of torch or numpy, by tag: most of what comes
_SCALARS = [_READERS.get(tag) if chr(tag) in "NTFifs" else None for tag in range(256)]
