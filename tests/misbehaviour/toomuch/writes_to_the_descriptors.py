"""Writes thirty megabytes to standard output and standard error below Python, where no replaced sys.stdout sees it.

Met by: INGInious, whose collected output has no cap that one could find in its source.
"""

import os

import honest
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"


def accuracy(scores, labels):
    for fd in (1, 2):
        for _ in range(15):
            os.write(fd, b"y" * 1_000_000)
    return honest.accuracy(scores, labels)
