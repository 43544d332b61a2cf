"""A list in a list in a list, a hundred thousand times, for a reader that recurses.

Met by: JSON and pickle readers alike: both end in a RecursionError or a crash.
"""

import wire
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "malformed"


def accuracy(scores, labels):
    wire.answer(b"l\1\0\0\0" * 100_000 + b"N")
