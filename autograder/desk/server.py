"""The desk's server: what lies where below the token, in the two modes, and how a change is taken."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import jinja2
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from ..errors import GradusError
from ..text import printable
from ..web.code import coloured_lines
from ..web.files import STATIC, file_in, templates
from ..web.safety import Guard
from . import again_view, class_view, edits, figures, grading, log, requests
from .site import NAMED, Desk, NotHere, View
from .who import Nobody

_HERE = Path(__file__).resolve().parent
_PAGE = "/{section}/{name}"
#: the values of a template, from a view, the query and the parts of the path
Values = Callable[[View, Mapping[str, str], Mapping[str, str]], dict[str, Any]]


class Site:
    """All pages of one desk."""

    def __init__(self, desk: Desk):
        self.desk = desk

    @cached_property
    def templates(self) -> jinja2.Environment:
        """Return the environment of the desk's templates."""
        return templates([_HERE / "templates"])

    @cached_property
    def app(self) -> ASGIApp:
        """Return the whole application, behind its guard."""
        routes = [
            Route("/", self._first),
            Route("/ticket/{path:path}", self._ticket, methods=["POST"]),
            Route("/static/{name}/{file:path}", self._static),
            Route("/{mode}/", self._view("class.html", _queried(class_view.context))),
            Route("/{mode}/class.csv", self._csv),
            Route("/{mode}/log/", self._view("log.html", _queried(log.context))),
            Route("/{mode}/figures/", self._view("figures.html", _queried(figures.course))),
            Route("/{mode}/figures" + _PAGE + "/", self._view("page_figures.html", _figures)),
            Route("/{mode}/requests/", self._view("requests.html", _queried(requests.context))),
            Route("/{mode}/again/", self._view("again.html", _queried(again_view.context))),
            Route("/{mode}/page" + _PAGE + "/", self._view("page.html", _page)),
            Route("/{mode}/page" + _PAGE + "/first", self._begin),
            Route("/{mode}/page" + _PAGE + "/{id}", self._view("answer.html", _answer)),
            Route("/{mode}/student/{id}", self._view("student.html", _student)),
            Route("/{mode}/edit", self._edit, methods=["POST"]),
        ]
        app = Starlette(routes=routes, lifespan=self._lifespan)
        return Guard(app, self.desk.token, self.desk.tickets, self.desk.host, "gradus desk")

    def warm(self) -> None:
        """Do before the first view what it would wait for: read the class, learn its names, compile the pages."""
        self.desk.results.now()
        _ = self.desk.cover
        coloured_lines("x = 1")
        for name in ("class.html", "page.html", "answer.html"):
            self.templates.get_template(name)
        self.desk.written.begin()

    @contextlib.asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        yield
        await asyncio.to_thread(self.desk.close)

    async def _first(self, request: Request) -> Response:
        return RedirectResponse(f"{self.desk.modes[0]}/", 303)

    async def _ticket(self, request: Request) -> Response:
        return PlainTextResponse(self.desk.tickets.new(request.path_params["path"]))

    async def _static(self, request: Request) -> Response:
        folders = {"web": STATIC, "desk": _HERE / "static"}
        return file_in(folders.get(request.path_params["name"]), request.path_params["file"])

    def _seen_by(self, request: Request) -> View:
        """Return the desk as a request sees it.

        Raises:
            NotHere: there is no such mode.
            Nobody: it is not known who asks.
        """
        mode = request.path_params["mode"]
        if mode not in self.desk.modes:
            raise NotHere("there is no such page")
        return View(self.desk, mode, self.desk.who.of(request.headers))

    def _view(self, template: str, values: Values) -> Any:
        """Return what answers with a template."""

        async def answer(request: Request) -> Response:
            return await self._safely(request, lambda: self._rendered(request, template, values), as_page=True)

        return answer

    def _rendered(self, request: Request, template: str, values: Values) -> Response:
        view = self._seen_by(request)
        filled = values(view, request.query_params, request.path_params)
        below = request.url.path.removeprefix(f"/{self.desk.token}/")
        root = "../" * below.count("/")
        text = self.templates.get_template(template).render(
            root=root, base=f"{root}{view.mode}/", home=f"{view.mode}/", course=self.desk.results.course.title,
            view=view, read_only=self.desk.results.read_only, plain=self.desk.results.plain,
            other=[mode for mode in self.desk.modes if mode != view.mode], **filled,
        )  # fmt: skip
        return HTMLResponse(text)

    async def _safely(self, request: Request, answer: Callable[[], Response], as_page: bool = False) -> Response:
        """Return an answer that is worked out in a thread; what is not there, or cannot be shown now, is a sentence.

        Args:
            as_page: what cannot be shown now is said on a page; else the sentence is the whole answer.
        """
        try:
            return await run_in_threadpool(answer)
        except NotHere as error:
            return PlainTextResponse(f"{error}\n", 404)
        except Nobody as error:
            return PlainTextResponse(f"{error}\n", 403)
        except (GradusError, OSError) as error:
            words = printable(self._uncovered(request, str(error)), 2000)
        if as_page:
            return await run_in_threadpool(self._trouble, request, words)
        return PlainTextResponse(f"{words}\n", 503)

    def _uncovered(self, request: Request, words: str) -> str:
        """Return an error's words as the view may show them: of the anonymous one without names."""
        if request.path_params.get("mode") == NAMED and NAMED in self.desk.modes:
            return words
        try:
            return self.desk.cover.text(words)
        except (GradusError, OSError):
            return "the results cannot be read now"

    def _trouble(self, request: Request, words: str) -> Response:
        """Return a page that says why there is no other now."""
        below = request.url.path.removeprefix(f"/{self.desk.token}/")
        mode = request.path_params.get("mode")
        home = f"{mode}/" if mode in self.desk.modes else ""
        text = self.templates.get_template("trouble.html").render(
            root="../" * below.count("/"), home=home, course=self.desk.results.course.title, words=words,
            title="not to be shown now",
        )  # fmt: skip
        return HTMLResponse(text, 503)

    async def _begin(self, request: Request) -> Response:
        def made() -> Response:
            view, path = self._seen_by(request), request.path_params
            where = grading.first(view, f"{path['section']}/{path['name']}", request.query_params)
            return RedirectResponse(where, 303)

        return await self._safely(request, made)

    async def _csv(self, request: Request) -> Response:
        def made() -> Response:
            view = self._seen_by(request)
            text = class_view.as_csv(view, request.query_params)
            name = f"class-{view.mode}.csv"
            return Response(
                text, media_type="text/csv", headers={"content-disposition": f'attachment; filename="{name}"'}
            )

        return await self._safely(request, made)

    async def _edit(self, request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return JSONResponse({"kept": 0, "told": ["only JSON is read here"], "conflict": False}, 415)
        text = bytearray()
        async for piece in request.stream():
            text += piece
            if len(text) > edits.MAX_BYTES:
                break

        def done() -> Response:
            view = self._seen_by(request)
            try:
                return JSONResponse(edits.apply(view, edits.read(bytes(text))).plain)
            except ValueError as error:
                return JSONResponse({"kept": 0, "told": [f"not understood: {error}"], "conflict": False}, 400)
            except (NotHere, GradusError) as error:  # of these the desk's own sentences name nobody
                words = str(error) if isinstance(error, NotHere) else self._uncovered(request, str(error))
                return JSONResponse({"kept": 0, "told": [printable(words, 2000)], "conflict": False}, 409)

        return await self._safely(request, done)


def _queried(values: Callable[[View, Mapping[str, str]], dict[str, Any]]) -> Values:
    """Return values for a template of a view that is at one address."""
    return lambda view, query, path: values(view, query)


def _page(view: View, query: Mapping[str, str], path: Mapping[str, str]) -> dict[str, Any]:
    return grading.overview(view, f"{path['section']}/{path['name']}", query)


def _figures(view: View, query: Mapping[str, str], path: Mapping[str, str]) -> dict[str, Any]:
    return figures.page(view, f"{path['section']}/{path['name']}")


def _answer(view: View, query: Mapping[str, str], path: Mapping[str, str]) -> dict[str, Any]:
    return grading.context(view, f"{path['section']}/{path['name']}", path["id"], query)


def _student(view: View, query: Mapping[str, str], path: Mapping[str, str]) -> dict[str, Any]:
    return grading.student(view, path["id"])
