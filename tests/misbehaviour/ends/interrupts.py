"""Raises KeyboardInterrupt, as if somebody had pressed Ctrl-C at the grader.

Met by: graders that catch Exception: it ends them.
"""

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("crashed", "error")


def accuracy(scores, labels):
    raise KeyboardInterrupt
