"""The right values with a backward pass whose result has another shape.

Met by: every teacher of custom autograd functions.
"""

import honest
import torch
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "error"


class Odd(torch.autograd.Function):
    """Its gradient does not fit."""

    @staticmethod
    def forward(ctx, x, dim):
        return honest.softmax(x, dim)

    @staticmethod
    def backward(ctx, cotangent):
        return cotangent.new_zeros(7, 5), None


def softmax(x, dim=-1):
    return Odd.apply(x, dim)
