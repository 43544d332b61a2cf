"""Starting and ending the desk: its port, the browser, where it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..errors import GradebookError, GradusError
from ..gradebook.entry_log import Entries
from ..gradebook.policy import moment
from ..gradebook.store import Gradebook
from ..running.run import follow_gradebook
from ..web.listen import listening, open_page, tell
from ..web.serve import Server
from .results import PLAIN, Results
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
    """Serve the desk until Ctrl-C, or until a service stops it.

    Args:
        port: the port to listen on, and no other; None takes a free one.
        browse: whether to open the browser.

    Raises:
        GradusError: the port is taken, or the results went away.
    """
    line, seen = listening(port, PORT, COMMAND), _in_files(desk.results)
    with line:
        number = line.getsockname()[1]
        where = f"{desk.modes[0]}/"
        address = f"http://127.0.0.1:{number}/{desk.token}/{where}"
        say(f"the desk of {desk.results.folder} is at\n  {address}\nCtrl-C stops it")
        if desk.results.read_only:
            say("these results may only be read: nothing is written")
        if desk.results.plain:
            say(CHECKS_ALONE)
        if desk.results.told:
            say(desk.results.told)
        if desk.host:
            say(f"behind a proxy: https://{desk.host}/.../{desk.token}/{where}")
        tell(number, say)
        site = Site(desk)
        server = Server(site.app, line, desk.results.folder, ws="none")
        server.before = site.warm
        if browse:
            once = f"http://127.0.0.1:{number}/{desk.tickets.new(where)}"
            server.when_ready = lambda: open_page(once, say)
        server.serve_it()
        if server.lost:
            raise GradusError(
                f"{desk.results.folder}: the results were moved or deleted, so the desk stopped; start it again there"
            )
    for words in _written_anew(desk.results, seen):
        say(words)
    say("the desk has stopped")


def _last_entry(results: Results) -> int:
    """Return the number of the last entry of anybody, 0 where there is none; the desk's own line may be closed."""
    with Entries.open(results.file) as log:
        return max((one.number for one in log.all()), default=0)


def _in_files(results: Results) -> int:
    """Return the number of the last entry that the files of the last run hold, 0 where they may lack some.

    They do where a desk was killed before it wrote them.
    """
    with Entries.open(results.file) as log:
        latest = max(log.all(), key=lambda one: one.number, default=None)
    try:
        written = (results.folder / PLAIN).stat().st_mtime
    except OSError:
        written = 0.0
    return latest.number if latest is not None and moment(latest.at).timestamp() <= written else 0


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
