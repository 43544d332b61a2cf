"""How a request begins and ends on the wire: parts that are the same many times over, encoded once."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import torch

from .codec import DTYPE_CODE
from .encoder import Encoder

_NO_OBJECTS: Any = None  #: for what holds plain values only


@lru_cache(maxsize=1024)
def opening(op: str, target: int, name: str | None) -> bytes:
    """Return how a request begins: the same few bytes for every call of one function."""
    encoder = Encoder(_NO_OBJECTS, strided=False)
    encoder.open_tuple(10)
    for part in ("q", op, target, name):
        encoder.value(part)
    return bytes(encoder.out)


@lru_cache(maxsize=64)
def closing(grad: bool, dtype: int) -> bytes:
    """Return the caller's mode, which follows the arguments of a request."""
    encoder = Encoder(_NO_OBJECTS, strided=False)
    encoder.value(grad)
    encoder.value(dtype)
    return bytes(encoder.out)


def default_dtype() -> int:
    """Return the number of the default dtype: every call is made under the caller's."""
    return DTYPE_CODE[torch.get_default_dtype()]
