"""Prints thirty megabytes.

Met by: nbgrader, which limits output since pull request 275; France-ioi/taskgrader, issue 80, where the checker ran out
of memory over it and the submission passed.
"""

import honest
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"


def accuracy(scores, labels):
    for _ in range(30):
        print("y" * 1_000_000)
    return honest.accuracy(scores, labels)
