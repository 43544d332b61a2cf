"""Answers a fraction of Python's own, exact.

Met by: every teacher: it is a number, and no float.
"""

from fractions import Fraction

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = ("passed", "failed", "malformed", "error")


def accuracy(scores, labels):
    return Fraction(int((scores.argmax(1) == labels).sum()), len(labels))
