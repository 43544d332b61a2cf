"""Hears of everything that Python does, and forbids it.

Met by: workers that import, open or compile something after the student's code ran: such a hook cannot be removed.
"""

import sys

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = ("crashed", "error", "failed", "malformed")


def refuse(event, arguments):
    raise RuntimeError(f"no {event} today")


sys.addaudithook(refuse)
