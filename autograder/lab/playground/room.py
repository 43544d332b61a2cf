"""What a session of the playground needs of the lab around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from ...sandbox.host.base import WorkerSource
from ..messages import Message
from .missions import Watch
from .parts import Sources


class Box(Protocol):
    """What takes the messages for a page, see :class:`..outbox.Outbox`."""

    closed: bool

    @property
    def takes(self) -> bool:
        """Tell whether a picture would be sent at once."""

    def say(self, message: Message) -> None:
        """Send this, after all that was said before."""

    def show(self, frame: Message) -> None:
        """Send this as soon as the page takes one, unless another comes before that."""


@dataclass
class Room:
    """What a session needs of the lab around it.

    Args:
        start: gives what forks workers; the session closes it.
        own: reads the student's pages, and is asked again when their files may have changed.
        course: the course's own source of each page.
        stamp: something that differs when one of these files was saved.
        card: gives the card of the check that fits the failure of a part, by its kind, as HTML; "" where all pass. It
            may take long.
        watch: the missions done so far.
        keep: keeps what was done.
    """

    start: Callable[[], WorkerSource]
    own: Callable[[], Sources]
    course: dict[str, str]
    stamp: Callable[[], Any] = lambda: None
    card: Callable[[str, str], str] = lambda part, kind: ""
    watch: Watch = field(default_factory=Watch)
    keep: Callable[[set[str]], None] = lambda done: None
