"""Sends five answers before it is asked, so that every later answer belongs to an earlier question.

Met by: every protocol without numbers on its messages.
"""

import wire
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "failed"


def accuracy(scores, labels):
    for _ in range(5):
        wire.frame(wire.encoded(("r", -1.0, None, None, None)))
    return -1.0
