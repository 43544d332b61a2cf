"""Who may read the lab or the desk: this machine's own pages that know the token, and nobody else.

Every request is asked three things before any of it is read: is it meant for this machine (its Host, so that no name
of a stranger's that points here is one of ours; a hub's name is one if it was said), does it come from our own page
(its Origin), and does its address begin with the token.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterable
from typing import Any

from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..language import _

HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
_HOST = re.compile(r"(\[[^\[\]]+\]|[^:\[\]]+)(?::[0-9]{1,5})?")  #: a name or a bracketed address, and a port
CLOSED = 4403  #: how a socket is closed that may not be opened


def new_token() -> str:
    """Return a token that nobody can guess."""
    return secrets.token_urlsafe(24)


def policy(host: str) -> str:
    """Return what a page may do: load what lies here, speak to the socket here, and nothing else."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        f"connect-src 'self' ws://{host} wss://{host}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


class Tickets:
    """Addresses that lead to a page once: what a browser is started with, and so may stand in a list of processes."""

    def __init__(self) -> None:
        self._open: dict[str, str] = {}

    def new(self, path: str) -> str:
        """Return a path that leads, once, to `path` below the token."""
        ticket = new_token()
        self._open[ticket] = path
        return f"open/{ticket}"

    def take(self, path: str) -> str | None:
        """Return where a path leads, None when it is no ticket or was used."""
        kind, _, ticket = path.strip("/").partition("/")
        return self._open.pop(ticket, None) if kind == "open" else None


class Guard:
    """Lets through what may be read, and writes the headers that keep it here.

    Args:
        app: what lies behind the token, which it sees no more of.
        tickets: what leads there once.
        hub: the name of a hub whose proxy leads here, "" for none.
        command: what prints the address, for who comes without it.
    """

    def __init__(self, app: ASGIApp, token: str, tickets: Tickets, hub: str = "", command: str = "gradus lab"):
        self._app, self._token, self._tickets = app, token, tickets
        self._told = _("this address is not known here: open the one that `{command}` printed", command=command) + "\n"
        self._hub = hub.lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get("host", "")
        ours = self._ours(host, headers) and [name for name, _value in scope["headers"]].count(b"host") == 1
        if ours and scope["type"] == "http" and (target := self._tickets.take(scope["path"])) is not None:
            await RedirectResponse(f"/{self._token}/{target}", 303, dict(_NO_TRACE))(scope, receive, send)
            return
        if not ours or not self._known(scope["path"]):
            await _refuse(scope, receive, send, self._told)
            return
        prefix = f"/{self._token}"
        if scope["type"] == "http" and scope["path"] == prefix:
            await RedirectResponse(f"{self._token}/", 303, dict(_NO_TRACE))(scope, receive, send)
            return
        within = {**scope, "root_path": scope.get("root_path", "") + prefix}

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *_sealing(host)]}
            await send(message)

        await self._app(within, receive, sealed)

    def _ours(self, host: str, headers: dict[str, str]) -> bool:
        found = _HOST.fullmatch(host)
        if found is None:
            return False
        name, origin = found[1], headers.get("origin")
        if self._hub and self._hub in (name.lower(), host.lower()):
            return origin in (None, f"http://{host}", f"https://{host}")
        return name in HOSTS and origin in (None, f"http://{host}")

    def _known(self, path: str) -> bool:
        given = path.split("/", 2)[1] if path.startswith("/") else ""
        return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), self._token.encode())


_NO_TRACE = (("referrer-policy", "no-referrer"), ("cache-control", "no-store"))


def _sealing(host: str) -> Iterable[tuple[bytes, bytes]]:
    yield b"content-security-policy", policy(host).encode("latin-1")
    yield from ((name.encode(), value.encode()) for name, value in _NO_TRACE)
    yield b"x-content-type-options", b"nosniff"
    yield b"cross-origin-resource-policy", b"same-origin"
    yield b"cross-origin-opener-policy", b"same-origin"


async def _refuse(scope: Scope, receive: Receive, send: Send, told: str) -> None:
    if scope["type"] == "websocket":
        refusal: dict[str, Any] = {"type": "websocket.close", "code": CLOSED, "reason": "not from here"}
        await receive()
        await send(refusal)
        return
    await PlainTextResponse(told, 403)(scope, receive, send)
