"""Tensors on the meta device: a shape and a dtype without a single number.

Met by: tests that look at shapes only.
"""

import torch
from honest import *

HONEST_POINTS = 3
EXPECTED_STATUS = "malformed"


def softmax(x, dim=-1):
    return torch.empty(x.shape, dtype=x.dtype, device="meta")
