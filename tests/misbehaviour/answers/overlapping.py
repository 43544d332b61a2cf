"""Answers a view whose entries lie over each other.

Met by: codecs that send a storage with its strides.
"""

import honest
import torch
from honest import *

HONEST_POINTS = 3
EXPECTED_STATUS = "failed"


def softmax(x, dim=-1):
    return torch.as_strided(honest.softmax(x, dim).flatten().contiguous(), x.shape, (0, 1))
