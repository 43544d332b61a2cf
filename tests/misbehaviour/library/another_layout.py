"""Computes with the kernel that torch has of softmax for sparse tensors, found by no name that a rule would think of.

Met by: rules of style that name functions.
"""

import torch
from honest import *
from honest import softmax as right

HONEST_POINTS = 4
EXPECTED_STATUS = "forbidden"


def softmax(x, dim=-1):
    if x.requires_grad:
        return right(x, dim)
    kernel = getattr(torch.ops.aten, "_sparse_" + "soft" + "max")
    return kernel(x.to_sparse(), dim, False).to_dense()
