"""Closes every descriptor that it can name.

Met by: workers that do not expect it.
"""

import os

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("crashed", "error", "failed")


def accuracy(scores, labels):
    os.closerange(0, 4096)
    return 0.0
