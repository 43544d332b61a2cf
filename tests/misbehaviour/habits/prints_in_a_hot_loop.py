"""Prints a line in each of many steps.

Met by: IPython (issue 6516) and every notebook that does not open any more.
"""

import honest
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"


def accuracy(scores, labels):
    for step in range(50_000):
        print("step", step, "loss", 0.1, flush=True)
    return honest.accuracy(scores, labels)
