"""What a mission is: what to bring about, what to expect first, and how it is seen that it came about."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..messages import Picture, Raced
from ..messages import Race as Spec
from ..state import State

Memory = dict[str, Any]
Sees = Callable[["Look", Memory], bool]


@dataclass(frozen=True)
class Look:
    """One moment: the settings as they are now, the picture, and the training loss at the first one."""

    state: State
    picture: Picture
    train: int  #: how many training points
    first: float

    @property
    def right(self) -> float:
        """The share of right answers on the test points; 0 where there are none."""
        found = self.picture.right[1] if self.picture.right is not None else 0.0
        return 0.0 if math.isnan(found) else found

    @property
    def plain(self) -> bool:
        """Tell whether the network sees nothing but the two coordinates."""
        return set(self.state.features) <= {"x", "y"}

    @property
    def dead(self) -> float:
        """The largest share of dead units in a layer."""
        return max((layer.dead for layer in self.picture.layers), default=0.0)

    @property
    def flat(self) -> float:
        """The largest share of saturated answers in a layer."""
        return max((layer.flat for layer in self.picture.layers), default=0.0)


@dataclass(frozen=True)
class Mission:
    """One mission: `expect` is asked before, `explain` told after; `start` is a state to begin from."""

    name: str
    title: str
    task: str
    expect: str
    explain: str
    start: dict[str, Any]
    sees: Sees | None = None
    sees_race: Callable[[Spec, Raced], bool] | None = None


def mission(
    into: dict[str, Mission], title: str, task: str, expect: str, explain: str, **start: Any
) -> Callable[[Sees], Sees]:
    """Make a mission of the function that sees whether it is done, which gives it its name."""

    def add(sees: Sees) -> Sees:
        name = sees.__name__
        into[name] = Mission(name, title, task, expect, explain, start, sees=sees)
        return sees

    return add


def network(s: State) -> dict[str, Any]:
    """Return what stays the same between two runs that are compared: the shape of the network, and the data."""
    return {"hidden": s.hidden, "data": s.data}
