"""Leaves Python hardly any depth of calls.

Met by: workers that need some for themselves.
"""

import sys

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("crashed", "error", "failed", "malformed")


def accuracy(scores, labels):
    for depth in range(20, 200):
        try:
            sys.setrecursionlimit(depth)
            break
        except RecursionError:
            pass
    return 0.0
