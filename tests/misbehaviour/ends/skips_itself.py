"""Raises what is called Skipped, as pytest's own does when a test is not to count.

Met by: graders that know an exception by its name: a check that is skipped costs nothing.
"""

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "error"


class Skipped(Exception):
    pass


def accuracy(scores, labels):
    raise Skipped("not today")
