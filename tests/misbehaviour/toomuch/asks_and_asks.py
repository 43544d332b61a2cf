"""Calls the check's function for fifteen seconds without a pause, and keeps every answer.

Met by: every check that hands out a function; students do it by accident.
"""

import time

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "timeout"


def descend(grad, x, lr, steps):
    end, kept = time.monotonic() + 15, []
    while time.monotonic() < end:
        kept.append(grad(x))
