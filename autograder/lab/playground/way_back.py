"""The way of a run that is made again to the step where it was: a stretch at a time, for so many seconds of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import msgspec

from . import messages as m

STRETCH = 0.25  #: seconds of steps of that way, between two looks at what the page said


class WayBack:
    """Leads a run towards a step.

    Args:
        built: the run as it was begun.
        to_step: where it was.
        seconds: that the way may take. What is answered between two stretches takes nothing of them.
    """

    def __init__(self, built: m.Built, to_step: int, seconds: float):
        self.built, self.to_step = built, to_step
        self._left = seconds

    def go(self, ask: Callable[..., Any], on: bool = True) -> bool | None:
        """Go on for a stretch, or to where it is now; tell whether that is the end, None where no step came back.

        Args:
            ask: asks the worker.
        """
        began = time.monotonic()
        step = ask("come_back", self.to_step if on else 0, STRETCH)
        self._left -= time.monotonic() - began
        if type(step) is not int:
            return None
        stands = step == self.built.step  # the loss is no number there
        self.built = msgspec.structs.replace(self.built, step=step)
        return not on or stands or step >= self.to_step or self._left < 0
