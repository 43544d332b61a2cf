"""What a request is, read with suspicion; and how it begins and ends on the wire, encoded once where it repeats."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import torch

from .codec import DTYPE_CODE, TORCH_DTYPES
from .encoder import Encoder
from .problems import ProtocolError

_NO_OBJECTS: Any = None  #: for what holds plain values only


class Request(NamedTuple):
    """What one side asks of the other."""

    op: str  #: ``call``, ``get``, ``set``, ``vjp`` or ``service``
    target: int  #: the number of the object, or of the graph
    name: str | None  #: of the method, attribute or service
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    grad: bool  #: the caller's mode, under which the answer is made
    dtype: int
    mirrors: Any  #: (number, name) of the parameters that the caller differentiates by
    released: Any  #: what the caller holds no more

    @classmethod
    def of(cls, message: tuple[Any, ...]) -> Request:
        """Return a decoded message as a request.

        Raises:
            ProtocolError: it is none.
        """
        if len(message) != 10:
            raise ProtocolError("a request of the wrong length")
        _, op, target, name, args, kwargs, grad, dtype, mirrors, released = message
        kwargs = {} if kwargs is None else kwargs
        shapes = (op, str), (target, int), (args, tuple), (kwargs, dict), (grad, bool), (dtype, int)
        if not all(isinstance(value, kind) for value, kind in shapes) or not all(isinstance(k, str) for k in kwargs):
            raise ProtocolError("a request of the wrong shape")
        if not 0 <= dtype < len(TORCH_DTYPES) or not TORCH_DTYPES[dtype].is_floating_point:
            raise ProtocolError("a default dtype that is none")
        return cls(op, target, name, args, kwargs, grad, dtype, mirrors, released)


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


@lru_cache(maxsize=1024, typed=True)  # True is not 1
def notice(name: str, *args: str | int | tuple[str, ...]) -> bytes:
    """Return a message that waits for no answer: each check begins with the same one for every submission."""
    encoder = Encoder(_NO_OBJECTS, strided=False)
    encoder.value(("n", name, args))
    return bytes(encoder.out)


def default_dtype() -> int:
    """Return the number of the default dtype: every call is made under the caller's."""
    return DTYPE_CODE[torch.get_default_dtype()]


def set_mode(grad: bool, dtype: torch.dtype) -> None:
    """Record gradients or not, and make tensors of this dtype; where it is so already nothing is set."""
    if torch.is_grad_enabled() != grad:
        torch.set_grad_enabled(grad)
    if torch.get_default_dtype() != dtype:
        torch.set_default_dtype(dtype)
