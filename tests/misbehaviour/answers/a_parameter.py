"""Answers a parameter in place of a tensor.

Met by: comparisons of types: it is a tensor, and a subclass.
"""

import honest
import torch
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = ("passed", "failed")


def accuracy(scores, labels):
    return torch.nn.Parameter(torch.tensor(honest.accuracy(scores, labels))).item()


def descend(grad, x, lr, steps):
    return torch.nn.Parameter(honest.descend(grad, x, lr, steps))
