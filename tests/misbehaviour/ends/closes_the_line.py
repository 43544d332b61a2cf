"""Closes every open descriptor, the line to the judge among them, and goes on.

Met by: programs that turn themselves into daemons by the book.
"""

import os

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "crashed"


def accuracy(scores, labels):
    os.closerange(0, 256)
    return 1.0
