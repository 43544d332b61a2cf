"""A single number expanded to a million million entries: eight bytes here, eight terabytes for who copies it.

Met by: graders that call .numpy(), .contiguous() or .tolist() on what they are given.
"""

import torch
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "malformed"


def accuracy(scores, labels):
    return torch.zeros(1).expand(1 << 40)
