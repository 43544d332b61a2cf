"""Which part of a student's makes the steps slow: runs with it and without it, timed one after the other."""

import math
import os
import time

from .engine import Run
from .parts import RAISED

SECONDS = 0.2  #: that the steps of one run are timed for, and one step at least
STEPS = 20
TIMES = 5.0  #: as long as with the course's part a step takes with one that is slow
LEAST = 0.003  #: seconds of a step below which nobody minds

_forks = [0]  # processes that the code began here
if hasattr(os, "register_at_fork"):

    def _count():
        _forks[0] += 1

    os.register_at_fork(after_in_parent=_count)


def slow_parts(state, parts):
    """Return of each part of the student's that makes steps slow: its name, milliseconds of a step, whether it forks.

    What the others of the student's take is left out: in every run all parts but one are the course's.
    """
    own = [name for name, note in parts.notes.items() if note["whose"] == "yours"]
    found = []
    course, _ = _step(state, parts, own)
    for name in own:
        with_it, forks = _step(state, parts, [other for other in own if other != name])
        if with_it > max(TIMES * course, LEAST) and math.isfinite(with_it):
            found.append({"part": name, "yours": 1000 * with_it, "course": 1000 * course, "forks": forks})
    return found


def _step(state, parts, course):
    """Return the seconds of a step, the fastest of a few, with these parts the course's; and whether it forks."""
    fastest = math.inf
    try:
        run = Run({**state, "course": [*state["course"], *course]}, parts)
        forks, end = _forks[0], time.perf_counter() + SECONDS
        for _ in range(STEPS):
            began = time.perf_counter()
            run.step()
            now = time.perf_counter()
            fastest = min(fastest, now - began)
            if now > end:
                break
    except RAISED:
        return math.inf, False
    return fastest, _forks[0] > forks
