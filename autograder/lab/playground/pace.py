"""When the steps of a run are slow enough to look for the part that makes them so."""

from __future__ import annotations

SLOW_STEP = 0.006  #: seconds
ENOUGH = 0.2  #: seconds of slow steps, one after the other: a machine that is busy for a moment makes fewer
MOST_LOOKS = 3  #: in one run


class Pace:
    """Adds up the slow steps of one run."""

    def __init__(self) -> None:
        self._slow, self._enough, self._looks = 0.0, ENOUGH, 0

    def grows_slow(self, seconds: float, steps: int) -> bool:
        """Take how long some steps took; tell whether it is time to look for what makes them slow."""
        if steps < 1 or self._looks >= MOST_LOOKS:
            return False
        self._slow = self._slow + seconds if seconds / steps > SLOW_STEP else 0.0
        return self._slow >= self._enough

    def told(self, found: bool) -> None:
        """Take what came of the look: where nothing was found, it takes ten times as much to look again."""
        self._slow, self._enough = 0.0, 10 * self._enough
        self._looks = MOST_LOOKS if found else self._looks + 1
