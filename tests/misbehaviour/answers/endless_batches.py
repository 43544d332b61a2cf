"""A generator that never ends, for a check that makes a list of it. Bounded here to twenty seconds.

Met by: teachers whose students write `while True: yield` (compare nbgrader, issue 1429, on a generator made a list).
"""

import time

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "timeout"


def batches(items, size):
    end = time.monotonic() + 20
    while time.monotonic() < end:
        yield items[:size]
