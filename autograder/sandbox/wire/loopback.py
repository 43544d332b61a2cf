"""How a process that inherits no descriptor of ours reaches us: it connects to a loopback port and shows its token."""

from __future__ import annotations

import contextlib
import hmac
import secrets
import socket
import time
from collections.abc import Callable

_TOKEN = 32  #: characters
_PATIENCE = 2.0  #: seconds that whoever connects has to show a token


def new_token() -> str:
    """Draw a token that nobody guesses."""
    return secrets.token_hex(_TOKEN // 2)


def knock(port: int, token: str) -> socket.socket:
    """Connect and show the token."""
    line = socket.create_connection(("127.0.0.1", port))
    line.sendall(token.encode())
    return line


class Doorway:
    """A loopback port of our own."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._listener.settimeout(0.2)

    @property
    def port(self) -> int:
        """Return where to knock."""
        number: int = self._listener.getsockname()[1]
        return number

    def admit(self, token: str, alive: Callable[[], bool], seconds: float) -> socket.socket | None:
        """Wait for the line of whoever shows this token; others are hung up on.

        Args:
            alive: does the process that is to come still run?

        Returns:
            None when it ended, or did not come in so many seconds.
        """
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                line, _ = self._listener.accept()
            except TimeoutError:
                if not alive():
                    return None
                continue
            line.settimeout(_PATIENCE)
            shown = b""
            with contextlib.suppress(OSError):
                while len(shown) < _TOKEN and (piece := line.recv(_TOKEN - len(shown))):
                    shown += piece
            if hmac.compare_digest(shown, token.encode()):
                line.settimeout(None)
                return line
            line.close()
        return None

    def close(self) -> None:
        """Nobody is expected any more."""
        self._listener.close()
