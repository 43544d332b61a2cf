"""The server that the lab and the desk share: what it calls when, and a folder that goes away."""

from __future__ import annotations

import urllib.request
from pathlib import Path
from threading import Thread
from typing import Any

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from autograder.web.listen import listening
from autograder.web.serve import Server


def test_it_ends_where_its_folder_does(tmp_path: Path) -> None:
    """it answers before anybody is told so, and stops when the folder is moved, which open pages hear"""
    folder = tmp_path / "work"
    folder.mkdir()
    heard: list[Any] = []
    app = Starlette(routes=[Route("/", lambda request: PlainTextResponse("here"))])
    with listening(None, 8900, "gradus test") as line:
        server = Server(app, line, folder, ws="none")
        address = f"http://127.0.0.1:{line.getsockname()[1]}/"

        def ready() -> None:
            with urllib.request.urlopen(address, timeout=30) as answer:
                heard.append(answer.read())
            folder.rename(tmp_path / "elsewhere")

        server.before = lambda: heard.append("before")
        server.when_ready = ready
        server.at_loss = lambda: heard.append("gone")
        thread = Thread(target=server.serve_it)
        thread.start()
        thread.join(60)
    assert not thread.is_alive()
    assert heard == ["before", b"here", "gone"]
    assert server.lost


def test_it_ends_where_its_folder_went_before_it_looked(tmp_path: Path) -> None:
    """a folder that is gone already when the server begins is missed too"""
    with listening(None, 8900, "gradus test") as line:
        server = Server(Starlette(), line, tmp_path / "nowhere", ws="none")
        thread = Thread(target=server.serve_it, daemon=True)
        thread.start()
        thread.join(60)
        server.should_exit = True
    assert server.lost
