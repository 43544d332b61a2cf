"""A single number expanded to a gigabyte: it passes a cap on the number of entries and costs memory where it is copied.

Met by: graders that cap what arrives and not what is made of it.
"""

import torch
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("memory", "malformed")


def accuracy(scores, labels):
    return torch.zeros(1, dtype=torch.float64).expand(1 << 27)
