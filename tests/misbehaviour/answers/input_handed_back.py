"""Hands back its input, or a view of it, as the answer.

Met by: every teacher whose test compares the answer with an input that was changed meanwhile.
"""

from honest import *

HONEST_POINTS = 2
EXPECTED_STATUS = "failed"


def softmax(x, dim=-1):
    return x[:]


def descend(grad, x, lr, steps):
    for _ in range(steps):
        grad(x)
    return x.view_as(x)
