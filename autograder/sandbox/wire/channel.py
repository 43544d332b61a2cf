"""Frames over a stream socket: a length, a count of file descriptors, the bytes. Capped, with deadlines.

On the judge's side every send and receive has a deadline, so neither a silent worker nor one
that never reads can hold the judge; on the worker's side there is none.

Descriptors pass through local sockets alone. A line over TCP, which is all that there is on Windows, has none.
"""

from __future__ import annotations

import array
import os
import select
import socket
import struct
import time
from collections.abc import Callable
from typing import Any, Protocol

from .arena import AVAILABLE, ENDS, KIND, REQUEST, WATCHED, Arena, Mapped, Region
from .codec import MAX_FRAME

_HEADER = struct.Struct("<IB")
MAX_FDS = 32
_SHARED, _NEW = 0x80, 0x40  #: in the count of files: the message stands in shared memory; its file is the first
_LOOK_UP_SECONDS = 0.1  #: how long a receive sleeps before it looks at the deadline again


class ChannelClosed(ConnectionError):
    """The other side is gone."""


class DeadlineExceeded(TimeoutError):
    """The other side did not answer in time."""


class BadFrame(ValueError):
    """The other side sent what is no frame."""


class Turns(Protocol):
    """What is to be done around each turn of the student's code."""

    def back(self) -> None:
        """Note that it runs from now on."""

    def aside(self) -> None:
        """Note that it waits from now on."""


class Line(Protocol):
    """What a peer speaks through: a channel, or what stands before one."""

    @property
    def passes_files(self) -> bool:
        """Tell whether descriptors can cross."""
        ...

    @property
    def sees(self) -> bool:
        """Tell whether this side looks at what it sent."""
        ...

    @property
    def altered(self) -> bytes | None:
        """Return the request that the last message answered as it stands in shared memory, None where it is as sent."""
        ...

    def look_up(self) -> None:
        """Look at the deadline while something else takes long."""

    def send(self, body: bytes | bytearray, fds: list[int] | None = None, firm: int | None = None) -> None:
        """Send one frame, of which the first `firm` bytes are the message; the rest only lets objects go."""

    def receive(self) -> tuple[bytearray | memoryview, list[int]]:
        """Wait for the next frame and the descriptors that came with it."""
        ...


class Channel:
    """One end of a connection between two peers.

    ``deadline`` is a ``time.monotonic()`` value, or None for no limit.
    """

    def __init__(self, sock: socket.socket):
        self._sock = sock
        self._deadline: float | None = None
        self._prolong: Callable[[], float | None] | None = None
        self._buffer = bytearray()
        self._arriving = memoryview(bytearray(1 << 16))
        self.altered: bytes | None = None  #: see :class:`Line`
        self._arena: Arena | None = None
        self._mapped: Mapped | None = None
        self._open: list[Region | None] = []  #: requests of this side that have no answer yet
        self.passes_files = sock.family == getattr(socket, "AF_UNIX", None) and hasattr(sock, "recvmsg_into")
        if not self.passes_files:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def share(self) -> None:
        """From now on put what is watched into memory that both sides map, where there is such."""
        if AVAILABLE and self.passes_files:
            self._arena = Arena()

    def unshare(self) -> None:
        """Give that memory up: the other side has ended."""
        if self._arena is not None:
            self._arena.close()

    @property
    def sees(self) -> bool:
        """Tell whether what is watched lies in memory that this side looks at."""
        return self._arena is not None

    def follow(self) -> None:
        """From now on read messages out of memory that the other side shares."""
        self._mapped = Mapped()

    def fileno(self) -> int:
        """Return the socket's descriptor."""
        return self._sock.fileno()

    @property
    def deadline(self) -> float | None:
        """Return when an answer is too late."""
        return self._deadline

    @deadline.setter
    def deadline(self, value: float | None) -> None:
        if self._deadline is None and value is not None:
            if self.passes_files:  # a receive then looks up now and then: cheaper than a poll each
                timeval = struct.pack("ll", 0, int(_LOOK_UP_SECONDS * 1_000_000))
                self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, timeval)
            else:
                self._sock.settimeout(_LOOK_UP_SECONDS)
        self._deadline, self._prolong = value, None

    def allow(self, deadline: float, prolong: Callable[[], float | None]) -> None:
        """Set a deadline at which `prolong` is asked for a later one; None is its no."""
        self.deadline = deadline
        self._prolong = prolong

    def _left(self) -> float:
        """Seconds until the deadline."""
        assert self._deadline is not None
        left = self._deadline - time.monotonic()
        if left <= 0 and self._prolong is not None:
            later = self._prolong()
            if later is not None:
                self._deadline = later
                left = max(later - time.monotonic(), 0.001)
        if left <= 0:
            raise DeadlineExceeded
        return left

    def look_up(self) -> None:
        """Look at the deadline while something else takes long."""
        if self._deadline is not None:
            self._left()

    def send(self, body: bytes | bytearray, fds: list[int] | None = None, firm: int | None = None) -> None:
        """Send one frame, all of it whatever is `firm`; the descriptors in `fds` are passed and closed here."""
        fds = fds or []
        try:
            if len(fds) > MAX_FDS or len(body) > MAX_FRAME:
                raise BadFrame(f"a frame of {len(body):,} bytes and {len(fds)} files is too large to send")
            body, fds, flags = self._put(body, fds)
            if len(fds) > MAX_FDS:
                raise BadFrame("more files than a frame may bring")
            header = _HEADER.pack(len(body), len(fds) | flags)
            rights: list[Any] = []
            if fds:
                rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))]
            pieces = [memoryview(header + body)] if len(body) < 1 << 16 else [memoryview(header), memoryview(body)]
            flags = socket.MSG_DONTWAIT if self._deadline is not None and self.passes_files else 0
            for piece in pieces:
                while piece:
                    try:
                        part = piece[: 1 << 20]
                        sent = self._sock.sendmsg([part], rights, flags) if rights else self._sock.send(part, flags)
                    except (BlockingIOError, TimeoutError):
                        left = self._left()
                        if self.passes_files:
                            writable = select.poll()
                            writable.register(self._sock, select.POLLOUT)
                            writable.poll(left * 1000)
                        continue
                    rights = []
                    piece = piece[sent:]
        except OSError as error:  # the worker ended, or was ended while this side was deep in calls of calls
            if isinstance(error, (BrokenPipeError, ConnectionResetError)) or self._sock.fileno() < 0:
                raise ChannelClosed from None
            raise
        finally:
            for fd in fds:
                os.close(fd)

    def _put(self, body: bytes | bytearray, fds: list[int]) -> tuple[bytes | bytearray, list[int], int]:
        """Return what is sent of a message: itself, or where it stands."""
        if self._arena is None or len(body) <= KIND or body[KIND] not in (REQUEST, WATCHED):
            return body, fds, 0
        if body[KIND] == REQUEST:
            self._open.append(None)
            return body, fds, 0
        region, pointer, new = self._arena.put(body)
        self._open.append(region)
        return pointer, [*new, *fds], _SHARED | (_NEW if new else 0)

    def receive(self) -> tuple[bytearray | memoryview, list[int]]:
        """Wait for the next frame and the descriptors that came with it (the caller closes them).

        Raises:
            ChannelClosed, DeadlineExceeded, BadFrame: as they say.
        """
        fds: list[int] = []
        flags = 0
        try:
            self._fill(_HEADER.size, fds)
            length, count = _HEADER.unpack_from(self._buffer)
            if self._mapped is not None:
                count, flags = count & ~(_SHARED | _NEW), count & (_SHARED | _NEW)
            if length > MAX_FRAME:
                raise BadFrame(f"a frame that claims {length:,} bytes")
            end = _HEADER.size + length
            self._fill(end, fds)
            if len(fds) != count:
                raise BadFrame("a frame without the files it announces")
        except BaseException:
            for fd in fds:
                os.close(fd)
            raise
        body = self._buffer[_HEADER.size : end]
        del self._buffer[:end]
        if flags and self._mapped is not None:
            return self._mapped.read(body, fds.pop(0) if flags & _NEW else None), fds
        if self._arena is not None and len(body) > KIND and body[KIND] in ENDS:
            region = self._open.pop() if self._open else None
            self.altered = None if region is None else region.altered()
        return body, fds

    def _fill(self, count: int, fds: list[int]) -> None:
        """Receive until the buffer holds `count` bytes. It grows with what arrives, not with what is claimed."""
        while len(self._buffer) < count:
            if self._deadline is not None:
                self._left()
            try:
                if self.passes_files:
                    size, rights, _, _ = self._sock.recvmsg_into([self._arriving], socket.CMSG_SPACE(4 * MAX_FDS))
                else:
                    size, rights = self._sock.recv_into(self._arriving), []
            except (BlockingIOError, TimeoutError):  # silence; the deadline decides
                continue
            except (ConnectionResetError, BrokenPipeError):
                raise ChannelClosed from None
            for _, kind, raw in rights:
                if kind == socket.SCM_RIGHTS:
                    got = array.array("i")
                    got.frombytes(raw[: len(raw) - len(raw) % 4])
                    fds.extend(got)
            if len(fds) > MAX_FDS:
                raise BadFrame("more files than a frame may bring")
            if not size:
                raise ChannelClosed
            self._buffer += self._arriving[:size]

    def close(self) -> None:
        """Close this end."""
        self._sock.close()
