"""Overwrites the input with zeros and answers what is right for zeros, so that the reference agrees.

Met by: graders that hand the same tensor to the student's function first and to the reference next.
"""

import torch
from honest import *

HONEST_POINTS = 3
EXPECTED_STATUS = "failed"


def softmax(x, dim=-1):
    x.data.zero_()
    return torch.full_like(x, 1 / x.shape[dim])
