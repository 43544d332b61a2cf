"""Serving the lab or the desk on a socket until Ctrl-C, a service's stop, or until its folder is gone."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

LOOK_SECONDS = 1.0  #: how often it is looked whether the folder is where it was
LAST_WORDS = 0.3  #: seconds that open pages have to hear why it stops


class Server(uvicorn.Server):
    """Serves until it is told to stop, or its folder goes away.

    Args:
        app: what is served.
        line: a socket that listens.
        folder: what is served from it; where it is moved or deleted the server stops.
        settings: of uvicorn, beside those that both have.

    Attributes:
        before: called in a thread once it answers, before a browser is opened.
        when_ready: called in a thread after that.
        at_loss: called when the folder is gone, to tell open pages.
        lost: whether it stopped because the folder is gone.
    """

    def __init__(self, app: ASGIApp, line: socket.socket, folder: Path, **settings: object):
        super().__init__(
            uvicorn.Config(
                app, log_level="error", access_log=False, lifespan="on", timeout_graceful_shutdown=1,
                server_header=False, date_header=False, proxy_headers=False, **settings,  # type: ignore[arg-type]
            )
        )  # fmt: skip
        self._line, self._folder = line, folder
        self.before: Callable[[], object] = lambda: None
        self.when_ready: Callable[[], object] = lambda: None
        self.at_loss: Callable[[], object] = lambda: None
        self.lost = False

    def serve_it(self) -> None:
        """Serve; Ctrl-C is an ordinary end, and so is how a service is stopped."""
        with contextlib.suppress(KeyboardInterrupt), _told_by(self._stop):
            asyncio.run(self._whole())

    def _stop(self, *signal_: object) -> None:
        """End as soon as it has begun; the second time, at once."""
        if self.should_exit:
            raise KeyboardInterrupt
        self.should_exit = True

    async def _whole(self) -> None:
        looking = asyncio.create_task(self._look())
        try:
            await self.serve(sockets=[self._line])
        finally:
            looking.cancel()

    async def _look(self) -> None:
        before = _identity(self._folder)
        while not self.started:
            await asyncio.sleep(0.01)
        await asyncio.to_thread(self.before)
        await asyncio.to_thread(self.when_ready)
        while before is not None and _identity(self._folder) == before:  # None: it went while this began
            await asyncio.sleep(LOOK_SECONDS)
        self.lost = True
        self.at_loss()
        await asyncio.sleep(LAST_WORDS)
        self.should_exit = True


@contextlib.contextmanager
def _told_by(stop: Callable[..., None]) -> Iterator[None]:
    """Have Ctrl-C and SIGTERM, by which a service is stopped, call this: what comes after it still runs.

    uvicorn has handlers of its own while it serves. Ours are there before and after that, when an interrupt would
    leave half of asyncio behind.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    was = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in was.items():
            signal.signal(number, handler)


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
