"""Frames over a stream socket: a length, a count of file descriptors, the bytes. Capped, with deadlines.

On the judge's side every send and receive has a deadline, so neither a silent worker nor one
that never reads can hold the judge; on the worker's side there is none.
"""

from __future__ import annotations

import array
import os
import select
import socket
import struct
import time

from .codec import MAX_FRAME

_HEADER = struct.Struct("<IB")
MAX_FDS = 32


class ChannelClosed(ConnectionError):
    """The other side is gone."""


class DeadlineExceeded(TimeoutError):
    """The other side did not answer in time."""


class BadFrame(ValueError):
    """The other side sent what is no frame."""


class Channel:
    """One end of a connection between two peers.

    ``deadline`` is a ``time.monotonic()`` value, or None for no limit.
    """

    def __init__(self, sock: socket.socket):
        self._sock = sock
        self.deadline: float | None = None
        self._buffer = bytearray()
        self._readable, self._writable = select.poll(), select.poll()
        self._readable.register(sock, select.POLLIN)
        self._writable.register(sock, select.POLLOUT)

    def fileno(self) -> int:
        """The socket's descriptor."""
        return self._sock.fileno()

    def _wait(self, poller: select.poll) -> None:
        assert self.deadline is not None
        while True:
            left = self.deadline - time.monotonic()
            if left <= 0:
                raise DeadlineExceeded
            if poller.poll(left * 1000):
                return

    def send(self, body: bytes | bytearray, fds: list[int] | None = None) -> None:
        """Send one frame; the descriptors in `fds` are passed and closed here."""
        fds = fds or []
        try:
            if len(fds) > MAX_FDS or len(body) > MAX_FRAME:
                raise BadFrame(f"a frame of {len(body):,} bytes and {len(fds)} files is too large to send")
            header = _HEADER.pack(len(body), len(fds))
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
            view = memoryview(header + bytes(body)) if len(body) < 1 << 16 else None
            pieces = [view] if view is not None else [memoryview(header), memoryview(body)]
            for piece in pieces:
                while piece:
                    flags = socket.MSG_DONTWAIT if self.deadline is not None else 0
                    try:
                        sent = self._sock.sendmsg([piece[: 1 << 20]], rights, flags)
                    except BlockingIOError:
                        self._wait(self._writable)
                        continue
                    rights = []
                    piece = piece[sent:]
        except (BrokenPipeError, ConnectionResetError):
            raise ChannelClosed from None
        finally:
            for fd in fds:
                os.close(fd)

    def receive(self) -> tuple[bytearray, list[int]]:
        """The next frame and the descriptors that came with it (the caller closes them).

        Raises:
            ChannelClosed, DeadlineExceeded, BadFrame: as they say.
        """
        fds: list[int] = []
        try:
            self._fill(_HEADER.size, fds)
            length, count = _HEADER.unpack_from(self._buffer)
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
        return body, fds

    def _fill(self, count: int, fds: list[int]) -> None:
        """Receive until the buffer holds `count` bytes. It grows with what arrives, not with what is claimed."""
        while len(self._buffer) < count:
            if self.deadline is not None:
                self._wait(self._readable)
            size = max(1 << 16, min(count - len(self._buffer), 1 << 20))
            try:
                piece, rights, _, _ = self._sock.recvmsg(size, socket.CMSG_SPACE(4 * MAX_FDS))
            except (ConnectionResetError, BrokenPipeError):
                raise ChannelClosed from None
            for _, kind, raw in rights:
                if kind == socket.SCM_RIGHTS:
                    got = array.array("i")
                    got.frombytes(raw[: len(raw) - len(raw) % 4])
                    fds.extend(got)
            if len(fds) > MAX_FDS:
                raise BadFrame("more files than a frame may bring")
            if not piece:
                raise ChannelClosed
            self._buffer += piece

    def close(self) -> None:
        """Close this end."""
        self._sock.close()
