"""What waits to be sent to one page. A slow page gets fewer frames, and never old ones."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Awaitable, Callable

from .messages import Message, write

MAX_WAITING = 1000  #: messages said; a page that reads none for so long is gone
AHEAD = 2  #: frames that may be on their way: one is painted while the next one travels


class Outbox:
    """Messages in their order, and of each kind of frame the latest alone. Any thread may put something in.

    Args:
        loop: in which the messages are sent.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop):
        self._loop, self._lock = loop, threading.Lock()
        self._said: deque[Message] = deque()
        self._frames: dict[type[Message], Message] = {}
        self._stirred = asyncio.Event()
        self._sent = self._seen = 0  # numbers of frames
        self.closed = False

    def say(self, message: Message) -> None:
        """Send this, after all that was said before."""
        with self._lock:
            if len(self._said) >= MAX_WAITING:
                self.closed = True
            if not self.closed:
                self._said.append(message)
        self._stir()

    def show(self, frame: Message) -> None:
        """Send this as soon as the page takes a frame, unless another of its kind comes before that."""
        with self._lock:
            if not self.closed:
                self._frames[type(frame)] = frame
        self._stir()

    def seen(self, number: int) -> None:
        """Take note that the page has painted a frame."""
        with self._lock:
            self._seen = max(self._seen, min(number, self._sent))
        self._stir()

    def close(self) -> None:
        """Send nothing any more."""
        with self._lock:
            self.closed = True
            self._said.clear()
            self._frames.clear()
        self._stir()

    @property
    def takes(self) -> bool:
        """Tell whether the next frame would be sent once it is made: else nobody needs to make one.

        One that was put in just now counts as sent: it will be long before the next one is there.
        """
        with self._lock:
            return len(self._frames) + self._sent - self._seen < AHEAD

    def _stir(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self._stirred.set)
        except RuntimeError:  # the server has ended
            self.closed = True

    def _next(self) -> bytes | None:
        with self._lock:
            if self._said:
                return write(self._said.popleft())
            if self._frames and self._sent - self._seen < AHEAD:
                self._sent += 1
                return write(self._frames.pop(next(iter(self._frames))), self._sent)
        return None

    async def deliver(self, send: Callable[[bytes], Awaitable[None]]) -> None:
        """Send what is put in, until the box is closed."""
        while not self.closed:
            text = self._next()
            if text is not None:
                await send(text)
                continue
            await self._stirred.wait()
            self._stirred.clear()
