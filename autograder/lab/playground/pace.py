"""When the steps of a run are slow enough to look for the part that makes them so."""

from __future__ import annotations

SLOW_STEP = 0.006  #: seconds
SLOW_STRETCHES = 5  #: one after the other


class Pace:
    """Counts the stretches of one run whose steps were slow."""

    def __init__(self) -> None:
        self._slow = 0

    def grows_slow(self, seconds: float) -> bool:
        """Take the mean seconds of a step in one stretch; tell, once in a run, that it has been slow for a while."""
        if self._slow <= SLOW_STRETCHES:
            self._slow = self._slow + 1 if seconds > SLOW_STEP else 0
            return self._slow > SLOW_STRETCHES
        return False
