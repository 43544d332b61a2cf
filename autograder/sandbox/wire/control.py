"""JSON lines over a socket, some of them with descriptors: how two processes of ours speak of workers."""

from __future__ import annotations

import json
import os
import socket
from typing import Any


class ControlLine:
    """One end of the line. A message says how many descriptors belong to it, so that none goes to another one."""

    def __init__(self, sock: socket.socket):
        self.sock = sock
        self._buffer = b""
        self._fds: list[int] = []

    def send(self, message: dict[str, Any], *fds: int) -> None:
        """Send one message with the descriptors that belong to it."""
        content = json.dumps({**message, "descriptors": len(fds)} if fds else message).encode() + b"\n"
        sent = socket.send_fds(self.sock, [content], fds) if fds else 0
        self.sock.sendall(content[sent:])

    def receive(self) -> tuple[dict[str, Any], list[int]] | None:
        """Return the next message and its descriptors; None when the other end hung up."""
        while b"\n" not in self._buffer:
            try:
                if hasattr(socket, "recv_fds"):
                    piece, fds, _, _ = socket.recv_fds(self.sock, 1 << 16, 8)
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
        count = message.pop("descriptors", 0)
        mine, self._fds = self._fds[:count], self._fds[count:]
        return message, mine

    def ask(self, message: dict[str, Any], *fds: int) -> dict[str, Any] | None:
        """Send a message and return the answer; None when the other end hung up."""
        self.send(message, *fds)
        received = self.receive()
        return received[0] if received is not None else None

    @property
    def waiting(self) -> bool:
        """Tell whether another message has been read already."""
        return b"\n" in self._buffer

    def close(self) -> None:
        """Hang up."""
        for fd in self._fds:
            os.close(fd)
        self._fds.clear()
        self.sock.close()
