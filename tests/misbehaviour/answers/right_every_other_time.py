"""Right at every second call only, in the hope of a grader that asks again.

Met by: graders that retry a failed test, as is common for flaky ones.
"""

import itertools

import honest
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "failed"

turn = itertools.count()


def softmax(x, dim=-1):
    return honest.softmax(x, dim) + (next(turn) % 2 == 0)
