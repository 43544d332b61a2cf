"""NaN everywhere: no comparison with it is true, so a test that asks whether something is wrong hears no.

Met by: every teacher whose test says `assert not (error > tolerance)`.
"""

from honest import *

HONEST_POINTS = 1
EXPECTED_STATUS = "failed"


def softmax(x, dim=-1):
    return x * float("nan")


def accuracy(scores, labels):
    return float("nan")


def descend(grad, x, lr, steps):
    return x * float("nan")
