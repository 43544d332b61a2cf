"""How values cross the trust line: tagged bytes, copied, capped before anything is allocated.

The format stands here, in :mod:`.encoder` and :mod:`.decoder`, and in words in ``CODEC.md`` beside them. There is no
pickle in either direction and nothing in a message can name code to run.

A tensor going in (``strided=True``) keeps its storage, strides and offset, and tensors that
share storage share it on arrival; an answer (``strided=False``) is always a plain contiguous
tensor, so an expanded view or an odd layout can neither lie nor explode.
"""

from __future__ import annotations

import re
import struct
from typing import Any, Protocol

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
DTYPE_NAME = {str(dtype): dtype for dtype in TORCH_DTYPES}
NUMPY_DTYPE = re.compile(r"^[<|][biufcSUmM]\d{1,5}(\[\d{0,4}[a-zA-Z]{1,2}\])?\Z")
INLINE, MEMFD, KNOWN = b"bmk"  #: where the bytes of an array are: here, in a file, in an array before
TABLE_DTYPE = re.compile(
    r"^(u?int(8|16|32|64)|(U?Int|Float)(8|16|32|64)|float(16|32|64)|complex(64|128)|bool|boolean|object|str|string"
    r"|category|(datetime|timedelta)64\[(s|ms|us|ns)\])\Z"
)
REQUIRES_GRAD, LEAF, PARAMETER = 1, 2, 4

U32 = struct.Struct("<I")
U64 = struct.Struct("<Q")
SIZES = tuple(struct.Struct(f"<{count}q") for count in range(MAX_NDIM + 2))  #: shapes and strides, by length
I64 = struct.Struct("<q")
F64 = struct.Struct("<d")


class CodecError(ValueError):
    """A value that cannot cross, or bytes that are no value: the message names what and why."""


class Objects(Protocol):
    """What the codec asks of its peer when a value has identity rather than content."""

    def export(self, value: Any) -> tuple[bool, int, tuple[Any, ...]]:
        """(is it mine, id, description) of an object that crosses as a handle."""

    def adopt(self, number: int, info: tuple[Any, ...]) -> Any:
        """Return the local stand-in of an object of the other side."""

    def resolve(self, number: int) -> Any:
        """Return the object of this side that the other side names."""
