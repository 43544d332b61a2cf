"""Starting and ending the lab: its port, the browser, what another lab has."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import uvicorn

from ..errors import GradusError
from ..student.workspace import Workspace
from ..web.listen import listening, open_page, tell
from .messages import MAX_BYTES, Gone
from .server import Site
from .shared import Lab

PORT = 8765  #: that is tried first
LOOK_SECONDS = 1.0  #: how often it is looked whether the workspace is where it was
_NOTE = "lab.json"


def run(lab: Lab, port: int | None, browse: bool, say: Callable[[str], None], path: str = "") -> None:
    """Serve the lab until Ctrl-C.

    Args:
        port: the port to listen on, and no other; None takes a free one.
        browse: whether to open the browser.
        path: what to open, below the token.

    Raises:
        GradusError: the port is taken, or the workspace went away.
    """
    line = listening(port, PORT, "gradus lab")
    number = line.getsockname()[1]
    with line, _noted(lab.workspace, number, lab.token):
        address = f"http://127.0.0.1:{number}/{lab.token}/{path}"
        server = _Server(lab, line)
        say(f"the lab of {lab.workspace.root} is at\n  {address}\nCtrl-C stops it")
        if lab.hub:
            say(f"on the hub: https://{lab.hub}/user/NAME/proxy/{number}/{lab.token}/{path}")
        tell(number, say)
        if browse:
            once = f"http://127.0.0.1:{number}/{lab.tickets.new(path)}"
            server.when_ready = lambda: open_page(once, say)
        server.serve_it()
        if server.gone:
            raise GradusError(server.gone)
    say("the lab has stopped")


def already(workspace: Workspace) -> str | None:
    """Return the address of a lab of this workspace that runs, None when none does."""
    try:
        note = json.loads((workspace.hidden / _NOTE).read_text(encoding="utf-8"))
        address = f"http://127.0.0.1:{int(note['port'])}/{note['token']}/"
        with urllib.request.urlopen(f"{address}alive", timeout=2) as answer:
            return address if answer.read().decode() == str(workspace.root) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def ticket(address: str, path: str) -> str:
    """Return an address that leads once to a page of a lab that runs.

    Args:
        address: of that lab, with its token.
    """
    asked = urllib.request.Request(f"{address}ticket/{path}", method="POST")
    try:
        with urllib.request.urlopen(asked, timeout=5) as answer:
            return f"{address.rsplit('/', 2)[0]}/{answer.read().decode()}"
    except (OSError, ValueError):
        return f"{address}{path}"


@contextlib.contextmanager
def _noted(workspace: Workspace, port: int, token: str) -> Iterator[None]:
    """Note in the workspace where its lab is, for whoever starts a second one."""
    place = workspace.hidden / _NOTE
    with contextlib.suppress(OSError):
        place.unlink(missing_ok=True)
        with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump({"port": port, "token": token}, file)
    try:
        yield
    finally:
        with contextlib.suppress(OSError, ValueError):
            if json.loads(place.read_text(encoding="utf-8"))["token"] == token:
                place.unlink()


class _Server(uvicorn.Server):
    """Serves until it is told to stop, or the workspace goes away."""

    def __init__(self, lab: Lab, line: socket.socket):
        super().__init__(
            uvicorn.Config(
                Site(lab).app, log_level="error", access_log=False, lifespan="on", ws="auto",
                ws_max_size=MAX_BYTES * 2,
                ws_max_queue=16, ws_ping_interval=20, ws_ping_timeout=120, timeout_graceful_shutdown=1,
                server_header=False, date_header=False, proxy_headers=False,
            )
        )  # fmt: skip
        self._lab, self._line = lab, line
        self.when_ready: Callable[[], None] = lambda: None
        self.gone = ""

    def serve_it(self) -> None:
        """Serve; Ctrl-C is an ordinary end."""
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(self._whole())

    async def _whole(self) -> None:
        looking = asyncio.create_task(self._look())
        try:
            await self.serve(sockets=[self._line])
        finally:
            looking.cancel()

    async def _look(self) -> None:
        while not self.started:
            await asyncio.sleep(0.01)
        await asyncio.to_thread(self.when_ready)
        warming = threading.Thread(target=self._lab.workers.warm, daemon=True)
        warming.start()
        root = self._lab.workspace.root
        before = _identity(root)
        while _identity(root) == before:
            await asyncio.sleep(LOOK_SECONDS)
        self.gone = f"{root}: the workspace was moved or deleted, so the lab stopped; start it again where it is now"
        self._lab.tell_all(Gone(self.gone))
        await asyncio.sleep(0.3)  # until the pages have heard of it
        self.should_exit = True


def _identity(root: Path) -> tuple[int, int] | None:
    try:
        found = root.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
