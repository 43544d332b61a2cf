"""Recurses without end, as a forgotten base case does.

Met by: every teacher of recursion.
"""

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "error"


def accuracy(scores, labels):
    return accuracy(scores, labels)
