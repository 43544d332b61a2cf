"""Loops for twenty seconds, where an endless loop would loop for ever.

Met by: everybody: nbgrader (issue 427, where it even passed), otter-grader (issue 469), Gradescope's ten minutes.
"""

import time

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "timeout"


def accuracy(scores, labels):
    end = time.monotonic() + 20
    while time.monotonic() < end:
        pass
