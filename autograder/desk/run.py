"""Starting and ending the desk: its port, the browser, where it is."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator

import uvicorn

from ..errors import GradebookError
from ..gradebook.entry_log import Entries
from ..gradebook.store import Gradebook
from ..running.run import follow_gradebook
from ..web.listen import listening, open_page, tell
from .results import Results
from .server import Site
from .site import Desk

PORT = 8785  #: that is tried first
COMMAND = "gradus desk"


#: what a grades.json without its gradebook does not tell
CHECKS_ALONE = (
    "grades.json lies here without its gradebook.db: "
    "what is shown are the points of the checks, without lateness and points by hand"
)


def run(desk: Desk, port: int | None, browse: bool, say: Callable[[str], None]) -> None:
    """Serve the desk until Ctrl-C.

    Args:
        port: the port to listen on, and no other; None takes a free one.
        browse: whether to open the browser.

    Raises:
        GradusError: the port is taken.
    """
    line, seen = listening(port, PORT, COMMAND), _last_entry(desk.results)
    with line:
        number = line.getsockname()[1]
        where = f"{desk.modes[0]}/"
        address = f"http://127.0.0.1:{number}/{desk.token}/{where}"
        say(f"the desk of {desk.results.folder} is at\n  {address}\nCtrl-C stops it")
        if desk.results.read_only:
            say("these results may only be read: nothing is written")
        if desk.results.plain:
            say(CHECKS_ALONE)
        if desk.host:
            say(f"behind a proxy: https://{desk.host}/.../{desk.token}/{where}")
        tell(number, say)
        server = _Server(desk, line)
        if browse:
            once = f"http://127.0.0.1:{number}/{desk.tickets.new(where)}"
            server.when_ready = lambda: open_page(once, say)
        server.serve_it()
    for words in _written_anew(desk.results, seen):
        say(words)
    say("the desk has stopped")


def _last_entry(results: Results) -> int:
    """Return the number of the last entry of anybody, 0 where there is none; the desk's own line may be closed."""
    with Entries.open(results.file) as log:
        return max((one.number for one in log.all()), default=0)


def _written_anew(results: Results, seen: int) -> Iterator[str]:
    """Write the files of the last run anew where an entry came after `seen`; tell what became of them."""
    if results.read_only or _last_entry(results) == seen:
        return
    try:
        with Gradebook(results.file) as kept:
            if follow_gradebook(kept, results.course, results.folder):
                yield f"{results.folder}: report.html, grades.csv and grades.json hold what was given"
    except GradebookError as error:
        yield f"what was given is kept; the files beside the gradebook are as they were: {error}"


class _Server(uvicorn.Server):
    """Serves until it is told to stop."""

    def __init__(self, desk: Desk, line: socket.socket):
        super().__init__(
            uvicorn.Config(
                Site(desk).app, log_level="error", access_log=False, lifespan="on", ws="none",
                timeout_graceful_shutdown=1, server_header=False, date_header=False, proxy_headers=False,
            )
        )  # fmt: skip
        self._desk, self._line = desk, line
        self.when_ready: Callable[[], None] = lambda: None

    def serve_it(self) -> None:
        """Serve; Ctrl-C is an ordinary end."""
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(self._whole())

    async def _whole(self) -> None:
        looking = asyncio.create_task(self._begin())
        try:
            await self.serve(sockets=[self._line])
        finally:
            looking.cancel()

    async def _begin(self) -> None:
        while not self.started:
            await asyncio.sleep(0.01)
        await asyncio.to_thread(self._desk.results.now)  # read, before the first page asks
        await asyncio.to_thread(self.when_ready)
