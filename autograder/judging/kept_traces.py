"""What a source of ours did in the checks, as bytes and back: to be kept from one run for the next.

Only what is asked of a known mistake is kept: its calls, whether it passed, by which call it failed and what was said
of it. The bytes are those of :mod:`..sandbox.wire.codec`, in which nothing can name code to run.
"""

from __future__ import annotations

from dataclasses import astuple, fields
from typing import Any

from ..sandbox.host.record import Call, Large, Named
from ..sandbox.wire.codec import CodecError
from ..sandbox.wire.decoder import Decoder
from ..sandbox.wire.encoder import Encoder
from .check import Trace

_KINDS = {"\0large": Large, "\0named": Named}
_TAGS: dict[type, str] = {kind: tag for tag, kind in _KINDS.items()}
_CALL = tuple(field.name for field in fields(Call))


class _NoObjects:
    """A trace holds values: an object in it cannot be kept."""

    def export(self, value: Any) -> tuple[bool, int, tuple[Any, ...]]:
        raise CodecError(f"a {type(value).__name__} is no value")

    def adopt(self, number: int, info: tuple[Any, ...]) -> Any:
        raise CodecError("an object")

    def resolve(self, number: int) -> Any:
        raise CodecError("an object")


def packed(trace: Trace) -> bytes | None:
    """Return a trace as bytes; None where it holds what cannot be kept."""
    place = next((n for n, call in enumerate(trace.calls) if call is trace.blamed), -1)
    calls = trace.calls if place >= 0 or trace.blamed is None else [*trace.calls, trace.blamed]
    apart = len(calls) > len(trace.calls)
    written = [_map(tuple(getattr(call, name) for name in _CALL), _plain) for call in calls]
    encoder = Encoder(_NoObjects(), strided=True)
    try:
        encoder.value((trace.passed, trace.trouble, trace.said, place, apart, written))
    except (CodecError, RecursionError):
        return None
    return bytes(encoder.out)


def unpacked(raw: bytes) -> Trace:
    """Return what :func:`packed` made bytes of.

    Raises:
        CodecError: they are none of its.
    """
    passed, trouble, said, place, apart, written = Decoder(raw, [], _NoObjects(), strided=True).value()
    calls = [Call(*_map(one, _whole)) for one in written]
    blamed = calls.pop() if apart else calls[place] if place >= 0 else None
    return Trace(calls, passed, trouble, blamed=blamed, said=said)


def _map(value: Any, change: Any) -> Any:
    """Return a value with some of what it holds, at any depth, changed."""
    if type(value) in (list, tuple):
        return change(type(value)(_map(one, change) for one in value))
    if type(value) is dict:
        return {key: _map(one, change) for key, one in value.items()}
    return change(value)


def _plain(value: Any) -> Any:
    return (_TAGS[type(value)], *astuple(value)) if type(value) in _TAGS else value


def _whole(value: Any) -> Any:
    tag = value[0] if type(value) is tuple and value and type(value[0]) is str else ""
    return _KINDS[tag](*value[1:]) if tag in _KINDS else value
