"""Raises StopIteration, at which a loop of the grader's would end quietly.

Met by: checks that loop over what a student's function gives.
"""

from honest import *

HONEST_POINTS = 3
EXPECTED_STATUS = "error"


def accuracy(scores, labels):
    raise StopIteration


def batches(items, size):
    raise StopIteration
