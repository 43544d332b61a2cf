"""Raises a group of exceptions, which cannot be made again from its text alone.

Met by: everything that makes an exception anew by calling its type with a text.
"""

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "error"


def accuracy(scores, labels):
    raise ExceptionGroup("two things went wrong", [ValueError("one"), KeyError("two")])
