"""The lab: the course in the browser, beside one's own editor."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote, urlsplit

import typer

from ..errors import GradusError
from ..helper import INTERRUPTED
from ..language import _, translated
from ..report.terminal import console
from .base import app, load
from .workspace import here

if TYPE_CHECKING:
    from ..model import Syllabus

NEEDS = ("starlette", "uvicorn", "websockets", "latex2mathml", "mdit_py_plugins")  #: what the extra [lab] brings

Page = Annotated[
    str | None, typer.Argument(help="section/exercise, a short name, or a playground's link; default: the map")
]
Port = Annotated[int | None, typer.Option("--port", min=1, max=65535, help="listen on this port; default: a free one")]
Hub = Annotated[str, typer.Option("--hub", help="name of a hub whose jupyter-server-proxy leads here")]
Browser = Annotated[bool, typer.Option("--browser/--no-browser", help="open the browser")]


@app.command()
def lab(name: Page = None, port: Port = None, browser: Browser = True, hub: Hub = "") -> None:
    """Open the course in your browser: map, lessons, an answer on every save, playgrounds; stop with Ctrl-C."""
    try:
        _open(name, port, browser, hub)
    except KeyboardInterrupt:
        console().print(_("the lab was stopped before it had begun"), markup=False)
        raise typer.Exit(INTERRUPTED) from None


def _open(name: str | None, port: int | None, browser: bool, hub: str) -> None:
    if any(find_spec(needed) is None for needed in NEEDS):
        raise GradusError("the lab needs a few libraries more: pip install 'gradus-course[lab]'")
    from ..lab.run import already, run, ticket
    from ..lab.shared import Lab
    from ..web.listen import open_page

    space = here()
    course, trees = load()
    path = _path(course, name) if name is not None else "map/"
    out = console()

    def say(line: str) -> None:
        out.print(translated(line), markup=False, soft_wrap=True)

    other = already(space)
    if other is not None and port in (None, urlsplit(other).port):
        say(f"the lab of this workspace runs already, at\n  {other}{path}")
        if browser:
            open_page(ticket(other, path), say)
        return
    if other is not None:
        say(f"another lab of this workspace runs already, at\n  {other}{path}")
        say("this one runs beside it: each answers every save, and both keep the same progress; one is enough")
    with _at_the_root():
        run(Lab(space, course, trees, _host(hub)), port, browser, say, path)


@contextlib.contextmanager
def _at_the_root() -> Iterator[None]:
    """Work at the root meanwhile: a workspace may go away, and in a folder that is gone torch does not load."""
    before = os.getcwd()
    os.chdir(os.path.abspath(os.sep))
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # it is gone
            os.chdir(before)


def _host(hub: str) -> str:
    """Return the name of a hub of which the whole address was given, too."""
    return (urlsplit(hub).netloc if "//" in hub else hub.partition("/")[0]).strip()


def _path(course: Syllabus, name: str) -> str:
    """Return where a page of the course lies in the lab: an exercise, or a playground by its address.

    Of a link that was copied in anybody's lab, it is the same playground with the settings behind its #.
    """
    from ..course import syllabus
    from ..lab.views import views

    name, mark, settings = name.partition("#")
    settings = mark + quote(settings, safe="=&|,:%+-")
    played = {view.address: view.name for view in views().values() if view.address}
    if name.startswith(("http://", "https://")):
        views_in_it = [part for part in urlsplit(name).path.split("/") if part in played.values()]
        if not views_in_it:
            raise GradusError(f"{name} is no link to a playground of this course: copy it with the page's own button")
        return f"{views_in_it[-1]}/{settings}"
    meant = [address for address in played if name.strip("/") in (address, address.rpartition("/")[2])]
    if len(meant) > 1:
        raise GradusError(f"{name} is ambiguous: say {' or '.join(meant)}")
    return f"{played[meant[0]]}/{settings}" if meant else f"page/{syllabus.find(course, name).address}"
