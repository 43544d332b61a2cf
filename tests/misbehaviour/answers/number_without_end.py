"""Answers a whole number of a hundred thousand digits.

Met by: codecs and messages: to write it takes a time that grows with the square.
"""

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("failed", "malformed", "error")


def accuracy(scores, labels):
    return 10**100_000
