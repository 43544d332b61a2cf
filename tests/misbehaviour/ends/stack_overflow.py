"""Raises the limit of recursion and recurses through C until the stack is used up.

Met by: inducer/relate, issue 1026: the crash was taken for a fault of the infrastructure.
"""

import sys

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("crashed", "error")

sys.setrecursionlimit(1_000_000)


def deeper(n):
    return sorted([n, n + 1], key=deeper)


def accuracy(scores, labels):
    return deeper(0)
