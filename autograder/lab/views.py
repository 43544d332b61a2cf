"""What the lab shows: views that are found by themselves, and what answers their pages."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from .outbox import Outbox
    from .shared import Lab


class Session(Protocol):
    """What answers one page: it lives as long as the page's socket."""

    async def receive(self, message: Any) -> None:
        """Act on a message of the page's; it may not wait long, since every page waits with it."""

    async def close(self) -> None:
        """End what was begun for the page, which is gone."""


@dataclass(frozen=True)
class View:
    """One kind of page of the lab.

    Args:
        name: its first part of the address; the package that it lies in is called so too.
        context: the values of its template for a path.
        incoming: the messages that its page may send: a struct or a union of them.
        session: makes what answers one page, from the lab, the page's outbox and its path.
        address: of a playground in the course, as "s4_cnns/playground": the map shows it in that section.
        title: what the map calls it.
    """

    name: str
    context: Callable[[Lab, str], dict[str, Any]]
    incoming: Any
    session: Callable[[Lab, Outbox, str], Session]
    address: str = ""
    title: str = ""

    @property
    def folder(self) -> Path:
        """Return its package's folder."""
        return Path(__file__).resolve().parent / self.name


class NotHere(Exception):
    """There is nothing at this path of a view."""


@cache
def views() -> dict[str, View]:
    """Find every view by its name."""
    here = Path(__file__).resolve().parent
    names = [m.name for m in pkgutil.iter_modules([str(here)]) if m.ispkg and (here / m.name / "view.py").is_file()]
    found = [importlib.import_module(f"{__package__}.{name}.view").VIEW for name in sorted(names)]
    return {view.name: view for view in found}
