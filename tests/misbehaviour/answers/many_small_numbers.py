"""Sixty million bytes, just below what one message may hold: eight times as much for who makes doubles of them.

Met by: graders that convert before they look at the shape.
"""

import torch
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("failed", "malformed", "timeout")


def accuracy(scores, labels):
    return torch.zeros(60_000_000, dtype=torch.uint8)
