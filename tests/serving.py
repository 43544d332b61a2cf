"""A server of ours that runs in a thread of this process, for tests."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from autograder.language import in_this_language


@contextmanager
def serving(app: Any, **how: Any) -> Iterator[str]:
    """Serve an application until the block ends; its address, without a token."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="on", **how))
    thread = threading.Thread(target=in_this_language(server.run))
    thread.start()
    end = time.monotonic() + 30
    while not server.started:
        assert time.monotonic() < end
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.should_exit = True
        thread.join(30)
