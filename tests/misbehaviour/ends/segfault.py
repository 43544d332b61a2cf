"""Reads from address zero.

Met by: every grader without a process of its own for the student's code.
"""

import ctypes

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "crashed"


def accuracy(scores, labels):
    ctypes.string_at(0)
