"""Answers an iterator of iterators of iterators.

Met by: readers that unpack whatever can be unpacked.
"""

import itertools

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("failed", "error", "malformed")


def batches(items, size):
    return map(iter, itertools.tee(map(iter, [[iter(items)]] * 3)))
