"""A lab that runs in this process, for tests: its workspace, its address, and what a page's socket says."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from autograder.course import syllabus
from autograder.course.trees import Trees, trees
from autograder.lab.server import Site
from autograder.lab.shared import Lab
from autograder.student import workspace
from tests.serving import serving


@contextmanager
def lab_of(root: Path, hub: str = "", places: Trees | None = None) -> Iterator[tuple[Lab, str]]:
    """A lab with a fresh workspace, and its address with the token.

    Args:
        places: of another copy of the course.
    """
    course = syllabus.load(trees())
    lab = Lab(workspace.init(root, trees(), course), course, places or trees(), hub)
    with serving(Site(lab).app) as address:
        yield lab, f"{address}{lab.token}/"


class Cable:
    """A line between a browser and a lab that can be cut: what comes to `port` goes on to the lab."""

    def __init__(self, to: int):
        self._to, self._ends = to, []
        self._line = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._line.getsockname()[1]
        self.whole = True
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                near, _ = self._line.accept()
                if not self.whole:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self._to))
                self._ends += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    @staticmethod
    def _carry(one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while found := one.recv(1 << 16):
                other.sendall(found)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        """End every connection, and let none come through."""
        self.whole = False
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End it."""
        self.cut()
        self._line.close()


def talk(address: str, path: str, *messages: Any, until: str, seconds: float = 30) -> list[dict[str, Any]]:
    """What a socket says to these messages, up to the first of the type `until`."""
    import websockets

    async def told() -> list[dict[str, Any]]:
        where = address.replace("http", "ws", 1) + f"socket/{path}"
        heard: list[dict[str, Any]] = []
        async with websockets.connect(where) as line:
            for message in ({"type": "hello", "version": 1}, *messages):
                await line.send(message if isinstance(message, (str, bytes)) else json.dumps(message))
            while not heard or heard[-1]["type"] != until:
                heard.append(json.loads(await asyncio.wait_for(line.recv(), seconds)))
                if "number" in heard[-1]:  # as a page does that has painted it
                    await line.send(json.dumps({"type": "seen", "number": heard[-1]["number"]}))
        return heard

    return asyncio.run(told())


def wait(tab: Any, condition: str, seconds: float = 90) -> Any:
    """Wait until an expression holds in the page, for as long as a busy machine may take; its value."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = tab.run(condition)
        if value:
            return value
        time.sleep(0.03)
    raise AssertionError(f"{condition} does not come true: {shown(tab)[:1500]}")


def shown(tab: Any) -> str:
    """What a reader sees of a page."""
    text: str = tab.run("document.body.innerText")
    return text
