"""The right values with a backward pass that says zero.

Met by: tests that look at values only, or at the gradient of a plain sum, which is zero for a softmax anyway.
"""

import honest
import torch
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "failed"


class Flat(torch.autograd.Function):
    """Constant, if one asks its gradient."""

    @staticmethod
    def forward(ctx, x, dim):
        return honest.softmax(x, dim)

    @staticmethod
    def backward(ctx, cotangent):
        return torch.zeros_like(cotangent), None


def softmax(x, dim=-1):
    return Flat.apply(x, dim)
