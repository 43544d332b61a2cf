"""Starting and ending the lab: its port, the browser, what another lab has."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..errors import GradusError
from ..student.workspace import Workspace
from ..web.listen import listening, open_page, tell
from ..web.serve import Server
from .messages import MAX_BYTES, Gone
from .server import Site
from .shared import Lab

PORT = 8765  #: that is tried first
_NOTE = "lab.json"


def run(lab: Lab, port: int | None, browse: bool, say: Callable[[str], None], path: str = "") -> None:
    """Serve the lab until Ctrl-C.

    Args:
        port: the port to listen on, and no other; None takes a free one.
        browse: whether to open the browser.
        path: what to open, below the token; a playground's settings stand behind its #.

    Raises:
        GradusError: the port is taken, or the workspace went away.
    """
    line = listening(port, PORT, "gradus lab")
    number = line.getsockname()[1]
    with line, _noted(lab.workspace, number, lab.token):
        address = f"http://127.0.0.1:{number}/{lab.token}/{path}"
        server = serving(lab, line)
        say(f"the lab of {lab.workspace.root} is at\n  {address}\nCtrl-C stops it")
        if lab.hub:
            say(on_the_hub(lab.hub, f"proxy/{number}/{lab.token}/{path}"))
        tell(number, say)
        if browse:
            page, mark, settings = path.partition("#")  # which a browser keeps where it is led on
            once = f"http://127.0.0.1:{number}/{lab.tickets.new(page)}{mark}{settings}"
            server.when_ready = lambda: open_page(once, say)
        server.serve_it()
        if server.lost:
            raise GradusError(_gone(lab))
    say("the lab has stopped")


def on_the_hub(hub: str, place: str) -> str:
    """Return in a line where the lab is on a hub.

    Args:
        place: of the lab, below one's own server there, whose place the hub gives the server's processes.
    """
    own = os.environ.get("JUPYTERHUB_SERVICE_PREFIX", "")
    if own:
        return f"on the hub: https://{hub}/{quote(own.strip('/'), safe='/@%')}/{place}"
    return f"on the hub: behind the address of your own server, which begins with https://{hub}/user/, write {place}"


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
    page, mark, settings = path.partition("#")
    asked = urllib.request.Request(f"{address}ticket/{page}", method="POST")
    try:
        with urllib.request.urlopen(asked, timeout=5) as answer:
            return f"{address.rsplit('/', 2)[0]}/{answer.read().decode()}{mark}{settings}"
    except (OSError, ValueError):
        return f"{address}{path}"


@contextlib.contextmanager
def _noted(workspace: Workspace, port: int, token: str) -> Iterator[None]:
    """Note in the workspace where its lab is, for whoever starts a second one; its end leaves a first one's note."""
    place = workspace.hidden / _NOTE
    before = None
    with contextlib.suppress(OSError, ValueError):
        before = json.loads(place.read_text(encoding="utf-8"))
    with contextlib.suppress(OSError):
        _write_note(place, {"port": port, "token": token})
    try:
        yield
    finally:
        with contextlib.suppress(OSError, ValueError):
            if json.loads(place.read_text(encoding="utf-8"))["token"] == token:
                place.unlink()
                if isinstance(before, dict) and before.get("port") != port:
                    _write_note(place, before)
                    if already(workspace) is None:
                        place.unlink()


def _write_note(place: Path, note: dict[str, Any]) -> None:
    place.unlink(missing_ok=True)
    with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(note, file)


def serving(lab: Lab, line: socket.socket) -> Server:
    """Return the server of a lab, which warms its workers up once it answers."""
    server = Server(
        Site(lab).app, line, lab.workspace.root,
        ws="auto", ws_max_size=MAX_BYTES * 2, ws_max_queue=16, ws_ping_interval=20, ws_ping_timeout=120,
    )  # fmt: skip
    server.before = lambda: threading.Thread(target=lab.workers.warm, daemon=True).start()
    server.at_loss = lambda: lab.tell_all(Gone(_gone(lab)))
    return server


def _gone(lab: Lab) -> str:
    where = lab.workspace.root
    return f"{where}: the workspace was moved or deleted, so the lab stopped; start it again where it is now"
