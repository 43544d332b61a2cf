"""Missions of the race of optimizers."""

from __future__ import annotations

import math
import struct

from ..messages import Race as Spec
from ..messages import Raced
from .mission import Mission


def _sgd_wins(spec: Spec, raced: Raced) -> bool:
    values = {name: trail.value for name, trail in raced.trails.items() if math.isfinite(trail.value)}
    others = [value for name, value in values.items() if name != "SGD"]
    return len(raced.trails) == 9 and "SGD" in values and all(values["SGD"] < value for value in others)


def _stuck(spec: Spec, raced: Raced) -> bool:
    if spec.surface != "saddle" or "SGD" not in raced.trails or spec.start[0] == 0:
        return False
    ends = {name: abs(struct.unpack("<2f", trail.path[-8:])[0]) for name, trail in raced.trails.items()}
    return ends["SGD"] < 0.5 and any(1.5 < end < 4 for end in ends.values())


_RACES = (
    Mission(
        "winner", "The plain one wins", "In the race of all nine, find a surface, a start and learning rates of which "
        "plain SGD ends lowest.", "Is there an optimizer that is always best?",
        "None is best everywhere: where all directions are about equally steep, the gradient itself is the right "
        "direction, and what adapts step sizes has nothing to mend.",
        {}, sees_race=_sgd_wins,
    ),
    Mission(
        "stuck", "On the ridge", "On the saddle, let SGD stand still near the ridge for the whole race (not at x = 0 "
        "exactly), while another gets down to one of the two hollows.",
        "The gradient near the ridge is tiny. Whose steps do not depend on its size?",
        "Adam and its relatives divide by the size of the gradient, so they leave a plateau at once; SGD's distance "
        "from the ridge grows by a factor 1 + lr a step, from almost nothing.",
        {}, sees_race=_stuck,
    ),
)  # fmt: skip
MISSIONS = {one.name: one for one in _RACES}
