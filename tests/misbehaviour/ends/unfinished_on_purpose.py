"""Raises NotImplementedError where it has failed.

Met by: graders that leave out what was not begun.
"""

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("missing", "failed", "error")


def accuracy(scores, labels):
    raise NotImplementedError
