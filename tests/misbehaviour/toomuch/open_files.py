"""Opens a thousand files and closes none.

Met by: every teacher of data loaders.
"""

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "error"


def accuracy(scores, labels):
    return float(len([open("/dev/null") for _ in range(1000)]))
