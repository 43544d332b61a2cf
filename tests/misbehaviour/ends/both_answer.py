"""Forks and forgets to end the child: both processes return, and both answer, on one line.

Met by: every teacher of fork(); pytest runs the rest of its tests twice over it.
"""

import os

import honest
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = ("failed", "malformed", "error", "timeout", "crashed", "missing", "passed")


def accuracy(scores, labels):
    os.fork()
    return honest.accuracy(scores, labels)
