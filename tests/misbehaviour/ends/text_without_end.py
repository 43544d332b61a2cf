"""An exception whose text is a hundred megabytes long.

Met by: graders that store whole tracebacks (compare PrairieLearn, issue 3015, on results over a megabyte).
"""

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "error"


def accuracy(scores, labels):
    raise ValueError("too long " * 11_000_000)
