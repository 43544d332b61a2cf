"""Leaves a child that calls back to the judge when nobody waits for it any more.

Met by: lines that two processes share.
"""

import os
import time

import honest
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = ("passed", "malformed", "crashed", "error", "timeout", "failed")


def descend(grad, x, lr, steps):
    if os.fork() == 0:
        time.sleep(0.3)
        try:
            grad(x)
        finally:
            os._exit(0)
    return honest.descend(grad, x, lr, steps)
