"""A port on loopback alone, the browser, and the line for a tunnel, where this machine shows nothing."""

from __future__ import annotations

import getpass
import os
import socket
import sys
import webbrowser
from collections.abc import Callable

from ..errors import GradusError

TRIES = 20  #: ports after the first that are tried where it is taken


def listening(port: int | None, first: int, command: str) -> socket.socket:
    """Return a socket that listens on loopback alone.

    Args:
        port: this one and no other; None takes a free one.
        first: the port that is tried first, if none was named.
        command: what the user called, for the line that says why there is none.

    Raises:
        GradusError: the port is taken.
    """
    for number in [port] if port is not None else range(first, first + TRIES):
        line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if os.name == "posix":  # on Windows this would share a port that another one has
            line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            line.bind(("127.0.0.1", number))
            line.listen(64)
            return line
        except OSError as error:
            line.close()
            why = error.strerror or str(error)
    if port is not None:
        raise GradusError(f"port {port} cannot be used ({why}); `{command}` alone takes a free one")
    raise GradusError(
        f"the ports from {first} to {first + TRIES - 1} are all taken; `{command} --port N` names another"
    )


def open_page(address: str, say: Callable[[str], None]) -> None:
    """Open a page in the browser, if there is one that a person sees."""
    if not _shown():
        return
    try:
        opened = webbrowser.open(address)
    except (webbrowser.Error, OSError):
        opened = False
    if not opened:
        say("no browser could be started: open the address above in yours")


def tell(port: int, say: Callable[[str], None]) -> None:
    """Say how to come here from another machine, where this one shows nothing."""
    if "SSH_CONNECTION" in os.environ:
        say(f"on your own machine: ssh -N -L {port}:127.0.0.1:{port} {_user()}@{socket.gethostname()}")
        say("then open the address above there")
    elif not _shown():
        say("there is no display here: open the address above in a browser of this machine")


def _shown() -> bool:
    """Tell whether a browser's window would be seen here."""
    if "BROWSER" in os.environ or sys.platform in ("win32", "darwin"):
        return "SSH_CONNECTION" not in os.environ
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "USER"
