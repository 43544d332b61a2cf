"""Raises GeneratorExit, which is no Exception.

Met by: checks that catch Exception.
"""

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("error", "crashed")


def accuracy(scores, labels):
    raise GeneratorExit
