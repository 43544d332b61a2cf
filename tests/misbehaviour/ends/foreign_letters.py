"""Writes a name with a letter of another alphabet that looks the same.

Met by: teachers who look at a source: it defines something else.
"""

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("missing", "failed", "error")

del accuracy


def аccuracy(scores, labels):
    return 0.0
