"""Raises MemoryError by hand, as if a machine had been too small.

Met by: graders that try again, or excuse, what was the machine's fault.
"""

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "memory"


def accuracy(scores, labels):
    raise MemoryError("the grader has too little")
