"""Cards that a page asks for: each is made in a thread of its own, and the run goes on meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ...errors import GradusError
from ...language import in_this_language
from . import messages as m
from .inside.names import PAGE_OF
from .room import Box


class AskedCards:
    """Makes the card of a part once at a time.

    Args:
        card: gives the card of the check that fits the failure of a part, by its kind, as HTML. It may take long.
        outbox: takes the cards for the page.
    """

    def __init__(self, card: Callable[[str, str], str], outbox: Box):
        self._card, self._outbox = card, outbox
        self._on_their_way: set[str] = set()

    def ask(self, part: str, kind: str) -> None:
        """Make a card, and say it; one that is on its way is not made again.

        Raises:
            GradusError: there is no such part.
        """
        if part not in PAGE_OF:
            raise GradusError(f"{part} is no part of the playground")
        if part in self._on_their_way:
            return
        self._on_their_way.add(part)

        def tell() -> None:
            try:
                self._outbox.say(m.Carded(part, self._card(part, kind)))
            finally:
                self._on_their_way.discard(part)

        threading.Thread(target=in_this_language(tell), name="gradus-card", daemon=True).start()
