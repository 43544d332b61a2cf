"""Sixteen children compute for a second and a half on every core they can get, the neighbour's included.

Met by: Submitty, where too many submissions at once gave wrong grades by their timing.
"""

import os
import time

import honest
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = ("passed", "timeout", "error")


def accuracy(scores, labels):
    for _ in range(16):
        if os.fork() == 0:
            os.sched_setaffinity(0, range(os.cpu_count()))
            end = time.monotonic() + 1.5
            while time.monotonic() < end:
                pass
            os._exit(0)
    return honest.accuracy(scores, labels)
