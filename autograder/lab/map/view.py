"""The map: sections and pages, what is reached and what is next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..messages import Message
from ..views import NotHere, View

if TYPE_CHECKING:
    from ..outbox import Outbox
    from ..shared import Lab


class Again(Message, frozen=True):
    """The page asks for the state as it is now."""


def context(lab: Lab, path: str) -> dict[str, Any]:
    """Return what the map shows."""
    if path:
        raise NotHere("there is no such page")
    return {"title": lab.syllabus.title, "sections": lab.syllabus.sections}


class MapSession:
    """Tells an open map what changed."""

    def __init__(self, lab: Lab, outbox: Outbox, path: str):
        self._lab, self._outbox = lab, outbox

    async def receive(self, message: Any) -> None:
        """Answer the page."""

    async def close(self) -> None:
        """Nothing was begun."""


VIEW = View("map", context, Again, MapSession)
