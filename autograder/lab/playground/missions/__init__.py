"""Missions of the playground of networks: what to bring about, and how the page recognises that it came about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..messages import Race as Spec
from ..messages import Raced
from . import overfitting, racing, separating, training
from .mission import Look, Memory, Mission

__all__ = ["MISSIONS", "Look", "Mission", "Watch"]

MISSIONS: dict[str, Mission] = {
    **separating.MISSIONS, **training.MISSIONS, **overfitting.MISSIONS, **racing.MISSIONS,
}  # fmt: skip


@dataclass
class Watch:
    """Recognises missions as they are done, over several runs.

    `done` are those of before too.
    """

    done: set[str] = field(default_factory=set)
    memory: dict[str, Memory] = field(default_factory=dict)

    def see(self, look: Look, own: bool = True) -> list[str]:
        """Return the missions that this moment fulfils for the first time.

        Args:
            own: whether a student has chosen the settings. Ready-made ones fulfil none; what is to be seen before what
                a mission asks for may be theirs.
        """
        found = [
            name for name, one in MISSIONS.items()
            if name not in self.done and one.sees is not None and one.sees(look, self.memory.setdefault(name, {}))
        ]  # fmt: skip
        return self._new(found if own else [])

    def see_race(self, spec: Spec, raced: Raced) -> list[str]:
        """Return the missions that a race fulfils for the first time."""
        return self._new(
            name for name, one in MISSIONS.items()
            if name not in self.done and one.sees_race is not None and one.sees_race(spec, raced)
        )  # fmt: skip

    def _new(self, names: Any) -> list[str]:
        found = list(names)
        self.done.update(found)
        return found
