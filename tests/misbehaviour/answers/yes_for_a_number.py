"""Answers True, which Python takes for 1.

Met by: comparisons that take a truth value for a number.
"""

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "failed"


def accuracy(scores, labels):
    return True
