"""The lab's server: what lies where, and the line between each page and what answers it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import cached_property
from pathlib import Path
from typing import Any

import jinja2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket, WebSocketDisconnect

from ..errors import GradusError
from ..language import _, told_error
from ..processes import parse_in_turn
from ..web.files import PICTURES, STATIC, file_in, is_file, templates
from ..web.safety import Guard
from .messages import VERSION, BadMessage, Hello, Reader, Refused, Seen, Welcome
from .outbox import Outbox
from .shared import Lab
from .views import NotHere, View, views

_HERE = Path(__file__).resolve().parent
OTHER_VERSION, TOO_MUCH = 4400, 4413  #: how a socket is closed by us
MAX_REASON = 120  #: bytes of the reason that a socket is closed with
MAX_REFUSED = 100  #: messages of one socket that were no messages


class Site:
    """All pages of one lab, and the sockets behind them."""

    def __init__(self, lab: Lab):
        self.lab = lab

    @cached_property
    def templates(self) -> jinja2.Environment:
        """Return the environment of the lab's templates, those of every view and the report's among them."""
        return templates([_HERE / "templates", *(view.folder / "templates" for view in self.views.values())])

    @cached_property
    def views(self) -> dict[str, View]:
        """Return every view by its name."""
        return views()

    @cached_property
    def app(self) -> ASGIApp:
        """Return the whole application, behind its guard."""
        routes = [
            Route("/", self._first),
            Route("/alive", self._alive),
            Route("/ticket/{path:path}", self._ticket, methods=["POST"]),
            Route("/static/{name}/{file:path}", self._static),
            Route("/picture/{section}/{file}", self._picture),
            Route("/{name}", self._folder),
            Route("/{name}/{path:path}", self._page),
            WebSocketRoute("/socket/{name}/{path:path}", self._socket),
        ]
        pages = Starlette(routes=routes, lifespan=self._lifespan)
        pages.router.redirect_slashes = False  # which would name this machine, and a hub's proxy has another name
        return Guard(pages, self.lab.token, self.lab.tickets, self.lab.hub)

    @contextlib.asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        parse_in_turn()  # every save is read in a thread
        yield
        await asyncio.to_thread(self.lab.close)

    # -- what lies where -------------------------------------------------------------------------

    async def _first(self, request: Request) -> Response:
        return RedirectResponse("map/", 303)

    async def _alive(self, request: Request) -> Response:
        return PlainTextResponse(str(self.lab.workspace.root))

    async def _ticket(self, request: Request) -> Response:
        return PlainTextResponse(self.lab.tickets.new(request.path_params["path"]))

    async def _static(self, request: Request) -> Response:
        name, file = request.path_params["name"], request.path_params["file"]
        folders = {"web": STATIC, "lab": _HERE / "static", **{n: v.folder / "static" for n, v in self.views.items()}}
        return file_in(folders.get(name), file)

    async def _picture(self, request: Request) -> Response:
        section, file = request.path_params["section"], request.path_params["file"]
        path = self.lab.trees.beside(f"{section}/{file}", file)
        if not is_file(path) and path.stem.endswith("_dark"):
            path = path.with_stem(path.stem.removesuffix("_dark"))
        if section not in self.lab.syllabus.sections or path.suffix not in PICTURES or not is_file(path):
            return PlainTextResponse(_("there is no such picture") + "\n", 404)
        return FileResponse(path, media_type=PICTURES[path.suffix])

    async def _folder(self, request: Request) -> Response:
        return RedirectResponse(f"./{request.path_params['name']}/", 303)

    async def _page(self, request: Request) -> Response:
        name, path = request.path_params["name"], request.path_params["path"]
        view = self.views.get(name)
        plain = path.strip("/")
        played = next((one for one in self.views.values() if one.address == plain), None) if name == "page" else None
        if plain != path or played is not None:  # a slash too many, or a playground looked for among the pages
            there = f"{name}/{plain}" if played is None else f"{played.name}/"
            return RedirectResponse("../" * (1 + path.count("/")) + there, 303)
        if view is None:
            return PlainTextResponse(_("there is no such page") + "\n", 404)
        try:
            values = await asyncio.to_thread(view.context, self.lab, path)
        except (NotHere, GradusError, OSError) as error:
            return PlainTextResponse(f"{told_error(error)}\n", 404)
        root = "../" * (1 + path.count("/"))
        text = self.templates.get_template(f"{name}.html").render(
            root=root, view=name, path=path, version=VERSION, course=self.lab.syllabus.title, home="map/", **values
        )
        return HTMLResponse(text)

    # -- the line to a page ----------------------------------------------------------------------

    async def _socket(self, socket: WebSocket) -> None:
        view = self.views.get(socket.path_params["name"])
        await socket.accept()
        if view is None:
            await socket.close(OTHER_VERSION, _("there is no such page"))
            return
        outbox = Outbox(asyncio.get_running_loop())
        reader = Reader(view.incoming)
        if not await self._agreed(socket, reader):
            return
        try:
            session = view.session(self.lab, outbox, socket.path_params["path"])
        except (NotHere, GradusError, OSError) as error:  # a course may lack what a view shows
            without = _("this page needs the course's solutions, and this copy of the course has none")
            why = without if self.lab.trees.without_solutions() else told_error(error)
            await socket.close(OTHER_VERSION, why.encode()[:MAX_REASON].decode(errors="ignore"))
            return
        self.lab.outboxes.add(outbox)
        sender = asyncio.create_task(outbox.deliver(lambda text: socket.send_text(text.decode())))
        try:
            await self._listen(socket, reader, outbox, session.receive)
        except (WebSocketDisconnect, RuntimeError):  # the page is gone, which its own side or ours noticed first
            pass
        finally:
            self.lab.outboxes.discard(outbox)
            outbox.close()
            await session.close()
            sender.cancel()
            with contextlib.suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError, OSError):
                await sender

    async def _agreed(self, socket: WebSocket, reader: Reader) -> bool:
        """Tell whether a page begins with our version."""
        try:
            first = reader.read(await _text(socket))
        except BadMessage:
            first = None
        except WebSocketDisconnect:
            return False
        if not isinstance(first, Hello) or first.version != VERSION:
            await socket.close(OTHER_VERSION, _("this page is of another version: load it again"))
            return False
        return True

    @staticmethod
    async def _listen(socket: WebSocket, reader: Reader, outbox: Outbox, receive: Any) -> None:
        outbox.say(Welcome(VERSION))
        refused = 0
        while not outbox.closed:
            try:
                message = reader.read(await _text(socket))
            except BadMessage as error:
                refused += 1
                if refused > MAX_REFUSED:
                    await socket.close(TOO_MUCH, _("too many messages that are none"))
                    return
                outbox.say(Refused(told_error(error)))
                continue
            if isinstance(message, Seen):
                outbox.seen(message.number)
            elif not isinstance(message, Hello):
                await receive(message)


async def _text(socket: WebSocket) -> str | bytes:
    """Return what a page sent, be it text or not."""
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005))
    text: str | bytes | None = message.get("text")
    return text if text is not None else message.get("bytes") or b""
