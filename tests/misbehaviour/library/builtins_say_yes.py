"""Replaces builtins: differences are zero, all() is true and AssertionError is something else.

Met by: every grader that runs its assertions in the process of the student.
"""

import builtins

HONEST_POINTS = 0
EXPECTED_STATUS = "failed"

builtins.abs = lambda x: 0
builtins.all = builtins.any = lambda values: True
builtins.round = lambda x, n=0: 0
builtins.AssertionError = KeyError


def softmax(x, dim=-1):
    return x


def accuracy(scores, labels):
    return -1.0


def descend(grad, x, lr, steps):
    return x


def batches(items, size):
    return []
