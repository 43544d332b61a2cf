"""Answers a tensor of eighty megabytes where a number was asked for.

Met by: graders that read whatever comes.
"""

import torch
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "malformed"


def accuracy(scores, labels):
    return torch.zeros(10_000_000, dtype=torch.float64)
