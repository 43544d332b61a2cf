"""How a judge beside a notebook or an editor is spoken to: JSON lines over a socket, a descriptor with some of them."""

from __future__ import annotations

import json
import os
import socket
from typing import Any


class Wire:
    """One end of the line."""

    def __init__(self, sock: socket.socket):
        self.sock = sock
        self._buffer = b""
        self._fds: list[int] = []

    def send(self, message: dict[str, Any], fd: int | None = None) -> None:
        """Send one message, with a descriptor where one belongs to it."""
        content = json.dumps(message).encode() + b"\n"
        sent = socket.send_fds(self.sock, [content], [fd]) if fd is not None else 0
        self.sock.sendall(content[sent:])

    def receive(self) -> tuple[dict[str, Any], int | None] | None:
        """The next message and its descriptor; None when the other end hung up."""
        while b"\n" not in self._buffer:
            try:  # one descriptor at most: what is asked waits for its answer
                if hasattr(socket, "recv_fds"):
                    piece, fds, _, _ = socket.recv_fds(self.sock, 1 << 16, 4)
                else:
                    piece, fds = self.sock.recv(1 << 16), []
            except ConnectionError:
                return None
            self._fds += fds
            if not piece:
                return None
            self._buffer += piece
        line, _, self._buffer = self._buffer.partition(b"\n")
        message: dict[str, Any] = json.loads(line)
        return message, self._fds.pop(0) if self._fds else None

    @property
    def waiting(self) -> bool:
        """Is there another message that has been read already?"""
        return b"\n" in self._buffer

    def close(self) -> None:
        """Hang up."""
        for fd in self._fds:
            os.close(fd)
        self._fds.clear()
        self.sock.close()
